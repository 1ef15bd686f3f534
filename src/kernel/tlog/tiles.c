/* Tiles and entry bundles (C2SP tlog-tiles). */
#include "kernel/tlog/tlog.h"
#include <string.h>

unsigned tlog_tile_width(int64_t size, unsigned level, int64_t n)
{
	if (level >= TLOG_LEVELS_MAX || n < 0) return 0;
	int64_t hashes = level * 8 >= 63 ? 0 : size >> (level * 8);
	if (n >= hashes / TLOG_TILE_WIDTH + 1) return 0;
	int64_t from = n * TLOG_TILE_WIDTH;
	return hashes - from >= TLOG_TILE_WIDTH ? TLOG_TILE_WIDTH : (unsigned)(hashes - from);
}

bool tlog_read_tiles(void *tiles, unsigned level, int64_t index, struct tlog_hash *out)
{
	const struct tlog_tiles *t = tiles;
	unsigned tile_level = level / 8, rest = level % 8;
	int64_t first = index << rest;
	int64_t n = first / TLOG_TILE_WIDTH;
	unsigned count = 1u << rest, at = (unsigned)(first % TLOG_TILE_WIDTH);
	unsigned width = tlog_tile_width(t->size, tile_level, n);
	if (at + count > width) return false;
	const struct tlog_hash *h = t->fetch(t->arg, tile_level, n, width);
	if (!h) return false;
	struct tlog_stack s = { 0 };
	for (unsigned i = 0; i < count; i++)
		tlog_stack_append(&s, &h[at + i]);
	tlog_stack_root(&s, out);
	return true;
}

struct str tlog_tile_path(struct arena *a, struct tlog_tile_name name)
{
	struct buf b;
	int64_t groups[7];
	int n = 0;
	buf_init(&b, a, 64);
	buf_c(&b, "tile/");
	if (name.level < 0)
		buf_c(&b, "entries");
	else
		buf_int(&b, name.level);
	for (int64_t v = name.n; n == 0 || v; v /= 1000)
		groups[n++] = v % 1000;
	while (n-- > 0)
		buf_printf(&b, n ? "/x%03d" : "/%03d", (int)groups[n]);
	if (name.width < TLOG_TILE_WIDTH) buf_printf(&b, ".p/%u", name.width);
	return buf_done(&b);
}

bool tlog_tile_number_parse(struct str text, int64_t *n, unsigned *width)
{
	int64_t v = 0;
	size_t i = 0;
	bool more;
	do {
		more = i < text.n && text.p[i] == 'x';
		i += more;
		if (i + 3 > text.n || v > INT64_MAX / 2000) return false;
		if (more && v == 0 && i == 1 && memcmp(text.p + i, "000", 3) == 0)
			return false; /* one name for one tile */
		for (size_t end = i + 3; i < end; i++) {
			if (text.p[i] < '0' || text.p[i] > '9') return false;
			v = v * 10 + (text.p[i] - '0');
		}
		if (more && (i >= text.n || text.p[i++] != '/')) return false;
	} while (more);
	*n = v;
	*width = TLOG_TILE_WIDTH;
	if (i == text.n) return true;
	struct str tail = str_sub(text, i, text.n - i);
	int64_t w = 0;
	if (!str_starts(tail, ".p/") || !str_to_int(str_sub(tail, 3, tail.n), &w) || tail.p[3] == '0' || w < 1 ||
	        w > 255)
		return false;
	*width = (unsigned)w;
	return true;
}

void tlog_bundle_add(struct buf *b, struct str entry)
{
	buf_char(b, (char)(entry.n >> 8));
	buf_char(b, (char)(entry.n & 255));
	buf_str(b, entry);
}

bool tlog_bundle_next(struct str *rest, struct str *entry)
{
	if (rest->n < 2) return false;
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t n = (size_t)p[0] << 8 | p[1];
	if (rest->n - 2 < n) return false;
	*entry = (struct str){ rest->p + 2, n };
	*rest = (struct str){ rest->p + 2 + n, rest->n - 2 - n };
	return true;
}

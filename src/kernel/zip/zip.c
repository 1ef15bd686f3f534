#include "kernel/zip/zip.h"
#include "base/buf.h"
#include "kernel/zip/crc.h"
#include <string.h>

enum { LOCAL = 30, CENTRAL = 46, END = 22, RATIO_FROM = 64 << 10 };
enum { FLAG_ENCRYPTED = 0x41, FLAG_DESCRIPTOR = 8 };

static unsigned u16(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;
	return b[0] | (unsigned)b[1] << 8;
}

static uint32_t u32(const char *p)
{
	return u16(p) | (uint32_t)u16(p + 2) << 16;
}

struct range {
	size_t from, to;
};
struct reader {
	struct arena *a;
	struct str bytes;
	struct zip *out;
	struct crc *crc;
	struct range *ranges; /* of every entry with its header, folders too */
	size_t total, n_ranges;
	const char *why;
};

static enum zip_fault broken(struct reader *r, const char *why)
{
	r->why = why;
	return ZIP_BROKEN;
}

static enum zip_fault beyond(struct reader *r, const char *why)
{
	r->why = why;
	return ZIP_LIMIT;
}

/* A path that stays inside: no root, no drive, no step up, one way of writing it. */
static bool name_safe(struct str s)
{
	struct str rest = s, piece;
	if (!s.n || s.n > ZIP_NAME_MAX || s.p[0] == '/') return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == '\\' || s.p[i] == ':') return false;
	while (str_split(&rest, '/', &piece))
		if (str_is(piece, "..") || str_is(piece, ".") || (!piece.n && rest.n)) return false;
	return true;
}

struct head {
	const char *central;
	unsigned flags, method, name_n;
	uint32_t crc, packed, unpacked, local;
	struct str name;
};

static enum zip_fault unpack(struct reader *r, const struct head *h, struct str packed, struct str *out)
{
	if (h->method == 0) {
		*out = packed;
		return h->packed == h->unpacked ? ZIP_GOOD : broken(r, "sizes differ");
	}
	unsigned char *to = arena_bytes(r->a, h->unpacked + 1);
	if (!zip_inflate(packed, to, h->unpacked)) return broken(r, "an entry cannot be unpacked");
	to[h->unpacked] = 0;
	*out = (struct str){ (const char *)to, h->unpacked };
	return ZIP_GOOD;
}

/* Everything that stands in both headers is the same. With a descriptor, checksum and sizes may stand behind the data.
 */
static bool headers_agree(const struct head *h, const char *local)
{
	static const char later[12];
	bool same = memcmp(local + 14, h->central + 16, 12) == 0;
	bool told = same || ((h->flags & FLAG_DESCRIPTOR) && memcmp(local + 14, later, sizeof later) == 0);
	return u32(local) == 0x04034b50 && memcmp(local + 4, h->central + 6, 10) == 0 && told &&
	       u16(local + 26) == h->name_n && memcmp(local + LOCAL, h->name.p, h->name_n) == 0;
}

/* Where the entry ends: behind its data, or behind the descriptor (whose mark may be left out). 0: it says otherwise.
 */
static size_t end_of(const struct reader *r, const struct head *h, size_t at)
{
	struct str rest = str_sub(r->bytes, at, 16);
	if (!(h->flags & FLAG_DESCRIPTOR)) return at;
	if (rest.n == 16 && u32(rest.p) == 0x08074b50 && memcmp(rest.p + 4, h->central + 16, 12) == 0) return at + 16;
	return rest.n >= 12 && memcmp(rest.p, h->central + 16, 12) == 0 ? at + 12 : 0;
}

/* The packed bytes of an entry; its place in the file is kept. */
static enum zip_fault locate(struct reader *r, const struct head *h, struct str *packed)
{
	if (h->local > r->bytes.n || r->bytes.n - h->local < (size_t)LOCAL + h->name_n)
		return broken(r, "an entry outside of the file");
	const char *p = r->bytes.p + h->local;
	if (!headers_agree(h, p)) return broken(r, "two headers differ");
	size_t from = h->local + LOCAL + h->name_n + u16(p + 28);
	if (from > r->bytes.n || r->bytes.n - from < h->packed) return broken(r, "an entry outside of the file");
	size_t to = end_of(r, h, from + h->packed);
	if (!to) return broken(r, "a descriptor differs");
	*packed = str_sub(r->bytes, from, h->packed);
	r->ranges[r->n_ranges++] = (struct range){ h->local, to };
	r->out->plain = r->out->plain && u16(p + 28) == 0;
	return ZIP_GOOD;
}

static bool is_folder(const struct head *h)
{
	return str_ends(h->name, "/") && h->unpacked == 0 && h->packed == 0 && h->crc == 0;
}

static enum zip_fault entry(struct reader *r, const struct head *h)
{
	struct str packed;
	if (h->flags & FLAG_ENCRYPTED) return broken(r, "it is encrypted");
	if (h->method != 0 && h->method != 8) return broken(r, "a packing method that is not allowed");
	if (!name_safe(is_folder(h) ? str_sub(h->name, 0, h->name_n - 1) : h->name))
		return beyond(r, "a name that leads outside");
	if (h->unpacked > ZIP_ENTRY_MAX) return beyond(r, "an entry is too large");
	if (h->unpacked > RATIO_FROM && h->unpacked / ZIP_RATIO_MAX > h->packed)
		return beyond(r, "an entry is packed too tightly");
	r->total += h->unpacked;
	if (r->total > ZIP_TOTAL_MAX) return beyond(r, "too large when unpacked");
	for (size_t i = 0; i < r->out->n; i++)
		if (str_eq(r->out->list[i].name, h->name)) return broken(r, "a name twice");
	enum zip_fault fault = locate(r, h, &packed);
	if (fault != ZIP_GOOD || is_folder(h)) return fault;
	struct zip_entry *e = &r->out->list[r->out->n];
	e->name = h->name;
	fault = unpack(r, h, packed, &e->bytes);
	if (fault != ZIP_GOOD) return fault;
	if (crc_of(r->crc, e->bytes) != h->crc) return broken(r, "a checksum differs");
	r->out->n++;
	return ZIP_GOOD;
}

/* What zip_write puts into the fields that nothing else depends on: who made it, time, attributes. */
static bool as_written(const char *central)
{
	static const char head[] = { 20, 0, 20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0 }, rest[12];
	return memcmp(central + 4, head, sizeof head) == 0 && memcmp(central + 30, rest, sizeof rest) == 0;
}

static enum zip_fault directory(struct reader *r, size_t at, size_t end, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (end - at < CENTRAL) return broken(r, "the directory ends early");
		const char *p = r->bytes.p + at;
		if (u32(p) != 0x02014b50) return broken(r, "no directory");
		struct head h = { .central = p,
			.flags = u16(p + 8),
			.method = u16(p + 10),
			.crc = u32(p + 16),
			.packed = u32(p + 20),
			.unpacked = u32(p + 24),
			.name_n = u16(p + 28),
			.local = u32(p + 42) };
		size_t whole = (size_t)CENTRAL + h.name_n + u16(p + 30) + u16(p + 32);
		if (end - at < whole) return broken(r, "the directory ends early");
		if (u16(p + 32)) return broken(r, "a comment");
		if (u16(p + 34)) return broken(r, "several volumes");
		h.name = str_sub(r->bytes, at + CENTRAL, h.name_n);
		at += whole;
		enum zip_fault fault = entry(r, &h);
		if (fault != ZIP_GOOD) return fault;
		bool in_order = r->ranges[i].from == (i ? r->ranges[i - 1].to : 0);
		r->out->plain = r->out->plain && as_written(p) && in_order && !is_folder(&h);
	}
	return at == end ? ZIP_GOOD : broken(r, "bytes that belong to nothing");
}

/* The entries lie one after the other from the first byte to the directory, in whatever order it names them. */
static bool contiguous(struct reader *r, size_t end)
{
	size_t at = 0;
	for (size_t i = 0; i < r->n_ranges; i++) {
		size_t k = i;
		while (k < r->n_ranges && r->ranges[k].from != at)
			k++;
		if (k == r->n_ranges) return false;
		struct range next = r->ranges[k];
		r->ranges[k] = r->ranges[i];
		r->ranges[i] = next;
		at = next.to;
	}
	return at == end;
}

static enum zip_fault read_all(struct reader *r)
{
	struct str s = r->bytes;
	if (s.n < END) return broken(r, "too short");
	size_t at = s.n - END;
	const char *p = s.p + at;
	if (u32(p) != 0x06054b50) return broken(r, "it does not end with its directory");
	unsigned n = u16(p + 10);
	size_t size = u32(p + 12), from = u32(p + 16);
	if (u16(p + 4) || u16(p + 6) || u16(p + 8) != n) return broken(r, "several volumes");
	if (u16(p + 20)) return broken(r, "a comment");
	if (n > ZIP_ENTRIES_MAX) return beyond(r, "too many entries");
	if (from > at || size != at - from) return broken(r, "the directory lies elsewhere");
	r->out->list = arena_array(r->a, n + 1, sizeof *r->out->list);
	r->ranges = arena_array(r->a, n + 1, sizeof *r->ranges);
	enum zip_fault fault = directory(r, from, at, n);
	if (fault != ZIP_GOOD) return fault;
	return contiguous(r, from) ? ZIP_GOOD : broken(r, "bytes between its entries");
}

enum zip_fault zip_read(struct arena *a, struct str bytes, struct zip *out, const char **why)
{
	struct reader r = { .a = a, .bytes = bytes, .out = out, .crc = crc_new(a), .why = "" };
	*out = (struct zip){ .plain = true };
	enum zip_fault fault = read_all(&r);
	*why = r.why;
	return fault;
}

struct str zip_find(const struct zip *z, struct str name)
{
	if (name.n && name.p[0] == '/') name = str_sub(name, 1, name.n);
	for (size_t i = 0; i < z->n; i++)
		if (str_eq(z->list[i].name, name)) return z->list[i].bytes;
	return STR_NONE;
}

/* --- writing --- */

static void put16(struct buf *b, unsigned v)
{
	const char two[] = { (char)(v & 255), (char)(v >> 8 & 255) };
	buf_add(b, two, sizeof two);
}

static void put32(struct buf *b, uint32_t v)
{
	put16(b, v & 0xffff);
	put16(b, v >> 16);
}

/* What local header and directory share. The time is always 1980-01-01: the same parts make the same bytes. */
static void put_head(struct buf *b, const struct zip_entry *e, uint32_t crc)
{
	put16(b, 20);
	put16(b, 0x0800); /* names are UTF-8 */
	put16(b, 0);
	put16(b, 0);
	put16(b, 0x21);
	put32(b, crc);
	put32(b, (uint32_t)e->bytes.n);
	put32(b, (uint32_t)e->bytes.n);
	put16(b, (unsigned)e->name.n);
	put16(b, 0);
}

struct str zip_write(struct arena *a, const struct zip_entry *list, size_t n)
{
	struct buf b;
	size_t size = END;
	struct crc *tables = crc_new(a);
	uint32_t *at = arena_array(a, n + 1, sizeof *at), *crc = arena_array(a, n + 1, sizeof *crc);
	for (size_t i = 0; i < n; i++)
		size += list[i].bytes.n + 2 * list[i].name.n + LOCAL + CENTRAL;
	buf_init(&b, a, size);
	for (size_t i = 0; i < n; i++) {
		at[i] = (uint32_t)b.n;
		crc[i] = crc_of(tables, list[i].bytes);
		put32(&b, 0x04034b50);
		put_head(&b, &list[i], crc[i]);
		buf_str(&b, list[i].name);
		buf_str(&b, list[i].bytes);
	}
	size_t from = b.n;
	for (size_t i = 0; i < n; i++) {
		put32(&b, 0x02014b50);
		put16(&b, 20);
		put_head(&b, &list[i], crc[i]);
		put16(&b, 0);
		put16(&b, 0);
		put16(&b, 0);
		put32(&b, 0);
		put32(&b, at[i]);
		buf_str(&b, list[i].name);
	}
	size_t length = b.n - from;
	put32(&b, 0x06054b50);
	put32(&b, 0);
	put16(&b, (unsigned)n);
	put16(&b, (unsigned)n);
	put32(&b, (uint32_t)length);
	put32(&b, (uint32_t)from);
	put16(&b, 0);
	return buf_done(&b);
}

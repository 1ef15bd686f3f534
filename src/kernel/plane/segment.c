#include "kernel/plane/segment.h"
#include "kernel/crypto/crypto.h"
#include <string.h>

enum { HEAD = 1 + 10 + 2, TEXT_MAX = 8192 };

void segment_add(struct buf *body, enum plane_kind kind, const struct plane_key *key, struct str value)
{
	const unsigned char head[3] = { (unsigned char)kind, (unsigned char)(value.n >> 8), (unsigned char)value.n };
	buf_add(body, head, 1);
	buf_add(body, key->b, sizeof key->b);
	buf_add(body, head + 1, 2);
	buf_str(body, value);
}

bool segment_next(struct str *rest, struct plane_entry *out)
{
	if (rest->n < HEAD) return false;
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t n = (size_t)p[11] << 8 | p[12];
	if (p[0] >= PLANE_KINDS || n > PLANE_VALUE_MAX || rest->n - HEAD < n) return false;
	out->kind = (enum plane_kind)p[0];
	memcpy(out->key.b, p + 1, sizeof out->key.b);
	out->value = (struct str){ rest->p + HEAD, n };
	*rest = (struct str){ rest->p + HEAD + n, rest->n - HEAD - n };
	return true;
}

static struct str digest_of(struct arena *a, struct str body)
{
	unsigned char digest[CRYPTO_SHA256_SIZE];
	crypto_sha256(body.p, body.n, digest);
	return str_hex(a, digest, sizeof digest);
}

struct str segment_text(struct arena *a, const struct segment *s)
{
	return str_printf(a,
	        "etax-plane-v1\nfrom %lld\nto %lld\npart %lld\nlast %d\nas-of %lld\nentries %lld\nsha256 %s\n",
	        (long long)s->from, (long long)s->to, (long long)s->part, s->last, (long long)s->as_of, (long long)s->n,
	        digest_of(a, s->body).p);
}

struct str segment_file(struct arena *a, const struct segment *s, struct str text, struct str signature_lines)
{
	struct buf b;
	buf_init(&b, a, text.n + signature_lines.n + s->body.n + 16);
	buf_str(&b, tlog_note(a, text, signature_lines));
	buf_char(&b, '\n');
	buf_str(&b, s->body);
	return buf_done(&b);
}

static bool number_of(struct str *text, const char *name, int64_t *out)
{
	struct str line, first;
	return str_split(text, '\n', &line) && str_split(&line, ' ', &first) && str_is(first, name) &&
	       str_to_int(line, out) && *out >= 0;
}

static bool read_text(struct arena *a, struct str text, struct segment *s)
{
	struct str line;
	int64_t last;
	if (!str_split(&text, '\n', &line) || !str_is(line, "etax-plane-v1")) return false;
	if (!number_of(&text, "from", &s->from) || !number_of(&text, "to", &s->to) ||
	        !number_of(&text, "part", &s->part) || !number_of(&text, "last", &last) ||
	        !number_of(&text, "as-of", &s->as_of) || !number_of(&text, "entries", &s->n))
		return false;
	s->last = last == 1;
	return str_eq(text, str_printf(a, "sha256 %s\n", digest_of(a, s->body).p));
}

static bool count_fits(const struct segment *s)
{
	struct str rest = s->body;
	struct plane_entry e;
	int64_t n = 0;
	while (segment_next(&rest, &e))
		n++;
	return !rest.n && n == s->n;
}

bool segment_read(struct arena *a, struct str file, const struct tlog_verifier *keys, size_t n_keys,
        struct segment *out, const char **why)
{
	struct str text;
	unsigned good = 0;
	*out = (struct segment){ 0 };
	ptrdiff_t end = str_find(str_sub(file, 0, TEXT_MAX), "\n\n"), over;
	*why = "is no segment";
	if (end < 0) return false;
	struct str rest = str_sub(file, (size_t)end + 2, file.n);
	if ((over = str_find(str_sub(rest, 0, TEXT_MAX), "\n\n")) < 0) return false;
	struct str note = str_sub(file, 0, (size_t)end + 2 + (size_t)over + 1);
	out->body = str_sub(rest, (size_t)over + 2, rest.n);
	*why = "is not signed by this key";
	if (tlog_note_open(a, note, keys, n_keys, &text, &good) != TLOG_OPENED || !good) return false;
	*why = "was changed";
	return read_text(a, text, out) && count_fits(out);
}

bool segment_name_read(struct str name, struct segment_name *out)
{
	struct str first, second, third;
	return str_split(&name, '-', &first) && str_split(&name, '.', &second) && str_split(&name, '.', &third) &&
	       str_is(name, "plane") && str_to_int(first, &out->from) && str_to_int(second, &out->to) &&
	       str_to_int(third, &out->part);
}

bool segment_index_next(struct str *index, struct segment_name *out, char name[SEGMENT_NAME_MAX])
{
	struct str line;
	while (index->n && str_split(index, '\n', &line)) {
		line = str_trim(line);
		if (line.n >= SEGMENT_NAME_MAX || !segment_name_read(line, out)) continue;
		memcpy(name, line.p, line.n);
		name[line.n] = '\0';
		return true;
	}
	return false;
}

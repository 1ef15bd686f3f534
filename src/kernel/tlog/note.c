/* Signed notes, checkpoints, verifier keys and proof files (C2SP). */
#include "kernel/tlog/tlog.h"
#include <string.h>

#define DASH "\xe2\x80\x94 "
#define PROOF_HEAD "c2sp.org/tlog-proof@v1\n"
/* Signatures by SM2 with SM3: type 0xff is followed by an identifier of our own. */
#define SM2_LABEL "etax/sm2-sm3/v1"

/* Base64 with exactly one text for one value: no blanks, no stray bits. */
static bool unbase64(struct arena *a, struct str text, struct str *out)
{
	return text.n && str_unbase64(a, text, out) && str_eq(str_base64(a, out->p, out->n), text);
}

bool tlog_origin_valid(struct str origin)
{
	if (!origin.n || origin.n > 255) return false;
	for (size_t i = 0; i < origin.n; i++)
		if ((unsigned char)origin.p[i] <= ' ' || origin.p[i] == '+' || origin.p[i] == 127) return false;
	return true;
}

static struct str key_bytes(struct arena *a, enum tlog_suite suite, const struct crypto_key *key)
{
	struct buf b;
	unsigned char raw[65];
	buf_init(&b, a, 96);
	buf_char(&b, (char)suite);
	if (suite == TLOG_SM2) {
		buf_c(&b, SM2_LABEL);
		crypto_sm2_point(key, raw);
		buf_add(&b, raw, 65);
	} else {
		crypto_ed25519_public_bytes(key, raw);
		buf_add(&b, raw, 32);
	}
	return buf_done(&b);
}

static uint32_t key_id(struct arena *a, struct str name, struct str bytes)
{
	unsigned char h[32];
	struct str text = str_printf(a, "%.*s\n", STR_FMT(name));
	crypto_sha256_two(text.p, text.n, bytes.p, bytes.n, h);
	return (uint32_t)h[0] << 24 | (uint32_t)h[1] << 16 | (uint32_t)h[2] << 8 | h[3];
}

struct str tlog_verifier_string(struct arena *a, struct str name, enum tlog_suite suite, const struct crypto_key *key)
{
	struct str bytes = key_bytes(a, suite, key);
	struct str text = str_base64(a, bytes.p, bytes.n);
	return str_printf(a, "%.*s+%08x+%.*s", STR_FMT(name), key_id(a, name, bytes), STR_FMT(text));
}

static void free_key(void *k)
{
	crypto_key_free(k);
}

bool tlog_verifier_parse(struct arena *a, struct str text, struct tlog_verifier *out)
{
	struct str rest = str_trim(text), id, id_bytes, name;
	memset(out, 0, sizeof(*out));
	if (!str_split(&rest, '+', &name) || !str_split(&rest, '+', &id) || !tlog_origin_valid(name) || id.n != 8 ||
	        !str_unhex(a, id, &id_bytes) || !unbase64(a, rest, &out->key_bytes) || out->key_bytes.n < 33)
		return false;
	const unsigned char *p = (const unsigned char *)out->key_bytes.p;
	out->name = str_dup(a, name);
	out->suite = (enum tlog_suite)p[0];
	size_t label = sizeof(SM2_LABEL) - 1;
	if ((p[0] == TLOG_ED25519 || p[0] == TLOG_COSIGNATURE) && out->key_bytes.n == 33)
		out->key = crypto_ed25519_public(p + 1);
	else if (p[0] == TLOG_SM2 && out->key_bytes.n == 1 + label + 65 && memcmp(p + 1, SM2_LABEL, label) == 0)
		out->key = crypto_sm2_public(p + 1 + label);
	if (!out->key) return false;
	arena_cleanup(a, free_key, out->key);
	out->key_id = key_id(a, out->name, out->key_bytes);
	const unsigned char *q = (const unsigned char *)id_bytes.p;
	return out->key_id == ((uint32_t)q[0] << 24 | (uint32_t)q[1] << 16 | (uint32_t)q[2] << 8 | q[3]);
}

struct str tlog_checkpoint_text(struct arena *a, struct str origin, int64_t size, const struct tlog_hash *root)
{
	struct str b64 = str_base64(a, root->b, 32);
	return str_printf(a, "%.*s\n%lld\n%.*s\n", STR_FMT(origin), (long long)size, STR_FMT(b64));
}

static struct str cosigned(struct arena *a, struct str text, int64_t unix_seconds)
{
	return str_printf(a, "cosignature/v1\ntime %lld\n%.*s", (long long)unix_seconds, STR_FMT(text));
}

struct str tlog_signature_line(struct arena *a, struct str text, struct str name, enum tlog_suite suite,
        const struct crypto_key *key, int64_t unix_seconds)
{
	unsigned char out[4 + 8 + CRYPTO_SM2_SIG_MAX];
	uint32_t id = key_id(a, name, key_bytes(a, suite, key));
	size_t n = 4;
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(id >> (24 - 8 * i));
	switch (suite) {
	case TLOG_COSIGNATURE:
		for (int i = 0; i < 8; i++)
			out[n++] = (unsigned char)((uint64_t)unix_seconds >> (56 - 8 * i));
		crypto_ed25519_sign(key, cosigned(a, text, unix_seconds), out + n);
		n += 64;
		break;
	case TLOG_ED25519:
		crypto_ed25519_sign(key, text, out + n);
		n += 64;
		break;
	case TLOG_SM2: n += crypto_sm2_sign(key, text, out + n); break;
	}
	struct str b64 = str_base64(a, out, n);
	return str_printf(a, DASH "%.*s %.*s\n", STR_FMT(name), STR_FMT(b64));
}

struct str tlog_note(struct arena *a, struct str text, struct str signature_lines)
{
	return str_printf(a, "%.*s\n%.*s", STR_FMT(text), STR_FMT(signature_lines));
}

static bool signature_good(struct arena *a, const struct tlog_verifier *v, struct str text, struct str sig)
{
	const unsigned char *p = (const unsigned char *)sig.p;
	switch (v->suite) {
	case TLOG_ED25519: return sig.n == 64 && crypto_ed25519_verify(v->key, text, p);
	case TLOG_SM2: return crypto_sm2_verify(v->key, text, sig);
	case TLOG_COSIGNATURE:
		if (sig.n != 72) return false;
		uint64_t t = 0;
		for (int i = 0; i < 8; i++)
			t = t << 8 | p[i];
		return t <= INT64_MAX && crypto_ed25519_verify(v->key, cosigned(a, text, (int64_t)t), p + 8);
	}
	return false;
}

/* false: malformed. */
static bool check_line(struct arena *a, struct str line, struct str text, const struct tlog_verifier *known, size_t n,
        struct tlog_signature *out)
{
	struct str name, bytes;
	if (!str_starts(line, DASH)) return false;
	struct str rest = str_sub(line, 4, line.n);
	if (!str_split(&rest, ' ', &name) || !tlog_origin_valid(name) || !unbase64(a, rest, &bytes) || bytes.n < 5)
		return false;
	const unsigned char *p = (const unsigned char *)bytes.p;
	uint32_t id = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	*out = (struct tlog_signature){ .name = name };
	for (size_t i = 0; i < n && out->state == TLOG_LINE_UNKNOWN; i++) {
		if (known[i].key_id != id || !str_eq(known[i].name, name)) continue;
		bool good = signature_good(a, &known[i], text, str_sub(bytes, 4, bytes.n));
		out->state = good ? TLOG_LINE_GOOD : TLOG_LINE_WRONG;
		out->suite = known[i].suite;
	}
	return true;
}

enum tlog_open tlog_note_check(struct arena *a, struct str note, const struct tlog_verifier *known, size_t n_known,
        struct tlog_signatures *out)
{
	unsigned good = 0;
	bool wrong = false;
	*out = (struct tlog_signatures){ .text = STR_NONE };
	if (note.n > TLOG_NOTE_MAX || !note.n || note.p[note.n - 1] != '\n') return TLOG_MALFORMED;
	size_t split = 0; /* the last empty line parts text and signatures */
	for (size_t i = 1; i + 1 < note.n; i++) {
		if ((unsigned char)note.p[i] < ' ' && note.p[i] != '\n') return TLOG_MALFORMED;
		if (note.p[i] == '\n' && note.p[i - 1] == '\n') split = i;
	}
	if (!split) return TLOG_MALFORMED;
	out->text = str_sub(note, 0, split);
	struct str rest = str_sub(note, split + 1, note.n - split - 2), line;
	while (str_split(&rest, '\n', &line)) {
		if (out->n == TLOG_SIGNATURES_MAX) return TLOG_MALFORMED;
		struct tlog_signature *one = &out->lines[out->n];
		if (!check_line(a, line, out->text, known, n_known, one)) return TLOG_MALFORMED;
		out->n++;
		good += one->state == TLOG_LINE_GOOD;
		wrong |= one->state == TLOG_LINE_WRONG;
	}
	if (wrong) return TLOG_BAD_SIGNATURE;
	return good ? TLOG_OPENED : TLOG_UNSIGNED;
}

enum tlog_open tlog_note_open(struct arena *a, struct str note, const struct tlog_verifier *known, size_t n_known,
        struct str *text, unsigned *n_good)
{
	struct tlog_signatures found;
	enum tlog_open opened = tlog_note_check(a, note, known, n_known, &found);
	*text = found.text;
	if (n_good && opened != TLOG_MALFORMED) {
		*n_good = 0;
		for (unsigned i = 0; i < found.n; i++)
			*n_good += found.lines[i].state == TLOG_LINE_GOOD;
	}
	return opened;
}

static bool decimal(struct str s, int64_t *out)
{
	return s.n && s.p[0] != '-' && (s.p[0] != '0' || s.n == 1) && str_to_int(s, out) && *out >= 0;
}

bool tlog_checkpoint_parse(struct arena *a, struct str text, struct tlog_checkpoint *out)
{
	struct str rest = text, size, root, bytes;
	memset(out, 0, sizeof(*out));
	if (!text.n || text.p[text.n - 1] != '\n' || !str_split(&rest, '\n', &out->origin) ||
	        !tlog_origin_valid(out->origin) || !str_split(&rest, '\n', &size) || !decimal(size, &out->size) ||
	        !str_split(&rest, '\n', &root) || !unbase64(a, root, &bytes) || bytes.n != 32)
		return false;
	memcpy(out->root.b, bytes.p, 32);
	return true;
}

struct str tlog_proof_write(struct arena *a, const struct tlog_proof *p)
{
	struct buf b;
	buf_init(&b, a, 2048 + p->extra.n * 2);
	buf_c(&b, PROOF_HEAD);
	if (p->extra.p) {
		buf_c(&b, "extra ");
		buf_str(&b, str_base64(a, p->extra.p, p->extra.n));
		buf_char(&b, '\n');
	}
	buf_c(&b, "index ");
	buf_int(&b, p->index);
	buf_char(&b, '\n');
	for (size_t i = 0; i < p->path.n; i++) {
		buf_str(&b, str_base64(a, p->path.h[i].b, 32));
		buf_char(&b, '\n');
	}
	buf_char(&b, '\n');
	buf_str(&b, p->checkpoint);
	return buf_done(&b);
}

bool tlog_proof_parse(struct arena *a, struct str file, struct tlog_proof *out)
{
	memset(out, 0, sizeof(*out));
	if (!str_starts(file, PROOF_HEAD)) return false;
	struct str rest = str_sub(file, sizeof(PROOF_HEAD) - 1, file.n), line, bytes;
	if (!str_split(&rest, '\n', &line)) return false;
	if (str_starts(line, "extra ")) {
		if (!unbase64(a, str_sub(line, 6, line.n), &out->extra) || !str_split(&rest, '\n', &line)) return false;
	}
	if (!str_starts(line, "index ") || !decimal(str_sub(line, 6, line.n), &out->index)) return false;
	while (str_split(&rest, '\n', &line) && line.n) {
		if (out->path.n >= TLOG_PROOF_MAX || !unbase64(a, line, &bytes) || bytes.n != 32) return false;
		memcpy(out->path.h[out->path.n++].b, bytes.p, 32);
	}
	if (line.n || !rest.n) return false;
	out->checkpoint = rest;
	return true;
}

#include "services/invoice/lane/text.h"
#include <string.h>

enum { CERTIFICATE_FIELDS = 9, QR_FIELDS = 6, NUMBER = 20 };

static const char *const words[] = { "good", "broken", "not-checked", "unknown-key", "forged-certificate", "suite",
	"forged-signature", "outside-block" };

const char *lane_qr_word(enum lane_qr_outcome o)
{
	return words[o];
}

/* --- certificate --- */

/* lane,suite,first number,how many,last day,limit in fen,key,tax id,name: the name is the last, it may hold commas. */
struct str lane_certificate_text(struct arena *a, const struct lane_certificate *c)
{
	char *name = arena_dup(a, c->seller_name.p, c->seller_name.n);
	for (size_t i = 0; i < c->seller_name.n; i++)
		if (name[i] == '|') name[i] = '/'; /* the QR text's own separator */
	return str_printf(a, "%.*s,%.*s,%.*s,%lld,%04d%02d%02d,%lld,%.*s,%.*s,%.*s", STR_FMT(c->lane),
	        STR_FMT(c->suite), STR_FMT(c->first), (long long)c->count, c->until.year, c->until.month, c->until.day,
	        (long long)c->limit.fen, STR_FMT(c->key), STR_FMT(c->seller_id), (int)c->seller_name.n, name);
}

/* What is signed: a head that says what it is, and the text. */
static struct str headed(struct arena *a, struct str head, struct str text)
{
	struct buf b;
	buf_init(&b, a, head.n + text.n);
	buf_str(&b, head);
	buf_str(&b, text);
	return buf_done(&b);
}

struct str lane_certificate_covered(struct arena *a, struct str text)
{
	return headed(a, S("etax-lane-certificate-v1\n"), text);
}

static bool digits(struct str s, size_t least, size_t most)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return s.n >= least && s.n <= most;
}

static bool read_day(struct str s, struct date *out)
{
	int64_t v;
	if (!digits(s, 8, 8) || !str_to_int(s, &v)) return false;
	*out = (struct date){ (int16_t)(v / 10000), (int8_t)(v / 100 % 100), (int8_t)(v % 100) };
	return date_valid(*out);
}

static bool key_bytes(struct arena *a, struct str base64, struct str *out)
{
	return str_unbase64(a, base64, out) && out->n == LANE_KEY;
}

static bool plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == '|') return false;
	return true;
}

bool lane_certificate_parse(struct arena *a, struct str text, struct lane_certificate *out)
{
	struct str f[CERTIFICATE_FIELDS], key;
	size_t n = 0;
	if (!plain(text)) return false;
	while (n < CERTIFICATE_FIELDS - 1 && str_split(&text, ',', &f[n]))
		n++;
	if (n < CERTIFICATE_FIELDS - 1 || !text.p || !text.n) return false;
	*out = (struct lane_certificate){
		.lane = f[0], .suite = f[1], .first = f[2], .key = f[6], .seller_id = f[7], .seller_name = text
	};
	return digits(f[0], 1, 19) && f[1].n && digits(f[2], NUMBER, NUMBER) && digits(f[3], 1, 6) &&
	       str_to_int(f[3], &out->count) && out->count > 0 && read_day(f[4], &out->until) && digits(f[5], 1, 15) &&
	       str_to_int(f[5], &out->limit.fen) && key_bytes(a, f[6], &key) && f[7].n;
}

/* The year of a block stands in its numbers. */
bool lane_certificate_holds(const struct lane_certificate *c, struct str number, struct date day)
{
	int64_t first, asked;
	return number.n == NUMBER && c->first.n == NUMBER && memcmp(number.p, c->first.p, ISSUE_CHANNEL_AT + 1) == 0 &&
	       str_to_int(str_sub(c->first, ISSUE_CHANNEL_AT + 1, NUMBER), &first) &&
	       str_to_int(str_sub(number, ISSUE_CHANNEL_AT + 1, NUMBER), &asked) && asked >= first &&
	       asked < first + c->count && date_cmp(day, c->until) <= 0 && day.year == c->until.year;
}

/* --- QR --- */

bool lane_qr_is(struct str text)
{
	return text.n > 8 && str_find(text, "|etaxl1|") > 0;
}

struct str lane_qr_covered(struct arena *a, struct str text)
{
	return headed(a, S("etax-lane-qr-v1\n" LANE_SUITE "\n"), text);
}

static bool signature_of(struct arena *a, struct str base64, struct str *out)
{
	return str_unbase64(a, base64, out) && out->n == LANE_SIGNATURE;
}

static bool signed_by(struct arena *a, const struct crypto_key *key, struct str covered, struct str base64)
{
	struct str signature;
	return key && signature_of(a, base64, &signature) &&
	       crypto_ed25519_verify(key, covered, (const unsigned char *)signature.p);
}

static void free_key(void *key)
{
	crypto_key_free(key);
}

static bool signed_by_device(struct arena *a, const struct lane_certificate *c, struct str covered, struct str base64)
{
	struct str key;
	if (!key_bytes(a, c->key, &key)) return false;
	struct crypto_key *k = crypto_ed25519_public((const unsigned char *)key.p);
	if (k) arena_cleanup(a, free_key, k);
	return signed_by(a, k, covered, base64);
}

enum lane_qr_outcome lane_qr_check(
        struct arena *a, struct str whole, const struct tlog_verifier *keys, size_t n_keys, struct lane_qr *out)
{
	struct str f[QR_FIELDS], rest = issue_qr_clean(a, whole);
	struct issue_qr q;
	size_t n = 0;
	*out = (struct lane_qr){ 0 };
	while (n < QR_FIELDS && str_split(&rest, '|', &f[n]))
		n++;
	if (n != QR_FIELDS || rest.p || !str_is(f[1], "etaxl1") || f[4].n != 8) return LANE_QR_BROKEN;
	out->text = f[0];
	if (!lane_certificate_parse(a, f[3], &out->certificate)) return LANE_QR_BROKEN;
	issue_qr_text_read(a, f[0], &q);
	if (q.fault) return LANE_QR_BROKEN;
	if (!n_keys) return LANE_QR_UNCHECKED;
	const struct tlog_verifier *who = NULL;
	for (size_t i = 0; i < n_keys; i++)
		if (keys[i].suite == TLOG_ED25519 && str_eq(f[4], str_printf(a, "%08x", keys[i].key_id)))
			who = &keys[i];
	if (!who) return LANE_QR_UNKNOWN_KEY;
	if (!signed_by(a, who->key, lane_certificate_covered(a, f[3]), f[5])) return LANE_QR_FORGED_CERTIFICATE;
	if (!str_is(out->certificate.suite, LANE_SUITE)) return LANE_QR_SUITE;
	if (!signed_by_device(a, &out->certificate, lane_qr_covered(a, f[0]), f[2])) return LANE_QR_FORGED_SIGNATURE;
	return lane_certificate_holds(&out->certificate, q.number, q.date) ? LANE_QR_GOOD : LANE_QR_OUTSIDE;
}

/* --- entry --- */

struct str lane_entry_covered(struct arena *a, struct str text)
{
	return headed(a, S("etax-lane-entry-v1\n"), text);
}

static bool hex64(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || !strchr("0123456789abcdef", s.p[i])) return false;
	return s.n == LANE_HASH;
}

static bool canonical(struct arena *a, struct str text, const struct value *v)
{
	struct buf b;
	buf_init(&b, a, text.n + 1);
	value_write_canonical(&b, v);
	return str_eq(buf_done(&b), text);
}

const char *lane_entry_parse(struct arena *a, struct str text, struct lane_entry *out)
{
	enum { MEMBERS = 11 };
	struct value *v;
	struct json_fault where;
	unsigned char digest[CRYPTO_SHA256_SIZE];
	*out = (struct lane_entry){ 0 };
	if (json_parse(a, text, &v, &where) != OK || v->kind != VALUE_OBJECT) return "json";
	if (!canonical(a, text, v)) return "canonical";
	out->suite = value_text(v, "suite");
	out->lane = value_text(v, "lane");
	out->number = value_text(v, "number");
	out->previous = value_text(v, "previous");
	out->qr = value_text(v, "qr");
	out->sequence = value_number(v, "sequence", 0);
	out->invoice = value_get(v, S("invoice"));
	if (v->count != MEMBERS || !digits(out->lane, 1, 19) || !digits(out->number, NUMBER, NUMBER) ||
	        !hex64(out->previous) || !out->qr.p || out->sequence < 1 || !out->invoice ||
	        out->invoice->kind != VALUE_OBJECT || !instant_parse(value_text(v, "issued_at"), &out->issued_at) ||
	        !money_parse(value_text(v, "amount"), &out->amount) || !money_parse(value_text(v, "tax"), &out->tax) ||
	        !money_parse(value_text(v, "total"), &out->total))
		return "members";
	if (!str_is(out->suite, LANE_SUITE)) return "suite";
	crypto_sha256(text.p, text.n, digest);
	memcpy(out->hash, str_hex(a, digest, sizeof digest).p, LANE_HASH + 1);
	return NULL;
}

bool lane_status_read(struct arena *a, struct str event, struct lane_status *out)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(a, event, &v, &where) != OK) return false;
	*out = (struct lane_status){ .lane = value_text(v, "lane"),
		.key = value_text(v, "key"),
		.verifier = value_text(v, "verifier"),
		.revoked = str_is(value_text(v, "status"), "revoked") };
	return out->lane.p && out->key.p && out->verifier.p && instant_parse(value_text(v, "at"), &out->at);
}

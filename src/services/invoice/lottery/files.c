/* Lines, beacons: the public files of a draw, read from anybody's hand (fuzz/draw_files_fuzz.c). No I/O. */
#include "base/date.h"
#include "kernel/crypto/crypto.h"
#include "kernel/value/value.h"
#include "services/invoice/lottery/draw.h"
#include <string.h>

/* --- lines --- */

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return s.n == DRAW_NUMBER;
}

static bool is_reason(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && s.p[i] != '-') return false;
	return s.n > 0 && s.n <= DRAW_REASON_MAX;
}

/* Amounts as we write them only: one file has one form, or a changed byte could hide. */
static bool amount(struct str s, struct money *out)
{
	struct arena *a;
	if (s.n > 20 || !money_parse(s, out) || out->fen < 0) return false;
	a = arena_new();
	bool same = str_eq(money_format(a, *out), s);
	arena_free(a);
	return same;
}

bool draw_line_read(struct str line, struct draw_line *out)
{
	struct str sign, number, m[4], rest = line;
	size_t n = 0;
	*out = (struct draw_line){ 0 };
	if (line.n > DRAW_LINE_MAX || !str_split(&rest, ' ', &sign) || !str_split(&rest, ' ', &number) ||
	        !is_number(number))
		return false;
	out->number = number;
	while (n < 4 && rest.n && str_split(&rest, ' ', &m[n]))
		n++;
	if (str_is(sign, "-"))
		return out->reason = n == 1 ? m[0] : S(""),
		       n == 1 && !rest.n && is_reason(m[0]) && line.n == 3 + DRAW_NUMBER + m[0].n;
	if (!str_is(sign, "+") || (n != 0 && n != 3) || rest.n) return false;
	out->instant = n == 3;
	if (!n) return line.n == 2 + DRAW_NUMBER;
	return amount(m[0], &out->band) && amount(m[1], &out->drawn) && amount(m[2], &out->paid) &&
	       line.n == 5 + DRAW_NUMBER + m[0].n + m[1].n + m[2].n;
}

struct str draw_line_write(struct arena *a, const struct draw_line *l)
{
	if (l->reason.p) return str_printf(a, "- %.*s %.*s", STR_FMT(l->number), STR_FMT(l->reason));
	if (!l->instant) return str_printf(a, "+ %.*s", STR_FMT(l->number));
	struct str band = money_format(a, l->band), drawn = money_format(a, l->drawn), paid = money_format(a, l->paid);
	return str_printf(a, "+ %.*s %.*s %.*s %.*s", STR_FMT(l->number), STR_FMT(band), STR_FMT(drawn), STR_FMT(paid));
}

/* --- beacons --- */

const struct draw_chain draw_chains[] = {
	{ "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", "quicknet", 1692803367, 3 },
	{ "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce", "default", 1595431050, 30 },
	/* The sandbox makes its own, so that it needs no network; its rounds prove nothing. */
	{ "0000000000000000000000000000000000000000000000000000000000000000", "sandbox", 1692803367, 3 },
	{ 0 },
};

const struct draw_chain *draw_chain_find(struct str hash)
{
	for (const struct draw_chain *k = draw_chains; k->hash; k++)
		if (str_is(hash, k->hash)) return k;
	return NULL;
}

int64_t draw_round_at(const struct draw_chain *k, int64_t t)
{
	if (t <= k->genesis) return 1;
	return (t - k->genesis + k->period - 1) / k->period + 1;
}

int64_t draw_round_time(const struct draw_chain *k, int64_t round)
{
	return k->genesis + (round - 1) * k->period;
}

/* What two officers copied from two public lotteries of the evening: digits, blanks, commas, plus signs. */
static bool is_typed(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != ' ' && s.p[i] != ',' && s.p[i] != '+') return false;
	return s.n >= 3 && s.n <= 60;
}

void draw_numbers_randomness(struct str first, struct str second, unsigned char out[32])
{
	static const char label[] = "fapiao-numbers-v1"; /* with its NUL */
	struct arena *a = arena_new();
	struct buf b;
	buf_init(&b, a, 160);
	buf_add(&b, label, sizeof label);
	buf_str(&b, first);
	buf_char(&b, 0);
	buf_str(&b, second);
	crypto_sha256(b.p, b.n, out);
	arena_free(a);
}

static bool hex32(struct arena *a, struct str s, unsigned char out[32])
{
	struct str bytes;
	if (s.n != 64 || !str_unhex(a, s, &bytes)) return false;
	memcpy(out, bytes.p, 32);
	return true;
}

/* drand's answer has more members (previous_signature of chained beacons): they are not needed, so they are let
 * through. */
enum draw_beacon_fault draw_beacon_read(struct arena *a, struct str text, struct draw_beacon *out)
{
	struct value *v;
	struct json_fault where;
	struct str bytes;
	unsigned char made[32];
	*out = (struct draw_beacon){ 0 };
	if (text.n > 4096 || json_parse(a, text, &v, &where) != OK || v->kind != VALUE_OBJECT) return BEACON_MALFORMED;
	out->round = value_number(v, "round", 0);
	out->chain = value_text(v, "chain");
	out->signature = value_text(v, "signature");
	out->first = value_text(v, "first");
	out->second = value_text(v, "second");
	out->numbers = out->first.p != NULL;
	if (!hex32(a, value_text(v, "randomness"), out->randomness)) return BEACON_MALFORMED;
	if (out->numbers) {
		if (!is_typed(out->first) || !is_typed(out->second)) return BEACON_MALFORMED;
		draw_numbers_randomness(out->first, out->second, made);
	} else {
		/* G1 signatures have 48 bytes, G2 signatures 96. */
		bool sized = out->signature.n == 96 || out->signature.n == 192;
		if (out->round < 1 || !sized || !str_unhex(a, out->signature, &bytes)) return BEACON_MALFORMED;
		crypto_sha256(bytes.p, bytes.n, made);
	}
	return memcmp(made, out->randomness, 32) == 0 ? BEACON_GOOD : BEACON_RANDOMNESS;
}

struct str draw_beacon_write(struct arena *a, const struct draw_beacon *b)
{
	struct value *v = value_object(a);
	struct buf out;
	if (b->numbers) {
		value_put_str(a, v, "first", b->first);
		value_put_str(a, v, "second", b->second);
	} else {
		value_put_str(a, v, "chain", b->chain);
		value_put_int(a, v, "round", b->round);
		value_put_str(a, v, "signature", b->signature);
	}
	value_put_str(a, v, "randomness", str_hex(a, b->randomness, 32));
	buf_init(&out, a, 512);
	value_write_canonical(&out, v);
	return buf_done(&out);
}

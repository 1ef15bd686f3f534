/* Reads 大写. The value is read leniently, then the words must be the canonical ones of that value but for the variants
 * that 支付结算办法 附一 allows; so whatever the lenient part misreads is refused. */
#include "base/money.h"
#include <string.h>

#define SIGN_BYTES 3 /* every sign used here is three bytes of UTF-8 */
#define WORDS_BYTES_MAX 300

static bool at(struct str s, size_t i, const char *sign)
{
	return i + SIGN_BYTES <= s.n && memcmp(s.p + i, sign, SIGN_BYTES) == 0;
}

static int index_of(struct str s, size_t i, const char *signs)
{
	for (int k = 0; signs[(size_t)k * SIGN_BYTES]; k++)
		if (at(s, i, signs + (size_t)k * SIGN_BYTES)) return k;
	return -1;
}

/* false: a sign that amounts do not have, or out of range. */
static bool lenient(struct str s, int64_t *fen)
{
	static const int64_t unit[] = { 10, 100, 1000 };
	int64_t yuan = 0, myriads = 0, section = 0, digit = 0;
	*fen = 0;
	for (size_t i = 0; i < s.n; i += SIGN_BYTES) {
		int d = index_of(s, i, "零壹贰叁肆伍陆柒捌玖"), u = index_of(s, i, "拾佰仟");
		if (d >= 0) {
			digit = d;
			continue;
		}
		if (u >= 0) {
			section += digit * unit[u];
		} else if (at(s, i, "万")) {
			myriads += (section + digit) * 10000;
			section = 0;
		} else if (at(s, i, "亿")) {
			yuan += (myriads + section + digit) * 100000000;
			myriads = section = 0;
		} else if (at(s, i, "圆")) {
			yuan += myriads + section + digit;
			*fen = yuan * 100;
		} else if (at(s, i, "角")) {
			*fen += digit * 10;
		} else if (at(s, i, "分")) {
			*fen += digit;
		} else if (!at(s, i, "整")) {
			return false;
		}
		digit = 0;
		if (section > 100000 || myriads > INT64_C(1000000000) || yuan > MONEY_MAX_FEN / 100) return false;
	}
	return *fen <= MONEY_MAX_FEN;
}

/* A 零 that may stand here though the canonical form has none: behind 圆 or 万 whose own digit is 0 (支付结算办法). */
static bool spare_zero(struct str s, size_t i)
{
	return i >= (size_t)2 * SIGN_BYTES && at(s, i, "零") && index_of(s, i - SIGN_BYTES, "圆万") >= 0 &&
	       index_of(s, i - (size_t)2 * SIGN_BYTES, "拾佰仟万亿") >= 0;
}

static bool same_words(struct str s, struct str canonical)
{
	size_t k = 0;
	for (size_t i = 0; i < s.n; i += SIGN_BYTES) {
		if (k + SIGN_BYTES <= canonical.n && memcmp(s.p + i, canonical.p + k, SIGN_BYTES) == 0)
			k += SIGN_BYTES;
		else if (!spare_zero(s, i))
			return false;
	}
	if (k == canonical.n) return true;
	/* 整 may be left out behind 角, not behind 圆. */
	return k + SIGN_BYTES == canonical.n && at(canonical, k, "整") && s.n && at(s, s.n - SIGN_BYTES, "角");
}

bool money_words_parse(struct str s, struct money *out)
{
	static const char minus[] = "（负数）";
	char signs[WORDS_BYTES_MAX];
	int64_t fen = 0;
	bool negative = str_starts(s, minus);
	if (negative) s = str_sub(s, sizeof minus - 1, s.n);
	if (str_starts(s, "人民币")) s = str_sub(s, (size_t)3 * SIGN_BYTES, s.n);
	if (!s.n || s.n % SIGN_BYTES || s.n > sizeof signs) return false;
	for (size_t i = 0; i < s.n; i += SIGN_BYTES) {
		const char *sign = at(s, i, "元") ? "圆" : at(s, i, "正") ? "整" : s.p + i;
		memcpy(signs + i, sign, SIGN_BYTES);
	}
	struct str folded = { signs, s.n };
	if (!lenient(folded, &fen) || (negative && !fen)) return false;
	struct arena *a = arena_new();
	bool good = same_words(folded, money_words(a, FEN(fen)));
	arena_free(a);
	if (good) *out = FEN(negative ? -fen : fen);
	return good;
}

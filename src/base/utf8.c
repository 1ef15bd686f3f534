#include "base/utf8.h"
#include "base/buf.h"
#include <string.h>

#define ASCII_MASK UINT64_C(0x8080808080808080)

int32_t utf8_next(struct str s, size_t *at)
{
	static const int32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	if (*at >= s.n) return -1;
	unsigned char c = (unsigned char)s.p[*at];
	size_t more = c < 0x80 ? 0 : c >> 5 == 6 ? 1 : c >> 4 == 14 ? 2 : c >> 3 == 30 ? 3 : 4;
	if (more == 4 || more >= s.n - *at) return -1;
	int32_t v = more == 0 ? c : c & (0x3f >> more);
	for (size_t i = 1; i <= more; i++) {
		unsigned char d = (unsigned char)s.p[*at + i];
		if (d >> 6 != 2) return -1;
		v = v << 6 | (d & 0x3f);
	}
	if (v < least[more] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff)) return -1;
	*at += more + 1;
	return v;
}

/* Most Chinese characters: three bytes that begin with e1 to ec, of which every second and third is good. */
static bool is_common_three(const char *p, size_t n)
{
	if (n < 3) return false;
	unsigned char first = (unsigned char)p[0];
	return first > 0xe0 && first < 0xed && (unsigned char)p[1] >> 6 == 2 && (unsigned char)p[2] >> 6 == 2;
}

/* Behind the ASCII characters from `at` on. */
static size_t skip_ascii(struct str s, size_t at)
{
	uint64_t eight;
	while (s.n - at >= sizeof eight && (memcpy(&eight, s.p + at, sizeof eight), !(eight & ASCII_MASK)))
		at += sizeof eight;
	while (at < s.n && (unsigned char)s.p[at] < 0x80)
		at++;
	return at;
}

bool utf8_valid(struct str s)
{
	for (size_t at = 0; (at = skip_ascii(s, at)) < s.n;) {
		if (is_common_three(s.p + at, s.n - at))
			at += 3;
		else if (utf8_next(s, &at) < 0)
			return false;
	}
	return true;
}

size_t utf8_count(struct str s)
{
	size_t count = 0;
	for (size_t at = 0; at < s.n; count++)
		if (utf8_next(s, &at) < 0) at++;
	return count;
}

struct str utf8_clip(struct str s, size_t code_points)
{
	size_t at = 0;
	for (size_t i = 0; i < code_points && at < s.n; i++)
		if (utf8_next(s, &at) < 0) at++;
	return str_sub(s, 0, at);
}

struct str utf8_fold(struct arena *a, struct str s)
{
	struct buf b;
	buf_init(&b, a, s.n + 1);
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		at = skip_ascii(s, at);
		if (at > from) buf_add(&b, s.p + from, at - from);
		if (at == s.n) break;
		from = at;
		int32_t v = utf8_next(s, &at);
		if (v < 0)
			buf_char(&b, s.p[at++]);
		else if (v >= 0xff01 && v <= 0xff5e)
			buf_char(&b, (char)(v - 0xff01 + '!'));
		else if (v == 0x3000)
			buf_char(&b, ' ');
		else
			buf_add(&b, s.p + from, at - from);
	}
	return buf_done(&b);
}

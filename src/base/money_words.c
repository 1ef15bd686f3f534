/* 大写 amounts (domain/invoice.md §4.5; 支付结算办法 annex for what a reader accepts). */
#include "base/buf.h"
#include "base/money.h"
#include <string.h>

static const char *const digits[] = { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };
static const char *const places[] = { "", "拾", "佰", "仟" };

/* One group of four digits: inner zeros give one 零, trailing ones none. */
static void group_words(struct buf *b, unsigned group)
{
	static const unsigned power[] = { 1, 10, 100, 1000 };
	bool written = false, zero = false;
	for (int i = 3; i >= 0; i--) {
		unsigned digit = group / power[i] % 10;
		if (!digit) {
			zero = written;
			continue;
		}
		if (zero) buf_c(b, "零");
		buf_c(b, digits[digit]);
		buf_c(b, places[i]);
		written = true;
		zero = false;
	}
}

/* Groups from 万亿 down; 零 between groups if the next one is below 1000 or a whole group is missing. */
static void whole_words(struct buf *b, uint64_t yuan)
{
	unsigned groups[5];
	for (int i = 0; i < 5; i++, yuan /= 10000)
		groups[i] = (unsigned)(yuan % 10000);
	bool written = false, gap = false;
	for (int i = 4; i >= 0; i--) {
		if (!groups[i]) {
			gap = written;
			if (i == 2 && groups[3])
				buf_c(b, "亿"); /* 壹万亿: the unit stays when its own group is empty */
			continue;
		}
		if (written && (gap || groups[i] < 1000)) buf_c(b, "零");
		group_words(b, groups[i]);
		buf_c(b, i == 4 ? "亿" : i == 3 ? "万" : i == 2 ? "亿" : i == 1 ? "万" : "");
		written = true;
		gap = false;
	}
}

struct str money_words(struct arena *a, struct money m)
{
	struct buf b;
	buf_init(&b, a, 128);
	uint64_t fen = m.fen < 0 ? ~(uint64_t)m.fen + 1 : (uint64_t)m.fen, yuan = fen / 100;
	unsigned jiao = (unsigned)(fen / 10 % 10), rest = (unsigned)(fen % 10);
	if (m.fen < 0) buf_c(&b, "（负数）");
	if (yuan) {
		whole_words(&b, yuan);
		buf_c(&b, "圆");
	}
	if (!jiao && !rest) {
		buf_c(&b, yuan ? "整" : "零圆整");
		return buf_done(&b);
	}
	if (jiao) {
		buf_c(&b, digits[jiao]);
		buf_c(&b, "角");
	} else if (yuan) {
		buf_c(&b, "零");
	}
	if (rest) {
		buf_c(&b, digits[rest]);
		buf_c(&b, "分");
	} else {
		buf_c(&b, "整");
	}
	return buf_done(&b);
}

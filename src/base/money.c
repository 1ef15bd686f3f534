#include "base/money.h"
#include "base/buf.h"
#include <stdlib.h>

bool money_parse(struct str s, struct money *out)
{
	bool negative = s.n && s.p[0] == '-';
	size_t i = negative ? 1 : 0, digits = 0, places = 0;
	int64_t fen = 0;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++, digits++) {
		if (fen > MONEY_MAX_FEN) return false;
		fen = fen * 10 + (s.p[i] - '0');
	}
	if (!digits) return false;
	if (i < s.n && s.p[i] == '.') {
		for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && places < 2; i++, places++)
			fen = fen * 10 + (s.p[i] - '0');
		if (!places) return false;
	}
	if (i != s.n || fen > MONEY_MAX_FEN) return false;
	for (; places < 2; places++)
		fen *= 10;
	if (fen > MONEY_MAX_FEN) return false;
	out->fen = negative ? -fen : fen;
	return true;
}

/* Written by hand: printf costs several times as much, and every invoice carries dozens of amounts. */
struct str money_format(struct arena *a, struct money m)
{
	char text[32];
	size_t at = sizeof text, places = 0;
	uint64_t fen = m.fen < 0 ? ~(uint64_t)m.fen + 1 : (uint64_t)m.fen;
	do {
		if (places++ == 2) text[--at] = '.';
		text[--at] = (char)('0' + fen % 10);
		fen /= 10;
	} while (fen || places < 3);
	if (m.fen < 0) text[--at] = '-';
	return str_dup(a, (struct str){ text + at, sizeof text - at });
}

struct str money_grouped(struct arena *a, struct money m)
{
	struct str plain = money_format(a, m);
	struct buf b;
	size_t i = 0;
	buf_init(&b, a, plain.n + 8);
	if (plain.p[0] == '-') buf_char(&b, plain.p[i++]);
	for (size_t whole = plain.n - 3; i < plain.n; i++) {
		buf_char(&b, plain.p[i]);
		if (i + 1 < whole && (whole - i - 1) % 3 == 0) buf_char(&b, ',');
	}
	return buf_done(&b);
}

bool money_add(struct money a, struct money b, struct money *out)
{
	return !__builtin_add_overflow(a.fen, b.fen, &out->fen) && out->fen <= MONEY_MAX_FEN &&
	       out->fen >= -MONEY_MAX_FEN;
}

bool money_sub(struct money a, struct money b, struct money *out)
{
	return !__builtin_sub_overflow(a.fen, b.fen, &out->fen) && out->fen <= MONEY_MAX_FEN &&
	       out->fen >= -MONEY_MAX_FEN;
}

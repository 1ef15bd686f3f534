/* tickets.txt, beacon.json and the other public files of a draw come from anybody. The first byte says which. */
#include "services/invoice/lottery/own.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void lines(struct arena *a, struct str in)
{
	static const unsigned char seed[32] = { 1 };
	struct draw_sorted s, two;
	struct draw_line l;
	/* What is read is written as the same bytes: one line has one form. */
	if (draw_line_read(in, &l) && !str_eq(draw_line_write(a, &l), in)) abort();
	bool good = draw_sort(a, in, seed, 10, 1, &s);
	if (good != draw_sort(a, in, seed, 10, 3, &two)) abort();
	if (good && (s.lines != two.lines || s.n != two.n || memcmp(s.root, two.root, 32) != 0)) abort();
}

static void beacon(struct arena *a, struct str in)
{
	struct draw_beacon b, again;
	if (draw_beacon_read(a, in, &b) != BEACON_GOOD) return;
	if (!b.numbers && !b.chain.p) b.chain = S("");
	if (draw_beacon_read(a, draw_beacon_write(a, &b), &again) != BEACON_GOOD) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str in = { (const char *)data + 1, size ? size - 1 : 0 }, why;
	struct draw_verdict v;
	struct draw_files f = { in, in, in, in, in, in, in };
	switch (size ? data[0] % 4 : 4) {
	case 0: lines(a, in); break;
	case 1: beacon(a, in); break;
	case 2: (void)scheme_read(a, in, &why); break;
	case 3:
		draw_verify(a, &f, 1, &v);
		if (v.part == DRAW_GOOD) abort(); /* one text can not be all seven files */
		break;
	default: break;
	}
	arena_free(a);
	return 0;
}

/* Files of orders, both formats: reading ends, goes forward, and can be taken up again at any order; what was read
 * without a fault splits exactly. */
#include "kernel/ctx/ctx.h"
#include "services/invoice/platform/file.h"
#include <stdlib.h>

static int64_t net(const struct order *o)
{
	int64_t sum = 0;
	for (size_t i = 0; i < o->n_items; i++)
		sum += o->items[i].amount.fen - o->items[i].discount.fen;
	return sum;
}

static void check_order(struct arena *a, const struct order *o)
{
	struct order_invoice *list;
	size_t n;
	int64_t sum = 0;
	if (!order_split(a, o, str_is(o->split, "rate"), o->limit, &list, &n)) abort();
	for (size_t i = 0; i < n; i++) {
		if (list[i].total.fen <= 0 || (o->limit.fen && list[i].total.fen > o->limit.fen)) abort();
		sum += list[i].total.fen;
	}
	if (sum != net(o)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1) return 0;
	struct arena *a = arena_new();
	struct ctx c = { .arena = a, .today = { 2026, 11, 24 } };
	struct str text = { (const char *)data + 1, size - 1 };
	struct file_reader r, again;
	struct order o, same;
	int64_t line, last = 0, other;
	problem_init(&c.problem, a);
	if (file_open(&c, &r, text, data[0] & 1, 0, 0) == OK) {
		for (size_t at = r.at;; at = r.at) {
			again = r;
			if (!file_next(&c, &r, &o, &line)) break;
			if (r.at <= at || line <= last) abort();
			last = line;
			if (!c.problem.n) check_order(a, &o);
			if (!file_next(&c, &again, &same, &other) || other != line || again.at != r.at) abort();
		}
	}
	arena_free(a);
	return 0;
}

/* Buyers are told of invoices that came in: once a minute, bundled by buyer, because large buyers receive thousands and
 * an event of its own for each would double what issuing costs. */
#include "message_sql.h"
#include "services/information/message/box.h"
#include "services/invoice/issue/issue.h"
#include <stdlib.h>
#include <string.h>

/* Of one transaction, which holds up all other writers; and of one run. */
enum { INVOICES_MAX = 2000, ROUNDS_MAX = 1000 };

struct incoming {
	int64_t buyer_id, position, n;
	struct str number, seller;
	struct money total;
	instant_us at;
};
struct round {
	int64_t from, to;
	struct incoming *list;
	size_t n;
};

static int by_buyer(const void *a, const void *b)
{
	const struct incoming *x = a, *y = b;
	if (x->buyer_id != y->buyer_id) return x->buyer_id < y->buyer_id ? -1 : 1;
	return x->position < y->position ? -1 : x->position > y->position;
}

/* Red letters are told of by reversal; a buyer that is no party here has no box. */
static void collect(struct buf *all, const struct event *event)
{
	struct invoice_event e = { 0 };
	struct str body = event->body;
	while (issue_event_next(&body, &e)) {
		if (!e.buyer_id || e.buyer_id == e.seller_id || e.original.n) continue;
		const struct incoming one = { e.buyer_id, event->position, 1, e.number, e.seller_name, e.total,
			event->at };
		buf_add(all, &one, sizeof one);
	}
}

/* Those of one buyer become one; a sum that no number holds is nobody's month. */
static size_t bundle(struct incoming *list, size_t n)
{
	size_t kept = 0;
	qsort(list, n, sizeof *list, by_buyer);
	for (size_t i = 0; i < n; i++) {
		struct incoming *last = kept ? &list[kept - 1] : NULL;
		if (!last || last->buyer_id != list[i].buyer_id) {
			list[kept++] = list[i];
			continue;
		}
		last->n++;
		last->position = list[i].position;
		last->at = list[i].at;
		if (!money_add(last->total, list[i].total, &last->total)) last->total = list[i].total;
	}
	return kept;
}

static err_t read_round(struct ctx *c, struct round *r)
{
	struct event *events;
	struct buf all;
	size_t n;
	TRY(outbox_read(c, r->from, &events, &n));
	buf_init(&all, c->arena, 4096);
	r->to = r->from;
	for (size_t i = 0; i < n && all.n < INVOICES_MAX * sizeof *r->list; i++) {
		if (str_is(events[i].kind, "invoice.issued")) collect(&all, &events[i]);
		r->to = events[i].position;
	}
	r->n = all.n / sizeof *r->list;
	r->list = arena_array(c->arena, r->n + 1, sizeof *r->list);
	if (r->n) memcpy(r->list, all.p, all.n);
	r->n = bundle(r->list, r->n);
	return OK;
}

static struct str words_of(struct ctx *c, const struct incoming *r)
{
	struct value *v = value_object(c->arena);
	struct buf b;
	if (r->n > 1)
		value_put_int(c->arena, v, "count", r->n);
	else
		value_put_str(c->arena, v, "number", r->number);
	if (r->n == 1) value_put_str(c->arena, v, "seller", r->seller);
	value_put_money(c->arena, v, "total", r->total);
	buf_init(&b, c->arena, 160);
	value_write_canonical(&b, v);
	return buf_done(&b);
}

static err_t tell(struct ctx *c, void *arg)
{
	const struct round *r = arg;
	struct event *told = arena_array(c->arena, r->n + 1, sizeof *told);
	for (size_t i = 0; i < r->n; i++) {
		const struct incoming *one = &r->list[i];
		told[i] = (struct event){ one->position, S("invoice.received"), one->buyer_id, one->at,
			words_of(c, one) };
	}
	TRY(box_feed(c, told, r->n));
	return message_received_set(c, r->to, NULL);
}

static err_t one_round(struct ctx *c, bool *more)
{
	struct message_received_get_row row;
	struct round r = { 0 };
	bool found;
	TRY(message_received_get(c, &row, &found));
	if (!found) return E_INTERNAL;
	r.from = row.position;
	TRY(read_round(c, &r));
	*more = r.to > r.from;
	return *more ? db_write(c, tell, &r) : OK;
}

err_t box_received(struct ctx *c, struct str argument)
{
	struct arena *own = c->arena;
	bool more = true;
	err_t e = OK;
	(void)argument;
	c->arena = arena_new();
	for (int i = 0; i < ROUNDS_MAX && more && e == OK; i++) {
		arena_reset(c->arena);
		e = one_round(c, &more);
	}
	arena_free(c->arena);
	c->arena = own;
	return e;
}

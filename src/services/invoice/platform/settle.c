/* An order is settled by three steps, like a group of a batch (work.c): a transaction that takes the orders and keeps
 * the lines, issue_for under the settlement's own key, and a transaction with the outcome. A job finishes what was cut
 * off. */
#include "services/invoice/platform/settle.h"
#include "kernel/db/db.h"
#include "kernel/receipt/receipt.h"
#include "platform_sql.h"
#include "services/foundation/identity/identity.h"
#include "services/invoice/issue/issue.h"
#include <string.h>

enum { RESUME_SECONDS = 30 };

static const struct fault_def no_id = { "buyer-tax-id", N_("专用发票要有购买方税号"), NULL,
	N_("发票管理办法 第二十一条") };
static const struct fault_def kinds = { "merge-kind", N_("这些订单的发票种类不同，不能合并"), NULL, NULL };
static const struct fault_def too_many = { "split-too-many", N_("按这个限额要拆成 100 张以上，请提高限额"), NULL,
	NULL };
static const struct fault_def too_long = { "merge-items", N_("合并后超过 2000 个项目，请分几次"), NULL, NULL };
static const struct fault_def moved = { "order-moved", N_("订单 {1} 刚刚被领取或合并，请重新查看"), NULL, NULL };

enum { MERGED_ITEMS_MAX = 2000 };

/* --- composing --- */

static void merge(struct ctx *c, const struct settling *s, struct order *out)
{
	struct buf remark;
	size_t n = 0;
	buf_init(&remark, c->arena, 128);
	*out = s->orders[0].order;
	if (s->n == 1) return;
	for (size_t i = 0; i < s->n; i++)
		n += s->orders[i].order.n_items;
	out->items = arena_array(c->arena, n, sizeof *out->items);
	out->n_items = 0;
	buf_c(&remark, "订单");
	for (size_t i = 0; i < s->n; i++) {
		const struct order *o = &s->orders[i].order;
		memcpy(&out->items[out->n_items], o->items, o->n_items * sizeof *o->items);
		out->n_items += o->n_items;
		if (!str_eq(o->kind, out->kind) && !s->kind.p) FAULT(c, S("/orders"), &kinds);
		if (o->limit.fen && (!out->limit.fen || o->limit.fen < out->limit.fen)) out->limit = o->limit;
		if (str_is(o->split, "rate")) out->split = o->split;
		if (remark.n < 400) buf_printf(&remark, " %.*s", STR_FMT(o->order_no));
	}
	out->remark = str_sub(buf_done(&remark), 0, 440);
	if (out->n_items > MERGED_ITEMS_MAX) FAULT(c, S("/orders"), &too_long);
}

static err_t may_act(struct ctx *c, const struct settling *s, const struct order_invoice *list, size_t n)
{
	bool held = s->platform_id == s->seller_id;
	struct money limit = FEN(0);
	if (!held) TRY(identity_mandate(c, s->seller_id, s->platform_id, "invoice.issue", &held, &limit));
	if (!held) return RAISE(c, E_CONFLICT, &platform_no_mandate);
	for (size_t i = 0; i < n && limit.fen; i++)
		if (list[i].total.fen > limit.fen)
			return RAISE(c, E_CONFLICT, &platform_over_limit, money_grouped(c->arena, limit));
	return OK;
}

static err_t compose(struct ctx *c, const struct settling *s, struct str *lines)
{
	struct order all;
	struct order_invoice *list = NULL;
	struct buf b;
	size_t n = 0;
	merge(c, s, &all);
	struct str kind = s->kind.p ? s->kind : all.kind;
	if (str_is(kind, "special") && !s->buyer.tax_id.p) FAULT(c, S("/tax_id"), &no_id);
	TRY(problem_result(&c->problem));
	if (!order_split(c->arena, &all, s->by_rate || str_is(all.split, "rate"), s->limit.fen ? s->limit : all.limit,
	            &list, &n))
		FAULT(c, S("/limit"), &too_many);
	TRY(problem_result(&c->problem));
	TRY(may_act(c, s, list, n));
	buf_init(&b, c->arena, 1024);
	struct str ref = s->orders[0].order_no;
	for (size_t i = 0; i < n; i++)
		order_put_invoice(&b, &list[i], kind, s->buyer,
		        n == 1 ? ref : str_printf(c->arena, "%.*s/%zu", STR_FMT(ref), i + 1), all.remark);
	*lines = buf_done(&b);
	return OK;
}

/* --- the three steps --- */

struct begin {
	const struct settling *s;
	struct str lines;
	int64_t id;
};

static err_t begin(struct ctx *c, void *arg)
{
	struct begin *b = arg;
	const struct settling *s = b->s;
	int64_t taken;
	b->id = db_new_id(c);
	for (size_t i = 0; i < s->n; i++) {
		TRY(platform_order_settle(c, b->id, s->seller_id, s->platform_id, s->orders[i].order_no, &taken));
		if (!taken) return RAISE(c, E_CONFLICT, &moved, s->orders[i].order_no);
	}
	TRY(platform_settle_insert(
	        c, b->id, s->platform_id, s->seller_id, s->orders[0].drawer, b->lines, c->now, NULL));
	return job_enqueue(c, "platform.settle", str_from_int(c->arena, b->id), str_from_int(c->arena, b->id),
	        c->now + RESUME_SECONDS * INT64_C(1000000));
}

struct end {
	int64_t id;
	const struct platform_settle_get_row *row;
	struct str numbers, errors;
	struct value *receipt;
};

static err_t move_lines(struct ctx *c, const struct end *e, struct value *orders)
{
	const struct platform_settle_get_row *r = e->row;
	struct platform_orders_settling_row *rows;
	size_t n;
	TRY(platform_orders_settling(c, r->seller_id, r->platform_id, e->id, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		value_push(c->arena, orders, value_str(c->arena, rows[i].order_no));
		if (!e->numbers.n) continue;
		TRY(platform_line_set(c, S("issued"), e->numbers, S(""), rows[i].batch_id, rows[i].line, NULL));
		TRY(platform_batch_settled(c, 1, r->platform_id, rows[i].batch_id, NULL));
	}
	return OK;
}

static err_t tell(struct ctx *c, struct end *e, struct value *orders)
{
	struct party seller;
	bool found = false;
	struct value *v = value_object(c->arena);
	TRY(identity_party(c, e->row->seller_id, &seller, &found));
	value_put(c->arena, v, "numbers", platform_numbers(c->arena, e->numbers));
	value_put(c->arena, v, "orders", orders);
	value_put_str(c->arena, v, "seller", found ? seller.tax_id : STR_NONE);
	if (e->numbers.n) TRY(receipt_issue(c, ACT_ORDERS_SETTLED, e->row->seller_id, v, &e->receipt, NULL));
	return hook_tell(c, e->row->platform_id, e->numbers.n ? "order.issued" : "order.refused", v);
}

static err_t end(struct ctx *c, void *arg)
{
	struct end *e = arg;
	struct value *orders = value_array(c->arena);
	int64_t first;
	bool good = e->numbers.n > 0;
	TRY(platform_settle_end(c, good ? S("issued") : S("refused"), e->numbers, e->errors, e->id, &first));
	if (!first) return OK;
	TRY(move_lines(c, e, orders));
	TRY(platform_orders_settled(
	        c, good ? S("issued") : S("held"), e->numbers, e->row->seller_id, e->row->platform_id, e->id, NULL));
	return tell(c, e, orders);
}

static err_t issue_lines(struct ctx *c, struct end *e)
{
	const struct platform_settle_get_row *r = e->row;
	struct party seller;
	struct str answer;
	struct issued_lines got;
	bool found = false;
	TRY(identity_party(c, r->seller_id, &seller, &found));
	struct issue_program p = { r->seller_id, found ? seller.name : S(""), r->drawer,
		str_printf(c->arena, "platform settle %lld", (long long)e->id), true };
	err_t result = issue_for(c, &p, r->lines, &answer);
	if (result == E_CONFLICT) {
		e->numbers = S("");
		e->errors = platform_errors(c, result);
		return OK;
	}
	TRY(result);
	TRY(platform_answer(c, &answer, (size_t)file_count_lines(r->lines), &got));
	e->numbers = got.numbers;
	e->errors = got.errors;
	return OK;
}

err_t settle_resume(struct ctx *c, int64_t settle_id, struct settled *out)
{
	struct platform_settle_get_row row;
	struct end e = { .id = settle_id, .row = &row };
	bool found = false;
	TRY(platform_settle_get(c, settle_id, &row, &found));
	if (!found) return E_INTERNAL;
	e.numbers = row.numbers;
	e.errors = row.errors;
	if (str_is(row.state, "working")) {
		TRY(issue_lines(c, &e));
		TRY(db_write(c, end, &e));
	}
	out->numbers = e.numbers;
	out->errors = e.errors;
	out->receipt = e.receipt;
	return OK;
}

err_t settle_orders(struct ctx *c, struct settling *s, struct settled *out)
{
	struct begin b = { .s = s };
	TRY(compose(c, s, &b.lines));
	TRY(db_write(c, begin, &b));
	return settle_resume(c, b.id, out);
}

err_t platform_settle_job(struct ctx *c, struct str argument)
{
	struct settled out = { 0 };
	int64_t id = 0;
	if (!str_to_int(argument, &id)) return E_INTERNAL;
	return settle_resume(c, id, &out);
}

/* Claiming by the buyer with the order's code, merging and splitting by the platform. */
#include "kernel/db/db.h"
#include "kernel/limit/limit.h"
#include "platform_sql.h"
#include "services/foundation/identity/identity.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/platform/settle.h"

enum { WRONG_A_MINUTE = 10 };

static const struct fault_def unknown_code = { "order-code", N_("没有这个领票码，请核对订单页上的 16 位字符"), NULL,
	NULL };
static const struct fault_def other_shop = { "order-shop", N_("这些订单不是同一个商家的，请分开领"), NULL, NULL };
static const struct fault_def taken = { "order-issued", N_("订单 {1} 已经开过发票"), NULL, NULL };
static const struct fault_def too_many = { "claim-many", N_("一次最多合并 50 张订单"), NULL, NULL };
static const struct fault_def no_order = { "order-unknown", N_("没有等待开票的订单 {1}"), NULL, NULL };
static const struct fault_def no_split = { "split-how", N_("请选按税率拆分，或填每张最多多少元"), NULL, NULL };
static const struct fault_def refused = { "order-refused", N_("没有开出：{1}"), N_("请联系商家"), NULL };

/* As people type it: small letters, blanks and hyphens in between. */
static err_t look(struct ctx *c, struct str code, struct platform_order_by_code_row *row, bool *found)
{
	struct buf b;
	*found = false;
	buf_init(&b, c->arena, CODE_CHARS + 1);
	for (size_t i = 0; i < code.n; i++)
		if (code.p[i] != ' ' && code.p[i] != '-')
			buf_char(&b, code.p[i] >= 'a' && code.p[i] <= 'z' ? (char)(code.p[i] - 32) : code.p[i]);
	if (b.n != CODE_CHARS) return OK;
	return platform_code_find(c, buf_done(&b), row, found);
}

static err_t find(struct ctx *c, struct str code, const char *pointer, struct platform_order_by_code_row *row)
{
	bool found = false;
	TRY(look(c, code, row, &found));
	if (found) return OK;
	TRY(limit_client(c, "order-code", WRONG_A_MINUTE));
	FAULT(c, str_c(pointer), &unknown_code);
	return problem_result(&c->problem);
}

static err_t take(struct ctx *c, const struct platform_order_by_code_row *row, struct waiting *out)
{
	*out = (struct waiting){ .order_no = row->order_no,
		.state = row->state,
		.kept = row->kept,
		.drawer = row->drawer,
		.numbers = row->numbers,
		.settle_id = row->settle_id,
		.total = row->total };
	return str_is(row->state, "held") ? order_read_kept(c, row->kept, &out->order) : OK;
}

static err_t put_party(struct ctx *c, struct value *v, const char *name, int64_t id)
{
	struct party party;
	bool found = false;
	TRY(identity_party(c, id, &party, &found));
	value_put_str(c->arena, v, name, found ? party.name : STR_NONE);
	return OK;
}

static err_t put_order(struct ctx *c, struct value *to, const struct platform_order_by_code_row *row)
{
	struct value *v = value_put_object(c->arena, to, "order");
	struct waiting w;
	TRY(take(c, row, &w));
	TRY(put_party(c, v, "platform", row->platform_id));
	TRY(put_party(c, v, "seller", row->seller_id));
	value_put_str(c->arena, v, "order_no", row->order_no);
	value_put_money(c->arena, v, "total", row->total);
	value_put_str(c->arena, v, "state", row->state);
	value_put(c->arena, v, "numbers", platform_numbers(c->arena, row->numbers));
	value_put_bool(c->arena, v, "special", str_is(w.order.kind, "special"));
	struct value *items = value_put_array(c->arena, v, "items");
	for (size_t i = 0; i < w.order.n_items; i++) {
		const struct order_item *o = &w.order.items[i];
		struct value *item = value_object(c->arena);
		value_put_str(c->arena, item, "name", o->name);
		value_put(c->arena, item, "quantity",
		        o->has_quantity ? value_int(c->arena, o->quantity) : value_null(c->arena));
		value_put_money(c->arena, item, "amount", FEN(o->amount.fen - o->discount.fen));
		value_push(c->arena, items, item);
	}
	return OK;
}

/* Without a code: the empty form. */
err_t platform_claim_page(struct ctx *c, const void *input, struct reply *out)
{
	const struct claim_page_in *in = input;
	struct platform_order_by_code_row row;
	out->value = value_object(c->arena);
	if (!in->code.n) {
		value_put(c->arena, out->value, "code", value_null(c->arena));
		value_put(c->arena, out->value, "order", value_null(c->arena));
		return OK;
	}
	TRY(find(c, in->code, "/code", &row));
	value_put_str(c->arena, out->value, "code", in->code);
	return put_order(c, out->value, &row);
}

/* A form that came back brings its code along: the order stands beside it again. */
err_t platform_claim_view(struct ctx *c, const void *input, struct reply *out)
{
	struct str code = value_text(value_get(out->value, S("form")), "code");
	struct platform_order_by_code_row row;
	bool found = false;
	(void)input;
	if (code.n) TRY(look(c, code, &row, &found));
	if (found) {
		struct value *again = value_object(c->arena);
		TRY(put_order(c, again, &row));
		value_set(c->arena, out->value, S("order"), (struct value *)value_get(again, S("order")));
		value_set(c->arena, out->value, S("code"), value_str(c->arena, code));
	}
	struct value *order = (struct value *)value_get(out->value, S("order"));
	if (order->kind != VALUE_OBJECT) return OK;
	value_put_bool(c->arena, order, "any_item", value_get(order, S("items"))->first != NULL);
	value_put_bool(c->arena, order, "any_number", value_get(order, S("numbers"))->first != NULL);
	return OK;
}

/* --- claiming --- */

static err_t read_codes(struct ctx *c, const struct claim_in *in, struct settling *s)
{
	struct platform_order_by_code_row row;
	struct str rest = in->also, line;
	TRY(find(c, in->code, "/code", &row));
	s->orders = arena_array(c->arena, ORDER_MERGE_MAX, sizeof *s->orders);
	s->seller_id = row.seller_id;
	s->platform_id = row.platform_id;
	TRY(take(c, &row, &s->orders[s->n++]));
	while (rest.n && str_split(&rest, '\n', &line)) {
		line = str_trim(line);
		if (!line.n) continue;
		TRY(find(c, line, "/also", &row));
		bool again = false;
		for (size_t i = 0; i < s->n; i++)
			again |= str_eq(s->orders[i].order_no, row.order_no);
		if (row.seller_id != s->seller_id || row.platform_id != s->platform_id)
			FAULT(c, S("/also"), &other_shop);
		else if (s->n == ORDER_MERGE_MAX)
			FAULT(c, S("/also"), &too_many);
		else if (!again)
			TRY(take(c, &row, &s->orders[s->n++]));
		TRY(problem_result(&c->problem));
	}
	return OK;
}

static err_t answer(struct ctx *c, const struct settling *s, const struct settled *done, struct reply *out)
{
	if (!done->numbers.n) return RAISE(c, E_CONFLICT, &refused, platform_first_detail(c, done->errors));
	struct value *v = out->value = value_object(c->arena);
	int64_t sum = 0;
	for (size_t i = 0; i < s->n; i++)
		sum += s->orders[i].total.fen;
	TRY(put_party(c, v, "seller", s->seller_id));
	struct value *orders = value_put_array(c->arena, v, "orders");
	for (size_t i = 0; i < s->n; i++)
		value_push(c->arena, orders, value_str(c->arena, s->orders[i].order_no));
	value_put_money(c->arena, v, "total", FEN(sum));
	value_put(c->arena, v, "numbers", platform_numbers(c->arena, done->numbers));
	value_put(c->arena, v, "receipt", done->receipt ? done->receipt : value_null(c->arena));
	return OK;
}

/* All issued together already, or all being settled together: the first answer again. *settled: there is one. */
static err_t earlier(struct ctx *c, struct settling *s, struct settled *done, bool *settled)
{
	struct waiting *first = &s->orders[0];
	*settled = false;
	for (size_t i = 0; i < s->n; i++)
		if (!str_is(s->orders[i].state, "held") && s->orders[i].settle_id != first->settle_id)
			return RAISE(c, E_CONFLICT, &taken, s->orders[i].order_no);
	if (str_is(first->state, "held")) {
		for (size_t i = 1; i < s->n; i++)
			if (!str_is(s->orders[i].state, "held"))
				return RAISE(c, E_CONFLICT, &taken, s->orders[i].order_no);
		return OK;
	}
	for (size_t i = 1; i < s->n; i++)
		if (str_is(s->orders[i].state, "held")) return RAISE(c, E_CONFLICT, &taken, first->order_no);
	*settled = true;
	return settle_resume(c, first->settle_id, done);
}

static err_t settle(struct ctx *c, struct settling *s, struct reply *out)
{
	struct settled done = { 0 };
	bool settled = false;
	TRY(earlier(c, s, &done, &settled));
	if (!settled) TRY(settle_orders(c, s, &done));
	return answer(c, s, &done, out);
}

err_t platform_claim(struct ctx *c, const void *input, struct reply *out)
{
	const struct claim_in *in = input;
	struct settling s = { .buyer = { in->tax_id, in->name } };
	TRY(read_codes(c, in, &s));
	TRY(settle(c, &s, out));
	value_put_str(c->arena, out->value, "code", in->code);
	return OK;
}

/* Who has the code of an order has its invoices. */
err_t platform_claim_pdf(struct ctx *c, const void *input, struct reply *out)
{
	const struct claim_pdf_in *in = input;
	struct platform_order_by_code_row row = { 0 };
	struct str rest, piece;
	TRY(find(c, in->code, "/code", &row));
	rest = row.numbers;
	while (rest.n && str_split(&rest, ' ', &piece))
		if (str_eq(piece, in->number)) return issue_pdf_for_holder(c, piece, out);
	return E_NOT_FOUND;
}

/* --- by the platform --- */

static err_t find_orders(
        struct ctx *c, struct str seller, const struct str *orders, size_t n, const char *pointer, struct settling *s)
{
	struct party party;
	struct platform_order_get_row row;
	bool found = false;
	TRY(identity_party_by_tax_id(c, seller, &party, &found));
	if (!found) FAULT(c, S("/seller"), &platform_no_seller);
	TRY(problem_result(&c->problem));
	s->seller_id = party.id;
	s->platform_id = c->caller.subject_id;
	s->orders = arena_array(c->arena, n, sizeof *s->orders);
	for (size_t i = 0; i < n; i++) {
		bool again = false;
		for (size_t k = 0; k < s->n; k++)
			again |= str_eq(s->orders[k].order_no, orders[i]);
		if (again) continue;
		TRY(platform_order_get(c, party.id, s->platform_id, orders[i], &row, &found));
		/* One that was issued with its batch never waited. */
		if (!found || (!row.settle_id && !str_is(row.state, "held"))) {
			FAULT(c, str_c(pointer), &no_order, orders[i]);
			continue;
		}
		struct waiting *w = &s->orders[s->n++];
		*w = (struct waiting){ .order_no = orders[i],
			.state = row.state,
			.kept = row.kept,
			.drawer = row.drawer,
			.numbers = row.numbers,
			.settle_id = row.settle_id,
			.total = row.total };
		if (str_is(row.state, "held")) TRY(order_read_kept(c, row.kept, &w->order));
	}
	return problem_result(&c->problem);
}

err_t platform_merge(struct ctx *c, const void *input, struct reply *out)
{
	const struct merge_in *in = input;
	struct settling s = { .buyer = { in->tax_id, in->name }, .kind = in->kind };
	TRY(find_orders(c, in->seller, in->orders, in->n_orders, "/orders", &s));
	return settle(c, &s, out);
}

err_t platform_split(struct ctx *c, const void *input, struct reply *out)
{
	const struct split_in *in = input;
	struct settling s = { .buyer = { in->tax_id, in->name },
		.kind = in->kind,
		.by_rate = str_is(in->by, "rate"),
		.limit = in->limit };
	if (!s.by_rate && !in->has_limit) FAULT(c, S("/limit"), &no_split);
	TRY(find_orders(c, in->seller, &in->order_no, 1, "/order_no", &s));
	return settle(c, &s, out);
}

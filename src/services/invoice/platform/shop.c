/* Orders of a platform: those that wait, those of one seller, and one with what is in it, for merging and splitting. */
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/form.h"
#include "platform_sql.h"
#include "services/foundation/identity/identity.h"
#include "services/invoice/platform/settle.h"

enum { ORDERS_SHOWN = 50 };

static const struct fault_def bad_cursor = { "cursor", N_("翻页位置不对，请从第一页重新查"), NULL, NULL };
static const struct fault_def no_order = { "order-not-found", N_("这个商家没有订单 {1}，请核对税号和订单号"), NULL,
	NULL };

/* Last of the page before: seller, batch and line. */
struct place {
	int64_t seller, batch, line;
};

static err_t read_place(struct ctx *c, struct str text, struct place *p)
{
	struct str rest = text, piece[3];
	*p = (struct place){ INT64_MAX, INT64_MAX, INT64_MAX };
	if (!text.n) return OK;
	bool good = str_split(&rest, '.', &piece[0]) && str_split(&rest, '.', &piece[1]) &&
	            str_split(&rest, '.', &piece[2]) && !rest.n && str_to_int(piece[0], &p->seller) &&
	            str_to_int(piece[1], &p->batch) && str_to_int(piece[2], &p->line);
	if (!good) FAULT(c, S("/after"), &bad_cursor);
	return problem_result(&c->problem);
}

static void put_order(struct ctx *c, struct value *list, const struct platform_orders_of_seller_row *r)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "order_no", r->order_no);
	value_put_str(c->arena, v, "batch", str_from_int(c->arena, r->batch_id));
	value_put_int(c->arena, v, "line", r->line);
	value_put_str(c->arena, v, "state", r->state);
	value_put_money(c->arena, v, "total", r->total);
	value_put(c->arena, v, "numbers", platform_numbers(c->arena, r->numbers));
	value_push(c->arena, list, v);
}

/* seller_id: of this one only; 0: of all. Who is who is looked up once for neighbours. */
static err_t put_waiting(struct ctx *c, struct value *v, int64_t seller_id, struct str after)
{
	struct platform_orders_waiting_row *rows;
	struct party seller = { 0 };
	struct place p;
	struct value *list = value_put_array(c->arena, v, "orders");
	bool found = false;
	size_t n;
	TRY(read_place(c, after, &p));
	TRY(platform_orders_waiting(c, c->caller.subject_id, seller_id, seller_id ? seller_id : INT64_MAX, p.seller,
	        p.batch, p.line, &rows, &n));
	for (size_t i = 0; i < n && i < ORDERS_SHOWN; i++) {
		const struct platform_orders_waiting_row *r = &rows[i];
		if (!i || r->seller_id != rows[i - 1].seller_id) TRY(identity_party(c, r->seller_id, &seller, &found));
		put_order(c, list,
		        &(struct platform_orders_of_seller_row){ .order_no = r->order_no,
		                .batch_id = r->batch_id,
		                .line = r->line,
		                .state = S("held"),
		                .total = r->total,
		                .numbers = S("") });
		if (seller_id) continue;
		value_put_str(c->arena, list->last->value, "seller", found ? seller.tax_id : STR_NONE);
		value_put_str(c->arena, list->last->value, "seller_name", found ? seller.name : STR_NONE);
	}
	const struct platform_orders_waiting_row *last = n > ORDERS_SHOWN ? &rows[ORDERS_SHOWN - 1] : NULL;
	value_put_str(c->arena, v, "next",
	        last ? str_printf(c->arena, "%lld.%lld.%lld", (long long)last->seller_id, (long long)last->batch_id,
	                       (long long)last->line)
	             : STR_NONE);
	return OK;
}

err_t platform_orders(struct ctx *c, const void *input, struct reply *out)
{
	const struct orders_in *in = input;
	out->value = value_object(c->arena);
	return put_waiting(c, out->value, 0, in->after);
}

static err_t put_all(struct ctx *c, struct value *v, int64_t seller_id, struct str after)
{
	struct platform_orders_of_seller_row *rows;
	struct value *list = value_put_array(c->arena, v, "orders");
	size_t n;
	TRY(platform_orders_of_seller(c, seller_id, c->caller.subject_id, after.p ? after : S(""), &rows, &n));
	for (size_t i = 0; i < n && i < ORDERS_SHOWN; i++)
		put_order(c, list, &rows[i]);
	value_put_str(c->arena, v, "next", n > ORDERS_SHOWN ? rows[ORDERS_SHOWN - 1].order_no : STR_NONE);
	return OK;
}

static err_t seller_of(struct ctx *c, struct str tax_id, struct party *party)
{
	bool found = false;
	TRY(identity_party_by_tax_id(c, tax_id, party, &found));
	if (!found) FAULT(c, S("/seller"), &platform_no_seller);
	return problem_result(&c->problem);
}

err_t platform_shop(struct ctx *c, const void *input, struct reply *out)
{
	const struct shop_in *in = input;
	struct party party;
	bool all = str_is(in->show, "all");
	TRY(seller_of(c, in->seller, &party));
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "seller", party.tax_id);
	value_put_str(c->arena, v, "seller_name", party.name);
	value_put_c(c->arena, v, "show", all ? "all" : "held");
	return (all ? put_all : put_waiting)(c, v, party.id, in->after);
}

/* --- one order --- */

static err_t put_items(struct ctx *c, struct value *v, const struct platform_order_get_row *row)
{
	struct order o = { 0 };
	struct value *items = value_put_array(c->arena, v, "items");
	if (str_is(row->state, "held")) TRY(order_read_kept(c, row->kept, &o));
	value_put_str(c->arena, v, "kind", o.kind.n ? o.kind : STR_NONE);
	for (size_t i = 0; i < o.n_items; i++) {
		struct value *item = value_object(c->arena);
		value_put_str(c->arena, item, "name", o.items[i].name);
		value_put(c->arena, item, "quantity",
		        o.items[i].has_quantity ? value_int(c->arena, o.items[i].quantity) : value_null(c->arena));
		value_put_str(c->arena, item, "rate", rate_format(c->arena, o.items[i].rate));
		value_put_money(c->arena, item, "amount", FEN(o.items[i].amount.fen - o.items[i].discount.fen));
		value_push(c->arena, items, item);
	}
	return OK;
}

/* *found false: there is no such order of this platform. */
static err_t put_one(struct ctx *c, struct value *to, const struct party *party, struct str order_no, bool *found)
{
	struct platform_order_get_row row;
	TRY(platform_order_get(c, party->id, c->caller.subject_id, order_no, &row, found));
	if (!*found) return OK;
	struct str code = STR_NONE;
	if (str_is(row.state, "held")) TRY(platform_code_of(c, party->id, c->caller.subject_id, order_no, &code));
	struct value *v = value_put_object(c->arena, to, "order");
	value_put_str(c->arena, v, "seller", party->tax_id);
	value_put_str(c->arena, v, "seller_name", party->name);
	value_put_str(c->arena, v, "order_no", order_no);
	value_put_str(c->arena, v, "batch", str_from_int(c->arena, row.batch_id));
	value_put_int(c->arena, v, "line", row.line);
	value_put_str(c->arena, v, "state", row.state);
	value_put_money(c->arena, v, "total", row.total);
	value_put_str(c->arena, v, "claim_code", code);
	value_put(c->arena, v, "numbers", platform_numbers(c->arena, row.numbers));
	return put_items(c, v, &row);
}

/* Without an order: the form that asks for it. */
err_t platform_order(struct ctx *c, const void *input, struct reply *out)
{
	const struct order_in *in = input;
	struct party party;
	bool found = false;
	out->value = value_object(c->arena);
	if (!in->seller.n && !in->order_no.n) {
		value_put(c->arena, out->value, "order", value_null(c->arena));
		return OK;
	}
	TRY(seller_of(c, in->seller.n ? in->seller : S(""), &party));
	TRY(put_one(c, out->value, &party, in->order_no.n ? in->order_no : S(""), &found));
	if (!found) FAULT(c, S("/order_no"), &no_order, in->order_no.n ? in->order_no : S(""));
	return problem_result(&c->problem);
}

/* --- what only the pages need --- */

static const struct {
	const char *code, *words, *mark;
} states[] = { { "held", N_("等购买方领取"), "warn" }, { "taken", N_("正在开具"), "run" },
	{ "settling", N_("正在开具"), "run" }, { "issued", N_("已开具"), "ok" } };

static void put_state(struct ctx *c, struct value *v)
{
	struct str state = value_text(v, "state");
	for (size_t i = 0; i < COUNT(states); i++)
		if (str_is(state, states[i].code)) {
			value_put_str(c->arena, v, "state_title", tr(c, states[i].words));
			value_put_c(c->arena, v, "mark", states[i].mark);
		}
	value_put_bool(c->arena, v, "is_held", str_is(state, "held"));
}

static bool holds(const struct value *list, struct str text)
{
	for (const struct value_member *m = list && list->kind == VALUE_ARRAY ? list->first : NULL; m; m = m->next)
		if (m->value->kind == VALUE_STR && str_eq(m->value->str, text)) return true;
	return false;
}

/* Order numbers hold what they like; chosen: of a form that came back. */
static void dress(struct ctx *c, struct value *v, struct str seller, const struct value *form)
{
	const struct value *list = value_get(v, S("orders")), *chosen = form ? value_get(form, S("orders")) : NULL;
	bool all = form && str_is(value_text(form, "all"), "1");
	int64_t n = 0;
	for (const struct value_member *m = list->first; m; m = m->next) {
		struct str no = value_text(m->value, "order_no"),
		           of = seller.n ? seller : value_text(m->value, "seller");
		put_state(c, m->value);
		value_put_str(c->arena, m->value, "query",
		        str_printf(c->arena, "seller=%.*s&order_no=%.*s", STR_FMT(form_encode(c->arena, of)),
		                STR_FMT(form_encode(c->arena, no))));
		value_put_bool(c->arena, m->value, "on", all || holds(chosen, no));
		value_put_int(c->arena, m->value, "position", n++);
	}
	struct str next = value_text(v, "next");
	value_put_str(c->arena, v, "next_query", next.n ? form_encode(c->arena, next) : STR_NONE);
	value_put_bool(c->arena, v, "any", list->first != NULL);
}

err_t platform_orders_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	dress(c, out->value, S(""), NULL);
	return OK;
}

err_t platform_shop_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	(void)input;
	dress(c, v, value_text(v, "seller"), value_get(v, S("form")));
	value_put_bool(c->arena, v, "is_all", str_is(value_text(v, "show"), "all"));
	return OK;
}

/* A form that came back brings its order along. */
static err_t put_again(struct ctx *c, struct value *v)
{
	const struct value *form = value_get(v, S("form"));
	struct str seller = value_text(form, "seller"), order_no = value_text(form, "order_no");
	struct party party;
	bool found = false;
	if (seller.n) TRY(identity_party_by_tax_id(c, seller, &party, &found));
	if (!found) return OK;
	struct value *again = value_object(c->arena);
	TRY(put_one(c, again, &party, order_no.n ? order_no : S(""), &found));
	if (found) value_set(c->arena, v, S("order"), (struct value *)(uintptr_t)value_get(again, S("order")));
	return OK;
}

err_t platform_order_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	TRY(put_again(c, out->value));
	struct value *order = (struct value *)(uintptr_t)value_get(out->value, S("order"));
	if (order->kind != VALUE_OBJECT) return OK;
	put_state(c, order);
	value_put_bool(c->arena, order, "any_item", value_get(order, S("items"))->first != NULL);
	value_put_bool(c->arena, order, "any_number", value_get(order, S("numbers"))->first != NULL);
	for (const struct value_member *m = value_get(order, S("items"))->first; m; m = m->next) {
		struct rate rate;
		if (!rate_parse(value_text(m->value, "rate"), &rate)) return E_INTERNAL;
		value_put_str(c->arena, m->value, "percent", rate_percent(c->arena, rate));
	}
	return OK;
}

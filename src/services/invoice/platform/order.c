#include "services/invoice/platform/order.h"
#include "base/decimal.h"
#include "services/invoice/issue/issue.h"
#include <string.h>

static const struct choice kinds[] = { { "ordinary", N_("普通发票") }, { "special", N_("增值税专用发票") }, { 0 } };
const struct choice order_issue[] = { { "now", N_("立即开具") }, { "claim", N_("等购买方领取") }, { 0 } };
const struct choice order_splits[] = { { "none", N_("不拆分") }, { "rate", N_("每档税率一张") }, { 0 } };

static const struct field item_fields[] = {
	{ "tax_code", FIELD_TEXT, AT(struct order_item, tax_code), .required = true, .min = 19, .max = 19,
	        .label = N_("税收分类编码") },
	{ "name", FIELD_TEXT, AT(struct order_item, name), .required = true, .min = 1, .max = 92,
	        .label = N_("项目名称") },
	{ "spec", FIELD_TEXT, AT(struct order_item, spec), .max = 40, .label = N_("规格型号") },
	{ "unit", FIELD_TEXT, AT(struct order_item, unit), .max = 22, .label = N_("单位") },
	{ "quantity", FIELD_INT, AT(struct order_item, quantity), PRESENT_AT(struct order_item, has_quantity), .min = 1,
	        .max = 1000000, .label = N_("件数") },
	{ "amount", FIELD_MONEY, AT(struct order_item, amount), .required = true, .min = 1, .max = MONEY_MAX_FEN / 1000,
	        .label = N_("含税金额（元）") },
	{ "discount", FIELD_MONEY, AT(struct order_item, discount), .min = 0, .max = MONEY_MAX_FEN / 1000,
	        .label = N_("含税折扣（元）") },
	{ "rate", FIELD_RATE, AT(struct order_item, rate), .required = true, .label = N_("税率") },
	{ "coal", FIELD_ENUM, AT(struct order_item, coal), .max = 4, .choices = issue_coals, .label = N_("煤炭种类"),
	        .help = N_("原煤、洗煤等编码要选；别的不填") },
	{ 0 },
};
static const struct field buyer_fields[] = {
	{ "tax_id", FIELD_TAX_ID, AT(struct order_buyer, tax_id), .max = 20, .label = N_("购买方税号") },
	{ "name", FIELD_TEXT, AT(struct order_buyer, name), .min = 1, .max = 100, .label = N_("购买方名称") },
	{ 0 },
};
const struct field order_fields[] = {
	{ "seller", FIELD_TAX_ID, AT(struct order, seller), .required = true, .max = 20, .label = N_("商家税号") },
	{ "order_no", FIELD_TEXT, AT(struct order, order_no), .required = true, .min = 1, .max = ORDER_NO_MAX,
	        .label = N_("订单号") },
	{ "kind", FIELD_ENUM, AT(struct order, kind), .max = 10, .choices = kinds, .label = N_("发票种类") },
	{ "issue", FIELD_ENUM, AT(struct order, issue), .max = 10, .choices = order_issue, .label = N_("开具时间") },
	{ "buyer", FIELD_OBJECT, AT(struct order, buyer), .fields = buyer_fields, .label = N_("购买方") },
	{ "items", FIELD_LIST, AT(struct order, items), COUNT_AT(struct order, n_items), .required = true, .min = 1,
	        .max = ORDER_ITEMS_MAX, .fields = item_fields, .size = sizeof(struct order_item),
	        .label = N_("项目明细") },
	{ "discount", FIELD_MONEY, AT(struct order, discount), PRESENT_AT(struct order, has_discount), .min = 0,
	        .max = MONEY_MAX_FEN / 1000, .label = N_("整单优惠（元）") },
	{ "split", FIELD_ENUM, AT(struct order, split), .max = 10, .choices = order_splits, .label = N_("拆分方式") },
	{ "limit", FIELD_MONEY, AT(struct order, limit), PRESENT_AT(struct order, has_limit), .min = 100,
	        .max = MONEY_MAX_FEN / 1000, .label = N_("每张最多（元）"), .help = N_("含税；超过的拆成几张") },
	{ "remark", FIELD_LINES, AT(struct order, remark), .max = 200, .label = N_("备注") },
	{ 0 },
};

static const struct fault_def no_buyer = { "buyer-missing", N_("立即开具要有购买方名称"), NULL, NULL };
static const struct fault_def no_id = { "buyer-tax-id", N_("专用发票要有购买方税号"), NULL,
	N_("发票管理办法 第二十一条") };
static const struct fault_def discount_high = { "discount", N_("折扣不能大于这一行的金额"), NULL, NULL };
static const struct fault_def discount_all = { "discount-order", N_("整单优惠要小于整单金额"), NULL, NULL };
static const struct fault_def too_many = { "split-too-many", N_("按这个限额要拆成 100 张以上，请提高限额"), NULL,
	NULL };

/* --- sums --- */

void order_share(int64_t total, const int64_t *weights, size_t n, int64_t *parts)
{
	int64_t sum = 0, left = total;
	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	for (size_t i = 0; i < n; i++) {
		parts[i] = (int64_t)((__int128)total * weights[i] / sum);
		left -= parts[i];
	}
	/* Fewer fen are left than there are parts: each goes to the largest remainder that has none yet. */
	for (; left > 0; left--) {
		size_t best = n;
		__int128 most = 0;
		for (size_t i = 0; i < n; i++) {
			__int128 rest = (__int128)total * weights[i] - (__int128)parts[i] * sum;
			if (rest > most) {
				most = rest;
				best = i;
			}
		}
		parts[best]++; /* its remainder is below 0 now */
	}
}

static int64_t net(const struct order_item *i)
{
	return i->amount.fen - i->discount.fen;
}

/* By what each item costs after its own discount, so that no item goes below zero. */
static void share_discount(struct ctx *c, struct order *o)
{
	int64_t *weights = arena_array(c->arena, o->n_items, sizeof *weights), *parts, sum = 0;
	parts = arena_array(c->arena, o->n_items, sizeof *parts);
	for (size_t i = 0; i < o->n_items; i++) {
		weights[i] = net(&o->items[i]);
		sum += weights[i];
	}
	if (o->discount.fen >= sum) {
		FAULT(c, S("/discount"), &discount_all);
		return;
	}
	order_share(o->discount.fen, weights, o->n_items, parts);
	for (size_t i = 0; i < o->n_items; i++)
		o->items[i].discount.fen += parts[i];
	o->discount = FEN(0);
	o->has_discount = false;
}

void order_check(struct ctx *c, struct order *o)
{
	size_t before = c->problem.n;
	bool now = !str_is(o->issue, "claim");
	if (!o->kind.p) o->kind = S("ordinary");
	if (!o->issue.p) o->issue = S("now");
	if (!o->split.p) o->split = S("none");
	if (now && !o->buyer.name.p) FAULT(c, S("/buyer/name"), &no_buyer);
	if (now && str_is(o->kind, "special") && !o->buyer.tax_id.p) FAULT(c, S("/buyer/tax_id"), &no_id);
	int64_t sum = 0;
	for (size_t i = 0; i < o->n_items; i++) {
		int64_t left = net(&o->items[i]);
		if (left < 0) FAULT(c, str_printf(c->arena, "/items/%zu/discount", i), &discount_high);
		sum += left > 0 ? left : 0;
	}
	if (c->problem.n > before) return;
	if (sum == 0) {
		FAULT(c, S("/items/0/discount"), &discount_all);
		return;
	}
	if (o->discount.fen > 0) share_discount(c, o);
	struct order_invoice *list;
	size_t n;
	bool by_rate = str_is(o->split, "rate");
	if (c->problem.n == before && (o->limit.fen > 0 || by_rate) &&
	        !order_split(c->arena, o, by_rate, o->limit, &list, &n))
		FAULT(c, o->limit.fen > 0 ? S("/limit") : S("/split"), &too_many);
}

/* --- splitting --- */

/* An item cut into k pieces; whole: by whole pieces of goods. */
static void cut(struct arena *a, const struct order_item *of, size_t k, bool whole, struct order_item *pieces)
{
	int64_t *ones = arena_array(a, k, sizeof *ones), *parts = arena_array(a, k, sizeof *parts);
	for (size_t i = 0; i < k; i++) {
		ones[i] = 1;
		pieces[i] = *of;
	}
	if (whole) order_share(of->quantity, ones, k, parts);
	for (size_t i = 0; i < k; i++) {
		pieces[i].has_quantity = whole;
		pieces[i].quantity = whole ? parts[i] : 0;
		if (whole) ones[i] = parts[i];
	}
	order_share(of->amount.fen, ones, k, parts);
	for (size_t i = 0; i < k; i++)
		pieces[i].amount.fen = parts[i];
	order_share(of->discount.fen, ones, k, parts);
	for (size_t i = 0; i < k; i++)
		pieces[i].discount.fen = parts[i];
}

static bool fits(const struct order_item *pieces, size_t k, int64_t limit)
{
	for (size_t i = 0; i < k; i++)
		if (net(&pieces[i]) > limit || net(&pieces[i]) < 0 || pieces[i].amount.fen <= 0) return false;
	return true;
}

/* Rounding may leave a piece a fen over the limit: then one piece more. false: too many pieces. */
static bool cut_to(struct arena *a, const struct order_item *of, int64_t limit, struct order_item *pieces, size_t *k)
{
	int64_t least = (net(of) + limit - 1) / limit;
	for (int whole = of->has_quantity; whole >= 0; whole--)
		for (*k = (size_t)least; *k <= ORDER_INVOICES_MAX && (!whole || *k <= (size_t)of->quantity); ++*k) {
			cut(a, of, *k, whole, pieces);
			if (fits(pieces, *k, limit)) return true;
		}
	return false;
}

/* Invoices are filled one after the other, so their items lie one behind the other. */
struct splitter {
	struct arena *a;
	struct order_invoice *list;
	size_t n;
	int64_t limit;
	struct buf items;
};

static bool put(struct splitter *s, size_t first, const struct order_item *item)
{
	bool fresh = s->n <= first || (s->limit && s->list[s->n - 1].total.fen + net(item) > s->limit);
	if (fresh && s->n == ORDER_INVOICES_MAX) return false;
	s->n += fresh;
	struct order_invoice *now = &s->list[s->n - 1];
	buf_add(&s->items, item, sizeof *item);
	now->n++;
	now->total.fen += net(item);
	return true;
}

static bool put_item(struct splitter *s, size_t first, const struct order_item *item)
{
	struct order_item *pieces;
	size_t k = 0;
	if (!s->limit || net(item) <= s->limit) return put(s, first, item);
	if (net(item) > s->limit * ORDER_INVOICES_MAX) return false;
	pieces = arena_array(s->a, ORDER_INVOICES_MAX, sizeof *pieces);
	if (!cut_to(s->a, item, s->limit, pieces, &k)) return false;
	for (size_t i = 0; i < k; i++)
		if (!put(s, first, &pieces[i])) return false;
	return true;
}

/* Items that a discount has made free go with their neighbours; alone they are no invoice. */
static void end_list(struct splitter *s)
{
	struct order_item *items = arena_array(s->a, s->items.n / sizeof *items + 1, sizeof *items);
	size_t kept = 0;
	if (s->items.n) memcpy(items, s->items.p, s->items.n);
	for (size_t i = 0; i < s->n; i++) {
		s->list[i].items = items;
		items += s->list[i].n;
		if (s->list[i].total.fen > 0) s->list[kept++] = s->list[i];
	}
	s->n = kept;
}

bool order_split(
        struct arena *a, const struct order *o, bool by_rate, struct money limit, struct order_invoice **out, size_t *n)
{
	struct splitter s = { .a = a, .limit = limit.fen };
	bool *done = arena_array(a, o->n_items, sizeof *done);
	buf_init(&s.items, a, o->n_items * sizeof(struct order_item));
	s.list = arena_array(a, by_rate || limit.fen ? ORDER_INVOICES_MAX : 1, sizeof *s.list);
	for (size_t i = 0; i < o->n_items; i++) {
		size_t first = s.n;
		for (size_t k = i; k < o->n_items; k++) {
			if (done[k] || (by_rate && o->items[k].rate.ppm != o->items[i].rate.ppm)) continue;
			done[k] = true;
			if (!put_item(&s, first, &o->items[k])) return false;
		}
	}
	end_list(&s);
	*out = s.list;
	*n = s.n;
	return true;
}

/* --- writing --- */

static void put_text(struct buf *b, const char *name, struct str s)
{
	if (!s.n) return;
	buf_printf(b, ",\"%s\":", name);
	value_write_text(b, s);
}

static void put_money(struct buf *b, const char *name, struct money m)
{
	put_text(b, name, money_format(b->arena, m));
}

static void put_line(struct buf *b, const struct order_item *i)
{
	struct decimal price;
	buf_c(b, "{\"tax_code\":");
	value_write_text(b, i->tax_code);
	put_text(b, "name", i->name);
	put_text(b, "spec", i->spec);
	put_text(b, "unit", i->unit);
	/* The price to 8 places: times a million pieces it is still right to the fen. */
	if (i->has_quantity && decimal_over(i->amount, (struct decimal){ i->quantity, 0 }, 8, &price)) {
		put_text(b, "quantity", str_from_int(b->arena, i->quantity));
		put_text(b, "price", decimal_format(b->arena, price));
	}
	put_money(b, "amount", i->amount);
	if (i->discount.fen) put_money(b, "discount", i->discount);
	put_text(b, "rate", rate_format(b->arena, i->rate));
	put_text(b, "coal", i->coal);
	buf_c(b, ",\"price_includes_tax\":true}");
}

void order_put_invoice(struct buf *b, const struct order_invoice *i, struct str kind, struct order_buyer buyer,
        struct str seller_ref, struct str remark)
{
	buf_c(b, "{\"kind\":");
	value_write_text(b, kind);
	put_text(b, "seller_ref", seller_ref);
	buf_c(b, ",\"buyer\":{\"name\":");
	value_write_text(b, buyer.name);
	put_text(b, "tax_id", buyer.tax_id);
	buf_c(b, "},\"lines\":[");
	for (size_t k = 0; k < i->n; k++) {
		if (k) buf_char(b, ',');
		put_line(b, &i->items[k]);
	}
	buf_char(b, ']');
	put_text(b, "remark", remark);
	put_money(b, "total", i->total);
	buf_c(b, "}\n");
}

static void keep_item(struct buf *b, const struct order_item *i)
{
	buf_c(b, "{\"tax_code\":");
	value_write_text(b, i->tax_code);
	put_text(b, "name", i->name);
	put_text(b, "spec", i->spec);
	put_text(b, "unit", i->unit);
	if (i->has_quantity) {
		buf_c(b, ",\"quantity\":");
		buf_int(b, i->quantity);
	}
	put_money(b, "amount", i->amount);
	put_money(b, "discount", i->discount);
	put_text(b, "rate", rate_format(b->arena, i->rate));
	put_text(b, "coal", i->coal);
	buf_char(b, '}');
}

struct str order_keep(struct arena *a, const struct order *o)
{
	struct buf b;
	buf_init(&b, a, 512);
	buf_c(&b, "{\"seller\":");
	value_write_text(&b, o->seller);
	put_text(&b, "order_no", o->order_no);
	put_text(&b, "kind", o->kind);
	put_text(&b, "issue", o->issue);
	put_text(&b, "split", o->split);
	put_text(&b, "remark", o->remark);
	if (o->limit.fen) put_money(&b, "limit", o->limit);
	buf_c(&b, ",\"items\":[");
	for (size_t i = 0; i < o->n_items; i++) {
		if (i) buf_char(&b, ',');
		keep_item(&b, &o->items[i]);
	}
	buf_c(&b, "]}");
	return buf_done(&b);
}

err_t order_read_kept(struct ctx *c, struct str text, struct order *out)
{
	struct value *tree;
	struct json_fault where;
	*out = (struct order){ 0 };
	if (json_parse(c->arena, text, &tree, &where) != OK) return E_INTERNAL;
	return input_read(c, order_fields, tree, out);
}

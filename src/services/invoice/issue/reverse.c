/* Red letters (红字发票, domain/invoice.md §3.9): what may be taken off a blue invoice, and the red invoice itself. */
#include "issue_sql.h"
#include "kernel/outbox/outbox.h"
#include "services/invoice/issue/write.h"

static const struct fault_def unknown = { "invoice-unknown", N_("没有查到这张发票，请核对 20 位号码"), NULL, NULL };
static const struct fault_def is_red = { "red-letter", N_("这张是红字发票，不能再红冲"), NULL, NULL };
static const struct fault_def nothing_left = { "reversed-already", N_("这张发票已全额红冲，不能再红冲"), NULL, NULL };
static const struct fault_def no_line = { "line-unknown", N_("这张发票没有第 {1} 行，或者那一行是折扣行"), NULL, NULL };
static const struct fault_def line_twice = { "line-twice", N_("第 {1} 行写了两次"), NULL, NULL };
static const struct fault_def line_done = { "line-reversed", N_("第 {1} 行已全部红冲"), NULL, NULL };
static const struct fault_def too_much = { "reversal-amount", N_("这一行最多还能红冲 {1} 元"), NULL, NULL };
static const struct fault_def too_many = { "reversal-quantity", N_("这一行最多还能退 {1}"), NULL, NULL };
static const struct fault_def not_above_zero = { "not-positive", N_("{1}要大于 0"), NULL, NULL };
static const struct fault_def no_quantity = { "quantity-none", N_("蓝字发票这一行没有数量，请填金额"), NULL, NULL };

/* One line of the blue invoice with its discount line, and what is left of it. */
struct item {
	const struct face_line *line, *discount;
	struct line_amounts whole, left;
	struct decimal quantity_left;
	struct line_amounts take; /* positive */
	struct decimal quantity_take;
	bool taken, untouched;
};
struct plan {
	struct invoice blue;
	struct face face;
	struct item *items; /* one for each line; line == NULL: a discount line */
	size_t n;
	struct line_amounts sum;
	struct money total, deduction_back; /* of earlier red letters */
	bool all;
};

static const int64_t power[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
	100000000000, 1000000000000, 10000000000000 };

/* a - b at the finer scale; both were read from 16 characters, so that 128 bits hold it. */
static int decimal_order(struct decimal a, struct decimal b)
{
	__int128 d = (__int128)a.units * power[b.scale] - (__int128)b.units * power[a.scale];
	return d < 0 ? -1 : d > 0;
}

static struct decimal decimal_minus(struct decimal a, struct decimal b)
{
	unsigned scale = a.scale > b.scale ? a.scale : b.scale;
	__int128 d = (__int128)a.units * power[scale - a.scale] - (__int128)b.units * power[scale - b.scale];
	while (scale && d % 10 == 0)
		d /= 10, scale--;
	return (struct decimal){ (int64_t)d, (uint8_t)scale };
}

static void take_off(struct item *it, const struct face_line *red)
{
	it->untouched = false;
	it->left.amount.fen += red->sum.amount.fen; /* the red line is negative */
	it->left.tax.fen += red->sum.tax.fen;
	if (red->has_quantity)
		it->quantity_left =
		        decimal_minus(it->quantity_left, (struct decimal){ -red->quantity.units, red->quantity.scale });
}

/* The blue lines less all earlier red letters. */
static err_t load(struct ctx *c, struct str number, struct plan *p)
{
	struct issue_reds_row *reds;
	size_t n_reds;
	bool found;
	TRY(issue_find(c, number, &p->blue, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	if (p->blue.total.fen < 0) return RAISE(c, E_CONFLICT, &is_red);
	TRY(face_read(c->arena, p->blue.document, &p->face));
	p->n = p->face.n_lines;
	p->items = arena_array(c->arena, p->n + 1, sizeof *p->items);
	for (size_t i = 0; i < p->n; i++) {
		const struct face_line *l = &p->face.lines[i];
		struct item *it = &p->items[i];
		if (l->discount && i) {
			p->items[i - 1].discount = l;
			p->items[i - 1].whole.amount.fen += l->sum.amount.fen;
			p->items[i - 1].whole.tax.fen += l->sum.tax.fen;
			p->items[i - 1].left = p->items[i - 1].whole;
			continue;
		}
		*it = (struct item){
			.line = l, .whole = l->sum, .left = l->sum, .quantity_left = l->quantity, .untouched = true
		};
	}
	TRY(issue_reds(c, number, &reds, &n_reds));
	for (size_t k = 0; k < n_reds; k++) {
		struct invoice red;
		struct face face;
		TRY(issue_find(c, reds[k].red_number, &red, &found));
		if (!found) return E_INTERNAL;
		TRY(face_read(c->arena, red.document, &face));
		p->deduction_back.fen -= face.differential.deduction.fen;
		for (size_t i = 0; i < face.n_lines; i++) {
			size_t of = (size_t)face.lines[i].of_line;
			if (of < 1 || of > p->n || !p->items[of - 1].line) return E_INTERNAL;
			take_off(&p->items[of - 1], &face.lines[i]);
		}
	}
	return OK;
}

/* whole * part / of, half up; of > 0 and no part is above it. */
static struct money share(struct money whole, struct money part, struct money of)
{
	__int128 product = (__int128)whole.fen * part.fen;
	return FEN((int64_t)((product * 2 + of.fen) / (2 * (__int128)of.fen)));
}

static void take_all(struct item *it)
{
	it->taken = true;
	it->take = it->left;
	it->quantity_take = it->quantity_left;
}

/* A part by amount: its tax by the rate, never more than is left. */
static void take_amount(struct item *it, struct money amount)
{
	struct money tax = rate_of(amount, it->line->rate);
	/* A tax that is not amount times rate is shared out: never above what is left. */
	if (it->line->treatment == TREATMENT_REDUCED || it->line->treatment == TREATMENT_DIFFERENCE)
		tax = share(it->left.tax, amount, it->left.amount);
	it->taken = true;
	it->take = (struct line_amounts){ amount, tax.fen < it->left.tax.fen ? tax : it->left.tax };
	it->quantity_take = (struct decimal){ 0 };
}

static void take_quantity(struct ctx *c, struct item *it, struct decimal q, struct str at)
{
	struct money amount;
	if (!it->line->has_quantity) {
		FAULT(c, at, &no_quantity);
	} else if (q.units <= 0) {
		FAULT(c, at, &not_above_zero, S(N_("数量")));
	} else if (decimal_order(q, it->quantity_left) > 0) {
		FAULT(c, at, &too_many, decimal_format(c->arena, it->quantity_left));
	} else if (decimal_order(q, it->quantity_left) == 0) {
		take_all(it);
	} else if (decimal_times(q, amounts_unit_price(it->whole.amount, it->line->quantity), &amount)) {
		take_amount(it, amount.fen < it->left.amount.fen ? amount : it->left.amount);
		it->quantity_take = q;
	}
}

static void choose(struct ctx *c, struct plan *p, const struct reverse_line *r, size_t i)
{
	struct str at = str_printf(c->arena, "/lines/%zu", i), no = str_from_int(c->arena, r->line);
	struct str field = str_printf(c->arena, "/lines/%zu/%s", i, r->has_amount ? "amount" : "quantity");
	struct item *it = r->line >= 1 && (size_t)r->line <= p->n ? &p->items[r->line - 1] : NULL;
	if (!it || !it->line)
		FAULT(c, at, &no_line, no);
	else if (it->taken)
		FAULT(c, at, &line_twice, no);
	else if (it->left.amount.fen <= 0)
		FAULT(c, at, &line_done, no);
	else if (r->has_amount && r->amount.fen <= 0)
		FAULT(c, field, &not_above_zero, S(N_("金额")));
	else if (r->has_amount && r->amount.fen > it->left.amount.fen)
		FAULT(c, field, &too_much, money_format(c->arena, it->left.amount));
	else if (r->has_amount && r->amount.fen < it->left.amount.fen)
		take_amount(it, r->amount);
	else if (r->has_quantity && !r->has_amount)
		take_quantity(c, it, r->quantity, field);
	else
		take_all(it);
}

static err_t make_plan(struct ctx *c, const struct reverse *r, struct plan *p)
{
	*p = (struct plan){ .all = true };
	TRY(load(c, r->original, p));
	struct money left = FEN(0);
	for (size_t i = 0; i < p->n; i++)
		left.fen += p->items[i].left.amount.fen;
	if (left.fen <= 0) return RAISE(c, E_CONFLICT, &nothing_left);
	for (size_t i = 0; i < r->n_lines; i++)
		choose(c, p, &r->lines[i], i);
	TRY(problem_result(&c->problem));
	for (size_t i = 0; i < p->n; i++) {
		struct item *it = &p->items[i];
		if (!it->line) continue;
		if (!r->n_lines && (it->left.amount.fen > 0 || it->left.tax.fen > 0)) take_all(it);
		if (it->taken && !money_add(p->sum.amount, it->take.amount, &p->sum.amount)) return E_INTERNAL;
		if (it->taken && !money_add(p->sum.tax, it->take.tax, &p->sum.tax)) return E_INTERNAL;
		p->all = p->all && it->left.amount.fen == (it->taken ? it->take.amount.fen : 0);
	}
	return money_add(p->sum.amount, p->sum.tax, &p->total) ? OK : E_INTERNAL;
}

static void put_result(const struct plan *p, struct reversed *out)
{
	*out = (struct reversed){ .amount = p->sum.amount, .tax = p->sum.tax, .total = p->total, .all = p->all };
}

err_t issue_reverse_plan(struct ctx *c, const struct reverse *r, struct reversed *out)
{
	struct plan p;
	TRY(make_plan(c, r, &p));
	put_result(&p, out);
	return OK;
}

/* --- the red letter --- */

static struct face_line negative(const struct face_line *l, int32_t number)
{
	struct face_line red = *l;
	red.of_line = number;
	red.quantity.units = -red.quantity.units;
	red.sum.amount.fen = -red.sum.amount.fen;
	red.sum.tax.fen = -red.sum.tax.fen;
	return red;
}

/* A line that is taken whole keeps its discount line; a part is one line of what it takes. */
static void red_lines(const struct plan *p, struct face *f)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct item *it = &p->items[i];
		int32_t number = (int32_t)i + 1;
		if (!it->taken) continue;
		if (it->untouched && it->take.amount.fen == it->whole.amount.fen) {
			f->lines[f->n_lines++] = negative(it->line, number);
			if (it->discount) f->lines[f->n_lines++] = negative(it->discount, number);
			continue;
		}
		struct face_line red = negative(it->line, number);
		red.has_quantity = it->quantity_take.units > 0;
		red.quantity = (struct decimal){ -it->quantity_take.units, it->quantity_take.scale };
		red.sum = (struct line_amounts){ FEN(-it->take.amount.fen), FEN(-it->take.tax.fen) };
		if (red.has_quantity) red.price = amounts_unit_price(red.sum.amount, red.quantity);
		f->lines[f->n_lines++] = red;
	}
}

/* The deduction goes back with its share of the sum; the last red letter takes what is left of it. */
static void red_deduction(const struct plan *p, struct face *f)
{
	const struct differential *d = &p->face.differential;
	struct money back = share(d->deduction, p->total, p->blue.total);
	if (p->all) back = FEN(d->deduction.fen - p->deduction_back.fen);
	f->differential = *d;
	f->differential.n_proofs = 0;
	f->differential.deduction = FEN(-back.fen);
}

static void red_face(struct ctx *c, const struct reverse *r, const struct plan *p, struct face *f)
{
	*f = (struct face){ .kind = p->face.kind,
		.seller = p->face.seller,
		.buyer = p->face.buyer,
		.seller_general = p->face.seller_general,
		.drawer = c->caller.subject_id == p->blue.seller_id ? c->caller.person_name : p->face.drawer,
		.issued_at = c->now,
		.remark = str_printf(c->arena, "被红冲蓝字数电票号码：%.*s 红字发票信息确认单编号：%.*s",
		        STR_FMT(r->original), STR_FMT(r->slip)),
		.lines = arena_array(c->arena, p->n * 2 + 1, sizeof *f->lines),
		.sum = { FEN(-p->sum.amount.fen), FEN(-p->sum.tax.fen) },
		.total = FEN(-p->total.fen),
		.red = { r->original, r->slip, r->reason } };
	red_lines(p, f);
	f->business = p->face.business;
	f->special = p->face.special;
	f->n_special = p->face.n_special;
	f->rate_reason = p->face.rate_reason;
	f->agency = p->face.agency;
	if (p->face.differential.form.p) red_deduction(p, f);
}

/* Told to the other side; the lists and the plane change by it. */
static err_t tell(struct ctx *c, const struct reverse *r, const struct plan *p, struct str red_number)
{
	struct value *v = value_object(c->arena);
	struct period month = period_of(PERIOD_MONTH, date_of_instant(p->blue.issued_at));
	value_put_str(c->arena, v, "number", r->original);
	value_put_str(c->arena, v, "red_number", red_number);
	value_put_money(c->arena, v, "amount", p->total);
	value_put_int(c->arena, v, "all", p->all);
	value_put_str(c->arena, v, "period", period_format(c->arena, month));
	bool swaps = special_swaps(p->face.business);
	value_put_int(c->arena, v, "seller_id", swaps ? p->blue.buyer_id : p->blue.seller_id);
	value_put_int(c->arena, v, "buyer_id", swaps ? p->blue.seller_id : p->blue.buyer_id);
	int64_t other =
	        c->caller.subject_id == p->blue.seller_id && p->blue.buyer_id ? p->blue.buyer_id : p->blue.seller_id;
	return outbox_emit(c, "invoice.reversed", other, value_json(c->arena, v));
}

err_t issue_reverse(struct ctx *c, const struct reverse *r, struct reversed *out)
{
	struct plan p;
	struct face f;
	struct issuer by = { .day = c->today };
	struct issued made;
	bool found;
	TRY(make_plan(c, r, &p));
	TRY(registry_taxpayer_head(c, p.blue.seller_id, &by.taxpayer, &found));
	if (!found && !p.face.agency.p) return E_INTERNAL;
	/* 代开: a natural person has no registration; its region stands in the number. */
	if (!found)
		by.taxpayer = (struct taxpayer){ .id = p.blue.seller_id,
			.uscc = p.face.seller.tax_id,
			.name = p.face.seller.name,
			.region = str_sub(r->original, 2, 2) };
	red_face(c, r, &p, &f);
	by.period = period_format(c->arena, period_of(PERIOD_MONTH, c->today));
	struct period blue_month = period_of(PERIOD_MONTH, date_of_instant(p.blue.issued_at));
	/* In the month of the blue invoice its quota comes back; later it does not (§3.8). */
	if (found && str_eq(by.period, period_format(c->arena, blue_month))) TRY(write_quota(c, &by, f.sum.amount));
	TRY(write_one(c, &f, &by, ACT_INVOICE_REVERSED, &made));
	TRY(issue_state_add(c, r->original, p.sum.amount, p.sum.tax, NULL));
	TRY(issue_red_insert(c, r->original, f.number, NULL));
	TRY(tell(c, r, &p, f.number));
	put_result(&p, out);
	out->number = f.number;
	out->receipt = made.receipt;
	return OK;
}

/* The tax account (税务数字账户): conditions, pages of both sides in one order, sums by rate and month. Without
 * conditions, or with those that are chosen from lists, the sums are kept up with the lists; with words or amounts it
 * is one pass over the months asked for (the key begins with party, side, month). */
#include "services/invoice/issue/account.h"
#include "issue_sql.h"
#include "kernel/access/access.h"
#include "services/invoice/issue/lists.h"
#include "services/invoice/issue/write.h"

static const struct fault_def bad_cursor = { "cursor", N_("翻页位置不对，请从第一页重新查"), NULL, NULL };
static const struct fault_def min_max = { "min-max", N_("最小金额大于最大金额"), NULL, NULL };

static const struct choice directions[] = { { "all", N_("全部") }, { "issued", N_("开出的") },
	{ "received", N_("取得的") }, { 0 } };
static const struct choice statuses[] = { { "valid", N_("正常") }, { "partly-reversed", N_("部分红冲") },
	{ "reversed", N_("已全额红冲") }, { "red", N_("红字发票") }, { 0 } };
static const struct choice entries[] = { { "open", N_("未入账") }, { "deductible", N_("已入账（所得税税前扣除）") },
	{ "not-deductible", N_("已入账（所得税不扣除）") }, { "cancelled", N_("已撤销入账") }, { 0 } };
static const struct choice rates[] = { { "0.13", "13%" }, { "0.09", "9%" }, { "0.06", "6%" }, { "0.05", "5%" },
	{ "0.03", "3%" }, { "0.02", "2%" }, { "0.015", "1.5%" }, { "0.01", "1%" }, { "0.005", "0.5%" },
	{ "exempt", N_("免税") }, { "zero", N_("零税率") }, { "not-taxed", N_("不征税") },
	{ "reduced", N_("5% 减按 1.5%") }, { "unknown", N_("导入的，未分税率") }, { 0 } };

const struct field account_fields[] = {
	{ "direction", FIELD_ENUM, AT(struct account_in, direction), .max = 10, .choices = directions,
	        .label = N_("方向") },
	{ "period", FIELD_PERIOD, AT(struct account_in, period), PRESENT_AT(struct account_in, has_period),
	        .label = N_("期间") },
	{ "kind", FIELD_ENUM, AT(struct account_in, kind), .max = 10, .choices = issue_kinds, .label = N_("发票种类") },
	{ "status", FIELD_ENUM, AT(struct account_in, status), .max = 20, .choices = statuses, .label = N_("状态") },
	{ "rate", FIELD_ENUM, AT(struct account_in, rate), .max = 10, .choices = rates, .label = N_("税率") },
	{ "booked", FIELD_ENUM, AT(struct account_in, booked), .max = 20, .choices = entries, .label = N_("入账状态") },
	{ "party", FIELD_TEXT, AT(struct account_in, party), .max = 100, .label = N_("对方名称") },
	{ "q", FIELD_TEXT, AT(struct account_in, q), .max = 100, .label = N_("号码或名称") },
	{ "min", FIELD_MONEY, AT(struct account_in, min), PRESENT_AT(struct account_in, has_min), .min = -MONEY_MAX_FEN,
	        .max = MONEY_MAX_FEN, .label = N_("最小金额") },
	{ "max", FIELD_MONEY, AT(struct account_in, max), PRESENT_AT(struct account_in, has_max), .min = -MONEY_MAX_FEN,
	        .max = MONEY_MAX_FEN, .label = N_("最大金额") },
	{ "after", FIELD_TEXT, AT(struct account_in, after), .max = 40, .label = N_("翻页位置") },
	{ 0 },
};

/* "2026-11.26332000000000000001.1": month, number and side of the row that was last. */
static bool read_cursor(struct str s, struct account_where *w)
{
	if (!str_split(&s, '.', &w->before_period) || !str_split(&s, '.', &w->before_number)) return false;
	w->before_side = str_is(s, "1");
	return w->before_period.n == 7 && w->before_number.n == 20 && s.n == 1 && (w->before_side || s.p[0] == '0');
}

struct str account_cursor(struct ctx *c, const struct account_where *w)
{
	return str_printf(
	        c->arena, "%.*s.%.*s.%d", STR_FMT(w->before_period), STR_FMT(w->before_number), w->before_side);
}

err_t account_where_of(struct ctx *c, const struct account_in *in, struct account_where *w)
{
	struct period p = in->has_period ? in->period : period_of(PERIOD_MONTH, c->today);
	*w = (struct account_where){ .party_id = c->caller.subject_id,
		.side = { !str_is(in->direction, "received"), !str_is(in->direction, "issued") },
		.from = period_format(c->arena, period_of(PERIOD_MONTH, period_first(p))),
		.to = period_format(c->arena, period_of(PERIOD_MONTH, period_last(p))),
		.kind = in->kind.p ? in->kind : S(""),
		.party = lists_pattern(c->arena, in->party),
		.q = lists_pattern(c->arena, in->q),
		.booked = in->booked.p ? in->booked : S(""),
		.status = -1,
		.rate = ACCOUNT_ANY_RATE,
		.least = in->has_min ? in->min : FEN(-MONEY_MAX_FEN),
		.most = in->has_max ? in->max : FEN(MONEY_MAX_FEN),
		.before_period = S("9999-99"),
		.before_number = S("") };
	for (int i = 0; statuses[i].code; i++)
		if (str_is(in->status, statuses[i].code)) w->status = i;
	if (in->rate.n && !account_rate_parse(in->rate, &w->rate)) return E_INTERNAL; /* a choice */
	w->plain = !in->kind.n && !in->party.n && !in->q.n && !in->booked.n && !in->status.n && !in->rate.n &&
	           !in->has_min && !in->has_max;
	w->chosen = !in->party.n && !in->q.n && !in->has_min && !in->has_max;
	if (in->after.n && !read_cursor(in->after, w)) FAULT(c, S("/after"), &bad_cursor);
	if (in->has_min && in->has_max && in->min.fen > in->max.fen) FAULT(c, S("/min"), &min_max);
	TRY(problem_result(&c->problem));
	return access_open(c, c->caller.subject_id, "invoices");
}

/* --- sums --- */

/* Sums come sorted by month; the same rate of the same month may come from several statements. */
static void add_sum(struct account_sum *sums, size_t *n, const struct account_sum *s)
{
	for (size_t i = *n; i-- > 0 && sums[i].side == s->side;)
		if (sums[i].rate == s->rate && str_eq(sums[i].period, s->period)) {
			sums[i].amount.fen += s->amount.fen;
			sums[i].tax.fen += s->tax.fen;
			return;
		}
	if (*n < ACCOUNT_SUMS_MAX) sums[(*n)++] = *s;
}

static err_t filtered(struct ctx *c, const struct account_where *w, int side, struct account_total *of_side,
        struct account_sum *sums, size_t *n)
{
	struct issue_account_sums_row *rows;
	struct issue_account_parts_sums_row *parts;
	size_t n_rows;
	TRY(issue_account_sums(c, w->party_id, side, w->from, w->to, w->kind, w->party, w->q, w->status, w->least,
	        w->most, w->booked, w->rate, &rows, &n_rows));
	for (size_t i = 0; i < n_rows; i++) {
		of_side->n += rows[i].n;
		of_side->amount.fen += rows[i].amount.fen;
		of_side->tax.fen += rows[i].tax.fen;
		of_side->total.fen += rows[i].total.fen;
		if (rows[i].rate == ACCOUNT_MIXED) continue;
		add_sum(sums, n,
		        &(struct account_sum){ side, rows[i].period, rows[i].rate, rows[i].amount, rows[i].tax });
	}
	TRY(issue_account_parts_sums(c, w->party_id, side, w->from, w->to, w->kind, w->party, w->q, w->status, w->least,
	        w->most, w->booked, w->rate, &parts, &n_rows));
	for (size_t i = 0; i < n_rows; i++)
		add_sum(sums, n,
		        &(struct account_sum){ side, parts[i].period, parts[i].rate, parts[i].amount, parts[i].tax });
	return OK;
}

/* Without words and amounts: some hundred rows a year, however many invoices there are. */
static err_t from_cells(struct ctx *c, const struct account_where *w, int side, struct account_total *of_side,
        struct account_sum *sums, size_t *n)
{
	struct issue_account_cells_row *rows;
	size_t n_rows;
	TRY(issue_account_cells(
	        c, w->party_id, side, w->from, w->to, w->kind, w->status, w->booked, w->rate, &rows, &n_rows));
	for (size_t i = 0; i < n_rows; i++) {
		const struct issue_account_cells_row *r = &rows[i];
		/* The parts of an invoice of several rates hold the whole of it, too: once is enough. */
		if (r->part == r->rate || w->rate != ACCOUNT_ANY_RATE) {
			of_side->n += r->n;
			of_side->amount.fen += r->amount.fen;
			of_side->tax.fen += r->tax.fen;
			of_side->total.fen += r->total.fen;
		}
		if (r->part != ACCOUNT_MIXED)
			add_sum(sums, n,
			        &(struct account_sum){ side, r->period, r->part, r->part_amount, r->part_tax });
	}
	return OK;
}

/* What a month has beyond its rates was imported: only its totals are known. */
static void add_rest(struct account_sum *sums, size_t *n, size_t from, int side, const struct issue_months_row *month)
{
	struct account_sum rest = { side, month->period, ACCOUNT_UNKNOWN, month->amount, month->tax };
	for (size_t i = from; i < *n; i++)
		if (str_eq(sums[i].period, month->period)) {
			rest.amount.fen -= sums[i].amount.fen;
			rest.tax.fen -= sums[i].tax.fen;
		}
	if (rest.amount.fen || rest.tax.fen) add_sum(sums, n, &rest);
}

static err_t plain(struct ctx *c, const struct account_where *w, int side, struct account_total *of_side,
        struct account_sum *sums, size_t *n)
{
	struct issue_account_sales_row *sales;
	struct issue_months_row *months;
	size_t n_rows, from = *n;
	TRY(issue_account_sales(c, w->party_id, side, w->from, w->to, &sales, &n_rows));
	for (size_t i = 0; i < n_rows; i++) {
		struct invoice_sale sale = { .treatment = (int)sales[i].treatment,
			.rate = PPM((int32_t)sales[i].rate_ppm) };
		add_sum(sums, n,
		        &(struct account_sum){
		                side, sales[i].period, account_rate_of(&sale), sales[i].amount, sales[i].tax });
	}
	TRY(issue_months(c, w->party_id, side, w->from, w->to, &months, &n_rows));
	for (size_t i = 0; i < n_rows; i++) {
		of_side->n += months[i].n;
		of_side->amount.fen += months[i].amount.fen;
		of_side->tax.fen += months[i].tax.fen;
		of_side->total.fen += months[i].amount.fen + months[i].tax.fen;
		add_rest(sums, n, from, side, &months[i]);
	}
	return OK;
}

err_t account_totals(struct ctx *c, const struct account_where *w, struct account_total *of_side,
        struct account_sum *sums, size_t *n)
{
	*n = 0;
	for (int side = ACCOUNT_ISSUED; side <= ACCOUNT_RECEIVED; side++) {
		of_side[side] = (struct account_total){ 0 };
		if (!w->side[side]) continue;
		TRY((w->plain ? plain : w->chosen ? from_cells : filtered)(c, w, side, &of_side[side], sums, n));
	}
	return OK;
}

/* --- the list --- */

static err_t rows_of(
        struct ctx *c, const struct account_where *w, int side, struct issue_account_rows_row **rows, size_t *n)
{
	struct str number = w->before_number;
	*n = 0;
	if (!w->side[side]) return OK;
	/* An invoice of a party to itself stands on both sides, issued first: its other half comes behind the cursor.
	 */
	if (side == ACCOUNT_RECEIVED && number.n && w->before_side == ACCOUNT_ISSUED)
		number = str_printf(c->arena, "%.*s0", STR_FMT(number));
	return issue_account_rows(c, w->party_id, side, w->from, w->to, w->kind, w->party, w->q, w->status, w->least,
	        w->most, w->booked, w->rate, w->before_period, number, rows, n);
}

static struct account_row row_of(int side, const struct issue_account_rows_row *r)
{
	return (struct account_row){ .side = side,
		.number = r->number,
		.period = r->period,
		.other_name = r->other_name,
		.kind = r->kind,
		.original = r->original,
		.credited = r->credited,
		.booked = r->booked,
		.issued_at = r->issued_at,
		.amount = r->amount,
		.tax = r->tax,
		.total = r->total,
		.status = r->status,
		.rate = r->rate,
		.imported = r->imported };
}

static bool comes_first(const struct issue_account_rows_row *a, const struct issue_account_rows_row *b)
{
	int by = str_cmp(a->period, b->period);
	return by ? by > 0 : str_cmp(a->number, b->number) >= 0;
}

err_t account_page(struct ctx *c, struct account_where *w, struct account_row *rows, size_t *n, bool *more)
{
	struct issue_account_rows_row *list[2] = { NULL, NULL };
	size_t have[2], at[2] = { 0, 0 };
	TRY(rows_of(c, w, 0, &list[0], &have[0]));
	TRY(rows_of(c, w, 1, &list[1], &have[1]));
	for (*n = 0; *n < ACCOUNT_PAGE && at[0] + at[1] < have[0] + have[1]; (*n)++) {
		int side = at[0] == have[0] ? 1 : at[1] == have[1] ? 0 : !comes_first(&list[0][at[0]], &list[1][at[1]]);
		rows[*n] = row_of(side, &list[side][at[side]++]);
	}
	*more = at[0] + at[1] < have[0] + have[1];
	if (*n) {
		w->before_period = rows[*n - 1].period;
		w->before_number = rows[*n - 1].number;
		w->before_side = rows[*n - 1].side;
	}
	return OK;
}

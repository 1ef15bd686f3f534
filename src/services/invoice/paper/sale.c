/* Sales on paper for the seller's return (附列资料一): the reported sums of a month by kind and rate. A number that was
 * converted stays a sale of its own month, at its own rate; its electronic twin is the same sale and counts nowhere, so
 * that each is counted once, whenever it is converted and whatever was filed by then. */
#include "paper_sql.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/paper/own.h"
#include <stdlib.h>
#include <string.h>

enum { PAGE = 200, SECTIONS = 6, GROUPS_MAX = 2 * PAPER_RATES * SECTIONS };

/* Statutory rates and levy rates of today (增值税法 第十条, 第十一条), and those that old numbers were issued at. */
static const int32_t rates[PAPER_RATES] = { 0, 10000, 15000, 20000, 30000, 50000, 60000, 90000, 100000, 110000, 130000,
	160000, 170000 };

static int64_t off_by(struct money amount, struct money tax, int32_t ppm)
{
	return llabs(tax.fen - rate_of(amount, PPM(ppm)).fen);
}

struct rate paper_rate_of(struct money amount, struct money tax, int64_t numbers, bool *fits)
{
	size_t best = 0;
	for (size_t i = 1; i < PAPER_RATES; i++)
		if (off_by(amount, tax, rates[i]) < off_by(amount, tax, rates[best])) best = i;
	*fits = off_by(amount, tax, rates[best]) <= numbers;
	return PPM(rates[best]);
}

static const char *kind_of(struct str code)
{
	return paper_kind_of(code) == PAPER_SPECIAL ? "special" : "ordinary";
}

err_t paper_sale_items(
        struct ctx *c, int64_t seller_id, struct period month, struct str after, struct paper_sale **out, size_t *n)
{
	struct paper_reports_of_month_row *rows;
	struct str code = S("");
	int64_t number = 0;
	bool fits;
	if (after.n && !paper_word_read(after, &code, &number)) code = S("");
	TRY(paper_reports_of_month(c, seller_id, period_first(month), period_last(month), code, number, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++) {
		const struct paper_reports_of_month_row *r = &rows[i];
		int64_t numbers = r->to_no - r->from_no + 1;
		(*out)[i] = (struct paper_sale){
			.word = paper_word(c->arena, r->code, r->from_no),
			.code = r->code,
			.from = paper_number_text(c->arena, r->from_no),
			.to = paper_number_text(c->arena, r->to_no),
			.buyer_name = r->buyer_name,
			.sale = { .treatment = r->tax.fen ? 0 : 1,
			        .rate = paper_rate_of(r->amount, r->tax, numbers, &fits),
			        .section = (int)r->section,
			        .amount = r->amount,
			        .tax = r->tax,
			        .kind = str_c(kind_of(r->code)),
			        .n = numbers },
		};
	}
	return OK;
}

/* Into the group of its kind, rate and section. */
static err_t add(struct invoice_sale *groups, size_t *n, const struct invoice_sale *s)
{
	size_t i = 0;
	while (i < *n && !(str_eq(groups[i].kind, s->kind) && groups[i].rate.ppm == s->rate.ppm &&
	                         groups[i].section == s->section))
		i++;
	if (i == *n) {
		if (i == GROUPS_MAX) return E_INTERNAL;
		groups[(*n)++] = *s;
		return OK;
	}
	groups[i].n += s->n;
	return money_add(groups[i].amount, s->amount, &groups[i].amount) &&
	                       money_add(groups[i].tax, s->tax, &groups[i].tax)
	               ? OK
	               : E_INTERNAL;
}

err_t paper_sales(struct ctx *c, int64_t seller_id, struct period month, struct invoice_sale **out, size_t *n)
{
	struct str after = S("");
	struct paper_sale *items;
	size_t k;
	*n = 0;
	*out = arena_array(c->arena, GROUPS_MAX, sizeof **out);
	do {
		TRY(paper_sale_items(c, seller_id, month, after, &items, &k));
		for (size_t i = 0; i < k; i++)
			TRY(add(*out, n, &items[i].sale));
		if (k) after = items[k - 1].word;
	} while (k == PAGE);
	return OK;
}

err_t paper_twins(struct ctx *c, int64_t seller_id, struct period month, struct str **numbers, size_t *n)
{
	struct str after = S(""), text = period_format(c->arena, month);
	struct paper_twins_of_month_row *rows;
	size_t k, room = 0;
	*n = 0;
	*numbers = NULL;
	do {
		TRY(paper_twins_of_month(c, seller_id, text, after, &rows, &k));
		struct str *more = arena_array(c->arena, room + k + 1, sizeof *more);
		if (*n) memcpy(more, *numbers, *n * sizeof *more);
		*numbers = more;
		for (size_t i = 0; i < k; i++) {
			struct invoice v;
			bool found;
			after = rows[i].electronic;
			TRY(issue_find(c, after, &v, &found));
			struct period of = period_of(PERIOD_MONTH, date_of_instant(found ? v.issued_at : 0));
			if (found && str_eq(period_format(c->arena, of), text)) (*numbers)[(*n)++] = after;
		}
		room = *n;
	} while (k == PAGE);
	return OK;
}

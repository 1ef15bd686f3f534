/* The draft of a return: the facts of the period, filled into the form. */
#include "filing_sql.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/paper/paper.h"
#include "services/invoice/purchase/purchase.h"
#include "services/tax/filing/work.h"
#include <string.h>

static const struct fault_def no_taxpayer = { "taxpayer-unknown", N_("没有这个办事身份的税务登记，不用申报增值税"),
	NULL, NULL };
static const struct fault_def kind_month = { "period-kind", N_("您按月申报，所属期请写成 {1}"), NULL,
	N_("增值税法 第三十条") };
static const struct fault_def kind_quarter = { "period-kind", N_("您按季申报，所属期请写成 {1}"), NULL,
	N_("增值税法 第三十条") };
static const struct fault_def before = { "period-before-registration", N_("{1}登记，这之前的所属期不用申报"), NULL,
	NULL };
static const struct fault_def future = { "period-future", N_("{1}还没有开始"), NULL, NULL };
static const struct fault_def no_rules = { "rules-missing", N_("没有 {1} 适用的申报表规则，请到办税服务厅办理"), NULL,
	NULL };

struct str cell_title(const struct filled *f, int n)
{
	return policy_slot_title(f->vat, f->slot[n]);
}

struct str cell_text(struct ctx *c, const struct filled *f, int n)
{
	return tr(c, str_dup(c->arena, cell_title(f, n)).p);
}

err_t draft_no_rules(struct ctx *c, const struct draft *d)
{
	return RAISE(c, E_CONFLICT, &no_rules, d->period);
}

static err_t check_period(struct ctx *c, struct period p, const struct draft *d)
{
	bool quarterly = d->taxpayer.quarterly;
	size_t before_us = c->problem.n; /* other fields may have faults already */
	if (!periods_fit(quarterly, p)) {
		struct date day = p.kind == PERIOD_YEAR ? c->today : period_first(p);
		FAULT(c, S("/period"), quarterly ? &kind_quarter : &kind_month,
		        period_format(c->arena, periods_at(quarterly, day)));
	} else if (d->state == PERIOD_BEFORE) {
		FAULT(c, S("/period"), &before, date_format(c->arena, d->taxpayer.registered_on));
	} else if (d->state == PERIOD_FUTURE) {
		FAULT(c, S("/period"), &future, d->period);
	}
	return c->problem.n > before_us ? E_INPUT : OK;
}

struct sales {
	struct invoice_sale *list;
	size_t n;
};

static void append(struct ctx *c, struct sales *to, const struct invoice_sale *some, size_t n)
{
	struct invoice_sale *both = arena_array(c->arena, to->n + n + 1, sizeof *both);
	if (to->n) memcpy(both, to->list, to->n * sizeof *both);
	if (n) memcpy(both + to->n, some, n * sizeof *both);
	*to = (struct sales){ both, to->n + n };
}

static bool same_group(const struct invoice_sale *a, const struct invoice_sale *b)
{
	return a->treatment == b->treatment && a->section == b->section && a->rate.ppm == b->rate.ppm &&
	       str_eq(a->kind, b->kind);
}

/* Takes one invoice out of the sums that it is in. */
static err_t take_out(struct ctx *c, struct str number, struct invoice_sale *sums, size_t n)
{
	struct invoice v;
	struct invoice_sale groups[ISSUE_SALES_MAX];
	size_t k;
	bool found;
	TRY(issue_find(c, number, &v, &found));
	if (!found) return E_INTERNAL;
	TRY(issue_document_sales(c, &v, groups, &k));
	for (size_t g = 0; g < k; g++)
		for (size_t i = 0; i < n; i++)
			if (same_group(&sums[i], &groups[g])) {
				sums[i].n -= groups[g].n;
				sums[i].amount.fen -= groups[g].amount.fen;
				sums[i].tax.fen -= groups[g].tax.fen;
			}
	return OK;
}

/* An invoice that stands for one on paper is the same sale: it counts on paper. */
static err_t read_month(
        struct ctx *c, const struct draft *d, struct period month, struct sales *electronic, struct sales *paper)
{
	struct invoice_sale *some;
	struct str *twins;
	size_t n, n_twins;
	TRY(issue_sales(c, d->taxpayer.id, 0, period_format(c->arena, month), &some, &n));
	TRY(paper_twins(c, d->taxpayer.id, month, &twins, &n_twins));
	for (size_t i = 0; i < n_twins; i++)
		TRY(take_out(c, twins[i], some, n));
	append(c, electronic, some, n);
	TRY(paper_sales(c, d->taxpayer.id, month, &some, &n));
	append(c, paper, some, n);
	return OK;
}

static err_t read_sales(struct ctx *c, struct draft *d)
{
	struct period month = period_of(PERIOD_MONTH, period_first(d->facts.period));
	struct sales all = { 0 }, paper = { 0 };
	for (int i = 0; i < periods_months(d->facts.period); i++)
		TRY(read_month(c, d, period_next(month, i), &all, &paper));
	append(c, &all, paper.list, paper.n);
	d->facts.sold = all.list;
	d->facts.n_sold = all.n;
	d->facts.n_paper = paper.n;
	return OK;
}

/* Confirmed and taken back month by month, whatever the period. */
static err_t read_credits(struct ctx *c, struct draft *d)
{
	struct period month = period_of(PERIOD_MONTH, period_first(d->facts.period));
	for (int i = 0; i < periods_months(d->facts.period); i++) {
		int64_t n;
		struct money tax;
		struct str now = period_format(c->arena, period_next(month, i));
		TRY(purchase_credited(c, d->taxpayer.id, now, &n, &tax));
		d->facts.n_credits += n;
		d->facts.credit_tax.fen += tax.fen;
		TRY(purchase_transferred_out(c, d->taxpayer.id, now, &n, &tax));
		d->facts.n_transfers += n;
		d->facts.transfer_tax.fen += tax.fen;
	}
	return OK;
}

static err_t read_previous(struct ctx *c, struct draft *d)
{
	struct filing_carried_row row;
	struct ledger_paid paid;
	struct date last = period_last(d->facts.period);
	d->previous_period = period_format(c->arena, period_next(d->facts.period, -1));
	TRY(filing_carried(c, d->taxpayer.id, d->previous_period, &row, &d->facts.has_previous));
	TRY(ledger_paid_between(c, d->taxpayer.id, S("vat"), d->previous_period,
	        date_to_instant(period_first(d->facts.period)), date_to_instant(date_add_days(last, 1)), &paid));
	d->facts.paid_previous = paid.period;
	d->facts.arrears = paid.others;
	if (!d->facts.has_previous) return OK;
	d->previous_id = row.return_id;
	d->facts.carried = row.carried;
	d->facts.owed = row.owed;
	return OK;
}

static err_t read_facts(struct ctx *c, struct draft *d)
{
	struct facts *f = &d->facts;
	f->small = !d->taxpayer.general;
	f->household = !d->taxpayer.enterprise;
	f->half = f->small || f->household;
	f->location = str_is(d->taxpayer.place, "city") ? 1 : str_is(d->taxpayer.place, "county") ? 2 : 3;
	TRY(read_sales(c, d));
	if (!f->small) TRY(read_credits(c, d));
	return read_previous(c, d);
}

static err_t read_filed(struct ctx *c, struct draft *d)
{
	struct filing_latest_row row;
	TRY(filing_latest(c, d->taxpayer.id, d->period, &row, &d->filed));
	if (!d->filed) return OK;
	d->return_id = row.return_id;
	d->version = row.version;
	d->document = row.document;
	return OK;
}

err_t draft_open(struct ctx *c, struct period p, struct draft *out)
{
	bool found;
	int line;
	memset(out, 0, sizeof *out);
	out->facts.period = p;
	out->period = period_format(c->arena, p);
	TRY(registry_taxpayer_head(c, c->caller.subject_id, &out->taxpayer, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &no_taxpayer);
	out->state = periods_state(p, out->taxpayer.registered_on, c->today);
	out->due_on = periods_due(c->app->calendar, p);
	TRY(check_period(c, p, out));
	TRY(read_facts(c, out));
	TRY(read_filed(c, out));
	if (form_open(c->app->policy, c->arena, &out->facts, &out->filled) != FORM_OK) return draft_no_rules(c, out);
	form_prefill(&out->facts, &out->filled);
	/* Sums of invoices beyond what a form can hold are no figure anyone could file. */
	if (form_compute(c->app->policy, &out->facts, &out->filled, &line) != FORM_OK) return draft_no_rules(c, out);
	memcpy(out->prefilled, out->filled.cell, sizeof out->prefilled);
	return OK;
}

static err_t take_cells(struct ctx *c, struct str document, struct money *cell, bool add)
{
	struct value *doc;
	struct json_fault where;
	if (json_parse(c->arena, document, &doc, &where) != OK) return E_INTERNAL;
	const struct value *lines = value_get(doc, S("lines")), *inputs = value_get(doc, S("inputs"));
	for (int n = 1; n <= FORM_CELLS; n++) {
		struct money m = FEN(0);
		const struct value *of = n <= FORM_LINES ? lines : inputs;
		const struct value *v = of ? value_get(of, form_cell_name(c->arena, n)) : NULL;
		if (!v) continue;
		if (v->kind != VALUE_STR || !money_parse(v->str, &m)) return E_INTERNAL;
		cell[n].fen = (add ? cell[n].fen : 0) + m.fen;
	}
	return OK;
}

err_t draft_year(struct ctx *c, const struct draft *d, struct money *cell)
{
	struct filing_year_documents_row *rows;
	size_t k;
	struct str year = str_printf(c->arena, "%d", d->facts.period.year);
	TRY(filing_year_documents(c, d->taxpayer.id, year, d->period, &rows, &k));
	memcpy(cell, d->filled.cell, sizeof d->filled.cell);
	for (size_t i = 0; i < k; i++)
		TRY(take_cells(c, rows[i].document, cell, true));
	return OK;
}

err_t draft_take_filed(struct ctx *c, struct draft *d)
{
	int line;
	TRY(take_cells(c, d->document, d->filled.cell, false));
	return form_compute(c->app->policy, &d->facts, &d->filled, &line) == FORM_OK ? OK : draft_no_rules(c, d);
}

void charges_of(const struct filled *f, struct ledger_charge out[CHARGES])
{
	out[0] = (struct ledger_charge){ "vat", f->cell[f->form->due] };
	out[1] = (struct ledger_charge){ "urban_construction", f->urban };
	out[2] = (struct ledger_charge){ "education", f->education };
	out[3] = (struct ledger_charge){ "local_education", f->local };
}

#include "services/tax/filing/form.h"
#include "kernel/operation/service.h"
#include <string.h>

#define FACT(member) ((uint32_t) __builtin_offsetof(struct facts, member))
#define BIT(n) (1u << (n))
/* Sections of the tax codes: 1 goods, 2 labour, 5 immovables; 6 is no sale and goes nowhere. */
enum {
	EVERY = 0x3f,
	GOODS = BIT(1),
	LABOUR = BIT(2),
	IMMOVABLE = BIT(5),
	NOT_GOODS = EVERY & ~GOODS,
	MOVABLE = EVERY & ~IMMOVABLE
};
/* Rates: 6 % is the lowest statutory one (增值税法 第十条); below it stand the levy rates of the simple method. */
#define STATUTORY 60000, 1000000, BIT(0)
#define LEVY 1, 59999, BIT(0)
#define LEVY_1 1, 10000, BIT(0)
#define LEVY_3 10001, 30000, BIT(0)
#define LEVY_5 30001, 1000000, BIT(0)
#define EXEMPT 0, 0, BIT(0) | BIT(1)
#define ZERO_RATE 0, 0, BIT(2)
/* 差额征税: sales before the deduction stand in the form, tax after it; letting of dwellings: 5 % with a reduction. */
#define DEDUCTED_STATUTORY 60000, 1000000, BIT(6)
#define DEDUCTED_LEVY 1, 59999, BIT(6)
#define REDUCED 30001, 1000000, BIT(4)

/* --- 一般纳税人 (附列资料一): goods and services by rate; simple method; exports; exempt --- */

static const struct cell_share general_shares[] = {
	{ 1, STATUTORY, EVERY, 0, SHARE_AMOUNT },
	{ 1, DEDUCTED_STATUTORY, EVERY, 0, SHARE_NET },
	{ 2, STATUTORY, GOODS, 0, SHARE_AMOUNT },
	{ 3, STATUTORY, LABOUR, 0, SHARE_AMOUNT },
	{ 5, LEVY, EVERY, 0, SHARE_AMOUNT },
	{ 5, DEDUCTED_LEVY, EVERY, 0, SHARE_NET },
	{ 7, ZERO_RATE, EVERY, 0, SHARE_AMOUNT },
	{ 9, EXEMPT, GOODS, 0, SHARE_AMOUNT },
	{ 10, EXEMPT, NOT_GOODS, 0, SHARE_AMOUNT },
	{ 11, STATUTORY, EVERY, 0, SHARE_TAX },
	{ 21, LEVY, EVERY, 0, SHARE_TAX },
	{ 0 },
};
static const struct cell_fact general_facts[] = {
	{ 12, FACT(credit_tax) },
	{ 13, FACT(carried) },
	{ 14, FACT(transfer_tax) },
	{ 25, FACT(owed) },
	{ 30, FACT(paid_previous) },
	{ 31, FACT(arrears) },
	{ 0 },
};
static const struct cell_fact general_carried[] = { { 13, FACT(carried) }, { 25, FACT(owed) }, { 0 } };
static const struct cell_part general_parts[] = {
	{ { 1 }, { 2, 3, 4 } },
	{ { 5 }, { 6 } },
	{ { 0 } },
};
static const int general_not_negative[] = { 13, 15, 23, 26, 28, 29, 30, 31, 35, 37, CELL_addl_credit, 0 };
static const int general_stocks[] = { 13, 20, 25, 32, 33, 36, 38, 0 };
static const int general_sales[] = { 1, 5, 7, 8, 0 };

/* --- 小规模纳税人: the package decides what is exempt from sales by kind of invoice and rate --- */

static const struct cell_share small_shares[] = {
	{ CELL_special_1, LEVY_1, MOVABLE, 's', SHARE_AMOUNT },
	{ CELL_special_3, LEVY_3, MOVABLE, 's', SHARE_AMOUNT },
	{ CELL_special_5, LEVY_5, MOVABLE, 's', SHARE_AMOUNT },
	{ CELL_ordinary_1, LEVY_1, MOVABLE, 'o', SHARE_AMOUNT },
	{ CELL_ordinary_3, LEVY_3, MOVABLE, 'o', SHARE_AMOUNT },
	{ CELL_ordinary_5, LEVY_5, MOVABLE, 'o', SHARE_AMOUNT },
	{ CELL_special_5, REDUCED, MOVABLE, 's', SHARE_NET },
	{ CELL_ordinary_5, REDUCED, MOVABLE, 'o', SHARE_NET },
	{ CELL_reduction, REDUCED, MOVABLE, 0, SHARE_CUT },
	{ CELL_ordinary_0, EXEMPT, EVERY, 0, SHARE_AMOUNT },
	{ CELL_export_invoiced, ZERO_RATE, EVERY, 0, SHARE_AMOUNT },
	{ CELL_immovable_special, LEVY, IMMOVABLE, 's', SHARE_AMOUNT },
	{ CELL_immovable_ordinary, LEVY, IMMOVABLE, 'o', SHARE_AMOUNT },
	{ 0 },
};
static const struct cell_fact no_facts[] = { { 0 } };
static const struct cell_part no_parts[] = { { { 0 } } };
static const int small_not_negative[] = { 21, CELL_reduction, 0 };
static const int small_stocks[] = { 0 };
static const int small_sales[] = { 1, 4, 7, 9, 13, 0 };

static const struct form forms[] = {
	{ .id = "vat-general",
	        .title = N_("增值税及附加税费申报表（一般纳税人适用）"),
	        .policy = "vat-general",
	        .last = 41,
	        .due = 34,
	        .surcharge = 39,
	        .sales = general_sales,
	        .carried = general_carried,
	        .not_negative = general_not_negative,
	        .stocks = general_stocks,
	        .parts = general_parts,
	        .shares = general_shares,
	        .facts = general_facts },
	{ .id = "vat-small",
	        .title = N_("增值税及附加税费申报表（小规模纳税人适用）"),
	        .policy = "vat-small",
	        .last = 25,
	        .due = 22,
	        .surcharge = 23,
	        .sales = small_sales,
	        .carried = no_facts,
	        .not_negative = small_not_negative,
	        .stocks = small_stocks,
	        .parts = no_parts,
	        .shares = small_shares,
	        .facts = no_facts },
};

const struct form *form_by_id(struct str id)
{
	for (size_t i = 0; i < COUNT(forms); i++)
		if (str_is(id, forms[i].id)) return &forms[i];
	return NULL;
}

const struct form *form_of(bool small)
{
	return form_by_id(small ? S("vat-small") : S("vat-general"));
}

/* --- names --- */

#define NAME_OF(name) #name,
static const char *const input_names[] = { FORM_INPUT_NAMES(NAME_OF) };

struct str form_cell_name(struct arena *a, int cell)
{
	return cell > FORM_LINES ? str_c(input_names[cell - FORM_LINES - 1]) : str_printf(a, "l%d", cell);
}

bool form_cell_find(struct str name, int *cell)
{
	int64_t v;
	for (int i = 0; i < FORM_INPUTS; i++)
		if (str_is(name, input_names[i])) {
			*cell = FORM_LINES + 1 + i;
			return true;
		}
	if (name.n < 2 || name.n > 3 || name.p[0] != 'l' || name.p[1] == '0') return false;
	if (!str_to_int(str_sub(name, 1, 2), &v) || v < 1 || v > FORM_LINES) return false;
	*cell = (int)v;
	return true;
}

/* --- what cells are filled from --- */

static bool goes_there(const struct cell_share *s, const struct invoice_sale *sum)
{
	unsigned section = sum->section >= 1 && sum->section <= 6 ? (unsigned)sum->section : 3;
	bool kind = !s->kind || s->kind == (str_is(sum->kind, "special") ? 's' : 'o');
	bool rate = sum->rate.ppm >= s->ppm_from && sum->rate.ppm <= s->ppm_to;
	return kind && rate && (s->treatments & BIT((unsigned)sum->treatment)) && (s->sections & BIT(section));
}

static struct money value_of(const struct cell_share *s, const struct invoice_sale *sum)
{
	struct money all = FEN(sum->amount.fen + sum->tax.fen),
	             net = FEN(all.fen - rate_tax_inside(all, sum->rate).fen);
	switch (s->what) {
	case SHARE_AMOUNT: return sum->amount;
	case SHARE_TAX: return sum->tax;
	case SHARE_NET: return net;
	case SHARE_CUT: break;
	}
	return FEN(all.fen - net.fen - sum->tax.fen);
}

struct money form_share(const struct form *form, int cell, const struct invoice_sale *sum)
{
	for (const struct cell_share *s = form->shares; s->cell; s++)
		if (s->cell == cell && goes_there(s, sum)) return value_of(s, sum);
	return FEN(0);
}

bool form_is_sold(const struct form *form, int cell)
{
	for (const struct cell_share *s = form->shares; s->cell; s++)
		if (s->cell == cell) return true;
	return false;
}

static struct money fact(const struct facts *f, uint32_t offset)
{
	struct money m;
	memcpy(&m, (const char *)f + offset, sizeof m);
	return m;
}

void form_prefill(const struct facts *f, struct filled *out)
{
	const struct form *form = out->form;
	for (const struct cell_share *s = form->shares; s->cell; s++)
		for (size_t i = 0; i < f->n_sold; i++)
			if (goes_there(s, &f->sold[i])) out->cell[s->cell].fen += value_of(s, &f->sold[i]).fen;
	for (const struct cell_fact *l = form->facts; l->cell; l++)
		out->cell[l->cell] = fact(f, l->from);
}

/* --- opening and computing --- */

static bool has_formula(const struct policy_form *f, int slot)
{
	struct str id, title;
	int s;
	for (unsigned i = 0; policy_line(f, i, &id, &title, &s); i++)
		if (s == slot) return true;
	return false;
}

enum form_error form_open(const struct policy_store *store, struct arena *a, const struct facts *f, struct filled *out)
{
	*out = (struct filled){ .form = form_of(f->small) };
	struct date liability = period_last(f->period);
	if (!out->form || !store) return FORM_NO_RULES;
	out->vat = policy_form(store, out->form->policy, liability);
	out->surcharges = policy_form(store, "surcharges", liability);
	if (!out->vat || !out->surcharges) return FORM_NO_RULES;
	out->v = policy_values(out->vat, a);
	out->s = policy_values(out->surcharges, a);
	for (int n = 1; n <= FORM_CELLS; n++) {
		bool line = n <= FORM_LINES, beyond = line && n > out->form->last;
		int slot = out->slot[n] = beyond ? -1 : policy_slot(out->vat, form_cell_name(a, n));
		bool surcharge = line && n >= out->form->surcharge && n < out->form->surcharge + 3;
		out->role[n] = slot < 0                      ? CELL_NONE
		               : surcharge                   ? CELL_SURCHARGE
		               : has_formula(out->vat, slot) ? CELL_COMPUTED
		                                             : CELL_ENTERED;
	}
	for (const struct cell_fact *l = out->form->carried; l->cell && f->has_previous; l++)
		out->role[l->cell] = CELL_CARRIED;
	return FORM_OK;
}

bool form_accumulates(const struct form *form, int cell)
{
	for (const int *n = form->stocks; *n; n++)
		if (*n == cell) return false;
	return true;
}

struct money form_sales(const struct filled *f)
{
	struct money sum = FEN(0);
	for (const int *n = f->form->sales; *n; n++)
		sum.fen += f->cell[*n].fen;
	return sum;
}

/* 财税〔2016〕12号: no education levies when the month's sales are not above the standard (a quarter's: three times
 * it). */
static bool education_exempt(const struct policy_store *store, const struct facts *f, const struct filled *out)
{
	int64_t month;
	if (!policy_parameter(store, "education.exempt_sales", period_last(f->period), &month, NULL)) return false;
	int64_t months = f->period.kind == PERIOD_QUARTER ? 3 : 1;
	return form_sales(out).fen <= month * months;
}

static void put(const struct policy_form *f, int64_t *values, const char *id, int64_t v)
{
	int slot = policy_slot(f, str_c(id));
	if (slot >= 0) values[slot] = v;
}

static struct money get(const struct policy_form *f, const int64_t *values, const char *id)
{
	int slot = policy_slot(f, str_c(id));
	return FEN(slot < 0 ? 0 : values[slot]);
}

static enum form_error compute_surcharges(
        const struct policy_store *store, const struct facts *f, struct filled *out, int *cell)
{
	int slot, at = out->form->surcharge;
	out->edu_exempt = education_exempt(store, f, out);
	put(out->surcharges, out->s, "vat", out->cell[out->form->due].fen);
	put(out->surcharges, out->s, "location", f->location);
	put(out->surcharges, out->s, "half", f->half);
	put(out->surcharges, out->s, "edu_exempt", out->edu_exempt);
	*cell = out->form->due;
	if (policy_evaluate(out->surcharges, out->s, &slot) != OK) return FORM_RANGE;
	out->cell[at] = out->urban = get(out->surcharges, out->s, "urban");
	out->cell[at + 1] = out->education = get(out->surcharges, out->s, "edu");
	out->cell[at + 2] = out->local = get(out->surcharges, out->s, "local_edu");
	out->total = FEN(out->cell[out->form->due].fen + out->urban.fen + out->education.fen + out->local.fen);
	return FORM_OK;
}

enum form_error form_compute(const struct policy_store *store, const struct facts *f, struct filled *out, int *cell)
{
	int slot;
	*cell = 0;
	for (int n = 1; n <= FORM_CELLS; n++)
		if (out->role[n] == CELL_ENTERED || out->role[n] == CELL_CARRIED)
			out->v[out->slot[n]] = out->cell[n].fen;
	put(out->vat, out->v, "household", f->household);
	put(out->vat, out->v, "quarter", f->period.kind == PERIOD_QUARTER);
	if (policy_evaluate(out->vat, out->v, &slot) != OK) {
		for (int n = 1; n <= FORM_CELLS; n++)
			if (out->slot[n] == slot) *cell = n;
		return FORM_RANGE;
	}
	for (int n = 1; n <= FORM_CELLS; n++)
		if (out->role[n] == CELL_COMPUTED) out->cell[n] = FEN(out->v[out->slot[n]]);
	if (compute_surcharges(store, f, out, cell) != FORM_OK) return FORM_RANGE;
	for (int n = out->form->surcharge; n < out->form->surcharge + 3; n++)
		out->v[out->slot[n]] = out->cell[n].fen;
	return FORM_OK;
}

/* --- what was sent --- */

struct faults {
	struct form_fault *list;
	size_t n;
};

static void fault(struct faults *f, enum form_fault_kind kind, int cell, int other, struct money expected)
{
	if (f->n < FORM_FAULTS_MAX) f->list[f->n++] = (struct form_fault){ kind, cell, other, expected };
}

static void take_cell(struct filled *out, const struct sent *sent, int n, struct faults *faults)
{
	if (!sent->has[n]) return;
	switch (out->role[n]) {
	case CELL_NONE: fault(faults, FAULT_UNKNOWN, n, 0, FEN(0)); return;
	case CELL_ENTERED: out->cell[n] = sent->cell[n]; return;
	case CELL_CARRIED:
		if (sent->cell[n].fen != out->cell[n].fen) fault(faults, FAULT_CARRIED, n, 0, out->cell[n]);
		return;
	case CELL_COMPUTED:
	case CELL_SURCHARGE: return; /* compared when all is computed */
	}
}

static void check_negative(const struct filled *out, struct faults *faults)
{
	for (const int *n = out->form->not_negative; *n; n++)
		if (out->cell[*n].fen < 0 && out->role[*n] == CELL_ENTERED)
			fault(faults, FAULT_NEGATIVE, *n, 0, FEN(0));
}

static void check_parts(const struct filled *out, struct faults *faults)
{
	for (const struct cell_part *p = out->form->parts; p->whole[0]; p++) {
		int64_t whole = out->cell[p->whole[0]].fen + (p->whole[1] ? out->cell[p->whole[1]].fen : 0), parts = 0;
		for (int i = 0; i < 3 && p->part[i]; i++)
			parts += out->cell[p->part[i]].fen;
		if (whole >= 0 && parts > whole) fault(faults, FAULT_PARTS, p->part[0], p->whole[0], FEN(whole));
	}
}

size_t form_take(const struct policy_store *store, const struct facts *f, const struct sent *sent, struct filled *out,
        struct form_fault *list)
{
	struct faults faults = { list, 0 };
	int cell;
	for (int n = 1; n <= FORM_CELLS; n++)
		take_cell(out, sent, n, &faults);
	check_negative(out, &faults);
	if (form_compute(store, f, out, &cell) != FORM_OK) {
		for (size_t i = 0; i < faults.n; i++)
			if (list[i].cell == cell) return faults.n;
		fault(&faults, FAULT_RANGE, cell, 0, FEN(0));
		return faults.n;
	}
	check_parts(out, &faults);
	for (int n = 1; n <= FORM_CELLS; n++)
		if (sent->has[n] && (out->role[n] == CELL_COMPUTED || out->role[n] == CELL_SURCHARGE) &&
		        sent->cell[n].fen != out->cell[n].fen)
			fault(&faults, FAULT_COMPUTED, n, 0, out->cell[n]);
	return faults.n;
}

bool form_nothing(const struct filled *f)
{
	for (int n = 1; n <= FORM_CELLS; n++)
		if (f->cell[n].fen != 0 && f->role[n] == CELL_ENTERED) return false;
	return true;
}

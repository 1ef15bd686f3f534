#include "services/tax/filing/form.h"
#include "kernel/operation/service.h"
#include <string.h>

#define FACT(member) ((uint32_t) __builtin_offsetof(struct facts, member))
#define SECTION(n) (1u << (n))
enum { EVERY = 0x3f, GOODS = SECTION(1), LABOUR = SECTION(2), NOT_GOODS = EVERY & ~GOODS }; /* 6: no sale, never */

/* 附列资料（一）: goods and services by rate; simple method below the statutory rates; exempt. */
static const struct line_share general_shares[] = {
	{ 1, SOLD_GENERAL, EVERY, 0, false },
	{ 2, SOLD_GENERAL, GOODS, 0, false },
	{ 3, SOLD_GENERAL, LABOUR, 0, false },
	{ 5, SOLD_SIMPLE, EVERY, 0, false },
	{ 9, SOLD_EXEMPT, GOODS, 0, false },
	{ 10, SOLD_EXEMPT, NOT_GOODS, 0, false },
	{ 11, SOLD_GENERAL, EVERY, 0, true },
	{ 21, SOLD_SIMPLE, EVERY, 0, true },
	{ 0 },
};
static const struct line_fact general_facts[] = {
	{ 12, FACT(credit_tax) },
	{ 13, FACT(carried) },
	{ 25, FACT(owed) },
	{ 30, FACT(paid_previous) },
	{ 31, FACT(arrears) },
	{ 0 },
};
static const struct line_fact general_carried[] = { { 13, FACT(carried) }, { 25, FACT(owed) }, { 0 } };
static const struct line_part general_parts[] = {
	{ { 1 }, { 2, 3, 4 } },
	{ { 5 }, { 6 } },
	{ { 19, 21 }, { 23 } },
	{ { 0 } },
};
static const int general_not_negative[] = { 13, 15, 23, 26, 28, 29, 30, 31, 35, 37, 0 };
static const int general_stocks[] = { 13, 20, 25, 32, 33, 36, 38, 0 };
static const int general_sales[] = { 1, 5, 7, 8, 0 };

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

/* --- what lines are filled from --- */

/* 6 % is the lowest statutory rate (增值税法 第十条); below it stand the levy rates of the simple method. */
enum sold_class form_class(struct rate r)
{
	return r.ppm >= 60000 ? SOLD_GENERAL : r.ppm > 0 ? SOLD_SIMPLE : SOLD_EXEMPT;
}

static bool goes_there(const struct line_share *s, const struct invoice_sum *sum)
{
	unsigned section = sum->section >= 1 && sum->section <= 6 ? (unsigned)sum->section : 3;
	bool kind = !s->kind || s->kind == (str_is(sum->kind, "special") ? 's' : 'o');
	return kind && s->class == form_class(sum->rate) && (s->sections & (1u << section));
}

struct money form_share(const struct form *form, int line, const struct invoice_sum *sum)
{
	for (const struct line_share *s = form->shares; s->line; s++)
		if (s->line == line && goes_there(s, sum)) return s->tax ? sum->tax : sum->amount;
	return FEN(0);
}

bool form_is_sold(const struct form *form, int line)
{
	for (const struct line_share *s = form->shares; s->line; s++)
		if (s->line == line) return true;
	return false;
}

static struct money fact(const struct facts *f, uint32_t offset)
{
	struct money m;
	memcpy(&m, (const char *)f + offset, sizeof m);
	return m;
}

void form_prefill(const struct policy_store *store, const struct facts *f, struct filled *out)
{
	(void)store;
	const struct form *form = out->form;
	for (int n = 1; n <= form->last; n++)
		for (size_t i = 0; i < f->n_sold; i++)
			out->line[n].fen += form_share(form, n, &f->sold[i]).fen;
	for (const struct line_fact *l = form->facts; l->line; l++)
		out->line[l->line] = fact(f, l->from);
}

/* --- opening and computing --- */

struct str form_line_id(char buffer[8], int n)
{
	size_t i = 0;
	buffer[i++] = 'l';
	if (n >= 10) buffer[i++] = (char)('0' + n / 10);
	buffer[i++] = (char)('0' + n % 10);
	buffer[i] = 0;
	return (struct str){ buffer, i };
}

static int slot_of(const struct policy_form *f, int n)
{
	char buffer[8];
	return policy_slot(f, form_line_id(buffer, n));
}

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
	for (int n = 1; n <= out->form->last; n++) {
		int slot = slot_of(out->vat, n);
		bool surcharge = n >= out->form->surcharge && n < out->form->surcharge + 3;
		out->role[n] = surcharge                     ? LINE_SURCHARGE
		               : slot < 0                    ? LINE_NONE
		               : has_formula(out->vat, slot) ? LINE_COMPUTED
		                                             : LINE_ENTERED;
	}
	for (const struct line_fact *l = out->form->carried; l->line && f->has_previous; l++)
		out->role[l->line] = LINE_CARRIED;
	return FORM_OK;
}

bool form_accumulates(const struct form *form, int line)
{
	for (const int *n = form->stocks; *n; n++)
		if (*n == line) return false;
	return true;
}

struct money form_sales(const struct filled *f)
{
	struct money sum = FEN(0);
	for (const int *n = f->form->sales; *n; n++)
		sum.fen += f->line[*n].fen;
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
        const struct policy_store *store, const struct facts *f, struct filled *out, int *line)
{
	int slot, at = out->form->surcharge;
	out->edu_exempt = education_exempt(store, f, out);
	put(out->surcharges, out->s, "vat", out->line[out->form->due].fen);
	put(out->surcharges, out->s, "location", f->location);
	put(out->surcharges, out->s, "half", f->half);
	put(out->surcharges, out->s, "edu_exempt", out->edu_exempt);
	*line = out->form->due;
	if (policy_evaluate(out->surcharges, out->s, &slot) != OK) return FORM_RANGE;
	out->line[at] = out->urban = get(out->surcharges, out->s, "urban");
	out->line[at + 1] = out->education = get(out->surcharges, out->s, "edu");
	out->line[at + 2] = out->local = get(out->surcharges, out->s, "local_edu");
	out->total = FEN(out->line[out->form->due].fen + out->urban.fen + out->education.fen + out->local.fen);
	return FORM_OK;
}

enum form_error form_compute(const struct policy_store *store, const struct facts *f, struct filled *out, int *line)
{
	int slot, slots[FORM_LINES + 1];
	*line = 0;
	for (int n = 1; n <= out->form->last; n++) {
		slots[n] = slot_of(out->vat, n);
		bool input = out->role[n] == LINE_ENTERED || out->role[n] == LINE_CARRIED;
		if (input && slots[n] >= 0) out->v[slots[n]] = out->line[n].fen;
	}
	if (policy_evaluate(out->vat, out->v, &slot) != OK) {
		for (int n = 1; n <= out->form->last; n++)
			if (slots[n] == slot) *line = n;
		return FORM_RANGE;
	}
	for (int n = 1; n <= out->form->last; n++)
		if (out->role[n] == LINE_COMPUTED) out->line[n] = FEN(out->v[slots[n]]);
	if (compute_surcharges(store, f, out, line) != FORM_OK) return FORM_RANGE;
	for (int n = out->form->surcharge; n < out->form->surcharge + 3; n++)
		if (slots[n] >= 0) out->v[slots[n]] = out->line[n].fen;
	return FORM_OK;
}

/* --- what was sent --- */

struct faults {
	struct form_fault *list;
	size_t n;
};

static void fault(struct faults *f, enum form_fault_kind kind, int line, int other, struct money expected)
{
	if (f->n < FORM_FAULTS_MAX) f->list[f->n++] = (struct form_fault){ kind, line, other, expected };
}

static void take_line(struct filled *out, const struct sent *sent, int n, struct faults *faults)
{
	if (!sent->has[n]) return;
	switch (out->role[n]) {
	case LINE_NONE: fault(faults, FAULT_UNKNOWN, n, 0, FEN(0)); return;
	case LINE_ENTERED: out->line[n] = sent->line[n]; return;
	case LINE_CARRIED:
		if (sent->line[n].fen != out->line[n].fen) fault(faults, FAULT_CARRIED, n, 0, out->line[n]);
		return;
	case LINE_COMPUTED:
	case LINE_SURCHARGE: return; /* compared when all is computed */
	}
}

static void check_negative(const struct filled *out, struct faults *faults)
{
	for (const int *n = out->form->not_negative; *n; n++)
		if (out->line[*n].fen < 0 && out->role[*n] == LINE_ENTERED)
			fault(faults, FAULT_NEGATIVE, *n, 0, FEN(0));
}

static void check_parts(const struct filled *out, struct faults *faults)
{
	for (const struct line_part *p = out->form->parts; p->whole[0]; p++) {
		int64_t whole = out->line[p->whole[0]].fen + (p->whole[1] ? out->line[p->whole[1]].fen : 0), parts = 0;
		for (int i = 0; i < 3 && p->part[i]; i++)
			parts += out->line[p->part[i]].fen;
		if (whole >= 0 && parts > whole) fault(faults, FAULT_PARTS, p->part[0], p->whole[0], FEN(whole));
	}
}

size_t form_take(const struct policy_store *store, const struct facts *f, const struct sent *sent, struct filled *out,
        struct form_fault *list)
{
	struct faults faults = { list, 0 };
	int line;
	for (int n = 1; n <= FORM_LINES; n++)
		take_line(out, sent, n, &faults);
	check_negative(out, &faults);
	if (form_compute(store, f, out, &line) != FORM_OK) {
		fault(&faults, FAULT_RANGE, line, 0, FEN(0));
		return faults.n;
	}
	check_parts(out, &faults);
	for (int n = 1; n <= out->form->last; n++)
		if (sent->has[n] && (out->role[n] == LINE_COMPUTED || out->role[n] == LINE_SURCHARGE) &&
		        sent->line[n].fen != out->line[n].fen)
			fault(&faults, FAULT_COMPUTED, n, 0, out->line[n]);
	return faults.n;
}

bool form_nothing(const struct filled *f)
{
	for (int n = 1; n <= f->form->last; n++)
		if (f->line[n].fen != 0 && f->role[n] == LINE_ENTERED) return false;
	return true;
}

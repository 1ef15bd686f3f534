/* Topics of domain/tax.md 11: which form answers, and what little of the input is not an input of the form as it
 * stands. */
#include "main/calc/inner.h"

/* The form's own surcharges (l39 to l41) belong to SUR. A figure without a date is one of today's forms. */
static const struct plan general = { "vat-general", "period_end", "2026-11-30", NULL,
	"l8 l17 l18 l19 l20 l24 l27 l32 l33 l34 l38 addl_used addl_carry" };

static const struct plan small = { "vat-small-levy", "period_end", NULL, NULL,
	"threshold exempt_sales taxable_sales tax_3pct_part tax_immovable tax_due" };

static const struct field surcharge_fields[] = { { "loc", "location", "city town other", 0, true }, { 0 } };
static const struct plan surcharges = { "surcharges", "period_end", "2026-11-30", surcharge_fields,
	"urban edu local_edu total" };

static const struct field output_fields[] = { { "kind", "kind", "std low low_svc svc zero", 0, true },
	{ "incl", "incl", NULL, 0, true }, { 0 } };
static const struct plan output = { "vat-output", "date", NULL, output_fields, "rate ex tax" };

static const struct field differential_fields[] = { { "incl", "incl", NULL, 0, true },
	{ "rate", "rate", NULL, 0, true }, { 0 } };
static const struct plan differential = { "vat-differential", "date", "2026-11-30", differential_fields,
	"after_incl tax used carry" };

/* Input of the period: farm produce, travel, or what must be shared out. */
static const struct plan farm = { "vat-input-farm", "date", "2026-11-30", NULL, "base extra" };
static const struct field shared_fields[] = { { "shared", "input_shared", NULL, 0, true },
	{ "simple", "sales_simple", NULL, 0, false }, { "exempt", "sales_exempt", NULL, 0, false },
	{ "total", "sales_total", NULL, 0, true }, { 0 } };
static const struct plan shared = { "vat-input-shared", "date", "2026-11-30", shared_fields,
	"transfer_out creditable" };
static const struct field travel_fields[] = { { "air", "air_incl", NULL, 0, false },
	{ "rail", "rail_incl", NULL, 0, false }, { "road", "road_incl", NULL, 0, false }, { 0 } };
static const struct plan travel = { "vat-input-travel", "date", "2026-11-30", travel_fields, "air rail road total" };

static bool input_tax(struct work *w)
{
	return run_plan(w, given(w, S("amount")) ? &farm : given(w, S("shared")) ? &shared : &travel);
}

/* Prepayment: the kind of supply says in which row of the form price and deduction stand. */
static bool prepayment(struct work *w)
{
	static const struct {
		const char *kind;
		struct field fields[3];
	} kinds[] = {
		{ "construction", { { "incl", "construction", 0, 0, true }, { "sub", "construction_sub" } } },
		{ "construction_simple",
		        { { "incl", "construction_simple", 0, 0, true }, { "sub", "construction_simple_sub" } } },
		{ "construction_small",
		        { { "incl", "construction_small", 0, 0, true }, { "sub", "construction_small_sub" } } },
		{ "immovable", { { "incl", "immovable", 0, 0, true }, { "sub", "immovable_sub" } } },
		{ "presale", { { "incl", "presale", 0, 0, true } } },
		{ "presale_simple", { { "incl", "presale_simple", 0, 0, true } } },
		{ "lease", { { "incl", "lease", 0, 0, true } } },
		{ "lease_simple", { { "incl", "lease_simple", 0, 0, true } } },
		{ "dwelling", { { "incl", "dwelling", 0, 0, true } } },
	};
	const struct value *v = given(w, S("kind"));
	struct str kind = v ? value_text(w->input, "kind") : S("construction");
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct plan p = { "vat-prepayment", "date", "2026-11-30", kinds[i].fields, "l6=prepay" };
		if (str_is(kind, kinds[i].kind)) return run_plan(w, &p);
	}
	return complain_choice(w, "kind",
	        "construction construction_simple construction_small immovable presale presale_simple lease "
	        "lease_simple "
	        "dwelling");
}

/* Small-scale form from a sum with tax inside that is to be taxed, whatever the threshold says. */
static bool small_form(struct work *w)
{
	struct date at = { 0 };
	struct sheet price = { 0 }, form = { 0 };
	const struct value *incl = given(w, S("incl"));
	if (!read_date(w, "period_end", "2026-03-31", &at) || !sheet_open(w, "vat-small-inclusive", at, &price) ||
	        !sheet_open(w, "vat-small", at, &form))
		return false;
	if (!incl) return complain(w, "missing", "incl", N_("缺少这一项"));
	if (!read_amount(w, incl, "incl", POLICY_MONEY, &price.v[policy_slot(price.form, S("incl"))])) return false;
	if (!sheet_run(w, &price)) return false;
	sheet_set(&form, "ordinary_1", sheet_get(&price, "ex"));
	sheet_set(&form, "quarter", 1);
	sheet_set(&form, "waived", 1);
	if (!sheet_run(w, &form)) return false;
	sheet_answer(w, &form, "l1 l3 l15 l16 l20 l22");
	return true;
}

/* One form for each amount of a list, the answers as a list. */
static bool for_each(struct work *w, const char *key, const char *form, const char *input, const char *line,
        const char *answer, const char *otherwise)
{
	struct date at = { 0 };
	struct sheet s = { 0 };
	const struct value *list = read_list(w, key), *item;
	if (!list || !read_date(w, "date", otherwise, &at) || !sheet_open(w, form, at, &s)) return false;
	struct value *out = value_put_array(w->arena, w->result, answer);
	int in = policy_slot(s.form, str_c(input)), slot = policy_slot(s.form, str_c(line));
	for (size_t i = 0; (item = value_at(list, i)) != NULL; i++) {
		const char *where = str_printf(w->arena, "%s/%zu", key, i).p;
		if (!read_amount(w, item, where, POLICY_MONEY, &s.v[in]) || !sheet_run(w, &s)) return false;
		value_push(w->arena, out,
		        policy_unit(s.form, slot) == POLICY_BOOL
		                ? value_bool(w->arena, s.v[slot] != 0)
		                : value_str(w->arena, money_format(w->arena, FEN(s.v[slot]))));
	}
	return true;
}

/* Natural persons and registration: rent received at once, sales by the time, sales of twelve months. */
static const struct field rent_fields[] = { { "rent", "rent", NULL, 0, true }, { "months", "months", NULL, 0, true },
	{ 0 } };
static const struct plan rent = { "vat-rent", "date", NULL, rent_fields, "monthly exempt" };

static bool persons(struct work *w)
{
	if (given(w, S("rent"))) return run_plan(w, &rent);
	if (given(w, S("amounts"))) return for_each(w, "amounts", "vat-per-time", "amount", "tax", "tax", NULL);
	if (given(w, S("sales")))
		return for_each(
		        w, "sales", "vat-registration", "sales", "must_register", "must_register", "2026-11-30");
	return complain(w, "missing", "rent", N_("须有 rent、amounts 或 sales 之一"));
}

/* Whether the conditions are met is asked for only where it is doubted. */
static const struct field refund_fields[] = { { "kind", "kind", "four developer other", 0, true },
	{ "ratio", "ratio", NULL, 0, true }, { "conditions", "conditions", NULL, 1, false },
	{ "months", "months", NULL, 1, false }, { 0 } };
static const struct plan refund = { "vat-refund", "period_end", "2026-11-30", refund_fields, "refund" };

static const struct field voucher_fields[] = { { "amount", "amount", NULL, 0, true }, { 0 } };
static const struct plan voucher = { "voucher", "date", "2026-11-30", voucher_fields, "collected" };

/* Days run from the day after the due date to the day of payment; the law is that of the due date. */
static bool late(struct work *w)
{
	struct date due = { 0 }, paid = { 0 };
	struct sheet s = { 0 };
	const struct value *tax = given(w, S("tax"));
	if (given(w, S("amount"))) return run_plan(w, &voucher);
	if (!tax) return complain(w, "missing", "tax", N_("缺少这一项"));
	if (!read_date(w, "due", NULL, &due) || !read_date(w, "paid", NULL, &paid)) return false;
	if (!sheet_open(w, "late-fee", due, &s)) return false;
	int64_t days = date_cmp(paid, due) > 0 ? date_days(paid) - date_days(due) : 0;
	sheet_set(&s, "days", days);
	if (!read_amount(w, tax, "tax", POLICY_MONEY, &s.v[policy_slot(s.form, S("tax"))]) || !sheet_run(w, &s))
		return false;
	value_put_int(w->arena, w->result, "days", days);
	sheet_answer(w, &s, "late_fee");
	return true;
}

static bool due(struct work *w)
{
	struct date d = { 0 };
	if (given(w, S("nominal"))) {
		if (!read_date(w, "nominal", NULL, &d)) return false;
		d = calendar_due_nominal(w->calc->calendar, d);
	} else {
		int64_t year = 0, month = 0;
		const struct value *y = given(w, S("year")), *m = given(w, S("month"));
		if (y && !read_amount(w, y, "year", POLICY_COUNT, &year)) return false;
		if (m && !read_amount(w, m, "month", POLICY_COUNT, &month)) return false;
		if (year < 1900 || year > 2998) return complain(w, "range", "year", N_("须为 1900 至 2998"));
		if (month < 1 || month > 12) return complain(w, "range", "month", N_("须为 1 至 12"));
		d = calendar_due(w->calc->calendar, (int)year, (int)month);
	}
	value_put_date(w->arena, w->result, "due", d);
	return true;
}

bool (*calc_topic(struct str name, const struct plan **plan))(struct work *w)
{
	static const struct {
		const char *name;
		const struct plan *plan;
		bool (*run)(struct work *w);
	} topics[] = {
		{ "VATG", &general, NULL },
		{ "VATS", &small, NULL },
		{ "VATR", &output, NULL },
		{ "VATI", NULL, input_tax },
		{ "VATP", NULL, prepayment },
		{ "VATC", &differential, NULL },
		{ "VATF", NULL, small_form },
		{ "VATN", NULL, persons },
		{ "VATL", &refund, NULL },
		{ "SUR", &surcharges, NULL },
		{ "LATE", NULL, late },
		{ "DUE", NULL, due },
	};
	*plan = NULL;
	for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
		if (!str_is(name, topics[i].name)) continue;
		*plan = topics[i].plan;
		return topics[i].run;
	}
	return NULL;
}

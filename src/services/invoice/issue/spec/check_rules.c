/* What holds between fields (docs/spec/invoice/rules.md). A rule asks only of fields that are right by themselves. */
#include "base/ids.h"
#include "services/invoice/issue/amounts.h"
#include "services/invoice/issue/qr_text.h"
#include "services/invoice/issue/spec/check_special.h"
#include "services/invoice/issue/spec/fields.h"
#include "services/invoice/issue/spec/line.h"
#include "services/invoice/issue/spec/spec.h"
#include "services/invoice/issue/special.h"
#include <string.h>

struct line {
	struct str tax_code, name, spec, unit, treatment;
	struct money amount, tax;
	struct decimal quantity, price;
	struct rate rate;
	bool has_amount, has_tax, has_rate, has_quantity, has_price, quantity_given, price_given, discount;
	int64_t of_line;
};
struct work {
	struct spec_report *r;
	const struct value *core;
	const struct spec_kind *kind;
	struct vat_rates rates;
	bool has_rates, red;
	bool difference; /* 差额开票: tax on what is left after the deduction */
	struct money deduction;
	int64_t deviation;
	struct money amount, tax; /* of the lines */
	bool sums;                /* every line's amount and tax could be read */
	size_t i;
	bool seen[SPEC_LINES + 1];
};

static bool money_of(const struct value *v, const char *name, struct money *out)
{
	struct str s = value_text(v, name);
	return s.p && money_parse(s, out);
}

static void line_fault(struct work *w, const char *field, enum spec_code code, struct str arg, struct str arg2)
{
	struct arena *a = w->r->arena;
	struct str at = *field ? str_printf(a, "/lines/%zu/%s", w->i, field) : str_printf(a, "/lines/%zu", w->i);
	spec_fault(w->r, code, at, arg, arg2);
}

static struct line read_line(const struct value *v)
{
	const struct value *discount = value_get(v, S("discount"));
	struct line l = { .tax_code = value_text(v, "tax_code"),
		.name = value_text(v, "name"),
		.spec = value_text(v, "spec"),
		.unit = value_text(v, "unit"),
		.treatment = value_text(v, "treatment"),
		.discount = discount && discount->kind == VALUE_BOOL && discount->boolean,
		.of_line = value_number(v, "line", 0) };
	struct str quantity = value_text(v, "quantity"), price = value_text(v, "price"), rate = value_text(v, "rate");
	l.has_amount = money_of(v, "amount", &l.amount);
	l.has_tax = money_of(v, "tax", &l.tax);
	l.has_rate = rate.p && rate_parse(rate, &l.rate);
	l.quantity_given = value_get(v, S("quantity")) != NULL;
	l.price_given = value_get(v, S("price")) != NULL;
	l.has_quantity = quantity.p && decimal_parse(quantity, 13, &l.quantity);
	l.has_price = price.p && decimal_parse(price, 13, &l.price);
	return l;
}

static void check_code(struct work *w, const struct line *l)
{
	struct taxcode code = { 0 };
	if (!l->tax_code.n) return;
	enum spec_code broken = spec_tax_code(l->tax_code, &code);
	if (broken != SPEC_CODES)
		line_fault(w, "tax_code", broken, broken == SPEC_CODE_SUMMARY ? code.name : l->tax_code, STR_NONE);
	else if (l->name.n && !spec_short_name_fits(l->name, code.short_name))
		line_fault(w, "name", SPEC_SHORT_NAME, code.short_name, STR_NONE);
}

static void check_rate(struct work *w, const struct line *l)
{
	enum treatment t;
	struct arena *a = w->r->arena;
	if (!l->has_rate || !w->has_rates || !treatment_read(l->treatment, &t)) return;
	if (t == TREATMENT_REDUCED || t == TREATMENT_DIFFERENCE) {
		bool fits = t == TREATMENT_REDUCED ? l->rate.ppm == 50000
		                                   : w->difference && vat_rates_has(&w->rates, l->rate);
		if (!fits) line_fault(w, "treatment", SPEC_TREATMENT_RATE, STR_NONE, STR_NONE);
		return;
	}
	if (l->rate.ppm == 0 && t == TREATMENT_TAXED) {
		line_fault(w, "treatment", SPEC_TREATMENT_MISSING, STR_NONE, STR_NONE);
		return;
	}
	enum spec_code broken = spec_line_rate(&w->rates, l->rate, t, l->tax_code, w->kind && w->kind->special);
	bool of_treatment = broken == SPEC_TREATMENT_CODE || broken == SPEC_TREATMENT_NOT_TAXED;
	if (broken == SPEC_RATE)
		line_fault(w, "rate", broken, rate_percent(a, l->rate), vat_rates_words(a, &w->rates));
	else if (broken != SPEC_CODES)
		line_fault(w, of_treatment ? "treatment" : "rate", broken, STR_NONE, STR_NONE);
}

/* The face shows *** for their rate: the tax is not the rate of the amount. */
static bool stars(const struct line *l)
{
	return str_is(l->treatment, "reduced") || str_is(l->treatment, "difference");
}

/* A red letter takes a share of both: only a blue one is computed again. */
static void check_starred_tax(struct work *w, const struct line *l)
{
	enum { TOLERANCE_FEN = 6 };
	struct line_amounts right;
	struct money inclusive;
	if (w->red || !money_add(l->amount, l->tax, &inclusive)) return;
	if (str_is(l->treatment, "reduced"))
		right = amounts_reduced(inclusive);
	else if (!w->difference || !amounts_differential(inclusive, w->deduction, l->rate, &right))
		return;
	int64_t apart = l->tax.fen - right.tax.fen;
	if (apart > TOLERANCE_FEN || apart < -TOLERANCE_FEN)
		line_fault(w, "tax", SPEC_TAX, money_format(w->r->arena, right.tax), STR_NONE);
}

static void check_tax(struct work *w, const struct line *l)
{
	int64_t distance;
	if (!l->has_amount || !l->has_tax || !l->has_rate) return;
	bool signs = l->tax.fen == 0 || l->amount.fen == 0 || (l->tax.fen > 0) == (l->amount.fen > 0);
	if (!signs) {
		line_fault(w, "tax", SPEC_TAX_SIGN, STR_NONE, STR_NONE);
		return;
	}
	if (stars(l)) {
		check_starred_tax(w, l);
		return;
	}
	if (!amounts_tax_fits(l->amount, l->rate, l->tax, &distance))
		line_fault(w, "tax", SPEC_TAX, money_format(w->r->arena, rate_of(l->amount, l->rate)), STR_NONE);
	else
		w->deviation += distance;
}

static void check_quantity(struct work *w, const struct line *l)
{
	struct money product = FEN(0);
	if (l->quantity_given != l->price_given) {
		line_fault(w, l->quantity_given ? "price" : "quantity", SPEC_QUANTITY_PRICE, STR_NONE, STR_NONE);
		return;
	}
	bool wrong = false;
	if (l->has_price && l->price.units <= 0)
		wrong = true, line_fault(w, "price", SPEC_NOT_POSITIVE, S("单价"), S("price"));
	if (l->has_quantity && (w->red ? l->quantity.units >= 0 : l->quantity.units <= 0))
		wrong = true,
		line_fault(w, "quantity", w->red ? SPEC_AMOUNT_SIGN : SPEC_NOT_POSITIVE, S("数量"), S("quantity"));
	if (wrong || !l->has_quantity || !l->has_price || !l->has_amount) return;
	if (!amounts_product_fits(l->quantity, l->price, l->amount)) {
		bool there = decimal_times(l->quantity, l->price, &product);
		line_fault(w, "amount", SPEC_PRODUCT, there ? money_format(w->r->arena, product) : S("…"), STR_NONE);
	}
}

/* A discount line belongs to the line before it (§4.2); on a red letter it goes back with that line and is positive. */
static void check_discount(struct work *w, const struct line *l, const struct line *before)
{
	int64_t sign = w->red ? -1 : 1;
	if (!before || before->discount) {
		line_fault(w, "discount", SPEC_DISCOUNT_PLACE, STR_NONE, STR_NONE);
		return;
	}
	bool rates_differ = l->has_rate && before->has_rate && l->rate.ppm != before->rate.ppm;
	if (!str_eq(l->name, before->name) || !str_eq(l->tax_code, before->tax_code) || rates_differ ||
	        !str_eq(l->treatment, before->treatment))
		line_fault(w, "", SPEC_DISCOUNT_DIFFERS, STR_NONE, STR_NONE);
	if (l->quantity_given || l->price_given || l->spec.p || l->unit.p)
		line_fault(w, "", SPEC_DISCOUNT_QUANTITY, STR_NONE, STR_NONE);
	if (l->has_amount && before->has_amount && -l->amount.fen * sign > before->amount.fen * sign)
		line_fault(w, "amount", SPEC_DISCOUNT_HIGH, STR_NONE, STR_NONE);
}

/* A red discount line names the blue line of the line before it, any other line one of its own. */
static void check_reference(struct work *w, const struct line *l, const struct line *before)
{
	if (w->red && l->discount) {
		if (before && !before->discount && l->of_line != before->of_line)
			line_fault(w, "line", SPEC_LINE_REFERENCE, STR_NONE, STR_NONE);
		return;
	}
	bool twice = l->of_line > 0 && l->of_line <= SPEC_LINES && w->seen[l->of_line];
	if (l->of_line && (!w->red || twice)) line_fault(w, "line", SPEC_LINE_REFERENCE, STR_NONE, STR_NONE);
	if (l->of_line > 0 && l->of_line <= SPEC_LINES) w->seen[l->of_line] = true;
}

static void check_line(struct work *w, const struct line *l, const struct line *before)
{
	bool negative = w->red != l->discount;
	check_code(w, l);
	check_rate(w, l);
	check_tax(w, l);
	check_reference(w, l, before);
	if (l->discount)
		check_discount(w, l, before);
	else
		check_quantity(w, l);
	if (l->has_amount && (negative ? l->amount.fen >= 0 : l->amount.fen <= 0))
		line_fault(w, "amount", SPEC_AMOUNT_SIGN, STR_NONE, STR_NONE);
	w->sums = w->sums && l->has_amount && l->has_tax && money_add(w->amount, l->amount, &w->amount) &&
	          money_add(w->tax, l->tax, &w->tax);
}

static void check_lines(struct work *w, const struct value *lines)
{
	struct line one[2] = { 0 };
	const struct line *before = NULL;
	if (!lines || lines->kind != VALUE_ARRAY || lines->count > SPEC_LINES) {
		w->sums = false;
		return;
	}
	w->i = 0;
	for (const struct value_member *m = lines->first; m; m = m->next, w->i++) {
		struct line *l = &one[w->i % 2];
		if (m->value->kind != VALUE_OBJECT) {
			w->sums = false;
			continue;
		}
		*l = read_line(m->value);
		check_line(w, l, before);
		before = l;
	}
	if (!amounts_deviation_fits(w->deviation))
		spec_fault(w->r, SPEC_TAX_SUM, S("/lines"), money_format(w->r->arena, FEN(w->deviation)), STR_NONE);
	if (!lines->count) w->sums = false;
}

static void check_sums(struct work *w)
{
	struct money amount, tax, total, words;
	struct arena *a = w->r->arena;
	bool has_amount = money_of(w->core, "amount", &amount), has_tax = money_of(w->core, "tax", &tax);
	bool has_total = money_of(w->core, "total", &total);
	if (w->sums && has_amount && amount.fen != w->amount.fen)
		spec_fault(w->r, SPEC_SUM_AMOUNT, S("/amount"), money_format(a, w->amount), STR_NONE);
	if (w->sums && has_tax && tax.fen != w->tax.fen)
		spec_fault(w->r, SPEC_SUM_TAX, S("/tax"), money_format(a, w->tax), STR_NONE);
	if (has_amount && has_tax && has_total && amount.fen + tax.fen != total.fen)
		spec_fault(w->r, SPEC_TOTAL, S("/total"), money_format(a, FEN(amount.fen + tax.fen)), STR_NONE);
	if (!has_total) return;
	struct str given = value_text(w->core, "total_in_words");
	bool other = w->r->dialect ? !money_words_parse(given, &words) || words.fen != total.fen
	                           : !str_eq(given, money_words(a, total));
	if (given.n && other) spec_fault(w->r, SPEC_WORDS, S("/total_in_words"), money_words(a, total), STR_NONE);
	if (!w->red && total.fen <= 0) spec_fault(w->r, SPEC_TOTAL_POSITIVE, S("/total"), STR_NONE, STR_NONE);
	if (w->red && total.fen >= 0) spec_fault(w->r, SPEC_TOTAL_NEGATIVE, S("/total"), STR_NONE, STR_NONE);
}

static bool digits20(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return s.n == 20;
}

static bool region_known(struct str code)
{
	static const char regions[] =
	        "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 "
	        "64 65 91 92 93 94 95";
	struct str rest = str_c(regions), piece;
	while (str_split(&rest, ' ', &piece))
		if (str_eq(piece, code)) return true;
	return false;
}

static void check_number(struct work *w, struct str number, bool has_day, struct date day)
{
	struct arena *a = w->r->arena;
	if (has_day && date_cmp(day, (struct date){ 2021, 12, 1 }) < 0)
		spec_fault(w->r, SPEC_ISSUED_EARLY, S("/issued_at"), STR_NONE, STR_NONE);
	if (!digits20(number)) return;
	struct str year = has_day ? str_printf(a, "%02d", day.year % 100) : STR_NONE, region = str_sub(number, 2, 2);
	if (year.p && !str_eq(year, str_sub(number, 0, 2)))
		spec_fault(w->r, SPEC_NUMBER_YEAR, S("/number"), year, STR_NONE);
	if (!region_known(region)) spec_fault(w->r, SPEC_NUMBER_REGION, S("/number"), region, STR_NONE);
}

static void check_parties(struct work *w, struct date day)
{
	struct str seller = value_text(value_get(w->core, S("seller")), "tax_id");
	struct str buyer = value_text(value_get(w->core, S("buyer")), "tax_id");
	bool special = w->kind && w->kind->special, has_buyer = value_get(w->core, S("buyer")) != NULL;
	if (seller.n && ids_taxpayer(seller) != IDS_OK)
		spec_fault(w->r, SPEC_TAX_ID, S("/seller/tax_id"), seller, STR_NONE);
	if (buyer.n && ids_taxpayer(buyer) != IDS_OK)
		spec_fault(w->r, SPEC_TAX_ID, S("/buyer/tax_id"), buyer, STR_NONE);
	if (special && has_buyer && !buyer.p && !w->r->partial)
		spec_fault(w->r, SPEC_BUYER_TAX_ID, S("/buyer/tax_id"), STR_NONE, STR_NONE);
	if (special && buyer.n && ids_uscc(buyer) != IDS_OK && ids_resident(buyer, day) == IDS_OK)
		spec_fault(w->r, SPEC_BUYER_PERSON, S("/buyer/tax_id"), STR_NONE, STR_NONE);
}

static void check_red(struct work *w, struct str number)
{
	struct money total;
	const struct value *red = value_get(w->core, S("red"));
	if (!red && !w->r->partial && money_of(w->core, "total", &total) && total.fen < 0)
		spec_fault(w->r, SPEC_RED_MISSING, S("/red"), STR_NONE, STR_NONE);
	if (number.n && str_eq(value_text(red, "original"), number))
		spec_fault(w->r, SPEC_RED_SELF, S("/red/original"), STR_NONE, STR_NONE);
}

static void check_qr(struct work *w, struct str number, bool has_day, struct date day)
{
	struct money total;
	struct str qr = value_text(w->core, "qr");
	if (!qr.n || !w->kind || !has_day || !digits20(number) || !money_of(w->core, "total", &total)) return;
	struct str right =
	        qr_text_invoice(w->r->arena, special_kind(str_c(w->kind->kind))->qr_type, number, total, day);
	if (!str_eq(qr, right)) spec_fault(w->r, SPEC_QR, S("/qr"), right, STR_NONE);
}

void spec_check_rules(struct spec_report *r)
{
	struct work *w = arena_new_of(r->arena, struct work);
	struct money total = FEN(0);
	instant_us issued = 0;
	struct str business = value_text(r->core, "business");
	const struct value *issuer = value_get(r->core, special_swaps(business) ? S("buyer") : S("seller"));
	const struct value *general = value_get(issuer, S("general"));
	const struct value *differential = value_get(r->core, S("differential"));
	bool has_day = instant_parse(value_text(r->core, "issued_at"), &issued);
	struct date day = has_day ? date_of_instant(issued) : (struct date){ 2999, 12, 31 };
	*w = (struct work){
		.r = r, .core = r->core, .kind = spec_kind_find(value_text(r->core, "kind")), .sums = !r->partial
	};
	struct str number = value_text(r->core, "number");
	w->red = value_get(r->core, S("red")) != NULL;
	if (!w->red && money_of(r->core, "total", &total) && total.fen < 0) w->red = true; /* told as red-missing */
	/* which rates a seller may use is known only with its kind */
	const struct value *seller = value_get(r->core, S("seller"));
	w->has_rates = has_day && seller && seller->kind == VALUE_OBJECT && (!general || general->kind == VALUE_BOOL);
	if (has_day) vat_rates_usable(general && general->kind == VALUE_BOOL && general->boolean, day, &w->rates);
	if (has_day && special_rate(business, day, PPM(5000)) && w->rates.n < VAT_RATES_MAX)
		w->rates.ppm[w->rates.n++] = 5000;
	w->difference = str_is(value_text(differential, "form"), "difference") &&
	                money_of(differential, "deduction", &w->deduction);
	check_number(w, number, has_day, day);
	check_parties(w, day);
	if (!r->partial) spec_check_special(r);
	if (!r->partial) check_lines(w, value_get(r->core, S("lines")));
	check_sums(w);
	check_red(w, number);
	check_qr(w, number, has_day, day);
}

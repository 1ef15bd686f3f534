#include "main/check.h"
#include "base/ids.h"
#include "services/invoice/issue/amounts.h"
#include "services/invoice/issue/qr_text.h"
#include "services/invoice/issue/taxcode.h"
#include "services/invoice/issue/vat_rates.h"
#include "services/invoice/reversal/red_state.h"
#include <stdlib.h>

#define CASES_LINES_MAX 2000

static struct value *word(struct arena *a, const char *text)
{
	return value_str(a, str_c(text));
}

static bool text_of(const struct value *v, struct str *out)
{
	if (v->kind != VALUE_STR) return false;
	*out = v->str;
	return true;
}

static bool money_of(const struct value *in, const char *key, struct money *out)
{
	return money_parse(value_text(in, key), out);
}

static struct value *pair(struct arena *a, struct line_amounts l)
{
	struct value *v = value_object(a);
	value_put_money(a, v, "amount", l.amount);
	value_put_money(a, v, "tax", l.tax);
	return v;
}

/* "0.13" with two places at least, as invoices print it; nothing: "0". */
static struct value *rate_word(struct arena *a, struct rate r)
{
	if (r.ppm && r.ppm % 10000 == 0)
		return value_str(a, str_printf(a, "%d.%02d", r.ppm / 1000000, r.ppm / 10000 % 100));
	return value_str(a, rate_format(a, r));
}

#define IDENTIFIER(name, call)                                                                                         \
	static struct value *name(struct arena *a, const struct value *in)                                             \
	{                                                                                                              \
		struct str s;                                                                                          \
		return text_of(in, &s) ? word(a, ids_fault_word(call)) : NULL;                                         \
	}
IDENTIFIER(uscc, ids_uscc(s))
IDENTIFIER(orgcode, ids_organisation(s))
IDENTIFIER(resid, ids_resident(s, CHECK_TODAY))
IDENTIFIER(luhn, ids_card(s))

static struct value *mobile(struct arena *a, const struct value *in)
{
	struct str s;
	if (!text_of(in, &s)) return NULL;
	enum ids_fault f = ids_mobile(s);
	return word(a, f == IDS_OK && s.n > 11 ? "ok after normalising to 11 digits" : ids_fault_word(f));
}

static struct value *qr(struct arena *a, const struct value *in)
{
	struct str s;
	struct qr_text q;
	return text_of(in, &s) ? word(a, qr_text_fault_word(qr_text_parse(a, s, &q))) : NULL;
}

static struct value *capital(struct arena *a, const struct value *in)
{
	struct str s;
	struct money m;
	return text_of(in, &s) && money_parse(s, &m) ? value_str(a, money_words(a, m)) : NULL;
}

static struct value *capital_parse(struct arena *a, const struct value *in)
{
	struct str s;
	struct money m;
	if (!text_of(in, &s)) return NULL;
	if (!money_words_parse(s, &m)) return word(a, "reject");
	return value_str(a, m.fen % 100 ? money_format(a, m) : str_from_int(a, m.fen / 100));
}

static struct value *line_tax(struct arena *a, const struct value *in)
{
	struct money amount, tax;
	struct rate rate;
	int64_t deviation;
	if (!money_of(in, "amount", &amount) || !money_of(in, "tax", &tax) ||
	        !rate_parse(value_text(in, "rate"), &rate))
		return NULL;
	return word(a, amounts_tax_fits(amount, rate, tax, &deviation) ? "ok" : "tolerance");
}

static struct value *split_incl(struct arena *a, const struct value *in)
{
	struct money sum;
	struct rate rate;
	if (!money_of(in, "incl", &sum) || !rate_parse(value_text(in, "rate"), &rate)) return NULL;
	return pair(a, amounts_split(sum, true, rate));
}

static struct value *differential(struct arena *a, const struct value *in)
{
	struct money sum, deduct;
	struct rate rate;
	struct line_amounts l;
	if (!money_of(in, "incl", &sum) || !money_of(in, "deduct", &deduct) ||
	        !rate_parse(value_text(in, "rate"), &rate))
		return NULL;
	if (!amounts_differential(sum, deduct, rate, &l)) return NULL;
	struct value *v = pair(a, l);
	value_put_c(a, v, "rate_shown", "***");
	return v;
}

static struct value *reduced(struct arena *a, const struct value *in)
{
	struct money sum;
	if (!money_of(in, "incl", &sum)) return NULL;
	struct value *v = pair(a, amounts_reduced(sum));
	value_put_c(a, v, "rate_shown", "***");
	return v;
}

static void discount_row(struct arena *a, struct value *list, int nature, struct line_amounts l)
{
	struct value *row = value_object(a);
	value_put_int(a, row, "fphxz", nature);
	value_put_money(a, row, "amount", l.amount);
	value_put_money(a, row, "tax", l.tax);
	value_push(a, list, row);
}

static struct value *discount(struct arena *a, const struct value *in)
{
	struct money amount, less;
	struct rate rate;
	struct line_amounts l;
	if (!money_of(in, "amount", &amount) || !money_of(in, "discount", &less) ||
	        !rate_parse(value_text(in, "rate"), &rate))
		return NULL;
	if (!amounts_discount(amount, less, rate, &l)) return NULL;
	struct value *list = value_array(a);
	discount_row(a, list, 2, amounts_split(amount, false, rate));
	discount_row(a, list, 1, l);
	return list;
}

/* Lines [[amount, tax], …], or {"lines": …, "total": stated}: ok says whether the stated total is right. */
static struct value *totals(struct arena *a, const struct value *in)
{
	struct line_amounts lines[CASES_LINES_MAX], sum;
	struct money total, stated;
	const struct value *list = in->kind == VALUE_OBJECT ? value_get(in, S("lines")) : in;
	if (!list || list->kind != VALUE_ARRAY || list->count > CASES_LINES_MAX) return NULL;
	for (size_t i = 0; i < list->count; i++) {
		const struct value *amount = value_at(value_at(list, i), 0), *tax = value_at(value_at(list, i), 1);
		if (!amount || !tax || amount->kind != VALUE_STR || tax->kind != VALUE_STR) return NULL;
		if (!money_parse(amount->str, &lines[i].amount) || !money_parse(tax->str, &lines[i].tax)) return NULL;
	}
	if (!amounts_total(lines, list->count, &sum, &total)) return NULL;
	stated = total;
	if (in->kind == VALUE_OBJECT && !money_of(in, "total", &stated)) return NULL;
	struct value *v = pair(a, sum);
	value_put_money(a, v, "total", stated);
	value_put_bool(a, v, "ok", stated.fen == total.fen);
	return v;
}

static struct value *taxcode(struct arena *a, const struct value *in)
{
	struct str s;
	struct taxcode t;
	if (!text_of(in, &s)) return NULL;
	bool ok = taxcode_well_formed(s) && taxcode_find(s, &t);
	struct value *v = value_object(a);
	value_put_bool(a, v, "ok", ok);
	if (!ok) return v;
	value_put_str(a, v, "name", t.name);
	value_put_str(a, v, "short", t.short_name);
	return v;
}

static struct value *rate_by_date(struct arena *a, const struct value *in)
{
	struct date d;
	struct rate rate;
	if (!date_parse(value_text(in, "date"), &d) || !vat_rates_general(value_text(in, "kind"), d, &rate, NULL))
		return NULL;
	return rate_word(a, rate);
}

static struct value *small_scale_rate(struct arena *a, const struct value *in)
{
	struct date d;
	struct rate base;
	struct small_scale rule;
	if (!date_parse(value_text(in, "date"), &d) || !rate_parse(value_text(in, "base"), &base)) return NULL;
	if (base.ppm != 30000) return rate_word(a, base); /* the relief is for 3 % items only */
	if (!vat_rates_small_scale(d, str_is(value_text(in, "region"), "hubei"), &rule)) return NULL;
	return rate_word(a, rule.rate);
}

static struct value *red_state(struct arena *a, const struct value *in)
{
	enum red_state state = RED_NONE;
	if (in->kind != VALUE_ARRAY) return NULL;
	for (size_t i = 0; i < in->count; i++) {
		struct str event;
		if (!text_of(value_at(in, i), &event) || !red_state_step(&state, event)) return NULL;
	}
	return value_str(a, str_printf(a, "%02d", (int)state));
}

static check_fn *find_group(struct str group)
{
	static const struct {
		const char *name;
		check_fn *fn;
	} groups[] = {
		{ "uscc", uscc },
		{ "orgcode", orgcode },
		{ "resid", resid },
		{ "luhn", luhn },
		{ "mobile", mobile },
		{ "qr", qr },
		{ "capital", capital },
		{ "capital_parse", capital_parse },
		{ "line_tax", line_tax },
		{ "split_incl", split_incl },
		{ "differential", differential },
		{ "reduced_1_5", reduced },
		{ "discount", discount },
		{ "totals", totals },
		{ "taxcode", taxcode },
		{ "rate_by_date", rate_by_date },
		{ "small_scale_rate", small_scale_rate },
		{ "red_state", red_state },
	};
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (str_is(group, groups[i].name)) return groups[i].fn;
	return check_crypto_group(group);
}

static struct value *answer(struct arena *a, struct str line, bool *good)
{
	struct value *in = NULL, *out = value_object(a), *result = NULL;
	struct json_fault where;
	const char *error = NULL;
	*good = false;
	if (json_parse(a, line, &in, &where) != OK || in->kind != VALUE_OBJECT) {
		value_put_c(a, out, "error", "the line is no JSON object");
		return out;
	}
	value_put_str(a, out, "id", value_text(in, "id"));
	check_fn *fn = find_group(value_text(in, "group"));
	const struct value *input = value_get(in, S("input"));
	if (!fn)
		error = "unknown group";
	else if (!input || !(result = fn(a, input)))
		error = "the input has not the shape or range of this group";
	*good = !error;
	if (error)
		value_put_c(a, out, "error", error);
	else
		value_put(a, out, "result", result);
	return out;
}

int check_main(FILE *in, FILE *out)
{
	struct arena *a = arena_new();
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int result = 0;
	while ((n = getline(&line, &room, in)) >= 0) {
		bool good;
		struct buf b;
		struct str text = str_trim((struct str){ line, (size_t)n });
		if (!text.n) continue;
		if (text.n > CHECK_LINE_BYTES_MAX) text.n = 0; /* answered as no JSON */
		buf_init(&b, a, 256);
		value_write_json(&b, answer(a, text, &good));
		buf_char(&b, '\n');
		if (fwrite(b.p, 1, b.n, out) != b.n) break;
		if (!good) result = 1;
		arena_reset(a);
	}
	free(line);
	arena_free(a);
	return ferror(in) || fflush(out) != 0 || ferror(out) ? 2 : result;
}

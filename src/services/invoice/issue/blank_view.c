/* What the page of the form shows beside its controls: figures of what stands in it so far, tax codes that fit, who the
 * buyer is. The same rules as issuing, without its refusals: what can not be read yet counts for nothing. */
#include "base/ids.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/search/search.h"
#include "services/invoice/issue/blank.h"
#include "services/invoice/issue/taxcode.h"

/* More rows than that no browser shows well: there are batches for it. */
enum { PAGE_LINES_MAX = 1000, FOUND_MAX = 5, FIND_MOST = 12, SEARCHES_MAX = 20 };

struct sums {
	struct line_amounts sum;
	int searches, discounts;
};

/* --- figures --- */

static bool entered(const struct line_in *l, struct money *sum)
{
	if (l->has_quantity && l->has_price)
		return l->quantity.units > 0 && l->price.units > 0 && decimal_times(l->quantity, l->price, sum);
	*sum = l->amount;
	return !l->has_quantity && !l->has_price && l->has_amount;
}

/* Lines whose tax is not amount times rate. */
static bool other_figures(
        const struct issue_in *in, const struct line_in *l, struct money sum, struct line_amounts *out)
{
	const struct differential *d = &in->differential;
	if (!l->price_includes_tax) return false;
	if (str_is(l->treatment, "reduced")) {
		*out = amounts_reduced(sum);
		return true;
	}
	return differential_is_difference(d) && d->has_deduction &&
	       amounts_differential(sum, d->deduction, l->rate, out);
}

static void put_figures(
        struct ctx *c, struct value *v, const struct issue_in *all_in, const struct line_in *l, struct sums *s)
{
	struct money sum;
	struct line_amounts own = { FEN(0), FEN(0) }, off = own, all[3];
	bool known = entered(l, &sum);
	if (known && !other_figures(all_in, l, sum, &own)) own = amounts_split(sum, l->price_includes_tax, l->rate);
	if (known && l->has_discount) off = amounts_split(FEN(-l->discount.fen), l->price_includes_tax, l->rate);
	s->discounts += off.amount.fen != 0;
	all[0] = s->sum;
	all[1] = own;
	all[2] = off;
	if (!amounts_total(all, 3, &s->sum, NULL)) s->sum = all[0];
	value_put_bool(c->arena, v, "known", known);
	value_put_money(c->arena, v, "amount", own.amount);
	value_put_money(c->arena, v, "tax", own.tax);
	value_put_bool(c->arena, v, "discounted", off.amount.fen != 0);
	value_put_money(c->arena, v, "off_amount", off.amount);
	value_put_money(c->arena, v, "off_tax", off.tax);
}

static void put_rates(struct ctx *c, struct value *v, const struct value *rates, struct str typed)
{
	struct value *list = value_put_array(c->arena, v, "rates");
	struct rate chosen, one;
	bool readable = rate_parse(str_trim(typed), &chosen);
	for (const struct value_member *m = rates->first; m; m = m->next) {
		struct value *option = value_object(c->arena);
		if (!rate_parse(m->value->str, &one)) continue;
		value_put_str(c->arena, option, "code", m->value->str);
		value_put_str(c->arena, option, "label", rate_percent(c->arena, one));
		value_put_bool(c->arena, option, "on", readable && one.ppm == chosen.ppm);
		value_push(c->arena, list, option);
	}
}

/* --- tax codes --- */

static err_t put_found(struct ctx *c, struct value *v, struct str words)
{
	const struct search_query q = { .text = words, .kind = "taxcode", .limit = FIND_MOST };
	struct value *list = value_put_array(c->arena, v, "found");
	struct search_hit *hits;
	struct taxcode t;
	size_t n = 0;
	if (words.n) TRY(search_find(c->app->search, c->arena, &q, &hits, &n));
	for (size_t i = 0; i < n && list->count < FOUND_MAX; i++) {
		if (!taxcode_find(hits[i].id, &t) || !taxcode_selectable(&t)) continue;
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "code", t.code);
		value_put_str(c->arena, one, "code_name", t.name);
		value_put_str(c->arena, one, "short", t.short_name);
		value_push(c->arena, list, one);
	}
	return OK;
}

/* A code that may be used; else what the words in its place, or the name of the item, find. */
static err_t put_code(struct ctx *c, struct value *v, const struct value *row, struct sums *s)
{
	struct str code = str_trim(value_text(row, "tax_code")), name = str_trim(value_text(row, "name"));
	struct taxcode t = { 0 };
	bool good = taxcode_well_formed(code) && taxcode_find(code, &t) && taxcode_selectable(&t);
	struct str words = code.n && !taxcode_well_formed(code) ? code : name;
	bool look = !good && words.n && s->searches++ < SEARCHES_MAX;
	value_put_bool(c->arena, v, "coded", good);
	value_put_str(c->arena, v, "short", good ? t.short_name : STR_NONE);
	value_put_str(c->arena, v, "code_name", good ? t.name : STR_NONE);
	value_put_str(c->arena, v, "words", words);
	TRY(put_found(c, v, look ? words : S("")));
	const struct value *found = value_get(v, S("found"));
	value_put_bool(c->arena, v, "any_found", found->count > 0);
	value_put_bool(c->arena, v, "none_found", look && !found->count);
	return OK;
}

static bool typed(const struct value *row, const char *name)
{
	return str_trim(value_text(row, name)).n > 0;
}

static bool blank(const struct value *row)
{
	return !typed(row, "name") && !typed(row, "tax_code") && !typed(row, "quantity") && !typed(row, "price") &&
	       !typed(row, "amount");
}

static err_t put_row(struct ctx *c, const struct value *root, struct value *row, const struct issue_in *all,
        const struct line_in *in, struct sums *s)
{
	static const struct line_in nothing = { 0 };
	struct value *v = value_object(c->arena);
	put_figures(c, v, all, in ? in : &nothing, s);
	put_rates(c, v, value_get(root, S("rates")), value_text(row, "rate"));
	TRY(put_code(c, v, row, s));
	value_put_bool(c->arena, v, "more",
	        typed(row, "amount") || typed(row, "discount") || typed(row, "treatment") || typed(row, "policy") ||
	                rules_coal(value_text(row, "tax_code")));
	/* A thousand rows with every choice in them would be more than a page may be. */
	value_put_bool(c->arena, v, "rich",
	        value_number(root, "line_count", 0) <= 100 || typed(row, "policy") ||
	                rules_coal(value_text(row, "tax_code")));
	value_put_bool(c->arena, v, "focus", false);
	value_set(c->arena, row, S("_view"), v);
	return OK;
}

/* --- buyer --- */

/* Firms are known by their number: the name that is registered stands, else the one they got an invoice under before.
 */
static err_t put_buyer(struct ctx *c, struct value *root, struct value *buyer)
{
	struct str id = str_trim(value_text(buyer, "tax_id")), name = str_trim(value_text(buyer, "name")),
	           before = STR_NONE;
	struct taxpayer firm = { 0 };
	bool found = false, of_another = !name.n;
	if (ids_uscc(id) == IDS_OK) TRY(registry_taxpayer_by_uscc(c, id, &firm, &found));
	for (const struct value_member *m = value_get(root, S("buyers"))->first; id.n && m; m = m->next) {
		if (str_eq(value_text(m->value, "tax_id"), id))
			before = value_text(m->value, "name");
		else
			of_another |= str_eq(value_text(m->value, "name"), name);
	}
	if (found) before = firm.name;
	if (before.n && (found || of_another)) value_set(c->arena, buyer, S("name"), value_str(c->arena, before));
	value_put_bool(c->arena, root, "registered", found);
	value_put_bool(c->arena, root, "buyer_general", found && firm.general);
	value_put_bool(c->arena, root, "buyer_normal", found && firm.normal);
	return OK;
}

/* --- the page --- */

static struct value *own(struct ctx *c, struct value *form, const char *name, bool list)
{
	struct value *v = (struct value *)(uintptr_t)value_get(form, str_c(name));
	if (v && v->kind == (list ? VALUE_ARRAY : VALUE_OBJECT)) return v;
	v = list ? value_array(c->arena) : value_object(c->arena);
	value_set(c->arena, form, str_c(name), v);
	return v;
}

/* --- special business and 差额征税: what is chosen says which fields are shown --- */

/* The fields that this business asks for: "obligatory" shows no "optional" beside them. */
static void put_shown(struct ctx *c, struct value *row, const struct special_business *b)
{
	struct value *v = value_put_object(c->arena, row, "_view");
	for (size_t i = 0; i < SPECIAL_N; i++) {
		const struct special_use *use = NULL;
		for (size_t k = 0; b && k < b->n_uses; k++)
			if (b->uses[k].field == i) use = &b->uses[k];
		if (use)
			value_put_bool(
			        c->arena, value_put_object(c->arena, v, special_table[i].name), "required", use->must);
		else
			value_put_bool(c->arena, v, special_table[i].name, false);
	}
}

/* Kind and business as they go together: a vehicle's invoice has its one business, and what is sold on ordinary
 * invoices only leaves no choice of the kind. */
static void agree(struct ctx *c, struct value *root, struct value *form)
{
	struct str kind = str_trim(value_text(form, "kind")), word = str_trim(value_text(form, "business"));
	const struct special_business *b = special_find(word), *of_kind = special_of_kind(kind);
	bool ordinary = b && (b->flags & SPECIAL_ORDINARY);
	if (of_kind && (!b || special_of_kind(str_c(b->kind))))
		value_set(c->arena, form, S("business"), value_str(c->arena, str_c(of_kind->word)));
	if (ordinary && str_is(kind, "special"))
		value_set(c->arena, form, S("kind"), value_str(c->arena, S("ordinary")));
	value_put_bool(c->arena, root, "only_ordinary", ordinary);
}

/* Where the buyer issues, the other side is the seller. */
static void put_sides(struct ctx *c, struct value *root, bool swaps)
{
	static const char *const labels[][2] = { { "tax_id", N_("销售方税号") }, { "name", N_("销售方名称") } };
	struct value *v = value_put_object(c->arena, root, "swapped");
	value_put_bool(c->arena, root, "swaps", swaps);
	for (size_t i = 0; i < COUNT(labels); i++) {
		if (!swaps) {
			value_put_bool(c->arena, v, labels[i][0], false);
			continue;
		}
		struct value *one = value_put_object(c->arena, v, labels[i][0]);
		value_put_str(c->arena, one, "label", tr(c, labels[i][1]));
		value_put_str(c->arena, one, "help", S(""));
	}
}

static void put_business(struct ctx *c, struct value *root, struct value *form)
{
	struct arena *a = c->arena;
	agree(c, root, form);
	const struct special_business *b = special_find(str_trim(value_text(form, "business")));
	struct value *rows = own(c, form, "special", true);
	bool fields = b && b->n_uses;
	if (fields && !rows->count) value_push(a, rows, value_object(a));
	if (!fields) value_set(a, form, S("special"), rows = value_array(a));
	for (struct value_member *m = rows->first; m; m = m->next) {
		if (m->value->kind != VALUE_OBJECT) m->value = value_object(a);
		put_shown(c, m->value, b);
	}
	value_put_bool(a, root, "any_special", fields);
	value_put_bool(a, root, "special_list", b && (b->flags & SPECIAL_LIST));
	put_sides(c, root, b && (b->flags & SPECIAL_SWAPS));
	struct value *d = own(c, form, "differential", false);
	struct str way = str_trim(value_text(d, "form"));
	bool differs = way.n > 0;
	struct value *proofs = own(c, d, "proofs", true);
	if (str_is(way, "difference") && !proofs->count) value_push(a, proofs, value_object(a));
	value_put_bool(a, value_put_object(a, root, "must"), "required", true);
	value_put_bool(a, root, "differential", differs);
	value_put_bool(a, root, "is_difference", str_is(way, "difference"));
	value_put_bool(a, root, "more_open", b || differs || value_text(form, "rate_reason").n > 0);
}

static void put_sums(struct ctx *c, struct value *root, const struct sums *s)
{
	struct money total, left;
	if (!money_add(s->sum.amount, s->sum.tax, &total)) total = FEN(0);
	bool fits = money_parse(value_text(root, "quota_left"), &left) && s->sum.amount.fen <= left.fen;
	value_put_money(c->arena, root, "amount", s->sum.amount);
	value_put_money(c->arena, root, "tax", s->sum.tax);
	value_put_money(c->arena, root, "total", total);
	value_put_bool(c->arena, root, "positive", total.fen > 0);
	value_put_bool(c->arena, root, "over_quota", !fits);
}

static void read_form(struct ctx *c, const struct value *form, struct issue_in *in)
{
	if (input_read(c, issue_fields, form, in) != OK) problem_init(&c->problem, c->arena);
}

err_t issue_blank_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *root = out->value, *form = own(c, root, "form", false), *lines = own(c, form, "lines", true);
	struct str rate = value_text(root, "usual_rate");
	struct issue_in in = { 0 };
	struct sums s = { .sum = { FEN(0), FEN(0) } };
	size_t i = 0;
	(void)input;
	if (!value_get(root, S("seller"))) return OK; /* may not issue */
	value_put_int(c->arena, root, "line_count", lines->count);
	value_put_bool(c->arena, root, "too_many", lines->count > PAGE_LINES_MAX);
	value_put_bool(c->arena, root, "may_add", lines->count < PAGE_LINES_MAX);
	if (lines->count > PAGE_LINES_MAX) return OK;
	TRY(put_buyer(c, root, own(c, form, "buyer", false)));
	put_business(c, root, form);
	if (!lines->count) value_push(c->arena, lines, value_object(c->arena));
	read_form(c, form, &in);
	for (struct value_member *m = lines->first; m; m = m->next, i++) {
		if (m->value->kind != VALUE_OBJECT) m->value = value_object(c->arena);
		/* A new line begins with the rate of the one above it. */
		if (!typed(m->value, "rate")) value_set(c->arena, m->value, S("rate"), value_str(c->arena, rate));
		rate = value_text(m->value, "rate");
		TRY(put_row(c, root, m->value, &in, i < in.n_lines ? &in.lines[i] : NULL, &s));
	}
	if (lines->count > 1 && blank(lines->last->value))
		value_set(c->arena, (struct value *)(uintptr_t)value_get(lines->last->value, S("_view")), S("focus"),
		        value_bool(c->arena, true));
	put_sums(c, root, &s);
	value_put_bool(c->arena, root, "any_buyers", value_get(root, S("buyers"))->count > 0);
	value_put_bool(c->arena, root, "any_drafts", value_number(root, "drafts", 0) > 0);
	return OK;
}

#include "services/invoice/issue/face_more.h"

static const char *const words[] = { "taxed", "exempt", "zero", "not_taxed", "reduced", "difference", "deducted" };

const char *treatment_word(enum treatment t)
{
	return words[t];
}

bool treatment_read(struct str word, enum treatment *out)
{
	*out = TREATMENT_TAXED;
	if (!word.p) return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(word, words[i])) return *out = (enum treatment)i, true;
	return false;
}

struct str treatment_rate(struct arena *a, enum treatment t, struct rate r)
{
	switch (t) {
	case TREATMENT_EXEMPT: return S("免税");
	case TREATMENT_NOT_TAXED: return S("不征税");
	case TREATMENT_REDUCED:
	case TREATMENT_DIFFERENCE: return S("***");
	case TREATMENT_DEDUCTED:
	case TREATMENT_ZERO:
	case TREATMENT_TAXED: break;
	}
	return rate_percent(a, r);
}

struct str face_mark(struct arena *a, const struct face *f)
{
	const struct special_business *b = special_find(f->business);
	struct buf out;
	buf_init(&out, a, 64);
	const char *marks[] = { b ? b->label : NULL,
		f->differential.form.p ? differential_label(f->differential.form) : NULL, f->agency.p ? "代开" : NULL };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (!marks[i]) continue;
		if (out.n) buf_c(&out, "　");
		buf_c(&out, marks[i]);
	}
	return buf_done(&out);
}

/* --- writing --- */

void face_put_name(struct buf *b, const char *name)
{
	char last = b->p[b->n - 1];
	if (last != '{') buf_char(b, ',');
	buf_char(b, '"');
	buf_c(b, name);
	buf_add(b, "\":", 2);
}

void face_put_text(struct buf *b, const char *name, struct str s)
{
	if (!s.p) return;
	face_put_name(b, name);
	value_write_text(b, s);
}

/* Figures need no escaping. */
void face_put_plain(struct buf *b, const char *name, struct str s)
{
	face_put_name(b, name);
	buf_char(b, '"');
	buf_str(b, s);
	buf_char(b, '"');
}

void face_put_money(struct buf *b, const char *name, struct money m)
{
	face_put_plain(b, name, money_format(b->arena, m));
}

static void put_line(struct buf *b, const struct face_line *l)
{
	buf_char(b, '{');
	face_put_money(b, "amount", l->sum.amount);
	if (l->coal.p) face_put_plain(b, "coal", l->coal);
	if (l->discount) {
		face_put_name(b, "discount");
		buf_c(b, "true");
	}
	if (l->of_line) {
		face_put_name(b, "line");
		buf_int(b, l->of_line);
	}
	face_put_text(b, "name", l->name);
	if (l->policy.p) face_put_plain(b, "policy", l->policy);
	if (l->has_quantity) {
		face_put_plain(b, "price", decimal_format(b->arena, l->price));
		face_put_plain(b, "quantity", decimal_format(b->arena, l->quantity));
	}
	face_put_plain(b, "rate", rate_format(b->arena, l->rate));
	face_put_text(b, "spec", l->spec);
	face_put_money(b, "tax", l->sum.tax);
	face_put_plain(b, "tax_code", l->tax_code);
	if (l->treatment != TREATMENT_TAXED) face_put_plain(b, "treatment", str_c(words[l->treatment]));
	face_put_text(b, "unit", l->unit);
	buf_char(b, '}');
}

static void put_party(struct buf *b, const char *name, const struct face_party *p, bool general)
{
	face_put_name(b, name);
	buf_char(b, '{');
	if (general) {
		face_put_name(b, "general");
		buf_c(b, "true");
	}
	face_put_text(b, "name", p->name);
	face_put_text(b, "tax_id", p->tax_id);
	buf_char(b, '}');
}

void face_write(struct buf *b, const struct face *f)
{
	struct face_marks ignored;
	face_write_marked(b, f, &ignored);
}

void face_write_marked(struct buf *b, const struct face *f, struct face_marks *marks)
{
	buf_char(b, '{');
	face_put_text(b, "agency", f->agency);
	face_put_money(b, "amount", f->sum.amount);
	if (f->business.p) face_put_plain(b, "business", f->business);
	put_party(b, "buyer", &f->buyer, f->seller_general && special_swaps(f->business));
	if (f->differential.form.p) face_put_differential(b, &f->differential);
	face_put_text(b, "drawer", f->drawer);
	face_put_plain(b, "issued_at", instant_format(b->arena, f->issued_at));
	face_put_plain(b, "kind", f->kind);
	face_put_name(b, "lines");
	for (size_t i = 0; i < f->n_lines; i++) {
		buf_char(b, i ? ',' : '[');
		put_line(b, &f->lines[i]);
	}
	buf_char(b, ']');
	face_put_plain(b, "number", f->number);
	marks->number = b->n - 1 - f->number.n;
	face_put_plain(b, "qr", f->qr);
	marks->qr = b->n - 1 - f->qr.n;
	marks->qr_n = f->qr.n;
	if (f->rate_reason.p) face_put_plain(b, "rate_reason", f->rate_reason);
	if (f->red.original.p) {
		face_put_name(b, "red");
		buf_char(b, '{');
		face_put_plain(b, "original", f->red.original);
		face_put_plain(b, "reason", f->red.reason);
		face_put_plain(b, "slip", f->red.slip);
		buf_char(b, '}');
	}
	face_put_text(b, "remark", f->remark);
	put_party(b, "seller", &f->seller, f->seller_general && !special_swaps(f->business));
	face_put_text(b, "seller_ref", f->seller_ref);
	if (f->n_special) face_put_special(b, f->special, f->n_special);
	face_put_money(b, "tax", f->sum.tax);
	face_put_money(b, "total", f->total);
	face_put_plain(b, "total_in_words", money_words(b->arena, f->total));
	buf_char(b, '}');
}

/* --- reading --- */

err_t face_value(struct arena *a, struct str document, struct value **out)
{
	struct json_fault where;
	return json_parse(a, document, out, &where) == OK && (*out)->kind == VALUE_OBJECT ? OK : E_INTERNAL;
}

static bool read_line(const struct value *v, struct face_line *l)
{
	const struct value *discount = value_get(v, S("discount"));
	struct str quantity = value_text(v, "quantity");
	*l = (struct face_line){ .tax_code = value_text(v, "tax_code"),
		.name = value_text(v, "name"),
		.spec = value_text(v, "spec"),
		.unit = value_text(v, "unit"),
		.policy = value_text(v, "policy"),
		.coal = value_text(v, "coal"),
		.has_quantity = quantity.p != NULL,
		.discount = discount && discount->kind == VALUE_BOOL && discount->boolean,
		.of_line = (int32_t)value_number(v, "line", 0) };
	return (!l->has_quantity || (decimal_parse(quantity, 13, &l->quantity) &&
	                                    decimal_parse(value_text(v, "price"), 13, &l->price))) &&
	       rate_parse(value_text(v, "rate"), &l->rate) &&
	       treatment_read(value_text(v, "treatment"), &l->treatment) &&
	       money_parse(value_text(v, "amount"), &l->sum.amount) && money_parse(value_text(v, "tax"), &l->sum.tax);
}

static struct face_party read_party(const struct value *doc, const char *name)
{
	const struct value *v = value_get(doc, str_c(name));
	return (struct face_party){ value_text(v, "tax_id"), value_text(v, "name") };
}

err_t face_read(struct arena *a, struct str document, struct face *f)
{
	struct value *doc;
	TRY(face_value(a, document, &doc));
	return face_of(a, doc, f);
}

err_t face_of(struct arena *a, const struct value *doc, struct face *f)
{
	const struct value *lines = value_get(doc, S("lines")), *red = value_get(doc, S("red"));
	bool swaps = special_swaps(value_text(doc, "business"));
	const struct value *general = value_get(value_get(doc, swaps ? S("buyer") : S("seller")), S("general"));
	*f = (struct face){ .number = value_text(doc, "number"),
		.kind = value_text(doc, "kind"),
		.business = value_text(doc, "business"),
		.rate_reason = value_text(doc, "rate_reason"),
		.agency = value_text(doc, "agency"),
		.seller_ref = value_text(doc, "seller_ref"),
		.remark = value_text(doc, "remark"),
		.drawer = value_text(doc, "drawer"),
		.qr = value_text(doc, "qr"),
		.seller = read_party(doc, "seller"),
		.buyer = read_party(doc, "buyer"),
		.seller_general = general && general->kind == VALUE_BOOL && general->boolean,
		.red = { value_text(red, "original"), value_text(red, "slip"), value_text(red, "reason") } };
	if (!lines || lines->kind != VALUE_ARRAY || !instant_parse(value_text(doc, "issued_at"), &f->issued_at) ||
	        !money_parse(value_text(doc, "amount"), &f->sum.amount) ||
	        !money_parse(value_text(doc, "tax"), &f->sum.tax) || !money_parse(value_text(doc, "total"), &f->total))
		return E_INTERNAL;
	if (!face_read_more(a, doc, f)) return E_INTERNAL;
	f->lines = arena_array(a, lines->count + 1, sizeof *f->lines);
	for (const struct value_member *m = lines->first; m; m = m->next)
		if (!read_line(m->value, &f->lines[f->n_lines++])) return E_INTERNAL;
	return OK;
}

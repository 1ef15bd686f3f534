#include "services/invoice/issue/face_more.h"

void face_put_special(struct buf *b, const struct special_item *items, size_t n)
{
	face_put_name(b, "special");
	for (size_t i = 0; i < n; i++) {
		buf_c(b, i ? ",{" : "[{");
		for (size_t k = 0; k < SPECIAL_N; k++)
			face_put_text(b, special_table[k].name, items[i].v[k]);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void put_proof(struct buf *b, const struct differential_proof *p)
{
	buf_char(b, '{');
	if (p->has_amount) face_put_money(b, "amount", p->amount);
	if (p->has_date) face_put_plain(b, "date", date_format(b->arena, p->date));
	face_put_plain(b, "kind", p->kind);
	face_put_text(b, "note", p->note);
	face_put_text(b, "voucher_no", p->voucher_no);
	buf_char(b, '}');
}

void face_put_differential(struct buf *b, const struct differential *d)
{
	face_put_name(b, "differential");
	buf_char(b, '{');
	face_put_money(b, "deduction", d->deduction);
	face_put_plain(b, "form", d->form);
	if (d->n_proofs) face_put_name(b, "proofs");
	for (size_t i = 0; i < d->n_proofs; i++) {
		buf_char(b, i ? ',' : '[');
		put_proof(b, &d->proofs[i]);
	}
	buf_c(b, d->n_proofs ? "]}" : "}");
}

static bool read_proof(const struct value *v, struct differential_proof *p)
{
	struct str amount = value_text(v, "amount"), date = value_text(v, "date");
	*p = (struct differential_proof){ .kind = value_text(v, "kind"),
		.voucher_no = value_text(v, "voucher_no"),
		.note = value_text(v, "note"),
		.has_amount = amount.p != NULL,
		.has_date = date.p != NULL };
	return (!p->has_amount || money_parse(amount, &p->amount)) && (!p->has_date || date_parse(date, &p->date));
}

static bool read_differential(struct arena *a, const struct value *v, struct differential *d)
{
	const struct value *proofs = value_get(v, S("proofs"));
	d->form = value_text(v, "form");
	d->has_deduction = true;
	if (!money_parse(value_text(v, "deduction"), &d->deduction)) return false;
	if (!proofs || proofs->kind != VALUE_ARRAY) return true;
	d->proofs = arena_array(a, proofs->count + 1, sizeof *d->proofs);
	for (const struct value_member *m = proofs->first; m; m = m->next)
		if (!read_proof(m->value, &d->proofs[d->n_proofs++])) return false;
	return true;
}

bool face_read_more(struct arena *a, const struct value *doc, struct face *f)
{
	const struct value *special = value_get(doc, S("special")), *differential = value_get(doc, S("differential"));
	if (differential && !read_differential(a, differential, &f->differential)) return false;
	if (!special || special->kind != VALUE_ARRAY) return true;
	struct special_item *items = arena_array(a, special->count + 1, sizeof *items);
	for (const struct value_member *m = special->first; m; m = m->next, f->n_special++)
		for (size_t k = 0; k < SPECIAL_N; k++)
			items[f->n_special].v[k] = value_text(m->value, special_table[k].name);
	f->special = items;
	return true;
}

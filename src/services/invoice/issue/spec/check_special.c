#include "services/invoice/issue/spec/check_special.h"
#include "services/invoice/issue/special.h"

static const struct special_use *use_of(const struct special_business *b, size_t field)
{
	for (size_t i = 0; b && i < b->n_uses; i++)
		if (b->uses[i].field == field) return &b->uses[i];
	return NULL;
}

static void check_row(struct spec_report *r, const struct special_business *b, const struct value *row, size_t n)
{
	for (size_t i = 0; i < SPECIAL_N; i++) {
		const struct special_field *f = &special_table[i];
		const struct special_use *use = use_of(b, i);
		bool there = value_get(row, str_c(f->name)) != NULL;
		if (there == (use != NULL) || (use && !use->must)) continue;
		struct str at = str_printf(r->arena, "/special/%zu/%s", n, f->name);
		if (there)
			spec_fault(r, SPEC_SPECIAL_OTHER, at, str_c(f->label), str_c(f->xml));
		else
			spec_fault(r, SPEC_SPECIAL_MISSING, at, str_c(f->label), str_c(f->xml));
	}
}

static bool needs_row(const struct special_business *b)
{
	for (size_t i = 0; i < b->n_uses; i++)
		if (b->uses[i].must) return true;
	return false;
}

void spec_check_special(struct spec_report *r)
{
	const struct value *rows = value_get(r->core, S("special"));
	const struct special_business *b = special_find(value_text(r->core, "business"));
	size_t n = 0;
	if (rows && rows->kind != VALUE_ARRAY) return;
	if (!rows && b && needs_row(b))
		spec_fault(r, SPEC_SPECIAL_MISSING, S("/special"), str_c(b->label), str_c(b->xml));
	for (const struct value_member *m = rows ? rows->first : NULL; m; m = m->next, n++)
		if (m->value->kind == VALUE_OBJECT) check_row(r, b, m->value, n);
}

/* The page that takes a return as a file: what was read, cell by cell beside the prefilled figures, on its way into the
 * form; or what is wrong, with the file's text to be put right in place. */
#include "base/utf8.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "services/tax/filing/work.h"

err_t return_file_form(struct ctx *c, const void *input, struct reply *out)
{
	const struct period_in *in = input;
	struct draft d;
	TRY(access_open(c, c->caller.subject_id, "return"));
	TRY(draft_open(c, in->period, &d));
	out->value = value_object(c->arena);
	value_put_c(c->arena, out->value, "form", d.filled.form->id);
	value_put_str(c->arena, out->value, "period", d.period);
	value_put_int(c->arena, out->value, "bytes_max", RETURN_FILE_MAX);
	return OK;
}

/* A file can not be put back into its control: its text goes where it can be corrected. */
static void keep_text(struct ctx *c, struct value *form)
{
	struct str file = value_text(form, "file");
	if (!str_trim(file).n) return;
	if (str_starts(file, "\xef\xbb\xbf")) file = str_sub(file, 3, file.n);
	if (file.n <= RETURN_FILE_MAX && utf8_valid(file))
		value_set(c->arena, form, S("text"), value_str(c->arena, file));
}

static struct value *head(struct ctx *c, struct value *root, const struct draft *d)
{
	bool may = d->state == PERIOD_ENDED && access_has_scope(c, "tax.file");
	view_period(c, d, root);
	value_put_bool(c->arena, root, "may_file", may);
	value_put_bool(c->arena, root, "is_filed", d->filed);
	return value_put_array(c->arena, root, "cells");
}

err_t return_file_form_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct period_in *in = input;
	struct value *root = out->value, *form = (struct value *)(uintptr_t)value_get(root, S("form"));
	struct draft d;
	TRY(draft_open(c, in->period, &d));
	if (form->kind == VALUE_OBJECT)
		keep_text(c, form);
	else
		value_set(c->arena, root, S("form"), value_object(c->arena));
	(void)head(c, root, &d);
	value_put_bool(c->arena, root, "read", false);
	return OK;
}

err_t return_read_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct file_in *in = input;
	struct value *root = out->value;
	struct draft d;
	int64_t changes = 0;
	TRY(draft_open(c, in->period, &d));
	struct value *cells = head(c, root, &d);
	for (int n = 1; n <= FORM_CELLS; n++) {
		struct str name = form_cell_name(c->arena, n);
		const struct value *of = value_get(root, n <= FORM_LINES ? S("lines") : S("inputs"));
		struct str given = value_text(of, name.p);
		struct money m;
		if (!given.p || !money_parse(given, &m)) continue;
		bool entered = d.filled.role[n] == CELL_ENTERED, changed = entered && m.fen != d.prefilled[n].fen;
		changes += changed;
		if (!m.fen && !changed && !entered) continue;
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "field",
		        str_printf(c->arena, "%s.%.*s", n <= FORM_LINES ? "lines" : "inputs", STR_FMT(name)));
		value_put(c->arena, v, "number", n <= FORM_LINES ? value_int(c->arena, n) : value_null(c->arena));
		value_put_str(c->arena, v, "title", cell_text(c, &d.filled, n));
		value_put_str(c->arena, v, "amount", given);
		value_put_money(c->arena, v, "prefilled", entered ? d.prefilled[n] : m);
		value_put_bool(c->arena, v, "entered", entered);
		value_put_bool(c->arena, v, "shown", m.fen != 0 || changed);
		value_put_bool(c->arena, v, "changed", changed);
		value_push(c->arena, cells, v);
	}
	value_put_int(c->arena, root, "changed_count", changes);
	value_put_bool(c->arena, root, "any_changed", changes > 0);
	value_put_bool(c->arena, root, "read", true);
	value_put_str(c->arena, root, "digest_short", str_sub(value_text(root, "digest"), 0, 16));
	value_set(c->arena, root, S("form"), value_object(c->arena));
	return OK;
}

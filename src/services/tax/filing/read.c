/* The return before it is filed, one number of it explained, and what was filed. */
#include "filing_sql.h"
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "kernel/receipt/log.h"
#include "services/tax/filing/work.h"

static const struct fault_def no_line = { "line-unknown", N_("这张表没有“{1}”栏"), NULL, NULL };
static const struct fault_def unknown = { "return-unknown", N_("没有查到这份申报表"), NULL, NULL };

static void put_filed(struct ctx *c, const struct draft *d, struct value *v)
{
	if (!d->filed) {
		value_put(c->arena, v, "filed", value_null(c->arena));
		return;
	}
	struct value *o = value_put_object(c->arena, v, "filed");
	value_put_str(c->arena, o, "id", str_from_int(c->arena, d->return_id));
	value_put_int(c->arena, o, "version", d->version);
	value_put_str(c->arena, o, "href", str_printf(c->arena, "/returns/%lld", (long long)d->return_id));
}

static struct value *year_value(struct ctx *c, const struct filled *f, const struct money *cell)
{
	struct value *v = value_object(c->arena);
	for (int n = 1; n <= FORM_LINES; n++)
		if (f->role[n] != CELL_NONE && form_accumulates(f->form, n))
			value_put_money(c->arena, v, form_cell_name(c->arena, n).p, cell[n]);
	return v;
}

err_t return_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct period_in *in = input;
	struct draft d;
	int64_t opened;
	struct money year[FORM_CELLS + 1];
	TRY(access_open(c, c->caller.subject_id, "return"));
	TRY(calendar_open(c, c->caller.subject_id, &opened));
	TRY(draft_open(c, in->period, &d));
	struct value *v = value_object(c->arena), *prefilled = answer_lines(c, &d.filled, d.prefilled);
	if (d.filed) TRY(draft_take_filed(c, &d));
	answer_head(c, &d, v);
	value_put(c->arena, v, "lines", answer_lines(c, &d.filled, d.filled.cell));
	value_put(c->arena, v, "inputs", answer_inputs(c, &d.filled, d.filled.cell));
	value_put(c->arena, v, "prefilled", prefilled);
	TRY(draft_year(c, &d, year));
	value_put(c->arena, v, "year", year_value(c, &d.filled, year));
	answer_sums(c, &d.filled, v);
	value_put_bool(c->arena, v, "nothing", form_nothing(&d.filled));
	value_put_money(c->arena, v, "sales", form_sales(&d.filled));
	put_filed(c, &d, v);
	value_put(c->arena, v, "explain", explain_all(c, &d));
	answer_policy(c, &d.filled, v);
	out->value = v;
	return OK;
}

err_t return_explain(struct ctx *c, const void *input, struct reply *out)
{
	const struct period_in *in = input;
	struct draft d;
	int n;
	TRY(access_open(c, c->caller.subject_id, "return"));
	TRY(draft_open(c, in->period, &d));
	if (!form_cell_find(in->line, &n) || d.filled.role[n] == CELL_NONE)
		return RAISE(c, E_NOT_FOUND, &no_line, in->line);
	if (d.filed) TRY(draft_take_filed(c, &d));
	out->value = value_object(c->arena);
	answer_head(c, &d, out->value);
	value_put_str(c->arena, out->value, "line", form_cell_name(c->arena, n));
	value_put(c->arena, out->value, "explain", explain_line(c, &d, NULL, n));
	answer_policy(c, &d.filled, out->value);
	if (d.previous_id) {
		struct value *p = value_put_object(c->arena, out->value, "previous");
		value_put_str(c->arena, p, "period", d.previous_period);
		value_put_str(c->arena, p, "href", str_printf(c->arena, "/returns/%lld", (long long)d.previous_id));
	} else {
		value_put(c->arena, out->value, "previous", value_null(c->arena));
	}
	return explain_sources(c, &d, n, in->after, out->value);
}

/* --- as filed --- */

static void put_charges(struct ctx *c, struct value *v, struct money vat, struct money urban, struct money education,
        struct money local)
{
	value_put_money(c->arena, v, "tax_due", vat);
	value_put_money(c->arena, v, "total_due", FEN(vat.fen + urban.fen + education.fen + local.fen));
}

err_t return_list(struct ctx *c, const void *input, struct reply *out)
{
	const struct list_in *in = input;
	struct filing_list_row *rows;
	size_t n;
	TRY(access_open(c, c->caller.subject_id, "returns"));
	TRY(filing_list(c, c->caller.subject_id, in->before ? in->before : INT64_MAX, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "returns");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		const struct form *form = form_by_id(rows[i].form);
		value_put_str(c->arena, v, "id", str_from_int(c->arena, rows[i].return_id));
		value_put_str(c->arena, v, "form", rows[i].form);
		value_put_str(c->arena, v, "form_title", form ? tr(c, form->title) : S(""));
		value_put_str(c->arena, v, "period", rows[i].period);
		value_put_int(c->arena, v, "version", rows[i].version);
		value_put_bool(c->arena, v, "correction", rows[i].corrects != 0);
		value_put_instant(c->arena, v, "filed_at", rows[i].filed_at);
		put_charges(c, v, rows[i].vat, rows[i].urban, rows[i].education, rows[i].local);
		value_put_str(c->arena, v, "href", str_printf(c->arena, "/returns/%lld", (long long)rows[i].return_id));
		value_push(c->arena, list, v);
	}
	value_put(c->arena, out->value, "next",
	        n == 100 ? value_str(c->arena, str_from_int(c->arena, rows[n - 1].return_id)) : value_null(c->arena));
	return OK;
}

err_t return_one(struct ctx *c, const void *input, struct reply *out)
{
	const struct id_in *in = input;
	struct filing_get_row row;
	struct filing_carried_row latest;
	struct json_fault where;
	struct receipt receipt;
	bool found, any;
	TRY(access_open(c, c->caller.subject_id, "return"));
	TRY(filing_get(c, c->caller.subject_id, in->id, &row, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	if (json_parse(c->arena, row.document, &out->value, &where) != OK) return E_INTERNAL;
	TRY(filing_carried(c, c->caller.subject_id, row.period, &latest, &any));
	struct value *v = out->value;
	value_put_str(c->arena, v, "id", str_from_int(c->arena, in->id));
	value_put_instant(c->arena, v, "filed_at", row.filed_at);
	value_put_bool(c->arena, v, "current", any && latest.return_id == in->id);
	value_put_str(c->arena, v, "current_id", str_from_int(c->arena, latest.return_id));
	TRY(receipt_find(c, row.receipt_id, &receipt, &found));
	if (!found) return E_INTERNAL;
	value_put(c->arena, v, "receipt", receipt_value(c, receipt.id, receipt.kind, receipt.at, receipt.leaf.b));
	return OK;
}

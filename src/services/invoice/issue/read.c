/* Reading invoices: one, its state, totals; and the check of what is stored. */
#include "issue_sql.h"
#include "kernel/access/access.h"
#include "services/invoice/issue/write.h"

static const struct fault_def unknown = { "invoice-unknown", N_("没有查到这张发票，请核对 20 位号码"), NULL, NULL };

err_t issue_find(struct ctx *c, struct str number, struct invoice *out, bool *found)
{
	struct issue_get_row r;
	TRY(issue_get(c, number, &r, found));
	if (*found)
		*out = (struct invoice){ r.number, r.seller_id, r.buyer_id, r.kind, r.issued_at, r.amount, r.tax,
			r.total, r.document, r.receipt_id };
	return OK;
}

err_t issue_open(struct ctx *c, struct str number, struct invoice *out)
{
	bool found;
	TRY(issue_find(c, number, out, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	if (out->buyer_id && c->caller.subject_id == out->buyer_id) return OK;
	return access_open_or(c, out->seller_id, "invoice", &unknown);
}

err_t issue_state(struct ctx *c, struct str number, struct invoice_state *out)
{
	struct issue_state_get_row row;
	bool found;
	TRY(issue_state_get(c, number, &row, &found));
	*out = found ? (struct invoice_state){ row.amount, row.tax, row.locked } : (struct invoice_state){ 0 };
	return OK;
}

const char *issue_status(struct money amount, struct money reversed)
{
	return reversed.fen == 0 ? "valid" : reversed.fen < amount.fen ? "partly-reversed" : "reversed";
}

err_t issue_lock(struct ctx *c, struct str number, bool locked)
{
	return issue_state_lock(c, number, locked, NULL);
}

err_t issue_quota_of(struct ctx *c, int64_t seller_id, struct str period, struct money *used)
{
	struct issue_quota_used_row row;
	bool found;
	TRY(issue_quota_used(c, seller_id, period, &row, &found));
	*used = found ? row.used : FEN(0);
	return OK;
}

err_t issue_quotas(struct ctx *c, struct str period, int64_t after, struct issue_quota **out, size_t *n)
{
	struct issue_quota_after_row *rows;
	TRY(issue_quota_after(c, period, after, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct issue_quota){ rows[i].seller_id, rows[i].used };
	return OK;
}

err_t issue_totals(struct ctx *c, int64_t party_id, int side, struct str period, struct invoice_totals *out)
{
	struct issue_party_totals_row row;
	bool found;
	TRY(issue_party_totals(c, party_id, side, period, &row, &found));
	*out = found ? (struct invoice_totals){ row.n, row.amount, row.tax } : (struct invoice_totals){ 0 };
	return OK;
}

err_t issue_sales(struct ctx *c, int64_t party_id, int side, struct str period, struct invoice_sale **out, size_t *n)
{
	struct issue_sale_list_row *rows;
	TRY(issue_sale_list(c, party_id, side, period, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct invoice_sale){ (int)rows[i].treatment, (int)rows[i].section,
			PPM((int32_t)rows[i].rate_ppm), rows[i].amount, rows[i].tax, rows[i].kind, rows[i].n };
	return OK;
}

err_t issue_items(struct ctx *c, int64_t party_id, int side, struct str month, struct str after,
        struct invoice_item **out, size_t *n)
{
	struct issue_item_list_row *rows;
	TRY(issue_item_list(c, party_id, side, month, after, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct invoice_item){ rows[i].number, rows[i].other_name, rows[i].kind, rows[i].issued_at,
			rows[i].amount, rows[i].tax };
	return OK;
}

err_t issue_month_sums(struct ctx *c, int64_t party_id, int side, struct str from, struct str to,
        struct invoice_month **out, size_t *n)
{
	struct issue_months_row *rows;
	TRY(issue_months(c, party_id, side, from, to, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct invoice_month){ rows[i].period, rows[i].n, rows[i].amount, rows[i].tax };
	return OK;
}

err_t issue_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct number_in *in = input;
	struct invoice i = { 0 };
	struct invoice_state state;
	struct issue_reds_row *reds;
	size_t n;
	TRY(issue_open(c, in->number, &i));
	TRY(issue_state(c, in->number, &state));
	TRY(issue_reds(c, in->number, &reds, &n));
	TRY(face_value(c->arena, i.document, &out->value));
	value_put_c(c->arena, out->value, "status", issue_status(i.amount, state.amount));
	value_put_bool(c->arena, out->value, "locked", state.locked);
	value_put_money(c->arena, out->value, "reversed_amount", state.amount);
	struct value *list = value_put_array(c->arena, out->value, "red_numbers");
	for (size_t k = 0; k < n; k++)
		value_push(c->arena, list, value_str(c->arena, reds[k].red_number));
	value_put_c(c->arena, out->value, "side", c->caller.subject_id == i.seller_id ? "issued" : "received");
	value_put_str(c->arena, out->value, "qr_signed", issue_qr_sign(c, value_text(out->value, "qr")));
	value_put_str(c->arena, out->value, "receipt_href",
	        str_printf(c->arena, "/v1/receipts/%lld", (long long)i.receipt_id));
	return OK;
}

/* Reading invoices: one, lists of a party, totals; and the projection behind the lists. */
#include "issue_sql.h"
#include "kernel/access/access.h"
#include "kernel/receipt/receipt.h"
#include "services/invoice/issue/sums.h"
#include "services/invoice/issue/write.h"
#include <stdlib.h>

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

err_t issue_totals(struct ctx *c, int64_t party_id, int side, struct str period, struct invoice_totals *out)
{
	struct issue_party_totals_row row;
	bool found;
	TRY(issue_party_totals(c, party_id, side, period, &row, &found));
	*out = (struct invoice_totals){ row.n, row.amount, row.tax };
	return OK;
}

err_t issue_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct number_in *in = input;
	struct invoice i;
	struct json_fault where;
	bool found;
	TRY(issue_find(c, in->number, &i, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	if (i.buyer_id == 0 || c->caller.subject_id != i.buyer_id)
		TRY(access_open_or(c, i.seller_id, "invoice", &unknown));
	TRY(json_parse(c->arena, i.document, &out->value, &where));
	value_put_c(c->arena, out->value, "status", "valid");
	value_put_str(c->arena, out->value, "receipt_href",
	        str_printf(c->arena, "/v1/receipts/%lld", (long long)i.receipt_id));
	return OK;
}

err_t issue_list(struct ctx *c, const void *input, struct reply *out)
{
	const struct list_in *in = input;
	struct issue_party_list_row *rows;
	size_t n;
	struct invoice_totals totals;
	int side = str_is(in->side, "received");
	struct period p = in->has_period ? in->period : period_of(PERIOD_MONTH, c->today);
	struct str period = period_format(c->arena, p);
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	TRY(issue_party_list(c, c->caller.subject_id, side, period, in->after.p ? in->after : S(""), &rows, &n));
	TRY(issue_totals(c, c->caller.subject_id, side, period, &totals));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "period", period);
	value_put_int(c->arena, out->value, "count", totals.n);
	value_put_money(c->arena, out->value, "amount", totals.amount);
	value_put_money(c->arena, out->value, "tax", totals.tax);
	struct value *list = value_put_array(c->arena, out->value, "invoices");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "number", rows[i].number);
		value_put_str(c->arena, v, "other", rows[i].other_name);
		value_put_str(c->arena, v, "kind", rows[i].kind);
		value_put_instant(c->arena, v, "issued_at", rows[i].issued_at);
		value_put_money(c->arena, v, "amount", rows[i].amount);
		value_put_money(c->arena, v, "tax", rows[i].tax);
		value_push(c->arena, list, v);
	}
	value_put(c->arena, out->value, "next",
	        n == 200 ? value_str(c->arena, rows[n - 1].number) : value_null(c->arena));
	return OK;
}

/* Random keys would cost the durable path 8 to 9 times (design/storage §2): the lists live in the projection. */
err_t issue_party_lists(struct ctx *c, const struct event *events, size_t n)
{
	struct sums sums = { 0 };
	for (size_t k = 0; k < n; k++) {
		struct invoice i;
		struct value *doc;
		struct json_fault where;
		int64_t added;
		bool found;
		TRY(issue_find(c, events[k].body, &i, &found));
		if (!found || json_parse(c->arena, i.document, &doc, &where) != OK) return E_INTERNAL;
		struct str period = period_format(c->arena, period_of(PERIOD_MONTH, date_of_instant(i.issued_at)));
		struct str buyer = value_text(value_get(doc, S("buyer")), "name"),
		           seller = value_text(value_get(doc, S("seller")), "name");
		TRY(issue_party_insert(
		        c, i.seller_id, 0, period, i.number, buyer, i.kind, i.issued_at, i.amount, i.tax, &added));
		if (added) sums_add(c->arena, &sums, &i, period, doc);
		if (i.buyer_id)
			TRY(issue_party_insert(c, i.buyer_id, 1, period, i.number, seller, i.kind, i.issued_at,
			        i.amount, i.tax, NULL));
	}
	return sums_store(c, &sums);
}

/* Numbers of the current year and region run from 1 without a gap. */
err_t issue_check(struct ctx *c, struct fsck *f)
{
	struct issue_span_row row;
	bool found;
	int64_t last = 0;
	struct str from = str_printf(c->arena, "%02d332", c->today.year % 100),
	           to = str_printf(c->arena, "%02d333", c->today.year % 100);
	TRY(issue_span(c, from, to, &row, &found));
	if (row.last.p && !str_to_int(str_sub(row.last, 5, 15), &last)) last = -1;
	if (row.n != last) FSCK_FAULT(f, "invoice: %lld numbers, the last is %lld", (long long)row.n, (long long)last);
	FSCK_INFO(f, "invoice: %lld numbers without a gap", (long long)row.n);
	return OK;
}

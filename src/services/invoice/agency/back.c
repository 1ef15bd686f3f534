/* Reversed invoices: of what was collected for them the reversed share is due for refund. */
#include "services/invoice/agency/request.h"
#include "services/invoice/issue/issue.h"

/* sum * part / whole, half up. */
static struct money share(struct money sum, struct money part, struct money whole)
{
	__int128 twice = (__int128)sum.fen * part.fen * 2 + whole.fen;
	return FEN((int64_t)(twice / (2 * (__int128)whole.fen)));
}

/* VAT as the red letters say, the surcharges in its proportion; with the last one all of it, to the fen. */
static void due_back(
        const agency_row *r, const struct invoice_state *taken, bool all, struct agency_returned_get_row *out)
{
	bool whole = all || !r->vat.fen || taken->tax.fen >= r->vat.fen;
	out->vat = whole ? r->vat : taken->tax;
	out->urban = whole ? r->urban : share(r->urban, taken->tax, r->vat);
	out->education = whole ? r->education : share(r->education, taken->tax, r->vat);
	out->local = whole ? r->local : share(r->local, taken->tax, r->vat);
}

/* Sums so far, never differences: what is told twice changes nothing. */
static err_t give_back(struct ctx *c, const agency_row *r, const struct invoice_state *taken, bool all)
{
	struct agency_returned_get_row to, before = { 0 };
	agency_row part = *r;
	bool found;
	TRY(agency_returned_get(c, r->person_id, r->request_id, &before, &found));
	due_back(r, taken, all, &to);
	part.vat = FEN(to.vat.fen - before.vat.fen);
	part.urban = FEN(to.urban.fen - before.urban.fen);
	part.education = FEN(to.education.fen - before.education.fen);
	part.local = FEN(to.local.fen - before.local.fen);
	TRY(agency_assess(c, &part, true));
	return agency_returned_put(c, r->person_id, r->request_id, to.vat, to.urban, to.education, to.local, NULL);
}

static err_t reversed_one(struct ctx *c, struct str body)
{
	struct value *v;
	struct json_fault where;
	struct agency_by_number_row row;
	struct invoice_state taken;
	agency_row r;
	bool found;
	if (json_parse(c->arena, body, &v, &where) != OK) return E_INTERNAL;
	int64_t person = value_number(v, "seller_id", 0);
	bool all = value_number(v, "all", 0) != 0;
	TRY(agency_by_number(c, person, value_text(v, "number"), &row, &found));
	if (!found) return OK;
	TRY(agency_get(c, person, row.request_id, &r, &found));
	if (!found) return E_INTERNAL;
	if (str_is(r.note, AGENCY_REVERSED)) return OK;
	TRY(issue_state(c, r.number, &taken));
	TRY(give_back(c, &r, &taken, all));
	r.note = all ? S(AGENCY_REVERSED) : S(AGENCY_PARTLY);
	return agency_set(c, r.state, r.note, r.number, r.pay_until, r.person_id, r.request_id, NULL);
}

err_t agency_reversed(struct ctx *c, const struct event *events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		TRY(reversed_one(c, events[i].body));
	return OK;
}

err_t agency_put_returned(struct ctx *c, const agency_row *r, struct value *v)
{
	struct agency_returned_get_row b = { 0 };
	bool found;
	TRY(agency_returned_get(c, r->person_id, r->request_id, &b, &found));
	value_put_money(c->arena, v, "returned", FEN(b.vat.fen + b.urban.fen + b.education.fen + b.local.fen));
	return OK;
}

/* Claims (报销): an employee hands an invoice in its own name to a firm, which may then book it. Handing it to a second
 * firm is allowed as long as nobody has booked it; the second booking is what is refused. */
#include "booking_sql.h"
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "kernel/receipt/receipt.h"
#include "services/foundation/identity/identity.h"
#include "services/invoice/booking/book.h"

enum { PAGE = 100 };

static const struct fault_def not_yours = { "invoice-unknown", N_("没有查到开给您个人的这张发票"),
	N_("抬头是单位的发票已经在单位的账户里，不用交"), NULL };
static const struct fault_def no_firm = { "firm-unknown", N_("没有查到这个单位，请核对税号"), NULL, NULL };
static const struct fault_def booked = { "booked", N_("这张发票已在 {1} 入账，不能再交"), NULL, NULL };
static const struct fault_def no_claim = { "claim-unknown", N_("没有把这张发票交给过这个单位"), NULL, NULL };
static const struct fault_def taken = { "claim-booked", N_("单位已经入账，要先请单位撤销入账"), NULL, NULL };

static err_t find_firm(struct ctx *c, struct str tax_id, struct party *firm)
{
	bool found;
	TRY(identity_party_by_tax_id(c, tax_id, firm, &found));
	if (!found || firm->person) FAULT(c, S("/firm"), &no_firm);
	return OK;
}

err_t claim_hand(struct ctx *c, const void *input, struct reply *out)
{
	const struct claim_in *in = input;
	struct purchase_received r;
	struct booking_get_row row;
	struct party firm;
	struct value *v = out->value = value_object(c->arena), *receipt;
	bool found;
	TRY(find_firm(c, in->firm, &firm));
	TRY(purchase_find(c, c->caller.person_id, in->number, &r));
	TRY(booking_get(c, in->number, &row, &found));
	if (!r.found)
		FAULT(c, S("/number"), &not_yours);
	else if (found && booking_way(row.entry, row.holder_id, 0) != BOOKING_FREE)
		FAULT(c, S("/number"), &booked, date_format(c->arena, date_of_instant(row.at)));
	TRY(problem_result(&c->problem));
	TRY(booking_claim_put(
	        c, firm.id, in->number, c->caller.person_id, in->note.p ? in->note : S(""), c->now, NULL));
	value_put_str(c->arena, v, "number", in->number);
	value_put_str(c->arena, v, "firm", firm.name);
	value_put_money(c->arena, v, "total", r.total);
	value_put_instant(c->arena, v, "at", c->now);
	TRY(receipt_issue(c, ACT_INVOICE_HANDED, c->caller.person_id, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	out->status = 201;
	return OK;
}

err_t claim_back(struct ctx *c, const void *input, struct reply *out)
{
	const struct claim_in *in = input;
	struct booking_claim_get_row claim;
	struct booking_get_row row;
	struct party firm;
	bool found;
	TRY(find_firm(c, in->firm, &firm));
	TRY(problem_result(&c->problem));
	TRY(booking_claim_get(c, firm.id, in->number, &claim, &found));
	if (!found || claim.person_id != c->caller.person_id) return RAISE(c, E_NOT_FOUND, &no_claim);
	TRY(booking_get(c, in->number, &row, &found));
	if (found && booking_way(row.entry, row.holder_id, firm.id) == BOOKING_OWN) return RAISE(c, E_CONFLICT, &taken);
	TRY(booking_claim_drop(c, firm.id, in->number, c->caller.person_id, NULL));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "number", in->number);
	value_put_str(c->arena, out->value, "firm", firm.name);
	return OK;
}

/* "open", "booked" (by the firm it was handed to), "elsewhere" */
static const char *state_of(struct str entry, int64_t holder_id, int64_t firm_id)
{
	static const char *const words[] = {
		[BOOKING_FREE] = "open", [BOOKING_OWN] = "booked", [BOOKING_OTHERS] = "elsewhere"
	};
	return words[booking_way(entry, holder_id, firm_id)];
}

static err_t put_invoice(struct ctx *c, int64_t person_id, struct str number, struct value *one)
{
	struct purchase_received r;
	TRY(purchase_find(c, person_id, number, &r));
	value_put_str(c->arena, one, "number", number);
	value_put_date(c->arena, one, "issued_on", r.issued_on);
	value_put_money(c->arena, one, "total", r.total);
	return OK;
}

static err_t put_party(struct ctx *c, int64_t party_id, const char *member, struct value *one)
{
	struct party p;
	bool found;
	TRY(identity_party(c, party_id, &p, &found));
	value_put_str(c->arena, one, member, found ? p.name : STR_NONE);
	return OK;
}

/* What employees handed to the firm. */
err_t claim_list(struct ctx *c, const void *input, struct reply *out)
{
	const struct claims_in *in = input;
	struct booking_claims_of_firm_row *rows;
	int64_t firm = c->caller.subject_id;
	size_t n;
	TRY(access_open(c, firm, "invoices"));
	TRY(booking_claims_of_firm(c, firm, in->after.p ? in->after : S(""), &rows, &n));
	struct value *v = out->value = value_object(c->arena), *list = value_put_array(c->arena, v, "claims");
	for (size_t i = 0; i < n && i < PAGE; i++) {
		struct value *one = value_object(c->arena);
		TRY(put_invoice(c, rows[i].person_id, rows[i].number, one));
		TRY(put_party(c, rows[i].person_id, "person", one));
		value_put_str(c->arena, one, "note", rows[i].note.n ? rows[i].note : STR_NONE);
		value_put_instant(c->arena, one, "at", rows[i].at);
		const char *state = state_of(rows[i].entry, rows[i].holder_id, firm);
		value_put_c(c->arena, one, "state", state);
		bool own = booking_way(rows[i].entry, rows[i].holder_id, firm) == BOOKING_OWN;
		value_put_str(c->arena, one, "voucher", own ? rows[i].voucher : STR_NONE);
		value_push(c->arena, list, one);
	}
	value_put_str(c->arena, v, "next", n > PAGE ? rows[PAGE - 1].number : STR_NONE);
	return OK;
}

/* What a person has handed to firms. */
err_t claim_mine(struct ctx *c, const void *input, struct reply *out)
{
	struct booking_claims_of_person_row *rows;
	size_t n;
	(void)input;
	TRY(booking_claims_of_person(c, c->caller.person_id, INT64_MAX, &rows, &n));
	struct value *v = out->value = value_object(c->arena), *list = value_put_array(c->arena, v, "claims");
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		struct party firm;
		bool found;
		TRY(put_invoice(c, c->caller.person_id, rows[i].number, one));
		TRY(identity_party(c, rows[i].firm_id, &firm, &found));
		value_put_str(c->arena, one, "firm", found ? firm.name : STR_NONE);
		value_put_str(c->arena, one, "firm_tax_id", found ? firm.tax_id : STR_NONE);
		value_put_str(c->arena, one, "note", rows[i].note.n ? rows[i].note : STR_NONE);
		value_put_instant(c->arena, one, "at", rows[i].at);
		value_put_c(c->arena, one, "state", state_of(rows[i].entry, rows[i].holder_id, rows[i].firm_id));
		value_push(c->arena, list, one);
	}
	return OK;
}

static void put_states(struct ctx *c, struct value *v)
{
	static const struct {
		const char *state, *mark, *words;
	} looks[] = { { "open", "warn", N_("等单位入账") }, { "booked", "ok", N_("已入账") },
		{ "elsewhere", "bad", N_("已由另一方入账") } };
	const struct value *rows = value_get(v, S("claims"));
	for (const struct value_member *m = rows->first; m; m = m->next)
		for (size_t i = 0; i < COUNT(looks); i++)
			if (str_is(value_text(m->value, "state"), looks[i].state)) {
				value_put_c(c->arena, m->value, "mark", looks[i].mark);
				value_put_str(c->arena, m->value, "state_words", tr(c, looks[i].words));
				value_put_bool(c->arena, m->value, "is_open", i == 0);
			}
	value_put_bool(c->arena, v, "any", rows->count > 0);
}

err_t claim_list_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	put_states(c, out->value);
	return OK;
}

err_t claim_mine_view(struct ctx *c, const void *input, struct reply *out)
{
	return claim_list_view(c, input, out);
}

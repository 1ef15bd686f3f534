/* What is to be booked and what is booked; the status of one invoice. */
#include "booking_sql.h"
#include "kernel/access/access.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "services/foundation/identity/identity.h"
#include "services/invoice/booking/book.h"
#include "services/invoice/issue/issue.h"

enum { PAGE = 100 };

static const struct fault_def unknown = { "invoice-unknown", N_("没有查到您取得的这张发票"), NULL, NULL };

static struct period period_in(struct ctx *c, const struct booking_list_in *in)
{
	struct period p = in->has_period ? in->period : period_of(PERIOD_MONTH, c->today);
	if (p.kind != PERIOD_MONTH) FAULT(c, S("/period"), &booking_not_month);
	return p;
}

static err_t put_open(struct ctx *c, struct str period, struct str after, struct value *v)
{
	struct received *rows;
	struct str next;
	struct money total;
	size_t n;
	TRY(issue_unbooked(c, c->caller.subject_id, period, after, &rows, &n, &next));
	struct value *list = value_put_array(c->arena, v, "invoices");
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "number", rows[i].number);
		value_put_str(c->arena, one, "seller", rows[i].seller);
		value_put_date(c->arena, one, "issued_on", date_of_instant(rows[i].issued_at));
		if (!money_add(rows[i].amount, rows[i].tax, &total)) return E_INTERNAL;
		value_put_money(c->arena, one, "tax", rows[i].tax);
		value_put_money(c->arena, one, "total", total);
		value_push(c->arena, list, one);
	}
	value_put_str(c->arena, v, "next", next);
	return OK;
}

static err_t put_booked(struct ctx *c, struct str period, struct str after, struct value *v)
{
	struct booking_list_rows_row *rows;
	size_t n;
	TRY(booking_list_rows(c, c->caller.subject_id, period, after.p ? after : S(""), &rows, &n));
	struct value *list = value_put_array(c->arena, v, "invoices");
	for (size_t i = 0; i < n && i < PAGE; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "number", rows[i].number);
		value_put_str(c->arena, one, "entry", rows[i].entry);
		value_put_str(c->arena, one, "voucher", rows[i].voucher);
		value_put_date(c->arena, one, "issued_on", rows[i].issued_on);
		value_put_money(c->arena, one, "total", rows[i].total);
		value_put_instant(c->arena, one, "at", rows[i].at);
		value_put_bool(c->arena, one, "claim", rows[i].buyer_id != c->caller.subject_id);
		value_push(c->arena, list, one);
	}
	value_put_str(c->arena, v, "next", n > PAGE ? rows[PAGE - 1].number : STR_NONE);
	return OK;
}

static err_t put_totals(struct ctx *c, struct str period, struct value *v)
{
	struct booking_totals_row *rows;
	size_t n;
	TRY(booking_totals(c, c->caller.subject_id, period, &rows, &n));
	struct value *list = value_put_array(c->arena, v, "totals");
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "entry", rows[i].entry);
		value_put_int(c->arena, one, "count", rows[i].n);
		value_put_money(c->arena, one, "total", rows[i].total);
		value_push(c->arena, list, one);
	}
	return OK;
}

static err_t list_of(struct ctx *c, const struct booking_list_in *in, bool booked, struct reply *out)
{
	struct period p = period_in(c, in);
	TRY(problem_result(&c->problem));
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	struct str period = period_format(c->arena, p);
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "period", period);
	value_put_c(c->arena, v, "state", booked ? "booked" : "open");
	TRY(put_totals(c, period, v));
	return booked ? put_booked(c, period, in->after, v) : put_open(c, period, in->after, v);
}

err_t booking_list(struct ctx *c, const void *input, struct reply *out)
{
	const struct booking_list_in *in = input;
	return list_of(c, in, str_is(in->state, "booked"), out);
}

/* The same by the address of the undoing, so that its page shows its own faults. */
err_t booking_undo_list(struct ctx *c, const void *input, struct reply *out)
{
	return list_of(c, input, true, out);
}

/* Status codes as they are exchanged (domain/invoice.md §3.10). */
static const char *code_of(struct str entry)
{
	return str_is(entry, "deductible")       ? "02"
	       : str_is(entry, "not-deductible") ? "03"
	       : str_is(entry, "cancelled")      ? "06"
	                                         : "01";
}

/* Where it stands in the books is told to its holder alone; others who hold the invoice learn that it is booked. */
err_t booking_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct booking_number_in *in = input;
	struct purchase_received r;
	struct booking_get_row row = { 0 };
	int64_t buyer;
	bool found;
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	TRY(booking_find(c, in->number, &r, &buyer));
	if (!r.found) return RAISE(c, E_NOT_FOUND, &unknown);
	TRY(booking_get(c, in->number, &row, &found));
	struct str entry = found ? row.entry : S("");
	bool own = found && row.holder_id == c->caller.subject_id;
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "number", in->number);
	value_put_str(c->arena, v, "entry", entry.n ? entry : S("open"));
	value_put_c(c->arena, v, "code", code_of(entry));
	value_put_bool(c->arena, v, "own", own);
	value_put_str(c->arena, v, "voucher", own ? row.voucher : STR_NONE);
	value_put_str(c->arena, v, "period", own ? row.period : STR_NONE);
	value_put_money(c->arena, v, "total", r.total);
	value_put_str(c->arena, v, "at", found ? instant_format(c->arena, row.at) : STR_NONE);
	return OK;
}

err_t booking_limits(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "rows_max", BOOKING_MAX);
	value_put_int(c->arena, out->value, "bytes_max", BOOKING_TEXT_MAX);
	return OK;
}

/* --- pages --- */

/* Place of a number among the ticked ones; -1: not ticked. */
static int64_t place_of(const struct value *chosen, struct str number)
{
	int64_t i = 0;
	for (const struct value_member *m = chosen && chosen->kind == VALUE_ARRAY ? chosen->first : NULL; m;
	        m = m->next, i++)
		if (m->value->kind == VALUE_STR && str_eq(m->value->str, number)) return i;
	return -1;
}

/* A refused post lists the ticked ones again with their ticks; the fault's link leads to its box. */
static void put_boxes(struct ctx *c, const struct value *rows, const struct value *form)
{
	const struct value *chosen = form ? value_get(form, S("numbers")) : NULL;
	struct str all = form ? value_text(form, "all") : STR_NONE;
	for (const struct value_member *m = rows->first; m; m = m->next) {
		struct str number = value_text(m->value, "number");
		int64_t place = place_of(chosen, number);
		value_put_bool(c->arena, m->value, "on", str_is(all, "1") || place >= 0);
		value_put_str(c->arena, m->value, "control",
		        place >= 0 ? str_printf(c->arena, "f-numbers.%lld", (long long)place)
		                   : str_printf(c->arena, "n-%s", number.p));
		struct str entry = value_text(m->value, "entry");
		if (!entry.p) entry = S("");
		value_put_str(c->arena, m->value, "entry_words", tr(c, booking_words(entry)));
		value_put_bool(c->arena, m->value, "may_undo", entry.n && !str_is(entry, "cancelled"));
		if (!value_get(m->value, S("person"))) value_put_str(c->arena, m->value, "person", STR_NONE);
	}
}

/* What is ticked, for who has no script: the sum of the page stands beside the button. */
static err_t put_chosen(struct ctx *c, struct value *v, const struct value *claims, const struct value *invoices)
{
	const struct value *lists[] = { claims, invoices };
	int64_t n = 0;
	struct money sum = FEN(0), one;
	for (size_t i = 0; i < COUNT(lists); i++)
		for (const struct value_member *m = lists[i]->first; m; m = m->next) {
			if (value_get(m->value, S("on"))->boolean == false) continue;
			if (!money_parse(value_text(m->value, "total"), &one) || !money_add(sum, one, &sum))
				return E_INTERNAL;
			n++;
		}
	value_put_int(c->arena, v, "chosen_count", n);
	value_put_money(c->arena, v, "chosen_total", sum);
	return OK;
}

/* Claims that wait stand before the firm's own invoices. */
static err_t put_claims(struct ctx *c, struct value *v, const struct value *form)
{
	struct reply claims = { 0 };
	struct value *open = value_array(c->arena);
	struct claims_in from_start = { .after = STR_NONE };
	TRY(claim_list(c, &from_start, &claims));
	const struct value *rows = value_get(claims.value, S("claims"));
	for (const struct value_member *m = rows->first; m; m = m->next)
		if (str_is(value_text(m->value, "state"), "open")) value_push(c->arena, open, m->value);
	put_boxes(c, open, form);
	value_put(c->arena, v, "claims", open);
	value_put_bool(c->arena, v, "any_claim", open->count > 0);
	return OK;
}

static void put_around(struct ctx *c, struct value *v)
{
	struct period p;
	if (!period_parse(value_text(v, "period"), &p)) return;
	struct period next = period_next(p, 1);
	bool later = date_cmp(period_first(next), c->today) <= 0;
	value_put_str(c->arena, v, "previous", period_format(c->arena, period_next(p, -1)));
	value_put_str(c->arena, v, "following", later ? period_format(c->arena, next) : STR_NONE);
}

err_t booking_list_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	const struct value *form = value_get(v, S("form")), *rows = value_get(v, S("invoices"));
	const struct value *totals = value_get(v, S("totals"));
	bool booked = str_is(value_text(v, "state"), "booked");
	struct party party;
	bool found;
	(void)input;
	TRY(identity_party(c, c->caller.subject_id, &party, &found));
	put_boxes(c, rows, form);
	TRY(put_claims(c, v, form));
	TRY(put_chosen(c, v, value_get(v, S("claims")), rows));
	put_around(c, v);
	for (const struct value_member *m = totals->first; m; m = m->next)
		value_put_str(c->arena, m->value, "words", tr(c, booking_words(value_text(m->value, "entry"))));
	if (!form) {
		struct value *first = value_put_object(c->arena, v, "form");
		value_put_str(c->arena, first, "period", value_text(v, "period"));
		value_put_c(c->arena, first, "entry", "deductible");
	}
	bool firm = found && !party.person;
	value_put_bool(c->arena, v, "is_booked", booked);
	value_put_bool(c->arena, v, "is_person", !firm);
	value_put_bool(c->arena, v, "any", rows->count > 0);
	value_put_bool(c->arena, v, "any_total", totals->count > 0);
	value_put_bool(c->arena, v, "may_act", firm && access_has_scope(c, "invoice.credit"));
	value_put_bool(c->arena, v, "any_row", rows->count > 0 || (!booked && value_get(v, S("claims"))->count > 0));
	return OK;
}

err_t booking_done_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct value *rows = value_get(out->value, S("entries"));
	(void)input;
	for (const struct value_member *m = rows->first; m; m = m->next)
		value_put_str(c->arena, m->value, "entry_words", tr(c, booking_words(value_text(m->value, "entry"))));
	value_put_bool(c->arena, out->value, "is_undo", str_is(value_text(out->value, "act"), "undone"));
	return OK;
}

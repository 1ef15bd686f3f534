/* Booking and undoing it. All of a request, or nothing of it; every fault at once. */
#include "services/invoice/booking/book.h"
#include "booking_sql.h"
#include "kernel/db/db.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "services/foundation/identity/identity.h"
#include "services/invoice/paper/paper.h"

static const struct fault_def unknown = { "invoice-unknown", N_("没有查到您取得的这张发票"),
	N_("外地的发票请先导入；员工垫付的，请员工把发票交给单位"), NULL };
static const struct fault_def twice = { "booked", N_("这张发票已在 {1} 入账，凭证 {2}，不能重复入账"),
	N_("记错了可以先撤销入账"), NULL };
static const struct fault_def elsewhere = { "booked-elsewhere", N_("这张发票已由另一方于 {1} 入账，不能再入账"),
	N_("双方都已收到提醒；请核对您手里的原件"), NULL };
static const struct fault_def reversed = { "reversed", N_("这张发票已全额红冲，不能入账"), NULL, NULL };
static const struct fault_def locked = { "locked", N_("这张发票有待确认的红字确认单，先处理完"), NULL, NULL };
static const struct fault_def later = { "issued-later", N_("开票日期 {1} 晚于会计期间"), NULL, NULL };
static const struct fault_def future = { "period-future", N_("这个会计期间还没有到"), NULL, NULL };
static const struct fault_def not_booked = { "not-booked", N_("您没有入账过这张发票"), NULL, NULL };
static const struct fault_def firms_only = { "firm-only", N_("个人不记账；请把发票交给报销的单位"), NULL, NULL };

const struct fault_def booking_not_month = { "period-month", N_("会计期间是月份，如 2026-11"), NULL, NULL };
const struct choice booking_choices[] = { { "deductible", N_("已入账（所得税税前扣除）") },
	{ "not-deductible", N_("已入账（所得税不扣除）") }, { 0 } };

const char *booking_words(struct str entry)
{
	for (const struct choice *o = booking_choices; o->code; o++)
		if (str_is(entry, o->code)) return o->label;
	return str_is(entry, "cancelled") ? N_("已撤销入账") : N_("未入账");
}

enum booking_way booking_way(struct str entry, int64_t holder_id, int64_t caller_id)
{
	if (!entry.n || str_is(entry, "cancelled")) return BOOKING_FREE;
	return holder_id == caller_id ? BOOKING_OWN : BOOKING_OTHERS;
}

err_t booking_find(struct ctx *c, struct str number, struct purchase_received *out, int64_t *buyer_id)
{
	struct booking_claim_get_row claim;
	bool handed;
	*buyer_id = c->caller.subject_id;
	TRY(purchase_find(c, *buyer_id, number, out));
	if (out->found) return OK;
	TRY(booking_claim_get(c, c->caller.subject_id, number, &claim, &handed));
	if (!handed) return OK;
	*buyer_id = claim.person_id;
	return purchase_find(c, claim.person_id, number, out);
}

static struct str month_of(struct ctx *c, struct date d)
{
	return period_format(c->arena, period_of(PERIOD_MONTH, d));
}

/* --- second bookings: refused, and told --- */

static err_t tell(struct ctx *c, const char *kind, struct value *v)
{
	struct buf b;
	buf_init(&b, c->arena, 160);
	value_write_canonical(&b, v);
	return outbox_emit(c, kind, c->caller.subject_id, buf_done(&b));
}

static err_t warn_one(struct ctx *c, const struct booking_entry *e)
{
	struct booking_get_row row;
	struct purchase_received r;
	int64_t buyer, fresh;
	bool found;
	TRY(booking_get(c, e->number, &row, &found));
	enum booking_way way = found ? booking_way(row.entry, row.holder_id, c->caller.subject_id) : BOOKING_FREE;
	if (way == BOOKING_FREE || (way == BOOKING_OWN && str_eq(row.voucher, e->voucher))) return OK;
	TRY(booking_find(c, e->number, &r, &buyer));
	if (!r.found) return OK; /* who holds nothing learns nothing, and disturbs nobody */
	TRY(booking_refused_put(c, e->number, c->caller.subject_id, e->voucher, c->now, &fresh));
	if (!fresh) return OK;
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "number", e->number);
	if (way == BOOKING_OWN) value_put_str(c->arena, v, "voucher", row.voucher);
	return tell(c, way == BOOKING_OWN ? "invoice.booked_again" : "invoice.booking_refused", v);
}

/* After the refusal, which left nothing behind in its own transaction: the race of two bookings is decided by then. */
static err_t warn(struct ctx *c, const struct booking_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		TRY(warn_one(c, &list->entries[i]));
	return OK;
}

/* --- booking --- */

static void check_period(struct ctx *c, const struct booking_entry *e, struct date issued_on, struct str at)
{
	if (e->period.kind != PERIOD_MONTH)
		FAULT(c, at, &booking_not_month);
	else if (date_cmp(period_first(e->period), c->today) > 0)
		FAULT(c, at, &future);
	else if (date_cmp(issued_on, period_last(e->period)) > 0)
		FAULT(c, at, &later, date_format(c->arena, issued_on));
}

static err_t check_one(
        struct ctx *c, const struct booking_entry *e, struct str at, struct purchase_received *r, int64_t *buyer_id)
{
	struct booking_get_row row;
	struct paper_bar bar;
	bool found;
	TRY(booking_find(c, e->number, r, buyer_id));
	if (!r->found) {
		FAULT(c, at, &unknown);
		return OK;
	}
	TRY(booking_get(c, e->number, &row, &found));
	TRY(paper_may_be_booked(c, e->number, "booked", &bar));
	enum booking_way way = found ? booking_way(row.entry, row.holder_id, c->caller.subject_id) : BOOKING_FREE;
	if (way == BOOKING_OWN)
		FAULT(c, at, &twice, row.period, row.voucher);
	else if (way == BOOKING_OTHERS)
		FAULT(c, at, &elsewhere, date_format(c->arena, date_of_instant(row.at)));
	else if (bar.barred)
		FAULT(c, at, bar.why, bar.pointer);
	else if (r->locked)
		FAULT(c, at, &locked);
	else if (r->all_reversed)
		FAULT(c, at, &reversed);
	else
		check_period(c, e, r->issued_on, at);
	return OK;
}

static struct value *event_of(
        struct ctx *c, struct str number, int64_t buyer_id, struct date issued_on, struct str entry)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "number", number);
	value_put_int(c->arena, v, "buyer_id", buyer_id);
	value_put_str(c->arena, v, "period", month_of(c, issued_on));
	value_put_str(c->arena, v, "entry", entry);
	return v;
}

static err_t put_one(struct ctx *c, const struct booking_entry *e, const struct purchase_received *r, int64_t buyer_id)
{
	struct str period = period_format(c->arena, e->period);
	int64_t n;
	TRY(booking_put(c, e->number, c->caller.subject_id, buyer_id, e->entry, e->voucher, period, r->issued_on,
	        r->total, r->paper, c->now, &n));
	if (n != 1) return E_INTERNAL; /* it was free in this transaction */
	TRY(paper_booked(c, e->number, "booked", c->caller.subject_id));
	TRY(booking_total_add(c, c->caller.subject_id, period, e->entry, 1, r->total, NULL));
	return tell(c, "invoice.booked", event_of(c, e->number, buyer_id, r->issued_on, e->entry));
}

static struct value *entry_value(struct ctx *c, const struct booking_entry *e, struct money total)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "number", e->number);
	value_put_str(c->arena, v, "entry", e->entry);
	value_put_str(c->arena, v, "voucher", e->voucher);
	value_put_str(c->arena, v, "period", period_format(c->arena, e->period));
	value_put_money(c->arena, v, "total", total);
	return v;
}

static err_t firms(struct ctx *c)
{
	struct party party;
	bool found;
	TRY(identity_party(c, c->caller.subject_id, &party, &found));
	return found && !party.person ? OK : RAISE(c, E_FORBIDDEN, &firms_only);
}

static err_t seal(struct ctx *c, const char *act, struct value *entries, struct money total, struct reply *out)
{
	struct value *v = out->value = value_object(c->arena), *receipt;
	value_put_c(c->arena, v, "act", act);
	value_put_int(c->arena, v, "count", entries->count);
	value_put_money(c->arena, v, "total", total);
	value_put(c->arena, v, "entries", entries);
	TRY(receipt_issue(c, ACT_INVOICE_BOOKED, c->caller.subject_id, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	return OK;
}

static err_t book(struct ctx *c, const struct booking_list *list, struct reply *out)
{
	struct value *entries = value_array(c->arena);
	struct purchase_received r;
	struct money total = FEN(0);
	int64_t buyer;
	TRY(firms(c));
	for (size_t i = 0; i < list->n; i++) {
		const struct booking_entry *e = &list->entries[i];
		size_t faults = c->problem.n;
		TRY(check_one(c, e, list->at[i], &r, &buyer));
		if (c->problem.n > faults) continue;
		TRY(put_one(c, e, &r, buyer));
		if (!money_add(total, r.total, &total)) return E_INTERNAL;
		value_push(c->arena, entries, entry_value(c, e, r.total));
	}
	TRY(problem_result(&c->problem));
	out->status = 201;
	return seal(c, "booked", entries, total, out);
}

static void defaults(struct ctx *c, struct booking_entry *e)
{
	if (!e->has_period) e->period = period_of(PERIOD_MONTH, c->today);
}

static void many(struct ctx *c, const struct booking_many_in *in, struct booking_list *list)
{
	list->n = in->n_numbers;
	list->entries = arena_array(c->arena, list->n + 1, sizeof *list->entries);
	list->at = arena_array(c->arena, list->n + 1, sizeof *list->at);
	for (size_t i = 0; i < list->n; i++) {
		list->entries[i] = in->common;
		list->entries[i].number = in->numbers[i];
		defaults(c, &list->entries[i]);
		list->at[i] = str_printf(c->arena, "/numbers/%zu", i);
	}
}

static void batch(struct ctx *c, const struct booking_batch_in *in, struct booking_list *list)
{
	list->n = in->n_entries;
	list->entries = arena_array(c->arena, list->n + 1, sizeof *list->entries);
	list->at = arena_array(c->arena, list->n + 1, sizeof *list->at);
	for (size_t i = 0; i < list->n; i++) {
		list->entries[i] = in->entries[i];
		defaults(c, &list->entries[i]);
		list->at[i] = str_printf(c->arena, "/entries/%zu/number", i);
	}
}

static err_t table(struct ctx *c, const struct booking_table_in *in, struct booking_list *list)
{
	TRY(booking_table_read(c, in, list));
	for (size_t i = 0; i < list->n; i++)
		defaults(c, &list->entries[i]);
	return OK;
}

err_t booking_many(struct ctx *c, const void *input, struct reply *out)
{
	struct booking_list list;
	many(c, input, &list);
	return book(c, &list, out);
}

err_t booking_many_warn(struct ctx *c, const void *input, struct reply *out)
{
	struct booking_list list;
	(void)out;
	many(c, input, &list);
	return warn(c, &list);
}

err_t booking_batch(struct ctx *c, const void *input, struct reply *out)
{
	struct booking_list list;
	batch(c, input, &list);
	return book(c, &list, out);
}

err_t booking_batch_warn(struct ctx *c, const void *input, struct reply *out)
{
	struct booking_list list;
	(void)out;
	batch(c, input, &list);
	return warn(c, &list);
}

err_t booking_table(struct ctx *c, const void *input, struct reply *out)
{
	struct booking_list list;
	TRY(table(c, input, &list));
	return book(c, &list, out);
}

err_t booking_table_warn(struct ctx *c, const void *input, struct reply *out)
{
	struct booking_list list;
	(void)out;
	TRY(table(c, input, &list));
	return warn(c, &list);
}

/* --- undoing --- */

static err_t undo_one(struct ctx *c, struct str number, struct str at, struct value *entries, struct money *total)
{
	struct booking_get_row row;
	struct purchase_received r;
	bool found;
	TRY(booking_get(c, number, &row, &found));
	if (!found || booking_way(row.entry, row.holder_id, c->caller.subject_id) != BOOKING_OWN) {
		FAULT(c, at, &not_booked);
		return OK;
	}
	TRY(purchase_find(c, row.buyer_id, number, &r));
	if (r.locked) {
		FAULT(c, at, &locked);
		return OK;
	}
	TRY(booking_cancel(c, c->now, number, c->caller.subject_id, NULL));
	TRY(paper_unbooked(c, number, "booked"));
	TRY(booking_total_add(c, row.holder_id, row.period, row.entry, -1, FEN(-row.total.fen), NULL));
	struct booking_entry e = { .number = number, .entry = S("cancelled"), .voucher = row.voucher };
	if (!period_parse(row.period, &e.period) || !money_add(*total, row.total, total)) return E_INTERNAL;
	value_push(c->arena, entries, entry_value(c, &e, row.total));
	return tell(c, "invoice.booking_undone", event_of(c, number, row.buyer_id, row.issued_on, S("cancelled")));
}

err_t booking_undo(struct ctx *c, const void *input, struct reply *out)
{
	const struct booking_undo_in *in = input;
	struct value *entries = value_array(c->arena);
	struct money total = FEN(0);
	TRY(firms(c));
	for (size_t i = 0; i < in->n_numbers; i++)
		TRY(undo_one(c, in->numbers[i], str_printf(c->arena, "/numbers/%zu", i), entries, &total));
	TRY(problem_result(&c->problem));
	return seal(c, "undone", entries, total, out);
}

/* --- for other services, and checks --- */

err_t booking_is_booked(struct ctx *c, int64_t buyer_id, struct str number, bool *booked)
{
	struct booking_get_row row;
	bool found;
	TRY(booking_get(c, number, &row, &found));
	*booked = found && row.buyer_id == buyer_id && !str_is(row.entry, "cancelled");
	return OK;
}

/* Posting and obligations. */
#include "base/rate.h"
#include "kernel/log/log.h"
#include "ledger_sql.h"
#include "services/foundation/ledger/ledger.h"

/* 滞纳金: 0.05 % a day (征管法 第三十二条). */
static const struct rate late_fee_a_day = { 500 };

static const struct fault_def out_of_range = { "amount-range", N_("金额超出系统能记的范围，请核对"), NULL, NULL };

err_t ledger_post(struct ctx *c, const char *kind, int64_t document, const struct ledger_entry *entries, size_t n)
{
	struct money sum = FEN(0);
	int64_t subject = 0, id = db_new_id(c);
	for (size_t i = 0; i < n; i++) {
		if (!money_add(sum, entries[i].amount, &sum)) return RAISE(c, E_INPUT, &out_of_range);
		if (entries[i].subject_id) subject = entries[i].subject_id;
	}
	if (sum.fen != 0) return E_INTERNAL; /* a posting that does not balance is a defect, never the user's fault */
	TRY(ledger_posting_insert(c, subject, id, str_c(kind), document, c->now, NULL));
	struct ledger_entry_insert_in_row *rows = arena_array(c->arena, n + 1, sizeof *rows);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct ledger_entry_insert_in_row){ subject, id, (int64_t)i, entries[i].account,
			entries[i].subject_id, entries[i].obligation_id, entries[i].amount };
	return ledger_entry_insert_rows(c, rows, n);
}

/* The generated rows of the three queries have the same columns; one reader each keeps the types. */
#define OBLIGATION_OF(row, taxpayer)                                                                                   \
	((struct obligation){ .id = (row).obligation_id,                                                               \
	        .taxpayer_id = (taxpayer),                                                                             \
	        .tax = (row).tax,                                                                                      \
	        .period = (row).period,                                                                                \
	        .due_on = (row).due_on,                                                                                \
	        .assessed = (row).assessed,                                                                            \
	        .paid = (row).paid,                                                                                    \
	        .late_fee = (row).late_fee,                                                                            \
	        .refund = (row).refund,                                                                                \
	        .status = (row).status,                                                                                \
	        .return_id = (row).return_id })

err_t ledger_obligation(struct ctx *c, int64_t taxpayer_id, int64_t id, struct obligation *out, bool *found)
{
	struct ledger_obligation_get_row row;
	TRY(ledger_obligation_get(c, taxpayer_id, id, &row, found));
	if (*found) *out = OBLIGATION_OF(row, taxpayer_id);
	return OK;
}

/* A period that has not begun owes nothing yet: its obligation was opened under a clock that was set back since. */
static bool has_begun(const struct ctx *c, const struct obligation *o)
{
	struct period p;
	return !str_is(o->status, "open") || !period_parse(o->period, &p) || date_cmp(period_first(p), c->today) <= 0;
}

static size_t only_begun(const struct ctx *c, struct obligation *list, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (has_begun(c, &list[i])) list[kept++] = list[i];
	return kept;
}

err_t ledger_obligations(struct ctx *c, int64_t taxpayer_id, struct obligation **out, size_t *n)
{
	struct ledger_obligation_list_row *rows;
	TRY(ledger_obligation_list(c, taxpayer_id, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = OBLIGATION_OF(rows[i], taxpayer_id);
	*n = only_begun(c, *out, *n);
	return OK;
}

err_t ledger_obligation_for(
        struct ctx *c, int64_t taxpayer_id, struct str tax, struct str period, struct obligation *out, bool *found)
{
	struct ledger_obligation_of_row row;
	TRY(ledger_obligation_of(c, taxpayer_id, tax, period, &row, found));
	if (*found) *out = OBLIGATION_OF(row, taxpayer_id);
	return OK;
}

err_t ledger_unfiled_between(struct ctx *c, int64_t taxpayer_id, struct str tax, struct date due_from,
        struct date due_before, struct obligation *out, bool *found)
{
	struct ledger_oldest_open_row row;
	TRY(ledger_oldest_open(c, taxpayer_id, tax, due_from, due_before, &row, found));
	if (*found) *out = OBLIGATION_OF(row, taxpayer_id);
	return OK;
}

err_t ledger_unsettled(struct ctx *c, int64_t taxpayer_id, struct date due_to, struct obligation **out, size_t *n)
{
	struct ledger_unsettled_list_row *rows;
	TRY(ledger_unsettled_list(c, taxpayer_id, due_to, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = OBLIGATION_OF(rows[i], taxpayer_id);
	*n = only_begun(c, *out, *n);
	return OK;
}

err_t ledger_paid_between(struct ctx *c, int64_t taxpayer_id, struct str tax, struct str period, instant_us from,
        instant_us to, struct ledger_paid *out)
{
	struct ledger_paid_sums_row *rows;
	size_t n;
	*out = (struct ledger_paid){ 0 };
	TRY(ledger_paid_sums(c, taxpayer_id, from, to, tax, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct money *sum = str_eq(rows[i].period, period) ? &out->period : &out->others;
		if (!money_add(*sum, rows[i].amount, sum)) return E_INTERNAL;
	}
	return OK;
}

static err_t obligation_of(struct ctx *c, int64_t taxpayer_id, struct str tax, struct str period, struct date due_on,
        struct obligation *out)
{
	bool found;
	TRY(ledger_obligation_for(c, taxpayer_id, tax, period, out, &found));
	if (found) return OK;
	TRY(ledger_obligation_insert(c, taxpayer_id, db_new_id(c), tax, period, due_on, NULL));
	TRY(ledger_obligation_for(c, taxpayer_id, tax, period, out, &found));
	return found ? OK : E_INTERNAL;
}

err_t ledger_obligation_open(
        struct ctx *c, int64_t taxpayer_id, struct str tax, struct str period, struct date due_on, int64_t *id)
{
	struct obligation o;
	TRY(obligation_of(c, taxpayer_id, tax, period, due_on, &o));
	*id = o.id;
	return OK;
}

static err_t save(struct ctx *c, struct obligation *o)
{
	o->status = o->return_id == 0 ? S("open") : o->paid.fen >= o->assessed.fen ? S("fulfilled") : S("due");
	return ledger_obligation_update(
	        c, o->assessed, o->paid, o->late_fee, o->refund, o->status, o->return_id, o->taxpayer_id, o->id, NULL);
}

/* Money that is neither tax owed nor given back: above the assessment it is due for refund, below it comes back from
 * there first. */
static err_t settle(struct ctx *c, struct obligation *o, int64_t document)
{
	int64_t over = o->paid.fen - o->assessed.fen;
	if (over < -o->refund.fen) over = -o->refund.fen;
	if (over == 0) return OK;
	o->paid.fen -= over;
	o->refund.fen += over;
	struct ledger_entry entries[] = {
		{ LEDGER_RECEIVABLE, o->taxpayer_id, o->id, FEN(over) },
		{ LEDGER_REFUND_DUE, o->taxpayer_id, o->id, FEN(-over) },
	};
	return ledger_post(c, "correction", document, entries, COUNT(entries));
}

static err_t assess(struct ctx *c, struct obligation *o, struct money amount, int64_t return_id)
{
	struct money difference;
	if (!money_sub(amount, o->assessed, &difference)) return RAISE(c, E_INPUT, &out_of_range);
	const char *kind = o->return_id ? "correction" : "assessment";
	o->assessed = amount;
	o->return_id = return_id;
	if (difference.fen != 0) {
		struct ledger_entry entries[] = {
			{ LEDGER_RECEIVABLE, o->taxpayer_id, o->id, difference },
			{ LEDGER_REVENUE, 0, o->id, FEN(-difference.fen) },
		};
		TRY(ledger_post(c, kind, return_id, entries, COUNT(entries)));
	}
	TRY(settle(c, o, return_id));
	return save(c, o);
}

err_t ledger_assess(struct ctx *c, int64_t taxpayer_id, struct str tax, struct str period, struct date due_on,
        struct money amount, int64_t return_id, struct obligation *o)
{
	TRY(obligation_of(c, taxpayer_id, tax, period, due_on, o));
	return assess(c, o, amount, return_id);
}

err_t ledger_assess_all(struct ctx *c, int64_t taxpayer_id, struct str period, struct date due_on,
        const struct ledger_charge *charges, size_t n, int64_t return_id, struct obligation *out)
{
	struct ledger_obligations_of_row *rows;
	size_t there;
	TRY(ledger_obligations_of(c, taxpayer_id, period, &rows, &there));
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < there && !str_is(rows[k].tax, charges[i].tax))
			k++;
		if (k < there)
			out[i] = OBLIGATION_OF(rows[k], taxpayer_id);
		else
			TRY(obligation_of(c, taxpayer_id, str_c(charges[i].tax), period, due_on, &out[i]));
		TRY(assess(c, &out[i], charges[i].amount, return_id));
	}
	return OK;
}

struct ledger_due ledger_due_on(const struct obligation *o, struct date on)
{
	struct ledger_due due = { .tax = FEN(o->assessed.fen > o->paid.fen ? o->assessed.fen - o->paid.fen : 0) };
	int32_t days = date_days(on) - date_days(o->due_on);
	if (days <= 0 || due.tax.fen == 0) return due;
	due.days_late = days;
	/* tax * 0.0005 * days, rounded once: days are counted into the rate so that nothing is rounded twice. */
	int32_t capped = days > 2000 ? 2000 : days;
	due.late_fee = rate_of(due.tax, PPM(late_fee_a_day.ppm * capped));
	return due;
}

err_t ledger_pay(struct ctx *c, int64_t taxpayer_id, int64_t obligation_id, struct money tax, struct money late_fee,
        int64_t payment_id)
{
	struct obligation o;
	bool found;
	TRY(ledger_obligation(c, taxpayer_id, obligation_id, &o, &found));
	if (!found) return E_INTERNAL;
	if (!money_add(o.paid, tax, &o.paid) || !money_add(o.late_fee, late_fee, &o.late_fee))
		return RAISE(c, E_INPUT, &out_of_range);
	/* What is paid beyond the assessment is owed back (多缴税款, 征管法 第五十一条). */
	int64_t over = o.paid.fen > o.assessed.fen ? o.paid.fen - o.assessed.fen : 0;
	if (over > tax.fen) over = tax.fen;
	o.paid.fen -= over;
	o.refund.fen += over;
	TRY(save(c, &o));
	struct ledger_entry entries[] = {
		{ LEDGER_TRANSIT, 0, o.id, FEN(tax.fen + late_fee.fen) },
		{ LEDGER_RECEIVABLE, taxpayer_id, o.id, FEN(over - tax.fen) },
		{ LEDGER_REFUND_DUE, taxpayer_id, o.id, FEN(-over) },
		{ LEDGER_LATE_FEE, 0, o.id, FEN(-late_fee.fen) },
	};
	return ledger_post(c, "payment", payment_id, entries, COUNT(entries));
}

err_t ledger_reconcile(struct ctx *c, struct money amount, int64_t document)
{
	struct ledger_entry entries[] = {
		{ LEDGER_TREASURY, 0, 0, amount },
		{ LEDGER_TRANSIT, 0, 0, FEN(-amount.fen) },
	};
	return ledger_post(c, "reconciliation", document, entries, COUNT(entries));
}

err_t ledger_balance(struct ctx *c, enum ledger_account account, struct money *out)
{
	struct ledger_account_total_row row;
	bool found;
	TRY(ledger_account_total(c, account, &row, &found));
	*out = row.amount;
	return OK;
}

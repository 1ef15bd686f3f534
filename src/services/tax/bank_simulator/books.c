/* The bank's books: the file of a day, what tests compare, and the check against the bureau's. */
#include "bank_simulator_sql.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/keys/keys.h"
#include "kernel/sandbox/sandbox.h"
#include "services/tax/bank_simulator/bank_simulator.h"
#include "services/tax/payment/payment.h"

static struct payment_bank_line *lines_of(struct ctx *c, const struct bank_simulator_debits_between_row *rows, size_t n)
{
	struct payment_bank_line *lines = arena_array(c->arena, n + 1, sizeof *lines);
	for (size_t i = 0; i < n; i++)
		lines[i] = (struct payment_bank_line){ rows[i].voucher, rows[i].bank_no, rows[i].amount,
			rows[i].debited_at };
	return lines;
}

struct faults {
	bool omit, extra, amount;
};
static err_t take_faults(struct ctx *c, void *arg)
{
	struct faults *f = arg;
	TRY(sandbox_partner_fault(c, "bank_simulator.omit", &f->omit));
	TRY(sandbox_partner_fault(c, "bank_simulator.extra", &f->extra));
	return sandbox_partner_fault(c, "bank_simulator.file-amount", &f->amount);
}

err_t bank_file_text(struct ctx *c, struct date day, struct str *file)
{
	struct bank_simulator_debits_between_row *rows;
	struct faults f;
	size_t n;
	instant_us from = date_to_instant(day), to = date_to_instant(date_add_days(day, 1));
	TRY(bank_simulator_debits_between(c, from, to, &rows, &n));
	TRY(db_write(c, take_faults, &f));
	struct payment_bank_line *lines = lines_of(c, rows, n);
	if (f.amount && n) lines[n - 1].amount.fen += 100;
	if (f.omit && n) n--;
	if (f.extra)
		lines[n++] = (struct payment_bank_line){ S("399999999999999999"), S("SIM-EXTRA"), FEN(12345), from };
	*file = payment_file_write(c->arena, lines, n);
	return OK;
}

err_t bank_debits(struct ctx *c, const void *input, struct reply *out)
{
	const struct debits_in *in = input;
	struct bank_simulator_debits_between_row *rows;
	size_t n;
	struct money sum = FEN(0);
	TRY(sandbox_only(c));
	instant_us from = in->has_day ? date_to_instant(in->day) : 0;
	instant_us to = in->has_day ? date_to_instant(date_add_days(in->day, 1)) : INT64_MAX;
	TRY(bank_simulator_debits_between(c, from, to, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "debits");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "voucher", rows[i].voucher);
		value_put_str(c->arena, v, "bank_no", rows[i].bank_no);
		value_put_money(c->arena, v, "amount", rows[i].amount);
		value_put_instant(c->arena, v, "debited_at", rows[i].debited_at);
		value_push(c->arena, list, v);
		if (!money_add(sum, rows[i].amount, &sum)) return E_INTERNAL;
	}
	value_put_int(c->arena, out->value, "count", (int64_t)n);
	value_put_money(c->arena, out->value, "sum", sum);
	return OK;
}

/* Each debit belongs to one paid order of the same amount; one that is not booked yet is on its way. */
static err_t check_debit(struct ctx *c, struct fsck *f, struct str voucher, struct money amount, int64_t counts[2])
{
	enum payment_fate fate;
	struct money ordered = FEN(0);
	TRY(payment_fate(c, voucher, &fate, &ordered));
	counts[fate == PAYMENT_FATE_OPEN]++;
	if (fate == PAYMENT_FATE_NONE || fate == PAYMENT_FATE_FAILED)
		FSCK_FAULT(f, "bank: debit of %s without a paid order", voucher.p);
	else if (ordered.fen != amount.fen)
		FSCK_FAULT(f, "bank: debit of %s has another amount than its order", voucher.p);
	return OK;
}

err_t bank_check(struct ctx *c, struct fsck *f)
{
	struct str after = S("");
	int64_t counts[2] = { 0 }, booked;
	struct bank_simulator_debits_after_row *rows;
	size_t n;
	do {
		TRY(bank_simulator_debits_after(c, after, &rows, &n));
		for (size_t i = 0; i < n; i++)
			TRY(check_debit(c, f, rows[i].voucher, rows[i].amount, counts));
		if (n) after = rows[n - 1].voucher;
	} while (n);
	TRY(payment_debit_count(c, S(BANK_NAME), &booked));
	if (booked != counts[0])
		FSCK_FAULT(
		        f, "bank: %lld debits are booked, the bank made %lld", (long long)booked, (long long)counts[0]);
	FSCK_INFO(f, "bank: %lld debits booked, %lld on their way", (long long)counts[0], (long long)counts[1]);
	return OK;
}

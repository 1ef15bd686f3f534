/* The file of a day: fetched by a job, compared voucher by voucher, what agrees goes to the treasury (入库). */
#include "services/tax/payment/reconcile.h"
#include "base/csv.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/log/log.h"
#include "payment_sql.h"
#include "services/foundation/ledger/ledger.h"
#include "services/tax/payment/channel.h"
#include <stdlib.h>
#include <string.h>

/* A difference older than a day is an alarm; days that far back are fetched again when their file did not come. */
enum { DAYS_BACK = 7, CSV_FIELDS = 5 };

static const struct fault_def no_channel = { "channel", N_("没有这家银行"), NULL, NULL };
static const struct fault_def not_over = { "day-not-over", N_("这一天还没有过完，日终之后才能对账"), NULL, NULL };
static const struct fault_def no_file = { "bank-file", N_("银行没有给出这一天的对账文件，请稍后再试"), NULL, NULL };
static const struct fault_def bad_file = { "bank-file-broken", N_("银行的对账文件第 {1} 行读不懂，或者合计不符"), NULL,
	NULL };
static const struct fault_def no_day = { "reconciliation-unknown", N_("这一天还没有对账"), NULL, NULL };

struct day {
	const struct payment_channel *channel;
	struct date date;
	struct str file;
	struct payment_bank_line *lines; /* sorted by voucher */
	size_t n;
	struct balance balance;
	struct money fresh; /* agrees now and did not before: goes to the treasury */
};

static int by_voucher(const void *a, const void *b)
{
	const struct payment_bank_line *p = a, *q = b;
	return str_cmp(p->voucher, q->voucher);
}

static err_t read_day(struct ctx *c, struct day *d)
{
	struct money sum;
	int64_t line;
	if (!payment_file_read(c->arena, d->file, &d->lines, &d->n, &sum, &line))
		return RAISE(c, E_CONFLICT, &bad_file, str_from_int(c->arena, line));
	qsort(d->lines, d->n, sizeof *d->lines, by_voucher);
	for (size_t i = 1; i < d->n; i++)
		if (str_eq(d->lines[i - 1].voucher, d->lines[i].voucher))
			return RAISE(c, E_CONFLICT, &bad_file, d->lines[i].voucher);
	return OK;
}

/* The file is a word of the bank too: a debit that no callback told of is booked by it. */
static err_t book_from_file(struct ctx *c, const struct day *d, const struct payment_bank_line *l)
{
	struct payment_voucher_get_row v;
	struct payment_order o;
	enum payment_outcome outcome;
	bool found;
	struct payment_report r = { .voucher = l->voucher,
		.said = PAYMENT_DEBITED,
		.amount = l->amount,
		.bank_no = l->bank_no,
		.debited_at = l->debited_at };
	TRY(payment_voucher_get(c, l->voucher, &v, &found));
	if (found) TRY(payment_order_load(c, v.taxpayer_id, v.payment_id, &o, &found));
	if (!found || !str_is(o.channel, d->channel->code)) return OK;
	return payment_apply(c, &o, EVENT_DEBITED, &r, &outcome);
}

static err_t note(struct ctx *c, struct day *d, enum difference_class k, struct str voucher, bool has,
        struct money bank, const struct our_side *ours)
{
	if (!balance_add(&d->balance, k, has, bank, ours)) return E_INTERNAL;
	if (k == CLASS_EVEN) return OK;
	struct money none = { DB_NULL };
	return payment_difference_insert(c, str_c(d->channel->code), d->date, voucher, str_c(difference_code(k)),
	        has ? bank : none, ours->booked ? ours->amount : none, NULL);
}

static err_t compare_line(struct ctx *c, struct day *d, const struct payment_bank_line *l)
{
	struct payment_debit_get_row ours = { 0 };
	struct str channel = str_c(d->channel->code);
	bool found;
	TRY(payment_debit_get(c, channel, l->voucher, &ours, &found));
	if (!found) {
		TRY(book_from_file(c, d, l));
		TRY(payment_debit_get(c, channel, l->voucher, &ours, &found));
	}
	struct our_side side = { .booked = found };
	if (found) {
		side.amount = ours.amount;
		side.same_day = date_cmp(ours.day, d->date) == 0;
	}
	enum difference_class k = difference_of(true, l->amount, &side);
	TRY(note(c, d, k, l->voucher, true, l->amount, &side));
	if ((k != CLASS_EVEN && k != CLASS_CUT) || ours.reconciled_on.year) return OK;
	if (!money_add(d->fresh, l->amount, &d->fresh)) return E_INTERNAL;
	return payment_debit_reconcile(c, d->date, channel, l->voucher, NULL);
}

static err_t compare_rest(struct ctx *c, struct day *d)
{
	struct payment_debits_of_day_row *rows;
	size_t n;
	TRY(payment_debits_of_day(c, str_c(d->channel->code), d->date, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct payment_bank_line key = { .voucher = rows[i].voucher };
		if (d->n && bsearch(&key, d->lines, d->n, sizeof key, by_voucher)) continue;
		struct our_side side = { .booked = true,
			.same_day = true,
			.amount = rows[i].amount,
			.elsewhere = rows[i].reconciled_on.year != 0 };
		enum difference_class k = difference_of(false, FEN(0), &side);
		TRY(note(c, d, k, rows[i].voucher, false, FEN(0), &side));
	}
	return OK;
}

static err_t compare(struct ctx *c, void *arg)
{
	struct day *d = arg;
	struct str channel = str_c(d->channel->code);
	struct payment_reconciliation_get_row before;
	bool again;
	struct balance *b = &d->balance;
	*b = (struct balance){ 0 };
	d->fresh = FEN(0);
	TRY(payment_reconciliation_get(c, channel, d->date, &before, &again));
	int64_t document = again ? before.document : db_new_id(c);
	TRY(payment_differences_clear(c, channel, d->date, NULL));
	for (size_t i = 0; i < d->n; i++)
		TRY(compare_line(c, d, &d->lines[i]));
	TRY(compare_rest(c, d));
	if (d->fresh.fen) TRY(ledger_reconcile(c, d->fresh, document));
	return payment_reconciliation_put(c, channel, d->date, c->now, document, b->bank_count, b->bank,
	        b->ledger_count, b->ledger, b->matched_count, b->matched, b->open_count, b->difference, d->file, NULL);
}

static err_t run_day(struct ctx *c, struct day *d)
{
	if (!d->channel->file(c, d->date, &d->file)) return RAISE(c, E_BUSY, &no_file);
	TRY(read_day(c, d));
	TRY(db_write(c, compare, d));
	if (d->balance.open_count)
		log_event(LOG_WARN_LEVEL, "reconciliation-open", STR_NONE, "bank", d->channel->code, "day",
		        date_format(c->arena, d->date).p, "difference", money_format(c->arena, d->balance.difference).p,
		        NULL);
	return OK;
}

/* What was short may be in the file of the day after (日切): compared again with the file that is kept. */
static err_t again(struct ctx *c, const struct payment_channel *channel, struct date date)
{
	struct payment_reconciliation_get_row row;
	struct day d = { .channel = channel, .date = date };
	bool found;
	TRY(payment_reconciliation_get(c, str_c(channel->code), date, &row, &found));
	if (!found || !row.open_count) return OK;
	d.file = row.file;
	TRY(read_day(c, &d));
	return db_write(c, compare, &d);
}

/* --- job --- */

/* One day's trouble does not keep the others from being compared. */
static err_t run_one(struct ctx *c, const struct payment_channel *channel, struct date date, err_t *result)
{
	struct day d = { .channel = channel, .date = date };
	err_t e = run_day(c, &d);
	if (e == OK) return again(c, channel, date_add_days(date, -1));
	*result = e;
	return OK;
}

/* Days further back than the others, with debits that were never compared: the server stood still, or the sandbox's
 * clock went on by more than a week. The oldest first. */
static err_t catch_up_missed(struct ctx *c, const struct payment_channel *channel, err_t *result)
{
	struct payment_days_missed_row *rows;
	size_t n;
	TRY(payment_days_missed(c, str_c(channel->code), date_add_days(c->today, -DAYS_BACK), &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(run_one(c, channel, rows[i].day, result));
	return OK;
}

static err_t catch_up(struct ctx *c, const struct payment_channel *channel)
{
	struct payment_reconciliation_get_row row;
	bool found;
	err_t result = OK;
	TRY(catch_up_missed(c, channel, &result));
	for (int32_t back = DAYS_BACK; back >= 1; back--) {
		struct date date = date_add_days(c->today, -back);
		TRY(payment_reconciliation_get(c, str_c(channel->code), date, &row, &found));
		if (!found || back == 1) TRY(run_one(c, channel, date, &result));
	}
	return result;
}

err_t payment_reconcile_all(struct ctx *c, struct str argument)
{
	err_t result = OK;
	(void)argument;
	for (const struct payment_channel *k = payment_channels; k->code; k++) {
		struct payment_bank_get_row bank;
		bool found;
		TRY(payment_bank_get(c, str_c(k->code), &bank, &found));
		err_t e = found && payment_channel_here(c, k) ? catch_up(c, k) : OK;
		if (e != OK) result = e;
	}
	return result;
}

/* --- operations --- */

static const char *class_words(struct str class)
{
	static const struct {
		const char *code, *words;
	} classes[] = {
		{ "even", N_("平") },
		{ "cut", N_("日切：另一方记在相邻的一天") },
		{ "long", N_("长款：银行扣了，台账没有") },
		{ "short", N_("短款：台账有，银行文件没有") },
		{ "amount", N_("金额不符") },
	};
	for (size_t i = 0; i < COUNT(classes); i++)
		if (str_is(class, classes[i].code)) return classes[i].words;
	return "";
}

static void put_amount(struct ctx *c, struct value *v, const char *key, struct money m)
{
	if (m.fen == DB_NULL)
		value_put(c->arena, v, key, value_null(c->arena));
	else
		value_put_money(c->arena, v, key, m);
}

static err_t load(struct ctx *c, const struct day_in *in, struct payment_reconciliation_get_row *row)
{
	bool found;
	if (!payment_channel_find(in->bank)) return RAISE(c, E_NOT_FOUND, &no_channel);
	TRY(payment_reconciliation_get(c, in->bank, in->day, row, &found));
	return found ? OK : RAISE(c, E_NOT_FOUND, &no_day);
}

err_t payment_reconciliation_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct day_in *in = input;
	struct payment_reconciliation_get_row row = { 0 };
	struct payment_difference_list_row *rows;
	size_t n;
	TRY(load(c, in, &row));
	TRY(payment_difference_list(c, in->bank, in->day, &rows, &n));
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "bank", in->bank);
	value_put_str(c->arena, v, "bank_title", tr(c, payment_channel_find(in->bank)->title));
	value_put_date(c->arena, v, "day", in->day);
	value_put_instant(c->arena, v, "run_at", row.run_at);
	value_put_bool(c->arena, v, "balanced", row.open_count == 0);
	value_put_money(c->arena, v, "difference", row.difference);
	value_put_int(c->arena, v, "bank_count", row.bank_count);
	value_put_money(c->arena, v, "bank_sum", row.bank_sum);
	value_put_int(c->arena, v, "ledger_count", row.ledger_count);
	value_put_money(c->arena, v, "ledger_sum", row.ledger_sum);
	value_put_int(c->arena, v, "matched_count", row.matched_count);
	value_put_money(c->arena, v, "matched_sum", row.matched_sum);
	value_put_int(c->arena, v, "open_count", row.open_count);
	struct value *list = value_put_array(c->arena, v, "differences");
	for (size_t i = 0; i < n; i++) {
		struct value *item = value_object(c->arena);
		value_put_str(c->arena, item, "voucher", rows[i].voucher);
		value_put_str(c->arena, item, "class", rows[i].class);
		value_put_str(c->arena, item, "class_title", tr(c, class_words(rows[i].class)));
		put_amount(c, item, "bank_amount", rows[i].bank);
		put_amount(c, item, "ledger_amount", rows[i].ledger);
		value_push(c->arena, list, item);
	}
	return OK;
}

/* 对账单: every voucher of both sides, and the sums on the last line. */
err_t payment_reconciliation_csv(struct ctx *c, const void *input, struct reply *out)
{
	const struct day_in *in = input;
	struct payment_reconciliation_get_row row = { 0 };
	struct payment_difference_list_row *rows;
	struct day d = { .channel = payment_channel_find(in->bank), .date = in->day };
	size_t n;
	struct buf b;
	TRY(load(c, in, &row));
	TRY(payment_difference_list(c, in->bank, in->day, &rows, &n));
	d.file = row.file;
	TRY(read_day(c, &d));
	buf_init(&b, c->arena, 4096);
	csv_write(&b, (struct str[]){ S("voucher"), S("bank_no"), S("bank_amount"), S("ledger_amount"), S("class") },
	        CSV_FIELDS, true);
	for (size_t i = 0, k = 0; i < d.n || k < n;) {
		int order = i == d.n ? 1 : k == n ? -1 : str_cmp(d.lines[i].voucher, rows[k].voucher);
		struct str amount = order <= 0 ? money_format(c->arena, d.lines[i].amount) : S("");
		struct str line[CSV_FIELDS] = { order <= 0 ? d.lines[i].voucher : rows[k].voucher,
			order <= 0 ? d.lines[i].bank_no : S(""), amount, amount, S("even") };
		if (order >= 0) {
			bool ours = rows[k].ledger.fen != DB_NULL;
			line[3] = ours ? money_format(c->arena, rows[k].ledger) : S("");
			line[4] = rows[k].class;
		}
		csv_write(&b, line, CSV_FIELDS, true);
		i += order <= 0;
		k += order >= 0;
	}
	csv_write(&b,
	        (struct str[]){ S("TOTAL"), S(""), money_format(c->arena, row.bank_sum),
	                money_format(c->arena, row.ledger_sum), money_format(c->arena, row.difference) },
	        CSV_FIELDS, true);
	out->bytes = buf_done(&b);
	out->media = "text/csv; charset=utf-8";
	out->filename =
	        str_printf(c->arena, "reconciliation-%.*s-%s.csv", STR_FMT(in->bank), date_format(c->arena, in->day).p);
	return OK;
}

err_t payment_reconcile_now(struct ctx *c, const void *input, struct reply *out)
{
	const struct day_in *in = input;
	struct day d = { .channel = payment_channel_find(in->bank), .date = in->day };
	if (!payment_channel_here(c, d.channel)) return RAISE(c, E_NOT_FOUND, &no_channel);
	if (date_cmp(in->day, c->today) >= 0) {
		FAULT(c, S("/day"), &not_over);
		return problem_result(&c->problem);
	}
	TRY(run_day(c, &d));
	TRY(again(c, d.channel, date_add_days(d.date, -1)));
	TRY(payment_reconciliation_show(c, input, out));
	out->status = 201;
	return OK;
}

err_t payment_reconciliations(struct ctx *c, const void *input, struct reply *out)
{
	const struct days_in *in = input;
	struct payment_reconciliation_list_row *rows;
	size_t n;
	TRY(payment_reconciliation_list(c, in->has_before ? in->before : date_add_days(c->today, 1), &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "reconciliations");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		const struct payment_channel *bank = payment_channel_find(rows[i].channel);
		value_put_str(c->arena, v, "bank", rows[i].channel);
		value_put_str(c->arena, v, "bank_title", bank ? tr(c, bank->title) : rows[i].channel);
		value_put_date(c->arena, v, "day", rows[i].day);
		value_put_instant(c->arena, v, "run_at", rows[i].run_at);
		value_put_int(c->arena, v, "bank_count", rows[i].bank_count);
		value_put_money(c->arena, v, "bank_sum", rows[i].bank_sum);
		value_put_money(c->arena, v, "ledger_sum", rows[i].ledger_sum);
		value_put_int(c->arena, v, "open_count", rows[i].open_count);
		value_put_money(c->arena, v, "difference", rows[i].difference);
		value_put_bool(c->arena, v, "balanced", rows[i].open_count == 0);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t payment_days(struct ctx *c, struct payment_day **out, size_t *n)
{
	struct payment_reconciliation_list_row *rows;
	TRY(payment_reconciliation_list(c, date_add_days(c->today, 1), &rows, n));
	if (*n > PAYMENT_DAYS) *n = PAYMENT_DAYS;
	*out = arena_array(c->arena, PAYMENT_DAYS, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct payment_day){ rows[i].channel, rows[i].day, rows[i].bank_sum, rows[i].bank_count,
			rows[i].open_count };
	return OK;
}

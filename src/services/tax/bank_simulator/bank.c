/* The bank's side of etax-bank/1. It keeps books of its own, debits after it has acknowledged, calls back until it is
 * heard, and does on demand what real networks do: loses answers, repeats itself, signs wrongly, comes late. */
#include "bank_simulator_sql.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/fetch/fetch.h"
#include "kernel/keys/keys.h"
#include "kernel/sandbox/sandbox.h"
#include "services/tax/bank_simulator/bank_simulator.h"
#include "services/tax/payment/payment.h"
#include <string.h>

#define SECOND INT64_C(1000000)
#define HOLD (60 * SECOND)
enum { NOTIFY_TRIES = 12 };

static const struct fault_def refused = { "bank-envelope", N_("模拟银行不认这份报文：{1}"), NULL, NULL };
static const struct fault_def lost = { "bank-fault", N_("模拟银行按您的要求没有应答"), NULL, NULL };

const struct choice bank_faults[] = { { "refuse", N_("余额不足，拒绝扣款") }, { "no-ack", N_("已受理，但应答丢失") },
	{ "no-callback", N_("已扣款，不回送结果") }, { "wrong-amount", N_("回送的金额不对") },
	{ "wrong-signature", N_("回送的签名不对") }, { "duplicate", N_("回送两次") },
	{ "callback-first", N_("先回送，后应答") }, { "hold", N_("一分钟后才扣款") },
	{ "hold-callback", N_("扣款一分钟后才回送") }, { "omit", N_("对账文件少一笔") },
	{ "extra", N_("对账文件多一笔") }, { "file-amount", N_("对账文件一笔金额不对") }, { 0 } };

/* --- keys and envelopes --- */

static void free_key(void *k)
{
	crypto_key_free(k);
}

static err_t own_key(struct ctx *c, struct crypto_key **out)
{
	struct bank_simulator_key_get_row row;
	bool found;
	TRY(bank_simulator_key_get(c, &row, &found));
	*out = found ? crypto_sm2_from_der(row.der) : NULL;
	if (!*out) return E_INTERNAL;
	arena_cleanup(c->arena, free_key, *out);
	return OK;
}

err_t bank_seed(struct ctx *c)
{
	struct bank_simulator_key_get_row row;
	bool found;
	unsigned char point[65];
	TRY(bank_simulator_key_get(c, &row, &found));
	if (found) return OK;
	struct crypto_key *key = crypto_sm2_new();
	arena_cleanup(c->arena, free_key, key);
	TRY(bank_simulator_key_put(c, crypto_sm2_der(c->arena, key), NULL));
	crypto_sm2_point(key, point);
	return payment_bank_register(c, S(BANK_NAME), STR_NONE, point);
}

/* A message of the bureau: signed by its seal key. */
static err_t open_message(struct ctx *c, struct str body, struct value **message)
{
	static const char *const words[] = { [PAYMENT_MALFORMED] = "malformed",
		[PAYMENT_FOREIGN] = "parties",
		[PAYMENT_STALE] = "stale",
		[PAYMENT_FORGED] = "signature" };
	struct payment_envelope e;
	struct json_fault where;
	unsigned char point[65];
	crypto_sm2_point(keys_seal(c->app->keys), point);
	enum payment_open open =
	        payment_unseal(c->arena, body, payment_bureau_name(c), S(BANK_NAME), point, c->now, &e);
	if (open != PAYMENT_OPENED) return RAISE(c, E_FORBIDDEN, &refused, str_c(words[open]));
	return json_parse(c->arena, e.message, message, &where) == OK ? OK : RAISE(c, E_INPUT, &refused, S("json"));
}

static err_t answer(struct ctx *c, struct str message, struct reply *out)
{
	struct crypto_key *key;
	TRY(own_key(c, &key));
	out->bytes = payment_seal(c->arena, S(BANK_NAME), payment_bureau_name(c), key, c->now, message);
	out->media = "application/json";
	return OK;
}

/* --- debits --- */

static err_t enqueue(struct ctx *c, const char *kind, struct str voucher, int64_t tries, instant_us at)
{
	struct str argument =
	        str_printf(c->arena, "{\"voucher\":\"%.*s\",\"tries\":%lld}", STR_FMT(voucher), (long long)tries);
	return job_enqueue(c, kind, voucher, argument, at);
}

static err_t report_of(struct ctx *c, struct str voucher, struct payment_report *r)
{
	struct bank_simulator_order_get_row order;
	struct bank_simulator_debit_get_row debit;
	bool found, debited;
	*r = (struct payment_report){ .voucher = voucher, .said = PAYMENT_UNKNOWN };
	TRY(bank_simulator_order_get(c, voucher, &order, &found));
	if (!found) return OK;
	TRY(bank_simulator_debit_get(c, voucher, &debit, &debited));
	r->amount = order.amount;
	r->reason = order.reason;
	r->said = debited ? PAYMENT_DEBITED : str_is(order.state, "refused") ? PAYMENT_REFUSED : PAYMENT_PENDING;
	if (debited) {
		r->bank_no = debit.bank_no;
		r->debited_at = debit.debited_at;
	}
	return OK;
}

/* Once for a voucher, and never after valid_until. */
static err_t debit(struct ctx *c, void *arg)
{
	const struct str *voucher = arg;
	struct bank_simulator_order_get_row order;
	bool found, hold;
	int64_t n;
	TRY(bank_simulator_order_get(c, *voucher, &order, &found));
	if (!found || !str_is(order.state, "pending")) return OK;
	if (c->now > order.valid_until) {
		TRY(bank_simulator_order_state(c, S("refused"), S("expired"), *voucher, NULL));
		return enqueue(c, "bank_simulator.notify", *voucher, 0, c->now);
	}
	TRY(db_counter(c, S("bank_simulator.debit"), 1, &n));
	struct str number = str_printf(
	        c->arena, "SIM%04d%02d%02d%08lld", c->today.year, c->today.month, c->today.day, (long long)n);
	TRY(bank_simulator_debit_insert(c, *voucher, number, order.amount, c->now, NULL));
	TRY(bank_simulator_order_state(c, S("debited"), STR_NONE, *voucher, NULL));
	TRY(sandbox_partner_fault(c, "bank_simulator.hold-callback", &hold));
	return enqueue(c, "bank_simulator.notify", *voucher, 0, c->now + (hold ? HOLD : 0));
}

static bool read_argument(struct ctx *c, struct str argument, struct str *voucher, int64_t *tries)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(c->arena, argument, &v, &where) != OK) return false;
	*voucher = value_text(v, "voucher");
	*tries = value_number(v, "tries", 0);
	return voucher->p != NULL;
}

err_t bank_debit_job(struct ctx *c, struct str argument)
{
	struct str voucher;
	int64_t tries;
	if (!read_argument(c, argument, &voucher, &tries)) return E_INTERNAL;
	return db_write(c, debit, &voucher);
}

/* --- calling back --- */

static int call_back(struct ctx *c, struct str envelope)
{
	const char *own = __atomic_load_n(&c->app->address, __ATOMIC_ACQUIRE);
	if (!own) return 0;
	struct fetch f = { .base = str_c(own),
		.path = "/v1/payments/callbacks/" BANK_NAME,
		.media = "application/json",
		.body = envelope };
	return fetch_call(c->arena, &f).status;
}

/* The status that the bureau answered; 200 also when the callback is to be lost. */
static err_t notify(struct ctx *c, struct str voucher, int *status)
{
	struct payment_report r;
	struct crypto_key *key;
	TRY(report_of(c, voucher, &r));
	TRY(own_key(c, &key));
	*status = 200;
	if (sandbox_partner_strikes(c, "bank_simulator.no-callback")) return OK;
	if (sandbox_partner_strikes(c, "bank_simulator.wrong-amount")) r.amount.fen++;
	if (sandbox_partner_strikes(c, "bank_simulator.wrong-signature")) {
		key = crypto_sm2_new();
		arena_cleanup(c->arena, free_key, key);
	}
	struct str us = S(BANK_NAME), them = payment_bureau_name(c), message = payment_report_write(c->arena, &r);
	struct str envelope = payment_seal(c->arena, us, them, key, c->now, message);
	*status = call_back(c, envelope);
	if (sandbox_partner_strikes(c, "bank_simulator.duplicate")) {
		(void)call_back(c, envelope);
		*status = call_back(c, payment_seal(c->arena, us, them, key, c->now, message));
	}
	return OK;
}

struct retry {
	struct str voucher;
	int64_t tries;
};
static err_t again(struct ctx *c, void *arg)
{
	const struct retry *r = arg;
	int64_t pause = SECOND << (r->tries < 9 ? r->tries : 9);
	return enqueue(c, "bank_simulator.notify", r->voucher, r->tries + 1, c->now + pause);
}

err_t bank_notify_job(struct ctx *c, struct str argument)
{
	struct retry r;
	int status;
	if (!read_argument(c, argument, &r.voucher, &r.tries)) return E_INTERNAL;
	TRY(notify(c, r.voucher, &status));
	if (status == 200 || r.tries >= NOTIFY_TRIES) return OK;
	return db_write(c, again, &r);
}

/* --- orders --- */

struct order {
	struct str voucher;
	struct money amount;
	instant_us valid_until;
	struct payment_report report;
};

static err_t take_order(struct ctx *c, void *arg)
{
	struct order *o = arg;
	bool refuse, hold;
	int64_t new;
	TRY(sandbox_partner_fault(c, "bank_simulator.refuse", &refuse));
	struct str reason = refuse ? S("insufficient-funds") : c->now > o->valid_until ? S("expired") : STR_NONE;
	TRY(bank_simulator_order_insert(c, o->voucher, o->amount, o->valid_until,
	        reason.p ? S("refused") : S("pending"), reason, c->now, &new));
	TRY(report_of(c, o->voucher, &o->report));
	if (o->report.amount.fen != o->amount.fen) {
		o->report.said = PAYMENT_REFUSED;
		o->report.reason = S("amount");
	}
	if (!new || reason.p) return OK;
	TRY(sandbox_partner_fault(c, "bank_simulator.hold", &hold));
	return enqueue(c, "bank_simulator.debit", o->voucher, 0, c->now + (hold ? HOLD : 0));
}

err_t bank_order(struct ctx *c, const void *input, struct reply *out)
{
	const struct bank_in *in = input;
	struct value *m = NULL;
	struct order o;
	int status;
	TRY(sandbox_only(c));
	TRY(open_message(c, in->body, &m));
	o.voucher = value_text(m, "voucher");
	if (!str_is(value_text(m, "kind"), "order") || o.voucher.n != 18 ||
	        !money_parse(value_text(m, "amount"), &o.amount) || o.amount.fen <= 0 ||
	        !instant_parse(value_text(m, "valid_until"), &o.valid_until))
		return RAISE(c, E_INPUT, &refused, S("order"));
	TRY(db_write(c, take_order, &o));
	if (sandbox_partner_strikes(c, "bank_simulator.callback-first")) {
		TRY(db_write(c, debit, &o.voucher));
		TRY(notify(c, o.voucher, &status));
	}
	if (sandbox_partner_strikes(c, "bank_simulator.no-ack")) return RAISE(c, E_BUSY, &lost);
	return answer(c, payment_report_write(c->arena, &o.report), out);
}

/* Asking after valid_until closes what was not debited: the answer then holds for ever. */
static err_t close_late(struct ctx *c, void *arg)
{
	struct order *o = arg;
	struct bank_simulator_order_get_row row;
	bool found;
	TRY(bank_simulator_order_get(c, o->voucher, &row, &found));
	if (found && str_is(row.state, "pending") && c->now > row.valid_until)
		TRY(bank_simulator_order_state(c, S("refused"), S("expired"), o->voucher, NULL));
	return report_of(c, o->voucher, &o->report);
}

err_t bank_query(struct ctx *c, const void *input, struct reply *out)
{
	const struct bank_in *in = input;
	struct value *m = NULL;
	struct order o;
	TRY(sandbox_only(c));
	TRY(open_message(c, in->body, &m));
	o.voucher = value_text(m, "voucher");
	if (!str_is(value_text(m, "kind"), "query") || o.voucher.n != 18)
		return RAISE(c, E_INPUT, &refused, S("query"));
	TRY(db_write(c, close_late, &o));
	return answer(c, payment_report_write(c->arena, &o.report), out);
}

err_t bank_file(struct ctx *c, const void *input, struct reply *out)
{
	const struct bank_in *in = input;
	struct value *m = NULL, *v = value_object(c->arena);
	struct date day;
	struct str file;
	TRY(sandbox_only(c));
	TRY(open_message(c, in->body, &m));
	if (!str_is(value_text(m, "kind"), "file") || !date_parse(value_text(m, "day"), &day))
		return RAISE(c, E_INPUT, &refused, S("file"));
	TRY(bank_file_text(c, day, &file));
	value_put_c(c->arena, v, "kind", "file");
	value_put_date(c->arena, v, "day", day);
	value_put_str(c->arena, v, "file", file);
	return answer(c, value_json(c->arena, v), out);
}

/* For tests: whatever the bank is told to say, signed by it. */
err_t bank_sign(struct ctx *c, const void *input, struct reply *out)
{
	const struct sign_in *in = input;
	TRY(sandbox_only(c));
	return answer(c, in->message, out);
}

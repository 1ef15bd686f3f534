/* The providers' books: orders, credits, keys, faults, calling back until heard. */
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "services/invoice/wallet_simulator/wallet_simulator.h"
#include "wallet_simulator_sql.h"
#include <string.h>

enum { NOTIFY_TRIES = 12 };

static const struct fault_def refused = { "wallet-message", N_("模拟付款方不认这份报文：{1}"), NULL, NULL };

const struct choice wallet_faults[] = { { "refuse", N_("拒绝付款") }, { "no-answer", N_("已受理，但应答丢失") },
	{ "no-callback", N_("已付款，不回送结果") }, { "wrong-signature", N_("回送的签名不对") },
	{ "duplicate", N_("回送两次") }, { "wrong-amount", N_("回送的金额不对") }, { "omit", N_("账单少一笔") },
	{ 0 } };

err_t wallet_refuse(struct ctx *c, const char *what)
{
	return RAISE(c, E_FORBIDDEN, &refused, str_c(what));
}

/* --- keys: made when somebody first needs a payout, so that starting stays quick --- */

static void free_key(void *k)
{
	crypto_key_free(k);
}

static struct crypto_key *keep(struct arena *a, struct crypto_key *k)
{
	if (k) arena_cleanup(a, free_key, k);
	return k;
}

static bool is_bank(const char *channel)
{
	return strcmp(channel, "bank") == 0;
}

err_t wallet_key(struct ctx *c, const char *channel, struct crypto_key **key, struct str *secret)
{
	struct wallet_simulator_key_get_row row;
	bool found;
	TRY(wallet_simulator_key_get(c, str_c(channel), &row, &found));
	if (!found) return E_INTERNAL;
	*key = keep(c->arena, is_bank(channel) ? crypto_sm2_from_der(row.der) : crypto_rsa_from_der(row.der));
	*secret = row.secret;
	return *key ? OK : E_INTERNAL;
}

static struct str serial_of(struct ctx *c, struct str der)
{
	unsigned char digest[32];
	crypto_sha256(der.p, der.n, digest);
	return str_hex(c->arena, digest, 20);
}

static err_t make_key(struct ctx *c, const char *channel)
{
	struct wallet_simulator_key_get_row row;
	struct lottery_provider p = {
		.channel = str_c(channel), .merchant = S(WALLET_MERCHANT), .their_serial = S("")
	};
	unsigned char point[65];
	bool found;
	TRY(wallet_simulator_key_get(c, p.channel, &row, &found));
	if (found) return OK;
	struct crypto_key *k = keep(c->arena, is_bank(channel) ? crypto_sm2_new() : crypto_rsa_new());
	p.secret = crypto_random_hex(c->arena, 16); /* 32 letters: an APIv3 key */
	TRY(wallet_simulator_key_put(c, p.channel,
	        is_bank(channel) ? crypto_sm2_der(c->arena, k) : crypto_rsa_der(c->arena, k), p.secret, NULL));
	if (is_bank(channel)) {
		crypto_sm2_point(k, point);
		p.merchant = S(WALLET_BANK);
		p.their_key = (struct str){ arena_dup(c->arena, point, sizeof point), sizeof point };
	} else {
		p.their_key = crypto_rsa_public_der(c->arena, k);
		p.their_serial = serial_of(c, p.their_key);
	}
	return lottery_provider_register(c, &p);
}

err_t wallet_feed(struct ctx *c, const struct event *events, size_t n)
{
	if (!c->app->sandbox) return OK;
	for (size_t i = 0; i < n; i++) {
		bool set = str_is(events[i].kind, "lottery.account_set");
		TRY(make_key(c, set ? str_dup(c->arena, events[i].body).p : "bank"));
	}
	return OK;
}

/* --- orders --- */

static err_t enqueue(
        struct ctx *c, const char *kind, const char *channel, struct str order_no, int64_t tries, instant_us at)
{
	struct str argument = str_printf(c->arena, "{\"channel\":\"%s\",\"order\":\"%.*s\",\"tries\":%lld}", channel,
	        STR_FMT(order_no), (long long)tries);
	return job_enqueue(c, kind, order_no, argument, at);
}

err_t wallet_look(struct ctx *c, const char *channel, struct str order_no, struct wallet_state *s)
{
	struct wallet_simulator_order_get_row o;
	struct wallet_simulator_credit_get_row k;
	*s = (struct wallet_state){ .provider_no = S(""), .reason = S("") };
	TRY(wallet_simulator_order_get(c, str_c(channel), order_no, &o, &s->known));
	if (!s->known) return OK;
	s->amount = o.amount;
	s->reason = o.reason;
	s->failed = str_is(o.state, "failed");
	TRY(wallet_simulator_credit_get(c, str_c(channel), order_no, &k, &s->paid));
	if (s->paid) s->provider_no = k.provider_no;
	return OK;
}

struct taking {
	const struct wallet_order *order;
	struct wallet_state *state;
};
static err_t take(struct ctx *c, void *arg)
{
	struct taking *t = arg;
	const struct wallet_order *o = t->order;
	int64_t new;
	bool refuse;
	TRY(sandbox_partner_fault(c, "wallet_simulator.refuse", &refuse));
	TRY(wallet_simulator_order_insert(c, str_c(o->channel), o->order_no, o->account, o->amount,
	        refuse ? S("failed") : S("pending"), refuse ? S("ACCOUNT_NOT_EXIST") : S(""), c->now, &new));
	TRY(wallet_look(c, o->channel, o->order_no, t->state));
	return new && !refuse ? enqueue(c, "wallet_simulator.pay", o->channel, o->order_no, 0, c->now) : OK;
}

err_t wallet_take(struct ctx *c, const struct wallet_order *o, struct wallet_state *s)
{
	struct taking t = { o, s };
	TRY(db_write(c, take, &t));
	/* The same number for another sum or account is no repetition. */
	return s->amount.fen == o->amount.fen ? OK : wallet_refuse(c, "order");
}

struct job_argument {
	const char *channel;
	struct str order_no;
	int64_t tries;
};

static bool read_argument(struct ctx *c, struct str argument, struct job_argument *j)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(c->arena, argument, &v, &where) != OK) return false;
	j->channel = str_dup(c->arena, value_text(v, "channel")).p;
	j->order_no = value_text(v, "order");
	j->tries = value_number(v, "tries", 0);
	return j->channel && j->order_no.p;
}

static err_t pay(struct ctx *c, void *arg)
{
	const struct job_argument *j = arg;
	struct wallet_simulator_order_get_row o;
	struct str channel = str_c(j->channel);
	int64_t n;
	bool found;
	TRY(wallet_simulator_order_get(c, channel, j->order_no, &o, &found));
	if (!found || !str_is(o.state, "pending")) return OK;
	TRY(db_counter(c, S("wallet_simulator.credit"), 1, &n));
	struct str number = str_printf(c->arena, "%04d%02d%02d%c%012lld", c->today.year, c->today.month, c->today.day,
	        j->channel[0], (long long)n);
	TRY(wallet_simulator_credit_insert(c, channel, j->order_no, number, o.account, o.amount, c->now, NULL));
	TRY(wallet_simulator_order_state(c, S("paid"), channel, j->order_no, NULL));
	return enqueue(c, "wallet_simulator.notify", j->channel, j->order_no, 0, c->now);
}

err_t wallet_pay_job(struct ctx *c, struct str argument)
{
	struct job_argument j;
	return read_argument(c, argument, &j) ? db_write(c, pay, &j) : E_INTERNAL;
}

static int notify(struct ctx *c, const struct job_argument *j, const struct wallet_state *s, bool forged)
{
	if (is_bank(j->channel)) return wallet_bank_notify(c, j->order_no, s, forged);
	return strcmp(j->channel, "wechat") == 0 ? wallet_wechat_notify(c, j->order_no, s, forged)
	                                         : wallet_alipay_notify(c, j->order_no, s, forged);
}

static err_t again(struct ctx *c, void *arg)
{
	const struct job_argument *j = arg;
	return enqueue(c, "wallet_simulator.notify", j->channel, j->order_no, j->tries + 1,
	        c->now + (WALLET_SECOND << (j->tries < 9 ? j->tries : 9)));
}

err_t wallet_notify_job(struct ctx *c, struct str argument)
{
	struct job_argument j;
	struct wallet_state s;
	if (!read_argument(c, argument, &j)) return E_INTERNAL;
	TRY(wallet_look(c, j.channel, j.order_no, &s));
	if (sandbox_partner_strikes(c, "wallet_simulator.no-callback")) return OK;
	if (sandbox_partner_strikes(c, "wallet_simulator.wrong-amount")) s.amount.fen++;
	int status = notify(c, &j, &s, sandbox_partner_strikes(c, "wallet_simulator.wrong-signature"));
	if (sandbox_partner_strikes(c, "wallet_simulator.duplicate")) status = notify(c, &j, &s, false);
	return status == 200 || j.tries >= NOTIFY_TRIES ? OK : db_write(c, again, &j);
}

/* --- the books --- */

err_t wallet_bill(struct ctx *c, const char *channel, struct date day, struct str *csv)
{
	struct wallet_simulator_credits_row *rows;
	struct buf b;
	size_t n, lines = 0;
	int64_t sum = 0;
	bool omit = sandbox_partner_strikes(c, "wallet_simulator.omit");
	TRY(wallet_simulator_credits(c, date_to_instant(day), date_to_instant(date_add_days(day, 1)), &rows, &n));
	buf_init(&b, c->arena, 64 * n + 64);
	for (size_t i = 0; i < n; i++) {
		if (!str_is(rows[i].channel, channel)) continue;
		if (omit && !lines) {
			omit = false;
			continue;
		}
		lines++;
		sum += rows[i].amount.fen;
		buf_printf(&b, "%.*s,%.*s,%s\n", STR_FMT(rows[i].order_no), STR_FMT(rows[i].provider_no),
		        money_format(c->arena, rows[i].amount).p);
	}
	buf_printf(&b, "TOTAL,%zu,%s\n", lines, money_format(c->arena, FEN(sum)).p);
	*csv = buf_done(&b);
	return OK;
}

err_t wallet_credits(struct ctx *c, const void *input, struct reply *out)
{
	struct wallet_simulator_credits_row *rows;
	size_t n;
	int64_t sum = 0;
	(void)input;
	TRY(sandbox_only(c));
	TRY(wallet_simulator_credits(c, 0, INT64_MAX, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "credits");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "channel", rows[i].channel);
		value_put_str(c->arena, v, "order_no", rows[i].order_no);
		value_put_str(c->arena, v, "provider_no", rows[i].provider_no);
		value_put_str(c->arena, v, "account", rows[i].account);
		value_put_money(c->arena, v, "amount", rows[i].amount);
		value_put_instant(c->arena, v, "credited_at", rows[i].credited_at);
		value_push(c->arena, list, v);
		sum += rows[i].amount.fen;
	}
	value_put_int(c->arena, out->value, "count", (int64_t)n);
	value_put_money(c->arena, out->value, "sum", FEN(sum));
	return OK;
}

err_t wallet_check(struct ctx *c, struct fsck *f)
{
	struct wallet_simulator_credits_row *rows;
	size_t n;
	TRY(wallet_simulator_credits(c, 0, INT64_MAX, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		enum lottery_fate fate;
		struct money amount = FEN(0);
		TRY(lottery_fate(c, rows[i].order_no, &fate, &amount));
		if (fate == LOTTERY_FATE_NONE || fate == LOTTERY_FATE_FAILED || amount.fen != rows[i].amount.fen)
			FSCK_FAULT(
			        f, "wallet: credit of %.*s without an order of this amount", STR_FMT(rows[i].order_no));
	}
	FSCK_INFO(f, "wallet: %zu credits", n);
	return OK;
}

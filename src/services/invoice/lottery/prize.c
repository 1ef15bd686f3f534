/* Prizes: won, ordered to an account, paid once; or not claimed, not paid, given back. */
#include "base/rate.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/job/job.h"
#include "kernel/keys/keys.h"
#include "kernel/log/log.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/log.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/ledger/ledger.h"
#include "services/invoice/lottery/own.h"

/* 单张有奖发票奖金所得不超过 800 元的免税, 超过的全额按偶然所得 20 % (财税〔2007〕34号, 个人所得税法 第三条). */
#define TAX_FREE FEN(80000)
static const struct rate tax_rate = { 200000 };

const char *const prize_states[] = { "won", "ordered", "sent", "paid", "failed", "expired", "cancelled", "reclaim",
	"repaid" };

struct money prize_tax(struct money amount)
{
	return amount.fen <= TAX_FREE.fen ? FEN(0) : rate_of(amount, tax_rate);
}

const char *prize_state_words(enum prize_state s)
{
	static const char *const words[] = { N_("待领奖：请填收款账户"), N_("正在付款"), N_("已送付款方，等结果"),
		N_("奖金已到账"), N_("没有付成，请换一个收款账户"), N_("过期未领，已退回奖池"),
		N_("发票红冲，中奖取消"), N_("发票红冲，请退回奖金"), N_("奖金已退回") };
	return words[s];
}

err_t prize_load(struct ctx *c, int64_t id, struct prize *out, bool *found)
{
	out->id = id;
	TRY(lottery_prize_get(c, id, &out->row, found));
	for (int i = PRIZE_WON; *found && i <= PRIZE_REPAID; i++)
		if (str_is(out->row.state, prize_states[i])) return out->state = (enum prize_state)i, OK;
	return *found ? E_INTERNAL : OK;
}

static err_t save(struct ctx *c, const struct prize *p)
{
	const struct lottery_prize_get_row *r = &p->row;
	return lottery_prize_move(c, str_c(prize_states[p->state]), r->reason, r->channel, r->account, r->account_tail,
	        r->charity, r->order_no, r->provider_no, r->tries, r->settled_at, r->receipt_id, p->id, NULL);
}

static err_t tell(struct ctx *c, const struct prize *p, const char *kind)
{
	struct value *v = value_object(c->arena);
	struct buf b;
	value_put_str(c->arena, v, "prize_id", str_from_int(c->arena, p->id));
	value_put_str(c->arena, v, "number", p->row.number);
	value_put_money(c->arena, v, "amount", p->row.amount);
	value_put_money(c->arena, v, "net", FEN(p->row.amount.fen - p->row.tax.fen));
	buf_init(&b, c->arena, 128);
	value_write_canonical(&b, v);
	return outbox_emit(c, kind, p->row.person_id, buf_done(&b));
}

static err_t log_act(struct ctx *c, struct prize *p, const char *what)
{
	struct value *act = value_object(c->arena), *receipt;
	value_put_str(c->arena, act, "prize", str_from_int(c->arena, p->id));
	value_put_c(c->arena, act, "what", what);
	value_put_str(c->arena, act, "draw", draw_id(c->arena, p->row.scheme, p->row.draw));
	value_put_str(c->arena, act, "number", p->row.number);
	value_put_money(c->arena, act, "amount", p->row.amount);
	value_put_money(c->arena, act, "tax", p->row.tax);
	value_put_c(c->arena, act, "tax_code", PRIZE_TAX_CODE);
	if (p->row.provider_no.n) value_put_str(c->arena, act, "bank_no", p->row.provider_no);
	return receipt_issue(c, ACT_LOTTERY_PRIZE, p->row.person_id, act, &receipt, &p->row.receipt_id);
}

/* --- winning --- */

static err_t deliver_at(struct ctx *c, const struct prize *p, instant_us at)
{
	struct str id = str_from_int(c->arena, p->id);
	return job_enqueue(c, "lottery.deliver", id, str_printf(c->arena, "\"%.*s\"", STR_FMT(id)), at);
}

/* Where the money goes: the charity when it was given away, else the person's account; false: nowhere yet. */
static err_t take_account(struct ctx *c, struct prize *p, bool *there)
{
	struct lottery_account_current_row row;
	struct charity k;
	if (p->row.charity.n && scheme_charity(c, p->row.charity, &k)) {
		p->row.channel = k.channel;
		p->row.account = keys_encrypt(c->app->keys, c->arena, k.account);
		p->row.account_tail = str_sub(k.account, k.account.n - 4, 4);
		*there = true;
		return OK;
	}
	TRY(lottery_account_current(c, p->row.person_id, &row, there));
	if (!*there) return OK;
	p->row.channel = row.channel;
	p->row.account = row.account;
	p->row.account_tail = row.tail;
	return OK;
}

/* Each attempt to another account is an order of its own; a new one is made only after the old one has failed for good.
 */
err_t prize_order(struct ctx *c, struct prize *p)
{
	bool there;
	if (p->state != PRIZE_WON && p->state != PRIZE_FAILED) return OK;
	TRY(take_account(c, p, &there));
	if (!there) return OK;
	p->row.tries++;
	p->row.order_no = str_printf(c->arena, "LP%lldN%lld", (long long)p->id, (long long)p->row.tries);
	p->row.reason = S("");
	p->state = PRIZE_ORDERED;
	TRY(lottery_order_insert(
	        c, p->row.order_no, p->id, p->row.channel, FEN(p->row.amount.fen - p->row.tax.fen), c->now, NULL));
	TRY(save(c, p));
	return deliver_at(c, p, p->row.pay_from > c->now ? p->row.pay_from : c->now);
}

err_t prize_award(struct ctx *c, const struct award *a, int64_t *prize_id, bool *enough)
{
	struct prize p = { .id = db_new_id(c), .state = PRIZE_WON };
	*prize_id = 0;
	*enough = false;
	if (a->fund) TRY(ledger_prize_award(c, a->fund, a->person_id, p.id, a->amount, enough));
	if (!*enough) return OK;
	p.row = (struct lottery_prize_get_row){ .scheme = a->scheme->id,
		.draw = a->draw,
		.number = a->number,
		.person_id = a->person_id,
		.amount = a->amount,
		.tax = prize_tax(a->amount),
		.reason = S(""),
		.channel = S(""),
		.account_tail = S(""),
		.charity = a->charity,
		.order_no = S(""),
		.provider_no = S(""),
		.won_at = c->now,
		.pay_from = c->now + a->wait_days * DAY,
		.claim_until =
		        date_to_instant(date_add_days(c->today, (int32_t)(a->wait_days + a->scheme->claim_days) + 1)),
		.settled_at = DB_NULL };
	TRY(log_act(c, &p, "won"));
	const struct lottery_prize_get_row *r = &p.row;
	TRY(lottery_prize_insert(c, p.id, r->scheme, r->draw, r->number, r->person_id, r->amount, r->tax, S("won"),
	        r->channel, STR_NONE, r->account_tail, r->charity, r->order_no, r->won_at, r->pay_from, r->claim_until,
	        r->receipt_id, NULL));
	TRY(tell(c, &p, "lottery.won"));
	*prize_id = p.id;
	return prize_order(c, &p);
}

/* --- the end --- */

static err_t pool_back(struct ctx *c, struct prize *p)
{
	struct ledger_fund pool;
	TRY(ledger_fund_find(c, p->row.scheme, &pool));
	return pool.id ? ledger_prize_return(c, pool.id, p->row.person_id, p->id, p->row.amount) : E_INTERNAL;
}

static err_t paid(struct ctx *c, struct prize *p, const struct payout_report *r)
{
	TRY(lottery_order_settle(c, S("paid"), r->provider_no, c->today, r->order_no, NULL));
	TRY(ledger_prize_pay(c, p->row.person_id, p->id, FEN(p->row.amount.fen - p->row.tax.fen), p->row.tax));
	p->row.provider_no = r->provider_no;
	p->row.settled_at = c->now;
	TRY(log_act(c, p, "paid"));
	p->state =
	        str_is(p->row.reason, "reversed") ? PRIZE_RECLAIM : PRIZE_PAID; /* reversed while it was on its way */
	TRY(save(c, p));
	return tell(c, p, p->state == PRIZE_PAID ? "lottery.paid" : "lottery.reclaim");
}

static err_t failed(struct ctx *c, struct prize *p, const struct payout_report *r)
{
	TRY(lottery_order_settle(c, S("failed"), STR_NONE, (struct date){ 0 }, r->order_no, NULL));
	if (str_is(p->row.reason, "reversed")) {
		p->state = PRIZE_CANCELLED;
		TRY(pool_back(c, p));
		return save(c, p);
	}
	p->state = PRIZE_FAILED;
	p->row.reason = r->reason.n && r->reason.n <= 60 ? r->reason : S("refused");
	TRY(save(c, p));
	return tell(c, p, "lottery.failed");
}

/* The one place where a provider's word changes anything. What contradicts is logged and changes nothing. */
err_t prize_apply(struct ctx *c, struct str channel, const struct payout_report *r, bool *known)
{
	struct lottery_order_get_row o;
	struct prize p;
	TRY(lottery_order_get(c, r->order_no, &o, known));
	*known = *known && str_eq(o.channel, channel);
	if (!*known) return OK;
	TRY(prize_load(c, o.prize_id, &p, known));
	bool current = *known && str_eq(p.row.order_no, r->order_no) && str_is(o.state, "open");
	bool contradicts = (r->said == SAID_PAID && str_is(o.state, "failed")) ||
	                   (r->said == SAID_FAILED && str_is(o.state, "paid")) ||
	                   (r->said == SAID_PAID && r->amount.fen != o.amount.fen);
	if (contradicts) {
		log_event(LOG_SECURITY_LEVEL, "payout-disputed", STR_NONE, "order", str_dup(c->arena, r->order_no).p,
		        NULL);
		return OK;
	}
	if (!current || (p.state != PRIZE_ORDERED && p.state != PRIZE_SENT)) return OK;
	if (r->said == SAID_PAID) return paid(c, &p, r);
	if (r->said == SAID_FAILED) return failed(c, &p, r);
	if (r->said != SAID_PENDING || p.state == PRIZE_SENT) return OK;
	p.state = PRIZE_SENT;
	return save(c, &p);
}

err_t prize_cancel(struct ctx *c, struct prize *p, const char *reason)
{
	switch (p->state) {
	case PRIZE_WON:
	case PRIZE_FAILED:
		p->state = PRIZE_CANCELLED;
		TRY(pool_back(c, p));
		break;
	case PRIZE_PAID: p->state = PRIZE_RECLAIM; break;
	case PRIZE_ORDERED:
	case PRIZE_SENT: break; /* the provider may have acted: its word decides */
	case PRIZE_EXPIRED:
	case PRIZE_CANCELLED:
	case PRIZE_RECLAIM:
	case PRIZE_REPAID: return OK;
	}
	p->row.reason = str_c(reason);
	TRY(save(c, p));
	return p->state == PRIZE_RECLAIM ? tell(c, p, "lottery.reclaim") : OK;
}

static const struct fault_def nothing_owed = { "not-reclaimed", N_("这笔奖金不用退回"), NULL, NULL };

/* The money is back (an officer saw it): the pool has it again, tax included, and the person may take part again. */
err_t prize_repay(struct ctx *c, struct prize *p)
{
	struct ledger_fund pool;
	if (p->state != PRIZE_RECLAIM) return RAISE(c, E_CONFLICT, &nothing_owed);
	TRY(ledger_fund_find(c, p->row.scheme, &pool));
	if (!pool.id) return E_INTERNAL;
	TRY(ledger_prize_repay(
	        c, pool.id, p->row.person_id, p->id, FEN(p->row.amount.fen - p->row.tax.fen), p->row.tax));
	p->state = PRIZE_REPAID;
	TRY(log_act(c, p, "repaid"));
	return save(c, p);
}

err_t prizes_expire(struct ctx *c)
{
	static const char *const open[] = { "won", "failed" };
	for (size_t k = 0; k < COUNT(open); k++) {
		struct lottery_prizes_late_row *rows;
		size_t n;
		TRY(lottery_prizes_late(c, str_c(open[k]), c->now, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct prize p;
			bool found;
			TRY(prize_load(c, rows[i].prize_id, &p, &found));
			if (!found) continue;
			p.state = PRIZE_EXPIRED;
			TRY(pool_back(c, &p));
			TRY(save(c, &p));
			TRY(tell(c, &p, "lottery.expired"));
		}
	}
	return OK;
}

/* --- delivering: a job after the commit --- */

struct news {
	struct prize p;
	struct payout_report report;
	bool answered, withdrawn;
};

static instant_us next_try(const struct ctx *c, const struct prize *p, int64_t *pause)
{
	*pause = 2;
	for (int64_t age = (c->now - p->row.won_at) / SECOND; *pause < 300 && *pause * 2 < age; *pause *= 2)
		;
	return c->now + *pause * SECOND;
}

static err_t take_news(struct ctx *c, void *arg)
{
	struct news *n = arg;
	struct prize p;
	bool found;
	int64_t pause;
	if (n->withdrawn) { /* never sent: what the provider does not know it will not pay */
		n->report = (struct payout_report){
			.order_no = n->p.row.order_no, .said = SAID_FAILED, .reason = S("reversed")
		};
		n->answered = true;
	}
	if (n->answered) TRY(prize_apply(c, n->p.row.channel, &n->report, &found));
	TRY(prize_load(c, n->p.id, &p, &found));
	if (!found || (p.state != PRIZE_ORDERED && p.state != PRIZE_SENT)) return OK;
	return deliver_at(c, &p, next_try(c, &p, &pause));
}

static bool open_payout(struct ctx *c, const struct prize *p, struct payout *out)
{
	struct party who;
	bool found;
	*out = (struct payout){ .order_no = p->row.order_no, .amount = FEN(p->row.amount.fen - p->row.tax.fen) };
	if (identity_party(c, p->row.person_id, &who, &found) != OK || !found) return false;
	out->name = who.name;
	return p->row.account.p && keys_decrypt(c->app->keys, c->arena, p->row.account, &out->account) == OK;
}

/* Looked at again right before the money leaves: a red letter may have come since. */
static err_t still_good(struct ctx *c, const struct prize *p, bool *good)
{
	struct lottery_ticket_get_row t;
	TRY(lottery_ticket_get(c, p->row.number, &t, good));
	*good = *good && str_is(t.state, "valid");
	return OK;
}

err_t prize_deliver(struct ctx *c, struct str argument)
{
	struct news n = { 0 };
	struct payout out;
	struct value *v;
	struct json_fault where;
	int64_t id;
	bool found, good;
	if (json_parse(c->arena, argument, &v, &where) != OK || v->kind != VALUE_STR || !str_to_int(v->str, &id))
		return E_INTERNAL;
	TRY(prize_load(c, id, &n.p, &found));
	if (!found || (n.p.state != PRIZE_ORDERED && n.p.state != PRIZE_SENT)) return OK;
	const struct provider *k = provider_find(n.p.row.channel);
	if (!k || !open_payout(c, &n.p, &out)) return E_INTERNAL;
	TRY(still_good(c, &n.p, &good));
	n.answered = k->query(c, out.order_no, &n.report);
	bool unknown = n.answered && n.report.said == SAID_UNKNOWN;
	if (unknown && !good) n.withdrawn = true;
	if (unknown && good) n.answered = k->send(c, &out, &n.report);
	return db_write(c, take_news, &n);
}

/* --- showing --- */

static err_t put_receipt(struct ctx *c, struct value *v, int64_t id)
{
	struct receipt r;
	bool found = false;
	if (id) TRY(receipt_find(c, id, &r, &found));
	value_put(
	        c->arena, v, "receipt", found ? receipt_value(c, r.id, r.kind, r.at, r.leaf.b) : value_null(c->arena));
	return OK;
}

err_t prize_value(struct ctx *c, const struct prize *p, struct value **out)
{
	struct value *v = *out = value_object(c->arena);
	const struct provider *k = provider_find(p->row.channel);
	const struct scheme *s;
	struct charity charity = { 0 };
	TRY(scheme_find(c, p->row.scheme, &s));
	(void)scheme_charity(c, p->row.charity, &charity);
	value_put_str(c->arena, v, "id", str_from_int(c->arena, p->id));
	value_put_str(c->arena, v, "scheme", p->row.scheme);
	value_put_str(c->arena, v, "scheme_title", s ? tr(c, s->title.p) : p->row.scheme);
	value_put_str(c->arena, v, "draw", p->row.draw);
	value_put_str(c->arena, v, "number", p->row.number);
	value_put_money(c->arena, v, "amount", p->row.amount);
	value_put_money(c->arena, v, "tax", p->row.tax);
	value_put_money(c->arena, v, "net", FEN(p->row.amount.fen - p->row.tax.fen));
	value_put_c(c->arena, v, "state", prize_states[p->state]);
	value_put_str(c->arena, v, "state_title", tr(c, prize_state_words(p->state)));
	value_put_str(c->arena, v, "channel", p->row.channel.n ? p->row.channel : STR_NONE);
	value_put_str(c->arena, v, "channel_title", k ? tr(c, k->title) : STR_NONE);
	value_put_str(c->arena, v, "account_tail", p->row.account_tail.n ? p->row.account_tail : STR_NONE);
	value_put_str(c->arena, v, "charity", charity.title.n ? tr(c, charity.title.p) : STR_NONE);
	value_put_str(c->arena, v, "order_no", p->row.order_no.n ? p->row.order_no : STR_NONE);
	value_put_str(c->arena, v, "provider_no", p->row.provider_no.n ? p->row.provider_no : STR_NONE);
	value_put_instant(c->arena, v, "won_at", p->row.won_at);
	value_put_instant(c->arena, v, "claim_until", p->row.claim_until);
	value_put(c->arena, v, "settled_at", value_null(c->arena));
	if (p->row.settled_at != DB_NULL)
		value_set(
		        c->arena, v, S("settled_at"), value_str(c->arena, instant_format(c->arena, p->row.settled_at)));
	return put_receipt(c, v, p->row.receipt_id);
}

err_t lottery_fate(struct ctx *c, struct str order_no, enum lottery_fate *fate, struct money *amount)
{
	struct lottery_order_get_row o;
	bool found;
	*fate = LOTTERY_FATE_NONE;
	TRY(lottery_order_get(c, order_no, &o, &found));
	if (!found) return OK;
	*amount = o.amount;
	*fate = str_is(o.state, "paid")     ? LOTTERY_FATE_PAID
	        : str_is(o.state, "failed") ? LOTTERY_FATE_FAILED
	                                    : LOTTERY_FATE_OPEN;
	return OK;
}

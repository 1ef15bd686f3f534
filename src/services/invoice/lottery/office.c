/* The bureau's side: money for a pool by two persons, public numbers typed twice, providers' statements compared. */
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/log/log.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/ledger/ledger.h"
#include "services/invoice/lottery/own.h"
#include <string.h>

static const struct fault_def no_scheme = { "scheme-unknown", N_("没有这个有奖发票活动"), NULL, NULL };
static const struct fault_def no_release = { "release-unknown", N_("没有这笔拨款申请"), NULL, NULL };
static const struct fault_def done = { "release-decided", N_("这笔拨款已经处理过"), NULL, NULL };
static const struct fault_def same_person = { "two-persons", N_("申请和批准要由两个人办，请另一位税务人员批准"), NULL,
	N_("三员分立，GB/T 22239-2019") };
static const struct fault_def no_draw = { "draw-unknown", N_("没有查到这一期，请核对期号"), NULL, NULL };
static const struct fault_def has_beacon = { "beacon-there", N_("这一期的公共随机数已经公布"), NULL, NULL };
static const struct fault_def too_soon = { "beacon-soon", N_("奖票还没有冻结，现在不能录入公共随机数"), NULL, NULL };
static const struct fault_def bad_numbers = { "numbers", N_("请照抄公布的号码，只用数字、空格、逗号和加号"), NULL,
	NULL };

/* --- releases --- */

static err_t log_release(
        struct ctx *c, int64_t id, struct str scheme, struct money amount, const char *what, struct value **receipt)
{
	struct value *act = value_object(c->arena);
	value_put_str(c->arena, act, "what", str_printf(c->arena, "pool-%s", what));
	value_put_str(c->arena, act, "number", str_from_int(c->arena, id));
	value_put_str(c->arena, act, "value", scheme);
	value_put_money(c->arena, act, "amount", amount);
	return receipt_issue(c, ACT_LOTTERY_DRAW, c->caller.person_id, act, receipt, NULL);
}

err_t release_ask(struct ctx *c, const void *input, struct reply *out)
{
	const struct release_in *in = input;
	const struct scheme *s;
	struct value *receipt;
	int64_t id = db_new_id(c);
	TRY(scheme_find(c, in->scheme, &s));
	if (!s) return RAISE(c, E_NOT_FOUND, &no_scheme);
	TRY(lottery_release_insert(c, id, s->id, in->amount, in->reason, c->caller.person_id, c->now, NULL));
	TRY(log_release(c, id, s->id, in->amount, "asked", &receipt));
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "id", str_from_int(c->arena, id));
	value_put_str(c->arena, v, "scheme", s->id);
	value_put_money(c->arena, v, "amount", in->amount);
	value_put_c(c->arena, v, "state", "asked");
	value_put(c->arena, v, "receipt", receipt);
	return OK;
}

err_t release_decide(struct ctx *c, const void *input, struct reply *out)
{
	const struct release_id_in *in = input;
	struct lottery_release_get_row r;
	struct ledger_fund pool;
	struct value *receipt;
	bool found;
	int64_t changed;
	TRY(lottery_release_get(c, in->id, &r, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &no_release);
	if (!str_is(r.state, "asked")) return RAISE(c, E_CONFLICT, &done);
	if (r.asked_by == c->caller.person_id) return RAISE(c, E_FORBIDDEN, &same_person);
	TRY(lottery_release_decide(
	        c, in->refuse ? S("refused") : S("released"), c->caller.person_id, c->now, in->id, &changed));
	if (!changed) return RAISE(c, E_CONFLICT, &done);
	if (!in->refuse) TRY(ledger_fund_release(c, r.scheme, r.amount, in->id));
	TRY(log_release(c, in->id, r.scheme, r.amount, in->refuse ? "refused" : "released", &receipt));
	TRY(ledger_fund_find(c, r.scheme, &pool));
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "id", str_from_int(c->arena, in->id));
	value_put_c(c->arena, v, "state", in->refuse ? "refused" : "released");
	value_put_money(c->arena, v, "pool", pool.balance);
	value_put(c->arena, v, "receipt", receipt);
	return OK;
}

static struct str name_of(struct ctx *c, int64_t person)
{
	struct party p;
	bool found;
	return person != DB_NULL && identity_party(c, person, &p, &found) == OK && found ? p.name : STR_NONE;
}

static err_t put_releases(struct ctx *c, struct value *out)
{
	struct lottery_releases_row *rows;
	size_t n;
	TRY(lottery_releases(c, &rows, &n));
	struct value *list = value_put_array(c->arena, out, "releases");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		const struct scheme *s;
		TRY(scheme_find(c, rows[i].scheme, &s));
		value_put_str(c->arena, v, "id", str_from_int(c->arena, rows[i].release_id));
		value_put_str(c->arena, v, "scheme", rows[i].scheme);
		value_put_str(c->arena, v, "scheme_title", s ? tr(c, s->title.p) : rows[i].scheme);
		value_put_money(c->arena, v, "amount", rows[i].amount);
		value_put_str(c->arena, v, "reason", rows[i].reason);
		value_put_str(c->arena, v, "asked_by", name_of(c, rows[i].asked_by));
		value_put_instant(c->arena, v, "asked_at", rows[i].asked_at);
		value_put_str(c->arena, v, "state", rows[i].state);
		value_put_str(c->arena, v, "decided_by", name_of(c, rows[i].decided_by));
		value_put_bool(c->arena, v, "is_asked", str_is(rows[i].state, "asked"));
		value_put_bool(c->arena, v, "is_released", str_is(rows[i].state, "released"));
		value_put_bool(c->arena, v, "is_mine", rows[i].asked_by == c->caller.person_id);
		value_push(c->arena, list, v);
	}
	return OK;
}

static err_t put_reclaims(struct ctx *c, struct value *out)
{
	struct lottery_prizes_reclaimed_row *rows;
	size_t n;
	TRY(lottery_prizes_reclaimed(c, &rows, &n));
	struct value *list = value_put_array(c->arena, out, "reclaims");
	for (size_t i = 0; i < n; i++) {
		struct prize p;
		struct value *v = value_object(c->arena);
		bool found;
		TRY(prize_load(c, rows[i].prize_id, &p, &found));
		value_put_str(c->arena, v, "id", str_from_int(c->arena, p.id));
		value_put_str(c->arena, v, "number", p.row.number);
		value_put_money(c->arena, v, "net", FEN(p.row.amount.fen - p.row.tax.fen));
		value_push(c->arena, list, v);
	}
	return OK;
}

static const struct fault_def no_prize = { "prize-unknown", N_("没有这笔奖金"), NULL, NULL };

err_t prize_repaid(struct ctx *c, const void *input, struct reply *out)
{
	const struct prize_in *in = input;
	struct prize p;
	bool found;
	TRY(prize_load(c, in->id, &p, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &no_prize);
	TRY(prize_repay(c, &p));
	return prize_value(c, &p, &out->value);
}

/* Draws whose public value is due and has not come: where officers type. */
static err_t put_missing(struct ctx *c, struct value *out)
{
	struct lottery_draws_unfinished_row *rows;
	size_t n;
	TRY(lottery_draws_unfinished(c, S(""), S(""), &rows, &n));
	struct value *list = value_put_array(c->arena, out, "missing");
	for (size_t i = 0; i < n; i++) {
		bool frozen = str_is(rows[i].state, "frozen"), instant = str_is(rows[i].kind, "instant");
		if (rows[i].has_beacon || !(frozen || (instant && rows[i].opens_at <= c->now))) continue;
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "scheme", rows[i].scheme);
		value_put_str(c->arena, v, "draw", rows[i].draw);
		value_put_int(c->arena, v, "round", rows[i].round);
		value_push(c->arena, list, v);
	}
	return OK;
}

static err_t put_days(struct ctx *c, struct value *out)
{
	struct lottery_days_row *rows;
	size_t n;
	TRY(lottery_days(c, &rows, &n));
	struct value *list = value_put_array(c->arena, out, "days");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		const struct provider *k = provider_find(rows[i].channel);
		value_put_str(c->arena, v, "channel", rows[i].channel);
		value_put_str(c->arena, v, "channel_title", k ? tr(c, k->title) : rows[i].channel);
		value_put_date(c->arena, v, "day", rows[i].day);
		value_put_int(c->arena, v, "our_count", rows[i].our_count);
		value_put_money(c->arena, v, "our_sum", rows[i].our_sum);
		value_put_int(c->arena, v, "their_count", rows[i].their_count);
		value_put_money(c->arena, v, "their_sum", rows[i].their_sum);
		value_put_int(c->arena, v, "open_count", rows[i].open_count);
		value_put_str(c->arena, v, "detail", rows[i].detail);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t pool_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct scheme *const *list;
	size_t n;
	(void)input;
	TRY(scheme_all(c, &list, &n));
	out->value = value_object(c->arena);
	struct value *pools = value_put_array(c->arena, out->value, "pools");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		struct ledger_fund pool;
		TRY(ledger_fund_find(c, list[i]->id, &pool));
		value_put_str(c->arena, v, "scheme", list[i]->id);
		value_put_str(c->arena, v, "title", tr(c, list[i]->title.p));
		value_put_money(c->arena, v, "pool", pool.balance);
		value_put_bool(c->arena, v, "in_force", scheme_in_force(list[i], c->today));
		value_push(c->arena, pools, v);
	}
	TRY(put_releases(c, out->value));
	TRY(put_missing(c, out->value));
	TRY(put_reclaims(c, out->value));
	TRY(put_days(c, out->value));
	static const char *const lists[] = { "releases", "missing", "reclaims", "days" };
	for (size_t i = 0; i < COUNT(lists); i++)
		value_put_bool(c->arena, out->value, str_printf(c->arena, "any_%s", lists[i]).p,
		        value_get(out->value, str_c(lists[i]))->count > 0);
	return OK;
}

/* --- public numbers instead of a beacon: two officers, the same two numbers --- */

err_t pool_typed(struct ctx *c, const void *input, struct reply *out)
{
	const struct typed_in *in = input;
	struct the_draw d;
	struct lottery_typed_agree_row row;
	struct draw_beacon b = { .numbers = true, .first = str_trim(in->first), .second = str_trim(in->second) }, again;
	bool found;
	TRY(draw_load(c, in->scheme, in->draw, &d, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &no_draw);
	if (d.row.beacon.p) return RAISE(c, E_CONFLICT, &has_beacon);
	bool instant = str_is(d.row.kind, "instant");
	if (instant ? c->now < d.row.opens_at || d.row.size > 0 : !str_is(d.row.state, "frozen"))
		return RAISE(c, E_CONFLICT, &too_soon);
	draw_numbers_randomness(b.first, b.second, b.randomness);
	if (draw_beacon_read(c->arena, draw_beacon_write(c->arena, &b), &again) != BEACON_GOOD) {
		FAULT(c, S("/first"), &bad_numbers);
		return problem_result(&c->problem);
	}
	TRY(lottery_typed_put(c, in->scheme, in->draw, c->caller.person_id, b.first, b.second, c->now, NULL));
	TRY(lottery_typed_agree(c, in->scheme, in->draw, b.first, b.second, &row, &found));
	if (row.n >= 2) TRY(draw_take_beacon(c, in->scheme, in->draw, &b));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "scheme", in->scheme);
	value_put_str(c->arena, out->value, "draw", in->draw);
	value_put_int(c->arena, out->value, "agreeing", row.n);
	value_put_bool(c->arena, out->value, "taken", row.n >= 2);
	return OK;
}

/* --- reconciliation: their statement of a day, line by line --- */

struct compared {
	struct str channel;
	struct date day;
	struct payout_line *theirs;
	size_t n_theirs;
	struct money their_sum, our_sum;
	int64_t ours, open;
	struct buf detail;
};

static void differ(struct compared *k, const char *what, struct str order_no)
{
	k->open++;
	if (k->detail.n < 2000) buf_printf(&k->detail, "%s%s %.*s", k->detail.n ? "; " : "", what, STR_FMT(order_no));
}

static const struct payout_line *line_of(const struct compared *k, struct str order_no)
{
	for (size_t i = 0; i < k->n_theirs; i++)
		if (str_eq(k->theirs[i].order_no, order_no)) return &k->theirs[i];
	return NULL;
}

/* Both lists, whatever the order; a day has few prizes. */
static err_t compare(struct ctx *c, void *arg)
{
	struct compared *k = arg;
	struct lottery_orders_of_day_row *ours;
	size_t n;
	TRY(lottery_orders_of_day(c, k->channel, k->day, &ours, &n));
	k->ours = (int64_t)n;
	for (size_t i = 0; i < n; i++) {
		const struct payout_line *l = line_of(k, ours[i].order_no);
		k->our_sum.fen += ours[i].amount.fen;
		if (!l)
			differ(k, "missing", ours[i].order_no);
		else if (l->amount.fen != ours[i].amount.fen || !str_eq(l->provider_no, ours[i].provider_no))
			differ(k, "amount", ours[i].order_no);
	}
	for (size_t i = 0; i < k->n_theirs; i++) {
		bool there = false;
		k->their_sum.fen += k->theirs[i].amount.fen;
		for (size_t m = 0; m < n && !there; m++)
			there = str_eq(ours[m].order_no, k->theirs[i].order_no);
		if (!there) differ(k, "extra", k->theirs[i].order_no);
	}
	return lottery_day_put(c, k->channel, k->day, c->now, k->ours, k->our_sum, (int64_t)k->n_theirs, k->their_sum,
	        k->open, buf_done(&k->detail), NULL);
}

static err_t reconcile(struct ctx *c, const struct provider *p, struct date day, struct compared *k)
{
	struct str csv;
	*k = (struct compared){ .channel = str_c(p->code), .day = day };
	buf_init(&k->detail, c->arena, 256);
	if (!p->bill(c, day, &csv) || !payout_bill_read(c->arena, csv, &k->theirs, &k->n_theirs)) return E_BUSY;
	TRY(db_write(c, compare, k));
	if (k->open)
		log_event(LOG_SECURITY_LEVEL, "payout-differs", STR_NONE, "channel", p->code, "detail",
		        buf_done(&k->detail).p, NULL);
	return OK;
}

static const struct fault_def no_bill = { "bill-none", N_("付款方没有给出这一天的账单，请稍后再试"), NULL, NULL };

err_t pool_reconcile(struct ctx *c, const void *input, struct reply *out)
{
	const struct day_in *in = input;
	const struct provider *p = provider_find(in->channel);
	struct compared k;
	if (!p) return E_NOT_FOUND;
	err_t e = reconcile(c, p, in->day, &k);
	if (e != OK) return e == E_BUSY ? RAISE(c, E_BUSY, &no_bill) : e;
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "channel", in->channel);
	value_put_date(c->arena, v, "day", in->day);
	value_put_int(c->arena, v, "our_count", k.ours);
	value_put_money(c->arena, v, "our_sum", k.our_sum);
	value_put_int(c->arena, v, "their_count", (int64_t)k.n_theirs);
	value_put_money(c->arena, v, "their_sum", k.their_sum);
	value_put_int(c->arena, v, "open_count", k.open);
	value_put_str(c->arena, v, "detail", buf_done(&k.detail));
	return OK;
}

/* Yesterday, all providers that are registered. */
err_t payouts_reconcile(struct ctx *c, struct str argument)
{
	(void)argument;
	for (const struct provider *p = providers; p->code; p++) {
		struct provider_keys keys;
		struct compared k;
		if (!provider_keys(c, p->code, &keys)) continue;
		TRY(reconcile(c, p, date_add_days(c->today, -1), &k));
	}
	return OK;
}

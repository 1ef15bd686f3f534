/* What a consumer does and sees: entering, tickets, prizes, the account, giving away. */
#include "base/ids.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "kernel/outbox/outbox.h"
#include "services/invoice/lottery/own.h"
#include <string.h>

static const struct fault_def bad_qr = { "qr", N_("读不懂这个二维码（{1}），请原样粘贴票面二维码的内容"), NULL, NULL };
static const struct fault_def url_qr = { "qr-url", N_("这是网址（{1}），不是发票二维码的内容"),
	N_("请扫票面左上角的二维码，或者填 20 位发票号码"), NULL };
static const struct fault_def bad_account = { "account", N_("这不是{1}的收款账号，请核对"),
	N_("银行卡填 16 到 19 位卡号；支付宝填手机号或邮箱；微信填 openid"), NULL };
static const struct fault_def no_ticket = { "ticket-unknown", N_("没有查到您的这张奖票"), NULL, NULL };
static const struct fault_def no_prize = { "prize-unknown", N_("没有查到您的这笔奖金"), NULL, NULL };
static const struct fault_def no_charity = { "charity-unknown", N_("没有这个捐赠对象，请从列表里选"), NULL, NULL };
static const struct fault_def too_late = { "donation-late", N_("这笔奖金已在付款或已有结果，不能再捐"), NULL, NULL };
static const struct fault_def ticket_late = { "ticket-void", N_("这张奖票已作废，不能捐"), NULL, NULL };

/* --- entering --- */

static const struct {
	const char *outcome, *words;
} outcomes[] = {
	{ "won", N_("中奖了") },
	{ "not-won", N_("这次没有中奖") },
	{ "pool-empty", N_("抽中了，但奖池已空，没有奖金") },
	{ "entered", N_("已参加定期抽奖") },
	{ "void", N_("奖票作废") },
	{ "refused", N_("不能参加") },
	{ "waiting", N_("已登记，当天的公共随机数公布后自动开奖") },
};

static const char *outcome_words(const char *outcome)
{
	for (size_t i = 0; i < COUNT(outcomes); i++)
		if (strcmp(outcomes[i].outcome, outcome) == 0) return outcomes[i].words;
	return "";
}

static struct value *reason_value(struct ctx *c, struct str code, struct money minimum)
{
	if (!code.n) return value_null(c->arena);
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "code", code);
	struct str words = tr(c, reason_words(code));
	if (str_is(code, "minimum"))
		words = str_printf(c->arena, "%.*s（< %lld）", STR_FMT(words), (long long)(minimum.fen / 100));
	value_put_str(c->arena, v, "title", words);
	return v;
}

/* The ticket of who asks; that of another, and the true values to a code that was changed, are nobody's business. */
static err_t put_ticket(struct ctx *c, struct value *v, const struct entered *e)
{
	struct lottery_ticket_get_row t;
	struct str number = e->number;
	bool found;
	TRY(lottery_ticket_get(c, number, &t, &found));
	found = found && t.person_id == c->caller.person_id && strcmp(e->outcome, "refused") != 0;
	struct value *one = found ? value_object(c->arena) : value_null(c->arena);
	value_put(c->arena, v, "ticket", one);
	if (!found) return OK;
	value_put_str(c->arena, one, "number", number);
	value_put_str(c->arena, one, "scheme", t.scheme);
	value_put_str(c->arena, one, "seller", t.seller);
	value_put_money(c->arena, one, "total", t.total);
	value_put_str(c->arena, one, "way", t.way);
	value_put_instant(c->arena, one, "entered_at", t.entered_at);
	value_put_str(c->arena, one, "instant", t.instant.n ? t.instant : STR_NONE);
	value_put_str(c->arena, one, "periodic", t.periodic.n ? t.periodic : STR_NONE);
	value_put_int(c->arena, one, "slot", t.slot);
	value_put_int(c->arena, one, "counter", t.counter);
	value_put_money(c->arena, one, "drawn", t.drawn);
	return OK;
}

static err_t put_prize(struct ctx *c, struct value *v, int64_t id)
{
	struct prize p;
	struct value *one, *payout = value_null(c->arena);
	bool found = false;
	if (id) TRY(prize_load(c, id, &p, &found));
	if (!found) {
		value_put(c->arena, v, "prize", value_null(c->arena));
		value_put(c->arena, v, "payout", payout);
		return OK;
	}
	TRY(prize_value(c, &p, &one));
	value_put(c->arena, v, "prize", one);
	payout = value_object(c->arena);
	value_put_c(c->arena, payout, "state", prize_states[p.state]);
	value_put_str(c->arena, payout, "channel", p.row.channel.n ? p.row.channel : STR_NONE);
	value_put_money(c->arena, payout, "amount", FEN(p.row.amount.fen - p.row.tax.fen));
	value_put_str(c->arena, payout, "order_no", p.row.order_no.n ? p.row.order_no : STR_NONE);
	value_put(c->arena, v, "payout", payout);
	return OK;
}

static err_t entered_value(struct ctx *c, const struct entered *e, struct value **out)
{
	struct value *v = *out = value_object(c->arena);
	value_put_c(c->arena, v, "outcome", e->outcome);
	value_put_str(c->arena, v, "outcome_title", tr(c, outcome_words(e->outcome)));
	value_put_bool(c->arena, v, "already", e->already);
	value_put_str(c->arena, v, "number", e->number);
	value_put(c->arena, v, "reason", reason_value(c, e->reason, e->minimum));
	TRY(put_ticket(c, v, e));
	return put_prize(c, v, e->prize_id);
}

err_t lottery_entry(struct ctx *c, const void *input, struct reply *out)
{
	const struct entry_in *in = input;
	struct issue_qr q;
	struct entered e;
	struct str text = issue_qr_clean(c->arena, in->qr);
	issue_qr_read(c, text, &q);
	/* Whoever reads the number off the paper is not turned away: the face is ours anyhow. */
	bool number = text.n == DRAW_NUMBER && ids_uscc(text) != IDS_OK;
	for (size_t i = 0; number && i < text.n; i++)
		number = text.p[i] >= '0' && text.p[i] <= '9';
	if (!number && (q.fault || !q.digital)) {
		if (q.host.n) FAULT(c, S("/qr"), &url_qr, q.host);
		if (!q.host.n) FAULT(c, S("/qr"), &bad_qr, str_c(q.fault ? q.fault : "type"));
		return problem_result(&c->problem);
	}
	struct entry_claim claim = {
		.number = number ? text : q.number, .person_id = c->caller.person_id, .qr = number ? NULL : &q
	};
	TRY(lottery_enter(c, &claim, &e));
	return entered_value(c, &e, &out->value);
}

/* --- the page of one's own --- */

static const char *mark_of(struct str state)
{
	return str_is(state, "paid") || str_is(state, "valid")                             ? "ok"
	       : str_is(state, "won") || str_is(state, "ordered") || str_is(state, "sent") ? "warn"
	                                                                                   : "bad";
}

static err_t put_tickets(struct ctx *c, int64_t before, struct value *out)
{
	struct lottery_tickets_of_row *rows;
	struct charity k;
	size_t n;
	TRY(lottery_tickets_of(c, c->caller.person_id, before ? before : INT64_MAX, &rows, &n));
	struct value *list = value_put_array(c->arena, out, "tickets");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		bool valid = str_is(rows[i].state, "valid");
		value_put_str(c->arena, v, "number", rows[i].number);
		value_put_str(c->arena, v, "scheme", rows[i].scheme);
		value_put_str(c->arena, v, "seller", rows[i].seller);
		value_put_money(c->arena, v, "total", rows[i].total);
		value_put_instant(c->arena, v, "entered_at", rows[i].entered_at);
		value_put_str(c->arena, v, "way", rows[i].way);
		value_put_str(c->arena, v, "state", rows[i].state);
		value_put(
		        c->arena, v, "reason", valid ? value_null(c->arena) : reason_value(c, rows[i].reason, FEN(0)));
		value_put_str(c->arena, v, "instant", rows[i].instant.n ? rows[i].instant : STR_NONE);
		value_put_str(c->arena, v, "periodic", rows[i].periodic.n ? rows[i].periodic : STR_NONE);
		value_put_money(c->arena, v, "drawn", rows[i].drawn);
		value_put_str(c->arena, v, "charity",
		        rows[i].charity.n && scheme_charity(c, rows[i].charity, &k) ? tr(c, k.title.p) : STR_NONE);
		value_push(c->arena, list, v);
	}
	value_put_str(c->arena, out, "before", n == 50 ? str_from_int(c->arena, rows[n - 1].ticket_id) : STR_NONE);
	return OK;
}

static err_t put_prizes(struct ctx *c, struct value *out)
{
	struct lottery_prizes_of_row *rows;
	size_t n;
	struct money won = FEN(0);
	TRY(lottery_prizes_of(c, c->caller.person_id, INT64_MAX, &rows, &n));
	struct value *list = value_put_array(c->arena, out, "prizes");
	for (size_t i = 0; i < n; i++) {
		struct prize p;
		struct value *v;
		bool found;
		TRY(prize_load(c, rows[i].prize_id, &p, &found));
		if (!found) continue;
		TRY(prize_value(c, &p, &v));
		value_push(c->arena, list, v);
		won.fen += p.state == PRIZE_PAID ? p.row.amount.fen : 0;
	}
	value_put_money(c->arena, out, "won", won);
	return OK;
}

static err_t put_account(struct ctx *c, struct value *out)
{
	struct lottery_account_current_row row;
	bool found;
	TRY(lottery_account_current(c, c->caller.person_id, &row, &found));
	struct value *v = found ? value_object(c->arena) : value_null(c->arena);
	value_put(c->arena, out, "account", v);
	if (!found) return OK;
	const struct provider *k = provider_find(row.channel);
	value_put_str(c->arena, v, "channel", row.channel);
	value_put_str(c->arena, v, "channel_title", k ? tr(c, k->title) : row.channel);
	value_put_str(c->arena, v, "tail", row.tail);
	value_put_instant(c->arena, v, "added_at", row.added_at);
	return OK;
}

static err_t put_cases(struct ctx *c, struct value *out)
{
	struct lottery_cases_of_row *rows;
	size_t n;
	TRY(lottery_cases_of(c, c->caller.person_id, &rows, &n));
	struct value *list = value_put_array(c->arena, out, "reports");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "number", rows[i].case_no);
		value_put_str(c->arena, v, "seller", rows[i].seller);
		value_put_instant(c->arena, v, "at", rows[i].happened_at);
		value_put_str(c->arena, v, "state", rows[i].state);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t lottery_home(struct ctx *c, const void *input, struct reply *out)
{
	const struct before_in *in = input;
	out->value = value_object(c->arena);
	TRY(put_tickets(c, in->before, out->value));
	TRY(put_prizes(c, out->value));
	TRY(put_account(c, out->value));
	return put_cases(c, out->value);
}

err_t lottery_home_view(struct ctx *c, const void *input, struct reply *out)
{
	struct charity *list;
	size_t n;
	(void)input;
	static const char *const lists[] = { "tickets", "prizes", "reports" };
	for (size_t i = 0; i < COUNT(lists); i++) {
		const struct value *rows = value_get(out->value, str_c(lists[i]));
		value_put_bool(c->arena, out->value, str_printf(c->arena, "any_%s", lists[i]).p, rows->count > 0);
		for (const struct value_member *m = rows->first; m; m = m->next) {
			struct str state = value_text(m->value, "state");
			value_put_c(c->arena, m->value, "mark", mark_of(state));
			value_put_bool(c->arena, m->value, "is_valid", str_is(state, "valid"));
			value_put_bool(c->arena, m->value, "is_scan", str_is(value_text(m->value, "way"), "scan"));
			value_put_bool(c->arena, m->value, "is_closed", str_is(state, "closed"));
			value_put_bool(c->arena, m->value, "may_give",
			        str_is(state, "valid") && value_text(m->value, "periodic").p &&
			                !value_text(m->value, "charity").p);
		}
	}
	TRY(scheme_charities(c, &list, &n));
	struct value *charities = value_put_array(c->arena, out->value, "charities");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "code", list[i].id);
		value_put_str(c->arena, v, "title", tr(c, list[i].title.p));
		value_push(c->arena, charities, v);
	}
	return OK;
}

/* --- the account --- */

/* Prizes that were waiting for it go out at once. */
static err_t order_waiting(struct ctx *c)
{
	struct lottery_prizes_open_row *rows;
	size_t n;
	TRY(lottery_prizes_open(c, c->caller.person_id, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct prize p;
		bool found;
		TRY(prize_load(c, rows[i].prize_id, &p, &found));
		if (found) TRY(prize_order(c, &p));
	}
	return OK;
}

err_t lottery_account_set(struct ctx *c, const void *input, struct reply *out)
{
	const struct account_in *in = input;
	const struct provider *k = provider_find(in->channel);
	struct str account = str_trim(in->account), tail;
	if (!k || !k->account_good(account)) {
		FAULT(c, S("/account"), &bad_account, k ? tr(c, k->title) : in->channel);
		return problem_result(&c->problem);
	}
	tail = str_sub(account, account.n - 4, 4);
	TRY(lottery_account_end(c, c->now, c->caller.person_id, NULL));
	TRY(lottery_account_insert(c, c->caller.person_id, db_new_id(c), in->channel,
	        keys_encrypt(c->app->keys, c->arena, account), tail, c->now, NULL));
	TRY(outbox_emit(c, "lottery.account_set", c->caller.person_id, in->channel));
	TRY(order_waiting(c));
	out->value = value_object(c->arena);
	return put_account(c, out->value);
}

/* --- prizes, giving away --- */

static err_t own_prize(struct ctx *c, int64_t id, struct prize *p)
{
	bool found;
	TRY(prize_load(c, id, p, &found));
	return found && p->row.person_id == c->caller.person_id ? OK : RAISE(c, E_NOT_FOUND, &no_prize);
}

err_t lottery_prize_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct prize_in *in = input;
	struct prize p;
	TRY(own_prize(c, in->id, &p));
	return prize_value(c, &p, &out->value);
}

err_t lottery_donate_prize(struct ctx *c, const void *input, struct reply *out)
{
	const struct prize_in *in = input;
	struct prize p;
	struct charity k;
	TRY(own_prize(c, in->id, &p));
	if (!scheme_charity(c, in->charity, &k)) return RAISE(c, E_INPUT, &no_charity);
	if (p.state != PRIZE_WON && p.state != PRIZE_FAILED) return RAISE(c, E_CONFLICT, &too_late);
	p.row.charity = k.id;
	TRY(prize_order(c, &p));
	return prize_value(c, &p, &out->value);
}

err_t lottery_donate_ticket(struct ctx *c, const void *input, struct reply *out)
{
	const struct ticket_in *in = input;
	struct lottery_ticket_get_row t;
	struct charity k;
	bool found;
	TRY(lottery_ticket_get(c, in->number, &t, &found));
	if (!found || t.person_id != c->caller.person_id) return RAISE(c, E_NOT_FOUND, &no_ticket);
	if (!str_is(t.state, "valid")) return RAISE(c, E_CONFLICT, &ticket_late);
	if (!scheme_charity(c, in->charity, &k)) return RAISE(c, E_INPUT, &no_charity);
	TRY(lottery_ticket_charity(c, k.id, in->number, NULL));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "number", in->number);
	value_put_str(c->arena, out->value, "charity", tr(c, k.title.p));
	return OK;
}

/* The prize's page: what can be done about it now. */
err_t lottery_enter_form(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	struct str state = value_text(v, "state");
	struct charity *list;
	size_t n;
	bool open = str_is(state, "won") || str_is(state, "failed");
	(void)input;
	value_put_c(c->arena, v, "mark", mark_of(state));
	value_put_bool(c->arena, v, "is_open", open);
	value_put_bool(c->arena, v, "is_paid", str_is(state, "paid"));
	value_put_bool(c->arena, v, "is_waiting", str_is(state, "ordered") || str_is(state, "sent"));
	value_put_bool(c->arena, v, "is_taxed", !str_is(value_text(v, "tax"), "0.00"));
	TRY(scheme_charities(c, &list, &n));
	struct value *charities = value_put_array(c->arena, v, "charities");
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "code", list[i].id);
		value_put_str(c->arena, one, "title", tr(c, list[i].title.p));
		value_push(c->arena, charities, one);
	}
	return OK;
}

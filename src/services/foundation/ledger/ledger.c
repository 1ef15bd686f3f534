/* Ledger: the descriptor, its operations and its consistency check. */
#include "services/foundation/ledger/ledger.h"
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "ledger_sql.h"

enum { ENTRIES_PAGE = 400 }; /* as the statement says */

struct ledger_in {
	int64_t before;
};

static const struct field ledger_fields[] = {
	{ "before", FIELD_ID, AT(struct ledger_in, before), .label = N_("早于这一笔") },
	{ 0 },
};

const char *ledger_tax_title(struct str tax)
{
	static const struct {
		const char *code, *title;
	} titles[] = {
		{ "vat", N_("增值税") },
		{ "urban_construction", N_("城市维护建设税") },
		{ "education", N_("教育费附加") },
		{ "local_education", N_("地方教育附加") },
	};
	for (size_t i = 0; i < COUNT(titles); i++)
		if (str_is(tax, titles[i].code)) return titles[i].title;
	return N_("其他税费");
}

static const char *status_of(const struct obligation *o, struct date today)
{
	if (str_is(o->status, "fulfilled")) return "paid";
	if (date_cmp(today, o->due_on) > 0) return "overdue";
	return str_is(o->status, "open") ? "open" : "due";
}

struct value *ledger_obligation_value(struct ctx *c, const struct obligation *o)
{
	struct ledger_due due = ledger_due_on(o, c->today);
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "id", str_from_int(c->arena, o->id));
	value_put_str(c->arena, v, "tax", o->tax);
	value_put_str(c->arena, v, "tax_title", tr(c, ledger_tax_title(o->tax)));
	value_put_str(c->arena, v, "period", o->period);
	value_put_money(c->arena, v, "assessed", o->assessed);
	value_put_money(c->arena, v, "paid", o->paid);
	value_put_money(c->arena, v, "amount_due", due.tax);
	value_put_money(c->arena, v, "late_fee", due.late_fee);
	value_put_int(c->arena, v, "days_late", due.days_late);
	value_put_money(c->arena, v, "refund_due", o->refund);
	value_put_date(c->arena, v, "due_on", o->due_on);
	value_put_int(c->arena, v, "days_left", date_days(o->due_on) - date_days(c->today));
	value_put_c(c->arena, v, "status", status_of(o, c->today));
	value_put_bool(c->arena, v, "to_file", str_is(o->status, "open"));
	value_put_bool(c->arena, v, "to_pay", str_is(o->status, "due"));
	return v;
}

static const char *account_title(int64_t account)
{
	static const char *const titles[] = { "", N_("应缴税款"), N_("税收收入"), N_("在途资金"), N_("国库"),
		N_("应退税款"), N_("滞纳金收入"), N_("有奖发票拨款"), N_("奖池"), N_("应付奖金"), N_("已付奖金"),
		N_("代扣偶然所得个人所得税") };
	return account > 0 && (size_t)account < COUNT(titles) ? titles[account] : "";
}

static err_t entries(struct ctx *c, const void *input, struct reply *out)
{
	const struct ledger_in *in = input;
	struct ledger_entries_row *rows;
	size_t n;
	TRY(access_open(c, c->caller.subject_id, "ledger"));
	TRY(ledger_entries(c, c->caller.subject_id, in->before ? in->before : INT64_MAX, &rows, &n));
	out->value = value_object(c->arena);
	/* A posting is shown whole: one that the page cuts comes first on the next page. */
	int64_t more = n == ENTRIES_PAGE ? rows[n - 1].posting_id + 1 : 0;
	while (more && n && rows[n - 1].posting_id == more - 1)
		n--;
	struct value *array = value_put_array(c->arena, out->value, "entries");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "posting", str_from_int(c->arena, rows[i].posting_id));
		value_put_str(c->arena, v, "kind", rows[i].kind);
		value_put_str(c->arena, v, "document", str_from_int(c->arena, rows[i].document));
		value_put_instant(c->arena, v, "at", rows[i].at);
		value_put_str(c->arena, v, "account", tr(c, account_title(rows[i].account)));
		value_put_bool(c->arena, v, "own", rows[i].owner_id != 0);
		value_put_str(c->arena, v, "obligation", str_from_int(c->arena, rows[i].obligation_id));
		value_put_money(c->arena, v, "amount", rows[i].amount);
		value_push(c->arena, array, v);
	}
	value_put(c->arena, out->value, "more",
	        more ? value_str(c->arena, str_from_int(c->arena, more)) : value_null(c->arena));
	return OK;
}

static err_t entries_view(struct ctx *c, const void *input, struct reply *out)
{
	static const struct choice titles[] = {
		{ "assessment", N_("申报应缴") },
		{ "correction", N_("更正申报") },
		{ "payment", N_("缴款") },
		{ "late_fee", N_("滞纳金") },
		{ "reconciliation", N_("国库对账") },
		{ "refund", N_("退税") },
		{ "prize_release", N_("奖池拨款") },
		{ "prize_award", N_("中奖") },
		{ "prize_payout", N_("奖金发放") },
		{ "prize_return", N_("奖金退回奖池") },
		{ 0 },
	};
	(void)input;
	const struct value *list = value_get(out->value, S("entries"));
	value_put_bool(c->arena, out->value, "any", value_at(list, 0) != NULL);
	for (struct value_member *m = list->first; m; m = m->next) {
		struct str kind = value_text(m->value, "kind"), title = kind;
		for (const struct choice *k = titles; k->code; k++)
			if (str_is(kind, k->code)) title = tr(c, k->label);
		value_put_str(c->arena, m->value, "kind_title", title);
	}
	return OK;
}

static err_t check_shape(struct ctx *c, struct fsck *f)
{
	struct ledger_status_differs_row *status;
	struct ledger_entry_alone_row *alone;
	struct ledger_posting_empty_row *empty;
	size_t n;
	TRY(ledger_status_differs(c, &status, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "ledger: obligation %lld says %.*s, its amounts do not",
		        (long long)status[i].obligation_id, STR_FMT(status[i].status));
	TRY(ledger_entry_alone(c, &alone, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "ledger: entry without posting %lld", (long long)alone[i].posting_id);
	TRY(ledger_posting_empty(c, &empty, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "ledger: posting %lld has no entries", (long long)empty[i].posting_id);
	return OK;
}

static err_t check(struct ctx *c, struct fsck *f)
{
	TRY(check_shape(c, f));
	struct ledger_total_row total;
	struct ledger_unbalanced_row *unbalanced;
	struct ledger_receivable_differs_row *differs;
	size_t n;
	bool found;
	TRY(ledger_total(c, &total, &found));
	if (total.amount.fen != 0)
		FSCK_FAULT(f, "ledger: the sum of all entries is %lld fen, not 0", (long long)total.amount.fen);
	TRY(ledger_unbalanced(c, &unbalanced, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "ledger: posting %lld does not balance: %lld fen", (long long)unbalanced[i].posting_id,
		        (long long)unbalanced[i].amount.fen);
	TRY(ledger_receivable_differs(c, &differs, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "ledger: obligation %lld owes %lld fen, entries say %lld",
		        (long long)differs[i].obligation_id, (long long)differs[i].owed.fen,
		        (long long)differs[i].ledger.fen);
	struct ledger_refund_differs_row *refunds;
	TRY(ledger_refund_differs(c, &refunds, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "ledger: obligation %lld has %lld fen to give back, entries say %lld",
		        (long long)refunds[i].obligation_id, (long long)refunds[i].refund.fen,
		        (long long)refunds[i].ledger.fen);
	struct ledger_fund_differs_row *funds;
	TRY(ledger_fund_differs(c, &funds, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "ledger: fund %.*s has %lld fen, entries say %lld", STR_FMT(funds[i].name),
		        (long long)funds[i].balance.fen, (long long)funds[i].ledger.fen);
	FSCK_INFO(f, "ledger: %lld entries, sum 0", (long long)total.n);
	return OK;
}

static const struct operation operations[] = {
	{ .id = "ledger.entries",
	        .method = GET,
	        .path = "/ledger",
	        .who = MANDATE("tax.read"),
	        .in = ledger_fields,
	        .in_size = sizeof(struct ledger_in),
	        .run = entries,
	        .view = entries_view,
	        .page = "ledger/entries",
	        .menu = "我要查询/税费台账",
	        .title = N_("税费台账"),
	        .requirements = "A05.16",
	        .words = "流水 ledger 缴款记录" },
};

const struct service ledger_service = {
	.name = "ledger",
	.board = "foundation",
	.title = N_("台账"),
	.uses = "",
	.operations = operations,
	.n_operations = COUNT(operations),
	.fsck = check,
};

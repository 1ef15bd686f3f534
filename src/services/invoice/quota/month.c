/* What changes by itself: the quota of the new month on the first, the rest of it when the return is filed, and a
 * temporary raise for who is good and nearly through (domain/invoice.md §3.8). */
#include "kernel/ctx/app.h"
#include "kernel/outbox/outbox.h"
#include "quota_sql.h"
#include "services/foundation/ledger/ledger.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/quota/request.h"

/* Is the return of the period that ended with last month still to be filed? */
static err_t waits_for_return(struct ctx *c, const struct taxpayer *t, bool *waits)
{
	struct obligation o;
	struct period last = period_next(period_of(PERIOD_MONTH, c->today), -1);
	struct period p = t->quarterly ? period_of(PERIOD_QUARTER, period_first(last)) : last;
	*waits = false;
	if (t->quarterly && last.index % 3 != 0) return OK;
	TRY(ledger_obligation_for(c, t->id, S("vat"), period_format(c->arena, p), &o, waits));
	*waits = *waits && str_is(o.status, "open");
	return OK;
}

struct one {
	int64_t taxpayer_id;
};

static err_t set_month(struct ctx *c, void *arg)
{
	const struct one *one = arg;
	struct taxpayer t;
	struct quota_inputs in;
	struct quota_figures f;
	struct quota_change_last_row last;
	struct str now = period_format(c->arena, period_of(PERIOD_MONTH, c->today));
	struct str before = period_format(c->arena, period_next(period_of(PERIOD_MONTH, c->today), -1));
	struct money used;
	bool found, waits;
	TRY(registry_taxpayer_head(c, one->taxpayer_id, &t, &found));
	if (!found) return OK;
	TRY(quota_change_last(c, t.id, now, &last, &found));
	if (found) return OK; /* a run that was cut off goes on */
	TRY(quota_inputs_of(c, &t, &in));
	TRY(quota_compute(c, &in, &f, NULL));
	TRY(waits_for_return(c, &t, &waits));
	TRY(issue_quota_of(c, t.id, before, &used));
	struct money unused = FEN(t.quota.fen > used.fen ? t.quota.fen - used.fen : 0);
	struct money open = waits && unused.fen < f.limit.fen ? unused : f.limit;
	return quota_change_to(c, t.id, t.quota, open, f.limit, "month");
}

static err_t each(struct ctx *c, int64_t taxpayer_id, void *arg)
{
	struct one one = { taxpayer_id };
	(void)arg;
	return db_write(c, set_month, &one);
}

static err_t done(struct ctx *c, void *arg)
{
	(void)arg;
	return quota_run_insert(c, period_format(c->arena, period_of(PERIOD_MONTH, c->today)), c->now, NULL);
}

/* Daily; it does its work on the first, or on the day after a first that was missed. A new house begins with its next
 * month. */
err_t quota_monthly(struct ctx *c, struct str argument)
{
	struct quota_run_get_row last;
	struct str now = period_format(c->arena, period_of(PERIOD_MONTH, c->today));
	bool found;
	(void)argument;
	TRY(quota_run_get(c, &last, &found));
	if (found && str_cmp(last.period, now) >= 0) return OK;
	if (found || c->today.day == 1) TRY(registry_each(c, each, NULL));
	return db_write(c, done, NULL);
}

/* return.filed: what the first held back is open. */
static err_t open_rest(struct ctx *c, int64_t taxpayer_id)
{
	struct taxpayer t;
	struct quota_change_last_row last;
	bool found;
	TRY(registry_taxpayer_head(c, taxpayer_id, &t, &found));
	if (!found) return OK;
	TRY(quota_change_last(
	        c, taxpayer_id, period_format(c->arena, period_of(PERIOD_MONTH, c->today)), &last, &found));
	if (!found || last.after.fen >= last.full.fen || t.quota.fen >= last.full.fen) return OK;
	bool waits;
	TRY(waits_for_return(c, &t, &waits));
	return waits ? OK : quota_change_to(c, taxpayer_id, t.quota, last.full, last.full, "filed");
}

err_t quota_filed(struct ctx *c, const struct event *events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		TRY(open_rest(c, events[i].subject_id));
	return OK;
}

/* --- 临时调整, by itself --- */

static err_t raise_one(struct ctx *c, void *arg)
{
	const struct issue_quota *q = arg;
	struct taxpayer t;
	struct quota_inputs in;
	struct quota_figures f;
	struct quota_change_last_row last;
	int64_t share;
	bool found;
	TRY(registry_taxpayer_head(c, q->seller_id, &t, &found));
	if (!found || !policy_parameter(c->app->policy, "quota.raise_share", c->today, &share, NULL)) return OK;
	if (q->used.fen < rate_of(t.quota, PPM((int32_t)share)).fen) return OK;
	TRY(quota_change_last(c, t.id, period_format(c->arena, period_of(PERIOD_MONTH, c->today)), &last, &found));
	if (found && last.after.fen < last.full.fen) return OK; /* waits for its return */
	TRY(quota_inputs_of(c, &t, &in));
	TRY(quota_compute(c, &in, &f, NULL));
	if (!f.good || f.ceiling.fen <= t.quota.fen) return OK;
	return quota_change_to(c, t.id, t.quota, f.ceiling, f.ceiling, "auto");
}

err_t quota_raise(struct ctx *c, struct str argument)
{
	struct str now = period_format(c->arena, period_of(PERIOD_MONTH, c->today));
	struct issue_quota *list;
	int64_t after = 0;
	size_t n;
	(void)argument;
	do {
		TRY(issue_quotas(c, now, after, &list, &n));
		for (size_t i = 0; i < n; i++) {
			struct taxpayer t;
			bool found;
			after = list[i].seller_id;
			TRY(registry_taxpayer_head(c, after, &t, &found));
			/* Half used is a first sieve without a transaction. */
			if (found && list[i].used.fen > t.quota.fen / 2) TRY(db_write(c, raise_one, &list[i]));
		}
	} while (n == 1000);
	return OK;
}

err_t quota_fsck(struct ctx *c, struct fsck *f)
{
	struct quota_wrong_row *rows;
	size_t n;
	TRY(quota_wrong(c, &rows, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "quota request %lld of %lld: what was granted does not fit its state",
		        (long long)rows[i].request_id, (long long)rows[i].taxpayer_id);
	return OK;
}

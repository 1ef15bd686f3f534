/* Invariants of etaxd fsck: each prize owes in the ledger exactly what its state says; what is paid has one order that
 * was paid; lines are as many as the root covers; draws have won what their prizes are. */
#include "services/foundation/ledger/ledger.h"
#include "services/invoice/lottery/own.h"

static err_t check_prize(struct ctx *c, struct fsck *f, const struct lottery_prizes_after_row *r)
{
	struct money owed;
	bool open = str_is(r->state, "won") || str_is(r->state, "ordered") || str_is(r->state, "sent") ||
	            str_is(r->state, "failed");
	TRY(ledger_prize_owed(c, r->person_id, r->prize_id, &owed));
	int64_t want = open ? r->amount.fen : 0;
	if (owed.fen != want)
		FSCK_FAULT(f, "lottery: prize %lld is %.*s, the ledger owes %lld fen for it", (long long)r->prize_id,
		        STR_FMT(r->state), (long long)owed.fen);
	return OK;
}

static err_t check_prizes(struct ctx *c, struct fsck *f)
{
	struct lottery_prizes_after_row *rows;
	int64_t after = 0;
	size_t n;
	do {
		TRY(lottery_prizes_after(c, after, &rows, &n));
		for (size_t i = 0; i < n; i++)
			TRY(check_prize(c, f, &rows[i]));
		if (n) after = rows[n - 1].prize_id;
	} while (n);
	return OK;
}

err_t lottery_check(struct ctx *c, struct fsck *f)
{
	struct lottery_paid_wrong_row *paid;
	struct lottery_draws_wrong_row *draws;
	struct lottery_won_wrong_row *won;
	struct lottery_counts_row counts;
	size_t n;
	bool found;
	TRY(check_prizes(c, f));
	TRY(lottery_paid_wrong(c, &paid, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "lottery: prize %lld and its paid orders do not agree", (long long)paid[i].prize_id);
	TRY(lottery_draws_wrong(c, &draws, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "lottery: draw %.*s/%.*s has other lines than its root covers", STR_FMT(draws[i].scheme),
		        STR_FMT(draws[i].draw));
	TRY(lottery_won_wrong(c, &won, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "lottery: draw %.*s/%.*s says another sum than its prizes", STR_FMT(won[i].scheme),
		        STR_FMT(won[i].draw));
	TRY(lottery_counts(c, &counts, &found));
	FSCK_INFO(f, "lottery: %lld draws, %lld tickets, %lld prizes", (long long)counts.draws,
	        (long long)counts.tickets, (long long)counts.prizes);
	return OK;
}

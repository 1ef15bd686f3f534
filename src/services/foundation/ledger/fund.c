/* Funds: money set apart for prizes, and what becomes of it. */
#include "ledger_sql.h"
#include "services/foundation/ledger/ledger.h"

err_t ledger_fund_find(struct ctx *c, struct str name, struct ledger_fund *out)
{
	struct ledger_fund_get_row row;
	bool found;
	*out = (struct ledger_fund){ 0 };
	TRY(ledger_fund_get(c, name, &row, &found));
	if (found) *out = (struct ledger_fund){ row.fund_id, row.balance };
	return OK;
}

/* One statement both looks and takes, so that two at once never overdraw. amount below 0: puts in. */
static err_t take(struct ctx *c, int64_t fund, struct money amount, bool *enough)
{
	int64_t touched;
	TRY(ledger_fund_take(c, amount, fund, &touched));
	*enough = touched == 1;
	return OK;
}

static err_t put(struct ctx *c, int64_t fund, struct money amount)
{
	bool there;
	TRY(take(c, fund, FEN(-amount.fen), &there));
	return there ? OK : E_INTERNAL;
}

static err_t of_name(struct ctx *c, struct str name, struct ledger_fund *out)
{
	TRY(ledger_fund_open(c, db_new_id(c), name, NULL));
	TRY(ledger_fund_find(c, name, out));
	return out->id ? OK : E_INTERNAL;
}

err_t ledger_fund_release(struct ctx *c, struct str name, struct money amount, int64_t document)
{
	struct ledger_fund fund;
	TRY(of_name(c, name, &fund));
	TRY(put(c, fund.id, amount));
	struct ledger_entry entries[] = {
		{ LEDGER_PRIZE_POOL, 0, fund.id, amount },
		{ LEDGER_PRIZE_BUDGET, 0, fund.id, FEN(-amount.fen) },
	};
	return ledger_post(c, "prize_release", document, entries, COUNT(entries));
}

err_t ledger_fund_move(struct ctx *c, int64_t from, struct str to, struct money amount, int64_t document, bool *enough)
{
	struct ledger_fund fund;
	TRY(of_name(c, to, &fund));
	TRY(take(c, from, amount, enough));
	if (!*enough || amount.fen == 0) return OK;
	TRY(put(c, fund.id, amount));
	struct ledger_entry entries[] = {
		{ LEDGER_PRIZE_POOL, 0, fund.id, amount },
		{ LEDGER_PRIZE_POOL, 0, from, FEN(-amount.fen) },
	};
	return ledger_post(c, "prize_release", document, entries, COUNT(entries));
}

err_t ledger_prize_award(
        struct ctx *c, int64_t fund, int64_t person_id, int64_t prize_id, struct money amount, bool *enough)
{
	TRY(take(c, fund, amount, enough));
	if (!*enough) return OK;
	struct ledger_entry entries[] = {
		{ LEDGER_PRIZE_OWED, person_id, prize_id, amount },
		{ LEDGER_PRIZE_POOL, 0, fund, FEN(-amount.fen) },
	};
	return ledger_post(c, "prize_award", prize_id, entries, COUNT(entries));
}

err_t ledger_prize_pay(struct ctx *c, int64_t person_id, int64_t prize_id, struct money net, struct money tax)
{
	struct ledger_entry entries[] = {
		{ LEDGER_PRIZE_PAID, 0, prize_id, net },
		{ LEDGER_PRIZE_OWED, person_id, prize_id, FEN(-net.fen - tax.fen) },
		{ LEDGER_PRIZE_TAX, 0, prize_id, tax },
	};
	return ledger_post(c, "prize_payout", prize_id, entries, tax.fen ? 3 : 2);
}

err_t ledger_prize_return(struct ctx *c, int64_t fund, int64_t person_id, int64_t prize_id, struct money amount)
{
	TRY(put(c, fund, amount));
	struct ledger_entry entries[] = {
		{ LEDGER_PRIZE_POOL, 0, fund, amount },
		{ LEDGER_PRIZE_OWED, person_id, prize_id, FEN(-amount.fen) },
	};
	return ledger_post(c, "prize_return", prize_id, entries, COUNT(entries));
}

err_t ledger_prize_repay(
        struct ctx *c, int64_t fund, int64_t person_id, int64_t prize_id, struct money net, struct money tax)
{
	TRY(put(c, fund, FEN(net.fen + tax.fen)));
	/* Through the person's account, where it was owed before: there and back, so that the person sees it. */
	struct ledger_entry entries[] = {
		{ LEDGER_PRIZE_POOL, 0, fund, FEN(net.fen + tax.fen) },
		{ LEDGER_PRIZE_OWED, person_id, prize_id, FEN(0) },
		{ LEDGER_PRIZE_PAID, 0, prize_id, FEN(-net.fen) },
		{ LEDGER_PRIZE_TAX, 0, prize_id, FEN(-tax.fen) },
	};
	return ledger_post(c, "prize_return", prize_id, entries, tax.fen ? 4 : 3);
}

err_t ledger_prize_owed(struct ctx *c, int64_t person_id, int64_t prize_id, struct money *out)
{
	struct ledger_fund_owed_row row;
	bool found;
	TRY(ledger_fund_owed(c, person_id, prize_id, &row, &found));
	*out = row.amount;
	return OK;
}

/* fsck: what was filed, what is owed and what was receipted say the same. */
#include "filing_sql.h"
#include "kernel/receipt/log.h"
#include "services/tax/filing/work.h"

static err_t check_charge(
        struct ctx *c, struct fsck *f, const struct filing_all_after_row *r, const char *tax, struct money amount)
{
	struct obligation o;
	bool found;
	TRY(ledger_obligation_for(c, r->taxpayer_id, str_c(tax), r->period, &o, &found));
	if (!found || o.return_id != r->return_id || o.assessed.fen != amount.fen)
		FSCK_FAULT(f, "filing: return %lld says %s %lld fen, the obligation %lld fen of return %lld",
		        (long long)r->return_id, tax, (long long)amount.fen, (long long)(found ? o.assessed.fen : 0),
		        (long long)(found ? o.return_id : 0));
	return OK;
}

static err_t check_one(struct ctx *c, struct fsck *f, const struct filing_all_after_row *r)
{
	struct receipt receipt;
	bool found;
	struct str id = str_printf(c->arena, "\"return_id\":\"%lld\"", (long long)r->return_id);
	TRY(receipt_find(c, r->receipt_id, &receipt, &found));
	if (!found || receipt.holder_id != r->taxpayer_id || receipt.kind != ACT_RETURN_FILED ||
	        str_find(receipt.act, id.p) < 0)
		FSCK_FAULT(f, "filing: return %lld has no receipt of its own", (long long)r->return_id);
	if (r->version != r->latest) return OK;
	TRY(check_charge(c, f, r, "vat", r->vat));
	TRY(check_charge(c, f, r, "urban_construction", r->urban));
	TRY(check_charge(c, f, r, "education", r->education));
	return check_charge(c, f, r, "local_education", r->local);
}

err_t filing_check(struct ctx *c, struct fsck *f)
{
	struct filing_all_after_row *rows, last = { 0 };
	size_t n;
	int64_t total = 0;
	do {
		TRY(filing_all_after(c, last.taxpayer_id, last.return_id, &rows, &n));
		for (size_t i = 0; i < n; i++)
			TRY(check_one(c, f, &rows[i]));
		if (n) last = rows[n - 1];
		total += (int64_t)n;
	} while (n == 1000);
	FSCK_INFO(f, "filing: %lld returns with their obligations and receipts", (long long)total);
	return OK;
}

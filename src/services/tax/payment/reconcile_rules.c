#include "services/tax/payment/reconcile.h"

const char *difference_code(enum difference_class k)
{
	static const char *const codes[] = { [CLASS_EVEN] = "even",
		[CLASS_CUT] = "cut",
		[CLASS_LONG] = "long",
		[CLASS_SHORT] = "short",
		[CLASS_AMOUNT] = "amount" };
	return codes[k];
}

enum difference_class difference_of(bool has, struct money bank, const struct our_side *ours)
{
	if (!ours->booked) return CLASS_LONG;
	if (!has) return ours->elsewhere ? CLASS_CUT : CLASS_SHORT;
	if (bank.fen != ours->amount.fen) return CLASS_AMOUNT;
	return ours->same_day ? CLASS_EVEN : CLASS_CUT;
}

static bool open_class(enum difference_class k)
{
	switch (k) {
	case CLASS_EVEN:
	case CLASS_CUT: return false;
	case CLASS_LONG:
	case CLASS_SHORT:
	case CLASS_AMOUNT: return true;
	}
	return true;
}

bool balance_add(struct balance *b, enum difference_class k, bool has, struct money bank, const struct our_side *ours)
{
	bool ours_today = ours->booked && ours->same_day;
	b->bank_count += has;
	b->ledger_count += ours_today;
	bool good = money_add(b->bank, has ? bank : FEN(0), &b->bank) &&
	            money_add(b->ledger, ours_today ? ours->amount : FEN(0), &b->ledger);
	if (has && !open_class(k)) {
		b->matched_count++;
		good = good && money_add(b->matched, bank, &b->matched);
	}
	if (!open_class(k)) return good;
	struct money apart;
	b->open_count++;
	return good && money_sub(has ? bank : FEN(0), ours->booked ? ours->amount : FEN(0), &apart) &&
	       money_add(b->difference, apart, &b->difference);
}

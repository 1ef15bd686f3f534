/* Ledger (台账): double entry in whole fen. Every posting is a set of entries whose sum is 0; so the sum of all entries
 * is 0 at any moment. Obligations (应缴) are what a taxpayer owes for one tax and period. A taxpayer sees every entry.
 */
#ifndef FOUNDATION_LEDGER_H
#define FOUNDATION_LEDGER_H
#include "kernel/operation/service.h"

/* Accounts. A taxpayer's own ones carry its id; the others belong to the treasury (subject 0). */
enum ledger_account {
	LEDGER_RECEIVABLE = 1,   /* taxpayer: owed and not paid (+), by obligation */
	LEDGER_REVENUE = 2,      /* treasury: assessed tax (-) */
	LEDGER_TRANSIT = 3,      /* treasury: money that the bank debited and not yet reconciled (+) */
	LEDGER_TREASURY = 4,     /* treasury: reconciled money (+) */
	LEDGER_REFUND_DUE = 5,   /* taxpayer: overpaid, to be given back (-) */
	LEDGER_LATE_FEE = 6,     /* treasury: late fees assessed (-) */
	LEDGER_PRIZE_BUDGET = 7, /* treasury: set apart for prizes by two officers (-) */
	LEDGER_PRIZE_POOL = 8,   /* treasury, by fund: what can still be won (+) */
	LEDGER_PRIZE_OWED = 9,   /* person, by prize: won and not paid out (+) */
	LEDGER_PRIZE_PAID = 10,  /* treasury: paid out (+) */
	LEDGER_PRIZE_TAX = 11,   /* treasury: income tax withheld from prizes (+) */
};

struct ledger_entry {
	enum ledger_account account;
	int64_t subject_id;    /* 0: treasury */
	int64_t obligation_id; /* 0: none */
	struct money amount;   /* debit +, credit - */
};

/* Posts entries that sum to 0 (else E_INTERNAL). In db_write. kind: "assessment", "payment", "late_fee", "correction",
 * "reconciliation"; document: number of the return, payment or decision it comes from. */
MUST_USE err_t ledger_post(
        struct ctx *c, const char *kind, int64_t document, const struct ledger_entry *entries, size_t n);

enum obligation_status { OBLIGATION_TO_FILE, OBLIGATION_DUE, OBLIGATION_PAID };

struct obligation {
	int64_t id, taxpayer_id;
	struct str tax;    /* vat, urban_construction, education, local_education */
	struct str period; /* "2026-11" */
	struct date due_on;
	struct money assessed, paid, late_fee; /* late_fee: as posted */
	struct money refund; /* overpaid and not yet given back (多缴税款, 征管法 第五十一条) */
	struct str status;   /* open: to be filed; due: filed and owed; fulfilled: filed and nothing owed */
	int64_t return_id;
};

/* Opens the obligation to file of a tax and period (once); id of the old one when it is there. In db_write. */
MUST_USE err_t ledger_obligation_open(
        struct ctx *c, int64_t taxpayer_id, struct str tax, struct str period, struct date due_on, int64_t *id);
/* Assesses (or re-assesses after a correction) and posts the difference. What is paid beyond the new amount becomes due
 * for refund; a later increase is first met from that. In db_write. */
MUST_USE err_t ledger_assess(struct ctx *c, int64_t taxpayer_id, struct str tax, struct str period, struct date due_on,
        struct money amount, int64_t return_id, struct obligation *out);
/* The same of all taxes of one return. */
struct ledger_charge {
	const char *tax; /* "vat" */
	struct money amount;
};
MUST_USE err_t ledger_assess_all(struct ctx *c, int64_t taxpayer_id, struct str period, struct date due_on,
        const struct ledger_charge *charges, size_t n, int64_t return_id, struct obligation *out);
MUST_USE err_t ledger_obligation(struct ctx *c, int64_t taxpayer_id, int64_t id, struct obligation *out, bool *found);
/* Lists of obligations leave out periods that have not begun. */
MUST_USE err_t ledger_obligations(struct ctx *c, int64_t taxpayer_id, struct obligation **out, size_t *n);

/* The obligation of one tax and period. */
MUST_USE err_t ledger_obligation_for(
        struct ctx *c, int64_t taxpayer_id, struct str tax, struct str period, struct obligation *out, bool *found);
/* The oldest obligation of a tax that is still to be filed and was due from one day on and before another. */
MUST_USE err_t ledger_unfiled_between(struct ctx *c, int64_t taxpayer_id, struct str tax, struct date due_from,
        struct date due_before, struct obligation *out, bool *found);
/* Those due up to the day that are to be filed or to be paid (reminders), oldest first. */
MUST_USE err_t ledger_unsettled(
        struct ctx *c, int64_t taxpayer_id, struct date due_to, struct obligation **out, size_t *n);
/* Tax paid in from <= at < to for one tax: for the period, and for all others. */
struct ledger_paid {
	struct money period, others;
};
MUST_USE err_t ledger_paid_between(struct ctx *c, int64_t taxpayer_id, struct str tax, struct str period,
        instant_us from, instant_us to, struct ledger_paid *out);
const char *ledger_tax_title(struct str tax); /* N_() */
/* One obligation as interfaces and pages show it; status is that of the day: open (to be filed), due (filed and owed),
 * overdue (either, after the due date), paid (filed and nothing owed). */
struct value *ledger_obligation_value(struct ctx *c, const struct obligation *o);

/* What is to be paid today: unpaid tax and the late fee (滞纳金, 0.05 % a day from the day after the due date, 征管法
 * 第三十二条) until `on`. */
struct ledger_due {
	struct money tax, late_fee;
	int32_t days_late;
};
struct ledger_due ledger_due_on(const struct obligation *o, struct date on);

/* Money arrived for an obligation: tax first, then late fee as computed on the day of arrival. In db_write. */
MUST_USE err_t ledger_pay(struct ctx *c, int64_t taxpayer_id, int64_t obligation_id, struct money tax,
        struct money late_fee, int64_t payment_id);
/* The bank's file of the day agrees: money goes from transit to treasury. In db_write. */
MUST_USE err_t ledger_reconcile(struct ctx *c, struct money amount, int64_t document);
/* Sum of all entries of an account. */
MUST_USE err_t ledger_balance(struct ctx *c, enum ledger_account account, struct money *out);

/* Funds: money set apart (prize pools). A fund never goes below 0: what is not there is not taken. All in db_write. */
struct ledger_fund {
	int64_t id; /* 0: there is none of this name */
	struct money balance;
};
MUST_USE err_t ledger_fund_find(struct ctx *c, struct str name, struct ledger_fund *out);
/* From the budget into the fund, which is made when it is not there. */
MUST_USE err_t ledger_fund_release(struct ctx *c, struct str name, struct money amount, int64_t document);
MUST_USE err_t ledger_fund_move(
        struct ctx *c, int64_t from, struct str to, struct money amount, int64_t document, bool *enough);
/* A person wins: the fund owes it (reservation). Then it is paid, with the tax that is withheld, or goes back. */
MUST_USE err_t ledger_prize_award(
        struct ctx *c, int64_t fund, int64_t person_id, int64_t prize_id, struct money amount, bool *enough);
MUST_USE err_t ledger_prize_pay(struct ctx *c, int64_t person_id, int64_t prize_id, struct money net, struct money tax);
MUST_USE err_t ledger_prize_return(
        struct ctx *c, int64_t fund, int64_t person_id, int64_t prize_id, struct money amount);
/* A prize that was paid comes back, with its tax. */
MUST_USE err_t ledger_prize_repay(
        struct ctx *c, int64_t fund, int64_t person_id, int64_t prize_id, struct money net, struct money tax);
/* What a prize's entries say is still owed. */
MUST_USE err_t ledger_prize_owed(struct ctx *c, int64_t person_id, int64_t prize_id, struct money *out);
#endif

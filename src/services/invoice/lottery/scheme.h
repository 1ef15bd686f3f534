/* Schemes of the lottery (policy/lottery): who takes part, with what invoice, for what prizes. Data; this reads and checks it. */
#ifndef LOTTERY_SCHEME_H
#define LOTTERY_SCHEME_H
#include "base/date.h"
#include "base/money.h"
#include "kernel/ctx/ctx.h"
#include "kernel/value/value.h"

enum { SCHEME_BANDS_MAX = 8, SCHEME_PRIZES_MAX = 16, SCHEME_TRADES_MAX = 24, SCHEMES_MAX = 64,
	SCHEME_PAIR_MAX = 50, SCHEME_PAIR_MINUTES_MAX = 1440 };

struct scheme_prize {
	struct money amount;
	int64_t slots; /* instant: of the band's slots; periodic: how many win it */
};
struct scheme_band { /* an instant draw has its table by the invoice's total */
	struct money minimum;
	int64_t slots;
	struct scheme_prize prizes[SCHEME_PRIZES_MAX];
	size_t n_prizes;
};
enum scheme_every { EVERY_NEVER, EVERY_WEEK, EVERY_MONTH };

struct scheme {
	struct str id, title, region, region_title, trades_title;
	struct str trades[SCHEME_TRADES_MAX], except[SCHEME_TRADES_MAX]; /* prefixes of GB/T 4754 codes */
	size_t n_trades, n_except;
	/* Invoices that the bureau issued for a person (代开) take part when their item is one of these (prefixes of tax
	 * codes): such a seller is registered in no city and no trade. None: they do not take part. */
	struct str agency[SCHEME_TRADES_MAX];
	size_t n_agency;
	struct date from, to;
	struct money minimum, release;       /* release: what the sandbox puts into the pool at first */
	int64_t per_day, per_week, per_month; /* entries of one person; 0: no such limit */
	/* Split sales: of what one seller issued to one person within so many minutes, only so many invoices count.
	 * pair_tickets 0: no such rule. */
	int64_t pair_tickets, pair_minutes;
	int64_t upload_after_minutes;
	bool same_day; /* the chance lapses at the end of the invoice's day */
	struct scheme_band bands[SCHEME_BANDS_MAX];
	size_t n_bands; /* 0: no instant draw */
	int64_t pay_after_days;
	enum scheme_every every;
	struct money periodic_minimum;
	bool winners_leave; /* who won at once is not in the periodic draw */
	struct scheme_prize prizes[SCHEME_PRIZES_MAX];
	size_t n_prizes;
	int64_t notice_days, claim_days;
	struct str law;
	bool verified, sandbox;
	const struct value *data; /* as it stands in the file: published as the rules */
};

/* One scheme from text; NULL: it breaks a rule, *why says which. */
const struct scheme *scheme_of(struct arena *a, const struct value *data, struct str *why);
const struct scheme *scheme_read(struct arena *a, struct str yaml, struct str *why);
/* Those that exist here, by id; those of the sandbox in the sandbox only. */
MUST_USE err_t scheme_all(struct ctx *c, const struct scheme *const **out, size_t *n);
MUST_USE err_t scheme_find(struct ctx *c, struct str id, const struct scheme **out); /* NULL: none */
bool scheme_in_force(const struct scheme *s, struct date d);
bool scheme_has_trade(const struct scheme *s, struct str code);
bool scheme_has_agency(const struct scheme *s, struct str tax_code);
/* The table for this total; NULL: none (too little). */
const struct scheme_band *scheme_band_for(const struct scheme *s, struct money total);
/* Prize of a slot 0 … slots-1. */
struct money scheme_prize_of(const struct scheme_band *b, int64_t slot);
/* Expected prize of one entry, in thousandths of a fen. */
int64_t scheme_expected_milli(const struct scheme_band *b);

struct charity {
	struct str id, title, channel, account;
};
MUST_USE err_t scheme_charities(struct ctx *c, struct charity **out, size_t *n);
bool scheme_charity(struct ctx *c, struct str id, struct charity *out);
#endif

/* Rules of paper invoices: what a code says, what a number may become, what of a taxpayer's units is open, what may be
 * booked. No I/O. Inner header. */
#ifndef PAPER_RULE_H
#define PAPER_RULE_H
#include "base/str.h"

/* Kinds by the invoice code (发票代码, domain/invoice.md §2.2). */
enum paper_kind {
	PAPER_OTHER,   /* none that is kept in stock here */
	PAPER_SPECIAL, /* 增值税专用发票 */
	PAPER_PLAIN,   /* 增值税普通发票 */
	PAPER_ROLL,    /* 增值税普通发票（卷票） */
	PAPER_KINDS
};
struct paper_kind_words {
	const char *code, *title, *unit; /* title, unit: N_() */
};
extern const struct paper_kind_words paper_kinds[PAPER_KINDS];
enum paper_kind paper_kind_of(struct str code);      /* of an invoice code */
enum paper_kind paper_kind_named(struct str name);   /* "roll" */

enum { PAPER_NUMBER_DIGITS = 8, PAPER_NUMBER_MAX = 99999999 };
bool paper_number_read(struct str text, int64_t *out); /* 1 to 8 digits, not 0 */
struct str paper_number_text(struct arena *a, int64_t n);
/* Code and number in one word: 18 or 20 digits. An electronic invoice's number never begins with 0: false. */
bool paper_word_read(struct str word, struct str *code, int64_t *number);
struct str paper_word(struct arena *a, struct str code, int64_t number);

/* Every number is in one of these. */
enum paper_state {
	PAPER_STOCK,     /* in stock (库存) */
	PAPER_SENT,      /* granted, on its way (配送中) */
	PAPER_HANDED,    /* handed to the taxpayer (已领用) */
	PAPER_USED,      /* issued and reported (已开具) */
	PAPER_VOID,      /* 作废 */
	PAPER_LOST,      /* lost or stolen (遗失、被盗) */
	PAPER_CONVERTED, /* replaced by an electronic invoice (已换开) */
	PAPER_STATES
};
extern const struct paper_state_words {
	const char *code, *title; /* title: N_() */
} paper_states[PAPER_STATES];
enum paper_state paper_state_named(struct str code); /* PAPER_STATES: none */
enum paper_act { PAPER_SEND, PAPER_SIGN, PAPER_BACK, PAPER_USE, PAPER_CANCEL, PAPER_LOSE, PAPER_CONVERT, PAPER_ACTS };
bool paper_step(enum paper_state from, enum paper_act act, enum paper_state *to);

/* Automatic verification of what was used (自动验旧): a unit (a roll) is open while one of its numbers is handed over or on
 * its way and neither used, void nor lost. Ranges in order of code and number. */
struct paper_range {
	struct str code;
	int64_t from, to, per_unit;
};
int64_t paper_units_open(const struct paper_range *open, size_t n);
/* Whole units within a range: the first number and how many. */
int64_t paper_units_whole(const struct paper_range *r, int64_t *first);

/* Paper and its electronic twin are booked once between them, for each use. */
enum paper_medium { PAPER_MEDIUM_PAPER, PAPER_MEDIUM_ELECTRONIC };
enum paper_verdict {
	PAPER_MAY,
	PAPER_IS_CONVERTED,  /* the paper: book the electronic one */
	PAPER_TWIN_BOOKED,   /* the other of the two is booked */
	PAPER_IS_BOOKED,     /* this one is, for this use */
	PAPER_IS_LISTED,     /* void or lost */
	PAPER_NOT_USED,      /* nothing was issued on it */
};
struct paper_book {
	enum paper_medium medium;
	bool same_use;
};
enum paper_verdict paper_booking(
        enum paper_medium medium, enum paper_state state, const struct paper_book *books, size_t n);
#endif

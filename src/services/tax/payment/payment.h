/* Payment (税费缴纳, A05.11–.16): orders to pay obligations, sent to a bank after the commit, settled once by what the
 * bank says in signed messages, compared with the bank's file of the day.
 *
 * The protocol with a bank is etax-bank/1: JSON messages in envelopes signed with SM2 by either side. Services call only
 * what is here; the bank simulator speaks the same messages. */
#ifndef TAX_PAYMENT_H
#define TAX_PAYMENT_H
#include "kernel/crypto/crypto.h"
#include "kernel/operation/service.h"

/* What was paid for periods inside from..to, for certificates: one row an item of a settled order, oldest first. */
struct payment_paid {
	struct str voucher, tax, period;
	const char *tax_title; /* N_() */
	struct date period_from, period_to, paid_on;
	struct money amount, late_fee;
};
MUST_USE err_t payment_paid_items(struct ctx *c, int64_t taxpayer_id, struct date from, struct date to,
        struct payment_paid **out, size_t *n);

enum { PAYMENT_DAYS = 5 };
/* The newest days that were compared with a bank's file; open: differences not yet explained. */
struct payment_day {
	struct str bank;
	struct date day;
	struct money bank_sum;
	int64_t bank_count, open;
};
MUST_USE err_t payment_days(struct ctx *c, struct payment_day **out, size_t *n);

/* --- for banks --- */

/* A bank's public key (04 || x || y) and address; address STR_NONE: the sandbox bank inside this server. In db_write. */
MUST_USE err_t payment_bank_register(
        struct ctx *c, struct str channel, struct str address, const unsigned char point[65]);

enum { PAYMENT_MESSAGE_MAX = 4 << 20, PAYMENT_CALLBACK_MAX = 16384 };
#define PAYMENT_CLOCK_SECONDS 300 /* how far the two clocks may be apart */

/* {from, to, timestamp, nonce, message, signature}: SM2 over "etax-bank/1\n" from, to, timestamp, nonce, message, each with
 * its line end. message is JSON in a string, so that what is signed is what is read. */
struct payment_envelope {
	struct str from, to, timestamp, nonce, message, signature;
};
enum payment_open {
	PAYMENT_OPENED,
	PAYMENT_MALFORMED,
	PAYMENT_FOREIGN,   /* from or for another */
	PAYMENT_STALE,     /* timestamp too far from now */
	PAYMENT_FORGED,    /* the signature is not of this key over these bytes */
};
struct str payment_seal(struct arena *a, struct str from, struct str to, const struct crypto_key *key, instant_us now,
        struct str message);
/* Any bytes are safe. point: the sender's public key. */
enum payment_open payment_unseal(struct arena *a, struct str body, struct str from, struct str to,
        const unsigned char point[65], instant_us now, struct payment_envelope *out);
struct str payment_bureau_name(struct ctx *c); /* "etax-33" */

/* What a bank says of an order. */
enum payment_said {
	PAYMENT_UNKNOWN,  /* no such order */
	PAYMENT_PENDING,  /* taken, not debited yet */
	PAYMENT_DEBITED,
	PAYMENT_REFUSED,  /* will never be debited; reason says why */
};
struct payment_report {
	struct str voucher;
	enum payment_said said;
	struct money amount;
	struct str bank_no; /* when debited: the bank's number of the debit */
	instant_us debited_at;
	struct str reason; /* code: insufficient-funds, account-frozen, expired, amount, … */
};
struct str payment_report_write(struct arena *a, const struct payment_report *r);
bool payment_report_read(struct arena *a, struct str message, struct payment_report *out);

/* The file of a day: lines "voucher,bank_no,amount,debited_at" and a last line "TOTAL,count,sum". */
struct payment_bank_line {
	struct str voucher, bank_no;
	struct money amount;
	instant_us debited_at;
};
enum { PAYMENT_FILE_LINES_MAX = 50000 };
struct str payment_file_write(struct arena *a, const struct payment_bank_line *lines, size_t n);
/* false: not such a file, or its last line does not agree with the others; *line: where (from 1). */
bool payment_file_read(
        struct arena *a, struct str file, struct payment_bank_line **lines, size_t *n, struct money *sum, int64_t *line);

/* For consistency checks of a bank's books: what became of a voucher. */
enum payment_fate { PAYMENT_FATE_NONE, PAYMENT_FATE_OPEN, PAYMENT_FATE_PAID, PAYMENT_FATE_FAILED };
MUST_USE err_t payment_fate(struct ctx *c, struct str voucher, enum payment_fate *fate, struct money *amount);
MUST_USE err_t payment_debit_count(struct ctx *c, struct str channel, int64_t *n);
#endif

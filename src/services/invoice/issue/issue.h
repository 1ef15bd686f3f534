/* Issuing e-invoices (数电票, A09): numbered, taxed line by line, receipted, in one transaction. */
#ifndef INVOICE_ISSUE_H
#define INVOICE_ISSUE_H
#include "base/decimal.h"
#include "base/rate.h"
#include "kernel/operation/service.h"

struct tlog_verifier;

struct invoice {
	struct str number;
	int64_t seller_id, buyer_id; /* buyer_id 0: not a party known here */
	struct str kind;             /* special (增值税专用发票), ordinary (普通发票) */
	instant_us issued_at;
	struct money amount, tax, total; /* amount: without tax; all negative on a red letter */
	struct str document;             /* canonical JSON: what was issued */
	int64_t receipt_id;
};
MUST_USE err_t issue_find(struct ctx *c, struct str number, struct invoice *out, bool *found);
/* The same for one of its two sides, or an officer with a purpose; others get E_NOT_FOUND. */
MUST_USE err_t issue_open(struct ctx *c, struct str number, struct invoice *out);

/* How it came about: by the buyer instead of the seller (收购、反向开具), or by the bureau for a natural person (代开). */
struct issue_origin {
	bool by_buyer, agency;
	struct str tax_code; /* of the first line */
};
MUST_USE err_t issue_origin(struct ctx *c, const struct invoice *i, struct issue_origin *out);

/* One item that the bureau issues for a natural person (代开). */
struct issue_agency {
	int64_t seller_id;
	struct str tax_id, name, request; /* of the person; number of the request */
	struct str buyer_tax_id, buyer_name, tax_code, item, remark;
	struct money total; /* with tax */
	struct rate rate;
	bool special, exempt, reduced;
};
/* The rules alone; faults go to c->problem at the pointers of an invoice. */
struct invoice_totals;
MUST_USE err_t issue_agency_check(struct ctx *c, const struct issue_agency *a, struct invoice_totals *out);
MUST_USE err_t issue_agency(struct ctx *c, const struct issue_agency *a, struct str *number); /* in db_write */

extern const struct choice issue_coals[]; /* kinds of coal (煤炭种类) of a line */

/* By the caller, in the place of a paper invoice. In db_write. Faults at the pointers of an invoice with one line. */
struct issue_conversion {
	struct str paper; /* code and number, for the remark */
	struct str buyer_tax_id, buyer_name, tax_code, item, coal;
	struct money total; /* with tax */
	struct rate rate;
	bool special;
};
MUST_USE err_t issue_convert(struct ctx *c, const struct issue_conversion *in, struct str *number);

/* What red letters have left of it. */
struct invoice_state {
	struct money amount, tax; /* reversed so far, as positive sums */
	bool locked;              /* an open confirmation slip: no deduction (domain/invoice.md §3.9) */
};
MUST_USE err_t issue_state(struct ctx *c, struct str number, struct invoice_state *out);
/* "valid", "partly-reversed", "reversed" */
const char *issue_status(struct money amount, struct money reversed);
MUST_USE err_t issue_lock(struct ctx *c, struct str number, bool locked); /* in db_write */

/* A red letter (红字发票) against a blue invoice: of all that is left, or of some lines. Faults go to /lines/…. */
struct reverse_line {
	int64_t line; /* of the blue invoice, from 1; not a discount line */
	struct decimal quantity;
	struct money amount; /* without tax; else quantity says how much, else all that is left of the line */
	bool has_quantity, has_amount;
};
struct reverse {
	struct str original, slip, reason; /* slip: number of the confirmation slip */
	const struct reverse_line *lines;
	size_t n_lines;
};
struct reversed {
	struct str number;               /* of the red letter; STR_NONE from the plan */
	struct money amount, tax, total; /* positive */
	bool all;                        /* nothing is left */
	struct value *receipt;
};
MUST_USE err_t issue_reverse_plan(struct ctx *c, const struct reverse *r, struct reversed *out);
/* In db_write: number, row, receipt, quota, state, event invoice.issued. */
MUST_USE err_t issue_reverse(struct ctx *c, const struct reverse *r, struct reversed *out);

/* What a seller has used of its quota in a month; all sellers of a month behind one, in order, up to 1,000. */
struct issue_quota {
	int64_t seller_id;
	struct money used;
};
MUST_USE err_t issue_quota_of(struct ctx *c, int64_t seller_id, struct str period, struct money *used);
MUST_USE err_t issue_quotas(
        struct ctx *c, struct str period, int64_t after, struct issue_quota **out, size_t *n);

/* Sums of a party's invoices of a month, red letters taken off: sold (side 0) or bought (side 1). */
struct invoice_totals {
	int64_t n;
	struct money amount, tax;
};
MUST_USE err_t issue_totals(struct ctx *c, int64_t party_id, int side, struct str period, struct invoice_totals *out);
/* The same by kind, treatment, rate and section of the tax code (1 goods, 2 labour, 3 services, 4 intangible, 5 immovable,
 * 6 no sale), for returns. treatment: 0 taxed, 1 exempt, 2 zero rate, 3 not taxed,
 * 4 letting at 5 % reduced to 1.5 %, 6 the part of differential sales that is deducted (amount and tax of the face). */
enum { ISSUE_SALES_MAX = 64 };
struct invoice_sale {
	int treatment, section;
	struct rate rate;
	struct money amount, tax;
	struct str kind; /* special, ordinary */
	int64_t n;
};
MUST_USE err_t issue_sales(
        struct ctx *c, int64_t party_id, int side, struct str period, struct invoice_sale **out, size_t *n);
/* Lines of one invoice's document grouped in the same way; out holds ISSUE_SALES_MAX. */
MUST_USE err_t issue_document_sales(struct ctx *c, const struct invoice *i, struct invoice_sale *out, size_t *n);

/* A party's invoices of a month behind `after` in order of their numbers: up to 200. */
struct invoice_item {
	struct str number, other_name, kind;
	instant_us issued_at;
	struct money amount, tax;
};
MUST_USE err_t issue_items(struct ctx *c, int64_t party_id, int side, struct str month, struct str after,
        struct invoice_item **out, size_t *n);
/* The same month by month, from <= period <= to, at most 24; months without invoices are left out. */
struct invoice_month {
	struct str period;
	int64_t n;
	struct money amount, tax;
};
MUST_USE err_t issue_month_sums(struct ctx *c, int64_t party_id, int side, struct str from, struct str to,
        struct invoice_month **out, size_t *n);

/* Body of the event invoice.issued: one invoice a line. Red letters are told too, with their original. Many invoices of
 * one act share its issuer and instant: those stand in a line of their own before them, and are left out of theirs. */
struct invoice_act {
	int64_t id;
	struct str name;
	instant_us at;
};
struct invoice_event {
	struct str number, kind, seller_name, buyer_name, original, sales;
	int64_t seller_id, buyer_id;
	instant_us issued_at;
	struct money amount, tax, total;
	struct invoice_act of; /* what the lines read so far have in common */
};
void issue_event_act(struct buf *b, const struct invoice_act *of);
void issue_event_put(struct buf *b, const struct invoice_event *e); /* leaves out what is as e->of says */
bool issue_event_next(struct str *rest, struct invoice_event *out); /* false: the end; *out is zero before the first */
bool issue_sale_next(struct str *rest, struct invoice_sale *out);   /* of .sales */

/* Text of an invoice's QR code. */
enum issue_qr_signature {
	ISSUE_QR_UNSIGNED,
	ISSUE_QR_SIGNED,
	ISSUE_QR_FORGED,
	ISSUE_QR_UNKNOWN_KEY,
	ISSUE_QR_UNCHECKED, /* no keys here (the plane alone) */
};
struct issue_qr {
	struct str number, code; /* code: of older kinds */
	struct money total;
	struct date date;
	bool digital;      /* 数电票, with a number of 20 digits; older kinds were not issued here */
	const char *fault; /* the first rule broken, "url": an address; NULL: none */
	struct str host;   /* of an address */
	enum issue_qr_signature signature;
};
struct str issue_qr_clean(struct arena *a, struct str text); /* without what keyboards and files put into it */
void issue_qr_read(struct ctx *c, struct str text, struct issue_qr *out);
/* The same with verifier lines from elsewhere; empty: no keys. */
void issue_qr_read_with(struct ctx *c, struct str text, struct str verifiers, struct issue_qr *out);
/* Verifier lines of all that this bureau signs with, and signed with before; empty: no keys here (the plane alone). */
struct str issue_verifiers(struct ctx *c);
enum { ISSUE_KEYS_MAX = 80 };
size_t issue_keys(struct arena *a, struct str verifiers, struct tlog_verifier *out); /* out holds ISSUE_KEYS_MAX */
void issue_qr_text_read(struct arena *a, struct str text, struct issue_qr *out); /* the usual text alone */
struct str issue_qr_sign(struct ctx *c, struct str text);                        /* with a signature behind it */

/* Invoices whose number and time were fixed elsewhere, by a device of the seller (service lane): rules, document, lists
 * and receipts are those of any other invoice. A desk holds what is the same for all of one seller. */
struct issue_desk;
MUST_USE err_t issue_desk_open(
        struct ctx *c, int64_t seller_id, struct str drawer, struct issue_desk **out, bool *may); /* may: issue now */
const struct str *issue_desk_seller(const struct issue_desk *d);                                  /* tax id, name */
size_t issue_desk_rates(const struct issue_desk *d, struct rate *out, size_t max); /* usable today, highest first */
struct issue_given {
	struct str number, kind, buyer_name, qr;
	instant_us issued_at;
	struct money amount, tax, total;
	struct str errors;          /* JSON array of faults; STR_NONE: nothing is in the way */
	struct str document, event; /* of issue: prepared */
	int64_t buyer_id;
};
/* body: the input of POST /invoices. Faults go to .errors, not to c->problem. */
MUST_USE err_t issue_given_read(struct ctx *c, struct issue_desk *d, struct str number, instant_us at,
        const struct value *body, struct issue_given *out);
/* In db_write: rows, one event, and a receipt for each run of neighbouring numbers. Rising numbers. */
MUST_USE err_t issue_given_write(
        struct ctx *c, const struct issue_desk *d, const struct issue_given *const *list, size_t n);
/* In db_write: numbers of the device channel, and the seller's quota of a month (amount < 0 gives back). */
MUST_USE err_t issue_desk_numbers(struct ctx *c, const struct issue_desk *d, int64_t n, struct str *first);
MUST_USE err_t issue_desk_quota(struct ctx *c, const struct issue_desk *d, struct str period, struct money amount);
/* What is left of this month's quota. */
MUST_USE err_t issue_desk_left(struct ctx *c, const struct issue_desk *d, struct money *out);
enum { ISSUE_CHANNEL_AT = 4 }; /* place of the channel's digit in a number */
#define ISSUE_CHANNEL_DEVICE '3'

/* Invoices that a program issues for a seller who gave it a mandate (service platform): lines of POST /invoices/batch, at
 * most 1,000. A key stands for its lines: called again it answers the same and issues nothing twice, whatever broke in
 * between. Makes its own transactions, so not inside db_write. *answer: one JSON line each, {number} or {errors}.
 * E_CONFLICT: the seller may not issue now, nothing was done; E_BUSY: the same key is at work elsewhere. */
struct issue_program {
	int64_t seller_id;
	struct str seller_name, drawer, key;
	bool whole; /* all lines or none */
};
MUST_USE err_t issue_for(struct ctx *c, const struct issue_program *p, struct str lines, struct str *answer);

/* The PDF of an invoice for somebody whose right to it the caller has checked (a buyer with the order's code). */
MUST_USE err_t issue_pdf_for_holder(struct ctx *c, struct str number, struct reply *out);

/* Invoices that a buyer received, of its lists (projection): for confirming input tax. */
struct received {
	struct str number, seller, period, credited; /* credited: period, or "" */
	instant_us issued_at;
	struct money amount, tax;
};
/* Special blue invoices up to a month that are neither reversed nor credited for another period; next: cursor or NULL.
 */
MUST_USE err_t issue_creditable(struct ctx *c, int64_t buyer_id, struct str period, bool credited, struct str after,
        struct received **out, size_t *n, struct str *next);
/* Invoices that a party received up to a month and that are not booked (入账), the newest first. */
MUST_USE err_t issue_unbooked(struct ctx *c, int64_t buyer_id, struct str period, struct str after,
        struct received **out, size_t *n, struct str *next);
/* For checks: parties behind `after` and how many of their invoices the lists show as booked, up to 1,000. */
struct issue_booked {
	int64_t party_id, n;
};
MUST_USE err_t issue_booked_counts(struct ctx *c, int64_t after, struct issue_booked **out, size_t *n);
/* The picture of the seal on the face; sample: of the sandbox. */
enum { ISSUE_SEAL_WIDTH = 30, ISSUE_SEAL_HEIGHT = 19 }; /* mm */
struct str issue_seal_png(struct arena *a, bool sample);
/* The report on one file of any form (issue/spec), signatures checked against the keys of this bureau. */
struct value *issue_validate(struct ctx *c, struct str bytes);
struct str issue_check_label(struct ctx *c, struct str what); /* of a check in that report, for readers */
/* One file, with keys from elsewhere (the plane alone has none of its own). */
enum issue_file_proof {
	ISSUE_FILE_UNREADABLE, /* no invoice can be read from it, or a part of its fields only */
	ISSUE_FILE_ALTERED,    /* a digest, a signature or the seal does not fit */
	ISSUE_FILE_FOREIGN,    /* all fits, under keys that are not ours */
	ISSUE_FILE_BARE,       /* nothing is wrong, but something is not signed, or no key is here to compare with */
	ISSUE_FILE_PROVEN,     /* the whole file is as the bureau gave it out */
};
struct issue_file {
	enum issue_file_proof proof;
	const char *format; /* NULL: not recognised */
	struct str number;  /* this and the next two: unless unreadable */
	struct money total;
	struct date date;
};
/* checks: one {what, outcome (good, bad, not-checked), detail} more for each thing that was looked at. */
void issue_file_check(struct ctx *c, struct str bytes, const struct tlog_verifier *known, size_t n_known,
        struct value *checks, struct issue_file *out);
#endif

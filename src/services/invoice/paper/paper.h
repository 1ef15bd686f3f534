/* Paper invoices (纸质发票, A07.2–A07.5, A09.13): numbered stock, applying, delivery, loss, and the way to electronic ones. */
#ifndef INVOICE_PAPER_H
#define INVOICE_PAPER_H
#include "kernel/operation/service.h"
#include "services/invoice/issue/issue.h"

/* May this be booked (入账) or credited (抵扣)? Paper and the electronic invoice that replaced it are one: once one of them
 * is booked, the other is not, and each only once for a use. number: 20 digits of an electronic invoice, or code and
 * number of a paper one (18 or 20 digits). Numbers that are neither paper nor such a twin are not barred here. */
struct paper_bar {
	bool barred;
	struct str pointer;          /* what is (to be) booked instead; STR_NONE: there is no such thing */
	const struct fault_def *why; /* {1}: the pointer, or when this one was booked */
};
/* use: "credited" (勾选抵扣), "booked" (入账). */
MUST_USE err_t paper_may_be_booked(struct ctx *c, struct str number, const char *use, struct paper_bar *out);
/* Remembers that it was booked, or that the booking was taken back: in db_write, after paper_may_be_booked. Does nothing
 * for numbers that are no paper and no twin of one. */
MUST_USE err_t paper_booked(struct ctx *c, struct str number, const char *use, int64_t holder_id);
MUST_USE err_t paper_unbooked(struct ctx *c, struct str number, const char *use);

/* A paper invoice that was reported with its buyer, by code and number in one word. */
struct paper_purchase {
	struct str kind;      /* special, ordinary */
	struct str seller_name;
	struct date issued_on;
	struct money amount, tax;
};
MUST_USE err_t paper_purchase(
        struct ctx *c, int64_t buyer_id, struct str word, struct paper_purchase *out, bool *found);

/* What a seller issued on paper in a month and reported: by kind and rate, for its return (section 0: not told by paper). The
 * month of a report that spans two is that of its last day. */
MUST_USE err_t paper_sales(
        struct ctx *c, int64_t seller_id, struct period month, struct invoice_sale **out, size_t *n);
/* The reports behind it, behind the word of one before; "": from the start: up to 200. */
struct paper_sale {
	struct str word, code, from, to, buyer_name; /* word: code and first number */
	struct invoice_sale sale;
};
MUST_USE err_t paper_sale_items(
        struct ctx *c, int64_t seller_id, struct period month, struct str after, struct paper_sale **out, size_t *n);
/* Electronic invoices of a month that stand for a paper one: the same sale, which counts on paper. */
MUST_USE err_t paper_twins(struct ctx *c, int64_t seller_id, struct period month, struct str **numbers, size_t *n);

/* What the events paper.listed and paper.converted tell the verification plane; false: neither of them. */
enum { PAPER_MARK_LOST = 'l', PAPER_MARK_VOID = 'v', PAPER_MARK_CONVERTED = 'c' };
struct paper_mark {
	struct str code, electronic; /* electronic: of a converted one, else empty */
	int64_t from, to;
	char state;
};
bool paper_mark_read(struct arena *a, struct str event, struct paper_mark *out);

/* --- couriers: etax-courier/1, JSON over HTTP, signed by a secret that both sides hold --- */

enum { PAPER_CLOCK_SECONDS = 300, PAPER_MESSAGE_MAX = 8192 };
/* Signature of one message, hex: HMAC-SHA256(secret, "etax-courier/1" LF word LF timestamp LF nonce LF body).
 * word: order, query (to the courier), answer, event (from it). Headers Courier-Timestamp (Unix seconds),
 * Courier-Nonce, Courier-Signature. */
struct str paper_courier_sign(struct arena *a, struct str secret, const char *word, struct str timestamp, struct str nonce,
        struct str body);
enum paper_letter { PAPER_LETTER_GOOD, PAPER_LETTER_FORGED, PAPER_LETTER_STALE };
enum paper_letter paper_courier_check(struct arena *a, struct str secret, const char *word, struct str timestamp,
        struct str nonce, struct str signature, struct str body, instant_us now);

/* Where a parcel is. */
enum paper_where {
	PAPER_WHERE_ACCEPTED,
	PAPER_WHERE_COLLECTED,
	PAPER_WHERE_IN_TRANSIT,
	PAPER_WHERE_DELIVERING,
	PAPER_WHERE_SIGNED,
	PAPER_WHERE_RETURNED,
	PAPER_WHERES
};
extern const char *const paper_wheres[PAPER_WHERES]; /* "accepted", … */
struct paper_event {
	struct str order_no, waybill, place;
	int64_t seq; /* 0, 1, 2 … of one order */
	enum paper_where where;
	instant_us at;
};
/* {"order", "waybill", "seq", "state", "place", "at"}; false: is none. */
bool paper_event_read(struct arena *a, const struct value *v, struct paper_event *out);
struct value *paper_event_value(struct arena *a, const struct paper_event *e);
/* Several, as the answer to a query: {"events": […]}. */
enum { PAPER_EVENTS_MAX = 50 };
bool paper_events_read(
        struct arena *a, struct str text, struct paper_event out[PAPER_EVENTS_MAX], size_t *n);

/* For the simulator: the courier of the sandbox, reached at this server. In db_write. */
MUST_USE err_t paper_courier_register(struct ctx *c, struct str name, struct str title, struct str address, struct str secret);
/* For its check: how an order stands here. */
enum paper_fate { PAPER_FATE_NONE, PAPER_FATE_OPEN, PAPER_FATE_SIGNED, PAPER_FATE_RETURNED };
MUST_USE err_t paper_fate(struct ctx *c, struct str order_no, enum paper_fate *out);
#endif

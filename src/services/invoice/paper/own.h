/* Inputs, handlers and stores of the paper service. Inner header. */
#ifndef PAPER_OWN_H
#define PAPER_OWN_H
#include "services/foundation/registry/registry.h"
#include "services/invoice/paper/paper.h"
#include "services/invoice/paper/rule.h"

#define PAPER_SECOND INT64_C(1000000)
enum { PAPER_UNITS_MAX = 10000, PAPER_BOX_MAX = 1000000, PAPER_SPANS_MAX = 1000, PAPER_RANGES_SHOWN = 20 };

/* --- numbers (span.c) --- */
struct paper_change {
	struct str code;
	int64_t from, to;
	enum paper_act act;
	int64_t holder;                  /* only numbers of this one; 0: anybody's */
	int64_t new_holder, application; /* PAPER_SEND: who gets them */
};
/* In db_write. Faults at /from: not known (or another's), in a state that does not allow it. */
MUST_USE err_t span_change(struct ctx *c, const struct paper_change *w);
MUST_USE err_t span_receive(struct ctx *c, struct str code, int64_t from, int64_t to, int64_t per_unit);
/* The state of one number; PAPER_STATES: not known here. */
struct paper_one {
	enum paper_state state;
	int64_t holder_id;
	instant_us since;
};
MUST_USE err_t span_one(struct ctx *c, struct str code, int64_t number, struct paper_one *out);
MUST_USE err_t paper_fsck(struct ctx *c, struct fsck *f);

/* --- how many may be had (why.c) --- */
struct paper_why {
	enum paper_kind kind;
	int64_t asked, open, shelf, hold, allowed, granted;
	int64_t last, last_open; /* units of the last application, and those of them not yet used and reported */
	bool any_last, at_once;
	struct value *ranges, *formula; /* numbers not yet used and reported; trace of the formula */
};
MUST_USE err_t why_compute(
        struct ctx *c, const struct taxpayer *t, enum paper_kind kind, int64_t asked, struct paper_why *out);
struct value *why_value(struct ctx *c, const struct paper_why *w);
struct str why_words(struct ctx *c, const struct value *why); /* in the user's language */
struct str paper_range_text(struct arena *a, struct str code, int64_t from, int64_t to);

/* --- applications (apply.c) --- */
struct apply_in {
	struct str kind, way, recipient, phone, address, reason;
	int64_t units;
};
struct application_id_in {
	int64_t id;
};
struct review_in {
	int64_t taxpayer, id, after, units;
	bool has_units;
	struct str decision, note;
};
op_run paper_stock, paper_blank, paper_apply, paper_application, paper_withdraw, paper_reviews, paper_review,
        paper_decide;
struct paper_application_get_row;
MUST_USE err_t application_value(struct ctx *c, int64_t taxpayer_id, int64_t id,
        const struct paper_application_get_row *r, bool own, struct value **out);
/* In db_write: the parcel or slip came to its end; delivered or back in stock. Once: later ends change nothing. */
MUST_USE err_t application_end(struct ctx *c, int64_t taxpayer_id, int64_t id, bool delivered, const char *by);
extern const struct choice paper_kind_choices[], paper_way_choices[];

/* --- delivery --- */
MUST_USE err_t parcel_open(struct ctx *c, int64_t taxpayer_id, int64_t id, struct str *order_no); /* in db_write */
MUST_USE err_t parcel_put(struct ctx *c, struct str order_no, struct value *v);
MUST_USE err_t parcel_order_job(struct ctx *c, struct str argument);
MUST_USE err_t parcel_poll_job(struct ctx *c, struct str argument);
struct courier_event_in {
	struct str courier, body;
};
op_run courier_event;
struct courier_in {
	struct str courier, title, address;
	bool leaked; /* the old key: it ends at once */
};
op_run courier_list, courier_list_view, courier_add, courier_rekey, courier_close;
/* Recipient, phone and address of an application. */
struct delivery {
	struct str recipient, phone, address;
};
struct str delivery_seal(struct ctx *c, const struct delivery *d);
MUST_USE err_t delivery_open(struct ctx *c, struct str sealed, struct delivery *out);

enum { PICKUP_DIGITS = 12, PICKUP_TRIES = 5, PICKUP_DAYS = 15 };
struct pickup_in {
	struct str code, way;
};
MUST_USE err_t pickup_open(struct ctx *c, int64_t taxpayer_id, int64_t id, struct str way); /* in db_write */
MUST_USE err_t pickup_put(struct ctx *c, int64_t taxpayer_id, int64_t id, bool own, struct value *v);
MUST_USE err_t pickup_late_job(struct ctx *c, struct str argument);
op_run pickup_blank, pickup_locker, pickup_hall;

/* --- the bureau's stock, lists, public check --- */
struct box_in {
	struct str code;
	int64_t from, to, per_unit;
};
op_run paper_shelf_show, paper_receive;
struct use_in {
	struct str code, act, section, buyer_tax_id, buyer_name;
	int64_t from, to;
	struct date issued_from, issued_to;
	bool has_to, has_issued_to, has_amount, has_tax;
	struct money amount, tax;
};
op_run use_blank, use_report;
extern const struct choice use_sections[]; /* in the order of the first digit of tax codes, from 1 */
/* The one rate of a sum (sale.c); fits: no more than a fen off for each number. */
enum { PAPER_RATES = 13 };
struct rate paper_rate_of(struct money amount, struct money tax, int64_t numbers, bool *fits);
struct loss_in {
	struct str code, why, story, state;
	int64_t from, to;
	bool has_to;
};
struct listings_in {
	int64_t before;
	bool has_before;
};
op_run paper_loss_blank, paper_loss_report, listing_list, listing_add;
extern const struct choice paper_loss_choices[], paper_listing_choices[];
struct check_in {
	struct str code, number, qr;
	struct money total;
	struct date date;
	bool has_total, has_date;
};
op_run paper_check_form, paper_check_one;

/* --- paper to electronic --- */
struct convert_in {
	struct str qr, code, number, electronic, tax_code, item, buyer_name, coal;
	struct money total;
	bool has_total, has_rate;
	struct rate rate;
};
op_run convert_blank, convert_one, paper_received_list;

/* --- what the pages add --- */
op_run paper_stock_view, paper_blank_view, paper_application_view, paper_reviews_view, paper_review_view,
        paper_shelf_view, paper_listing_view, paper_check_view, paper_received_view, paper_plain_view;
#endif

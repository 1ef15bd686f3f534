/* Inputs, rules and handlers of booking. Inner header. */
#ifndef BOOKING_BOOK_H
#define BOOKING_BOOK_H
#include "services/invoice/booking/booking.h"
#include "services/invoice/purchase/purchase.h"

enum { BOOKING_MAX = 1000, BOOKING_VOUCHER_MAX = 40, BOOKING_TEXT_MAX = 128 * 1024 };

/* Entry status (入账状态): 02 booked and deducted before income tax (已入账，所得税税前扣除), 03 booked, not deducted
 * (已入账，所得税不扣除), 06 undone (撤销); without a row 01 not booked (未入账). The code of the last is [A]. */
struct booking_entry {
	struct str number, entry, voucher; /* entry: deductible, not-deductible */
	struct period period;              /* accounting period (会计期间), a month */
	bool has_period;
};
/* Many at once; at: pointer of each in what was sent. */
struct booking_list {
	struct booking_entry *entries;
	struct str *at;
	size_t n;
};
struct booking_many_in { /* one voucher, many invoices */
	struct booking_entry common;
	struct str *numbers;
	size_t n_numbers;
};
struct booking_batch_in {
	struct booking_entry *entries;
	size_t n_entries;
};
struct booking_table_in {
	struct str text, file;
};
struct booking_undo_in {
	struct str *numbers;
	size_t n_numbers;
};
struct booking_list_in {
	struct str state, after;
	struct period period;
	bool has_period;
};
struct booking_number_in {
	struct str number;
};
struct claim_in {
	struct str number, firm, note;
};
struct claims_in {
	struct str after;
};
extern const struct fault_def booking_not_month; /* an accounting period is a month */
extern const struct choice booking_choices[];    /* the two entries that can be made */
const char *booking_words(struct str entry);     /* N_(); "": not booked */

/* What a holder sees of a second booking: NULL, or what stands in its way. pure: no database. */
enum booking_way { BOOKING_FREE, BOOKING_OWN, BOOKING_OTHERS };
enum booking_way booking_way(struct str entry, int64_t holder_id, int64_t caller_id);

/* Lines of "number, entry, voucher, period" into entries; faults go to c->problem at /text or /file and the line. */
MUST_USE err_t booking_table_read(struct ctx *c, const struct booking_table_in *in, struct booking_list *out);

/* An invoice that the caller may book: in its own name, or handed to it; buyer_id: in whose name it is. */
MUST_USE err_t booking_find(struct ctx *c, struct str number, struct purchase_received *out, int64_t *buyer_id);

op_run booking_many, booking_many_warn, booking_batch, booking_batch_warn, booking_table, booking_table_warn;
op_run booking_undo, booking_list, booking_undo_list, booking_list_view, booking_done_view, booking_show,
        booking_limits;
op_run claim_hand, claim_back, claim_list, claim_list_view, claim_mine, claim_mine_view;
MUST_USE err_t booking_fsck(struct ctx *c, struct fsck *f);
#endif

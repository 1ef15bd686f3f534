/* Platforms that issue for their sellers (电商平台, A09.8, G09.22) and the paperless pilot (A09.11, A09.12). Others call nothing here:
 * it is entered by its operations. Inner header too. */
#ifndef INVOICE_PLATFORM_H
#define INVOICE_PLATFORM_H
#include "kernel/operation/service.h"
#include "services/invoice/platform/file.h"

enum {
	PART_BYTES_MAX = 4 << 20,
	SMALL_FILE_MAX = 8 << 20,
	UPLOADS_OPEN_MAX = 20, /* of one platform, unfinished */
	GROUP_MAX = 1000,      /* invoices that are one transaction; what issue_for takes */
	CODE_CHARS = 16,       /* base32, 80 bits */
	HOOKS_MAX = 20,
};

/* --- batches --- */

struct batch_in {
	struct str name, format, algorithm, digest;
	int64_t size;
};
struct small_in {
	struct str name, file;
};
struct batch_id_in {
	int64_t id;
};
struct part_in {
	int64_t id, offset;
	struct str bytes;
};
struct list_in {
	int64_t before;
	bool has_before;
};
struct lines_in {
	int64_t id, after;
	struct str state;
	bool has_after;
};
op_run platform_batches, platform_batches_view, platform_batch_new, platform_batch_small, platform_batch_show,
        platform_batch_view, platform_part_put, platform_batch_finish, platform_batch_cancel, platform_lines,
        platform_lines_csv, platform_template;
err_t platform_issue_job(struct ctx *c, struct str argument);
/* All bytes that were sent; STR_NONE: some are missing. */
MUST_USE err_t platform_text(struct ctx *c, int64_t batch_id, int64_t size, struct str *out);
MUST_USE err_t platform_enqueue(struct ctx *c, int64_t platform_id, int64_t batch_id);

extern const struct fault_def platform_no_batch, platform_no_seller, platform_no_mandate;
extern const struct fault_def platform_over_limit; /* the limit */

/* --- orders that wait --- */

/* What the buyer of a new order is given, and the hash under which it is found: the code itself is kept nowhere. */
MUST_USE err_t platform_code_new(
        struct ctx *c, int64_t seller_id, int64_t platform_id, struct str order_no, struct str *code, struct str *hash);
/* The code of an order that is there; STR_NONE: none that this node knows. */
MUST_USE err_t platform_code_of(
        struct ctx *c, int64_t seller_id, int64_t platform_id, struct str order_no, struct str *code);
struct platform_order_by_code_row;
MUST_USE err_t platform_code_find(
        struct ctx *c, struct str code, struct platform_order_by_code_row *row, bool *found);

struct claim_page_in {
	struct str code;
};
struct claim_in {
	struct str code, also, name, tax_id; /* also: further codes, one a line */
};
struct merge_in {
	struct str seller, name, tax_id, kind;
	struct str *orders;
	size_t n_orders;
};
struct split_in {
	struct str seller, order_no, name, tax_id, kind, by;
	struct money limit;
	bool has_limit;
};
struct orders_in {
	struct str after;
};
struct shop_in {
	struct str seller, show, after;
};
struct order_in {
	struct str seller, order_no;
};
struct claim_pdf_in {
	struct str code, number;
};
op_run platform_claim_page, platform_claim_view, platform_claim, platform_claim_pdf, platform_merge, platform_split;
op_run platform_orders, platform_orders_view, platform_shop, platform_shop_view, platform_order, platform_order_view;
err_t platform_settle_job(struct ctx *c, struct str argument);

/* Numbers of a batch answer's lines, blank-separated, or its errors as a JSON array. */
struct issued_lines {
	struct str numbers, errors;
};
/* n lines of an answer of issue_for from *rest on. */
MUST_USE err_t platform_answer(struct ctx *c, struct str *rest, size_t n, struct issued_lines *out);
/* The problem of the context as a JSON array of errors; the problem is emptied. */
struct str platform_errors(struct ctx *c, err_t kind);
struct str platform_first_detail(struct ctx *c, struct str errors); /* of such an array; "" */
struct value *platform_numbers(struct arena *a, struct str numbers);

/* --- webhooks --- */

/* Queues {id, kind, at, data} for each webhook of the platform that wants the kind. In db_write. */
MUST_USE err_t hook_tell(struct ctx *c, int64_t platform_id, const char *kind, struct value *data);

struct hook_in {
	struct str url;
	struct str *events;
	size_t n_events;
};
struct hook_id_in {
	int64_t id;
};
struct hook_check_in {
	int64_t id, timestamp;
	struct str signature, body;
};
struct deliveries_in {
	struct str state;
	int64_t before;
	bool has_before;
};
extern const struct choice hook_kinds[];
op_run hook_list, hook_list_view, hook_new, hook_end, hook_check_run, hook_deliveries, hook_deliveries_view,
        hook_again;
err_t hook_deliver_job(struct ctx *c, struct str argument);

/* --- paperless pilot --- */

struct paper_in {
	struct period period;
	int64_t paper;
};
op_run paperless_show, paperless_view, paperless_paper, paperless_paper_view, paperless_report;
err_t paperless_feed(struct ctx *c, const struct event *events, size_t n);
#endif

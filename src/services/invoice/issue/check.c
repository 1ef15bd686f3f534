/* fsck: numbers without gaps, documents as their columns, receipts as their documents (one by one, or by the root of a
 * batch), red letters, and the lists and sums of the projection as far as it has come. */
#include "issue_sql.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/log.h"
#include "services/invoice/issue/lists.h"
#include "services/invoice/issue/write.h"
#include <string.h>

enum { PREFIX = 5, PAGE = 1000 };

/* What goes from page to page. */
struct walk {
	char prefix[PREFIX + 1], last[24];
	int64_t expected, total;
	/* The batch under way: invoices of one receipt stand together. */
	int64_t receipt_id, count;
	char first[24], root[65];
	struct tlog_stack tree;
	int64_t wanted;
};

/* --- numbers --- */

static err_t end_prefix(struct ctx *c, struct fsck *f, const struct walk *w)
{
	struct issue_counters_row *rows;
	size_t n;
	if (!w->prefix[0] || w->prefix[ISSUE_CHANNEL_AT] == ISSUE_CHANNEL_DEVICE) return OK; /* explained by lane */
	TRY(issue_counters(c, &rows, &n));
	for (size_t i = 0; i < n; i++)
		if (str_ends(rows[i].name, w->prefix) && rows[i].value != w->expected - 1)
			FSCK_FAULT(f, "invoice: the last number of %s is %s, the counter stands at %lld", w->prefix,
			        w->last, (long long)rows[i].value);
	return OK;
}

static err_t check_number(struct ctx *c, struct fsck *f, struct walk *w, struct str number)
{
	int64_t n = 0;
	if (number.n != 20 || !str_to_int(str_sub(number, PREFIX, 15), &n)) {
		FSCK_FAULT(f, "invoice %.*s: this is no number", STR_FMT(number));
		return OK;
	}
	if (memcmp(number.p, w->prefix, PREFIX) != 0) {
		TRY(end_prefix(c, f, w));
		memcpy(w->prefix, number.p, PREFIX);
		w->expected = 1;
	}
	if (n != w->expected && number.p[ISSUE_CHANNEL_AT] != ISSUE_CHANNEL_DEVICE)
		FSCK_FAULT(f, "invoice: %lld numbers are missing before %.*s", (long long)(n - w->expected),
		        STR_FMT(number));
	w->expected = n + 1;
	memcpy(w->last, number.p, number.n);
	return OK;
}

/* --- document and receipt --- */

static void check_document(struct ctx *c, struct fsck *f, const struct issue_after_row *r)
{
	struct value *v;
	struct json_fault where;
	bool good = json_parse(c->arena, r->document, &v, &where) == OK && str_eq(value_text(v, "number"), r->number) &&
	            str_eq(special_class(value_text(v, "kind")), r->kind) &&
	            str_eq(value_text(v, "amount"), money_format(c->arena, r->amount)) &&
	            str_eq(value_text(v, "tax"), money_format(c->arena, r->tax)) &&
	            str_eq(value_text(v, "total"), money_format(c->arena, r->total)) &&
	            r->amount.fen + r->tax.fen == r->total.fen &&
	            str_eq(value_text(v, "issued_at"), instant_format(c->arena, r->issued_at));
	if (!good) FSCK_FAULT(f, "invoice %.*s: its document says something else than its row", STR_FMT(r->number));
}

static void end_batch(struct ctx *c, struct fsck *f, struct walk *w)
{
	struct tlog_hash root;
	if (!w->receipt_id) return;
	tlog_stack_root(&w->tree, &root);
	if (w->count != w->wanted || !str_is(str_hex(c->arena, root.b, sizeof root.b), w->root))
		FSCK_FAULT(f, "invoice: the batch from %s is not the one of its receipt %lld", w->first,
		        (long long)w->receipt_id);
	w->receipt_id = 0;
}

static void begin_batch(struct ctx *c, struct walk *w, const struct receipt *receipt, struct str number)
{
	struct value *act;
	struct json_fault where;
	w->receipt_id = receipt->id;
	w->count = 0;
	memset(&w->tree, 0, sizeof w->tree);
	memcpy(w->first, number.p, number.n < sizeof w->first ? number.n : sizeof w->first - 1);
	w->wanted = -1;
	if (json_parse(c->arena, receipt->act, &act, &where) != OK) return;
	struct str root = value_text(act, "root");
	if (root.n == 64 && str_eq(value_text(act, "first"), number)) memcpy(w->root, root.p, 64);
	w->wanted = value_number(act, "count", -1);
}

static err_t check_receipt(struct ctx *c, struct fsck *f, struct walk *w, const struct issue_after_row *r)
{
	struct receipt receipt;
	struct tlog_hash leaf;
	bool found = true;
	if (r->receipt_id != w->receipt_id) {
		end_batch(c, f, w);
		TRY(receipt_find(c, r->receipt_id, &receipt, &found));
		if (found && receipt.kind == ACT_INVOICE_BATCH)
			begin_batch(c, w, &receipt, r->number);
		else if (!found || receipt.holder_id != r->seller_id || !str_eq(receipt.act, r->document) ||
		         (receipt.kind != ACT_INVOICE_ISSUED && receipt.kind != ACT_INVOICE_REVERSED))
			FSCK_FAULT(f, "invoice %.*s: its receipt %lld is not for this document", STR_FMT(r->number),
			        (long long)r->receipt_id);
	}
	if (!w->receipt_id) return OK;
	tlog_leaf_hash(r->document.p, r->document.n, &leaf);
	tlog_stack_append(&w->tree, &leaf);
	w->count++;
	return OK;
}

static err_t check_page(struct ctx *c, struct fsck *f, struct walk *w, bool *more)
{
	struct issue_after_row *rows;
	size_t n;
	TRY(issue_after(c, str_c(w->last), &rows, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(check_number(c, f, w, rows[i].number));
		check_document(c, f, &rows[i]);
		TRY(check_receipt(c, f, w, &rows[i]));
	}
	w->total += (int64_t)n;
	*more = n == PAGE;
	return OK;
}

/* --- the projection --- */

struct view {
	int64_t position, events, rows, issued;
};

static err_t check_side(struct ctx *c, struct fsck *f, struct view *v, const struct invoice_event *e, int side)
{
	struct issue_party_row_row row;
	bool found;
	int64_t party = side ? e->buyer_id : e->seller_id;
	struct str period = period_format(c->arena, period_of(PERIOD_MONTH, date_of_instant(e->issued_at)));
	if (!party) return OK;
	v->rows++;
	TRY(issue_party_row(c, party, side, period, e->number, &row, &found));
	if (!found || row.amount.fen != e->amount.fen || row.tax.fen != e->tax.fen || row.total.fen != e->total.fen ||
	        row.issued_at != e->issued_at || !str_eq(row.kind, e->kind) ||
	        (row.status == LIST_RED) != (e->original.n > 0))
		FSCK_FAULT(f, "invoice %.*s: the list of its %s %s", STR_FMT(e->number), side ? "buyer" : "seller",
		        found ? "says something else" : "does not have it");
	return OK;
}

static err_t check_event(struct ctx *c, struct fsck *f, struct view *v, const struct event *e)
{
	struct str body = e->body;
	struct invoice_event invoice = { 0 };
	struct invoice row;
	bool found;
	if (!str_is(e->kind, "invoice.issued")) return OK;
	while (issue_event_next(&body, &invoice)) {
		v->issued++;
		TRY(issue_find(c, invoice.number, &row, &found));
		if (!found || row.total.fen != invoice.total.fen || row.issued_at != invoice.issued_at)
			FSCK_FAULT(f, "invoice %.*s: event %lld says something else", STR_FMT(invoice.number),
			        (long long)e->position);
		if (e->position > v->position) continue;
		TRY(check_side(c, f, v, &invoice, 0));
		TRY(check_side(c, f, v, &invoice, 1));
	}
	return OK;
}

static err_t check_events(struct ctx *c, struct fsck *f, struct view *v, bool *more)
{
	struct event *events;
	size_t n;
	TRY(outbox_read(c, v->events, &events, &n));
	for (size_t i = 0; i < n; i++)
		TRY(check_event(c, f, v, &events[i]));
	if (n) v->events = events[n - 1].position;
	*more = n > 0;
	return OK;
}

static err_t check_cells(struct ctx *c, struct fsck *f)
{
	struct issue_cells_wrong_row *cells;
	size_t n;
	TRY(issue_cells_wrong(c, &cells, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "invoice: the tax account's sums of party %lld in %.*s are not those of its list",
		        (long long)cells[i].party_id, STR_FMT(cells[i].period));
	return OK;
}

static err_t check_sums(struct ctx *c, struct fsck *f, const struct view *v)
{
	struct issue_party_count_row count;
	struct issue_months_wrong_row *months;
	struct issue_sales_wrong_row *sales;
	struct issue_mixed_wrong_row *mixed;
	size_t n;
	bool found;
	TRY(issue_party_count(c, &count, &found));
	if (count.n != v->rows)
		FSCK_FAULT(f, "invoice: the lists have %lld rows, the events make %lld", (long long)count.n,
		        (long long)v->rows);
	TRY(issue_months_wrong(c, &months, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "invoice: the sums of party %lld, side %lld, %.*s are not those of its list",
		        (long long)months[i].party_id, (long long)months[i].side, STR_FMT(months[i].period));
	TRY(issue_sales_wrong(c, &sales, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "invoice: the rates of party %lld in %.*s do not add up to its month",
		        (long long)sales[i].party_id, STR_FMT(sales[i].period));
	TRY(issue_mixed_wrong(c, &mixed, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "invoice %.*s: its parts by rate in the list of party %lld do not add up to it",
		        STR_FMT(mixed[i].number), (long long)mixed[i].party_id);
	return check_cells(c, f);
}

/* --- all --- */

static err_t walk_all(struct ctx *c, struct fsck *f, struct walk *w, struct view *v)
{
	struct arena *own = c->arena;
	bool more = true;
	err_t e = OK;
	c->arena = arena_new();
	while (more && e == OK) {
		arena_reset(c->arena);
		e = check_page(c, f, w, &more);
	}
	if (e == OK) end_batch(c, f, w);
	if (e == OK) e = end_prefix(c, f, w);
	for (more = true; more && e == OK;) {
		arena_reset(c->arena);
		e = check_events(c, f, v, &more);
	}
	arena_free(c->arena);
	c->arena = own;
	return e;
}

err_t issue_fsck(struct ctx *c, struct fsck *f)
{
	struct walk w = { 0 };
	struct view v = { 0 };
	struct issue_states_wrong_row *wrong;
	struct issue_reds_wrong_row *reds;
	size_t n;
	TRY(outbox_seen_by(c, "issue.party_list", &v.position));
	TRY(walk_all(c, f, &w, &v));
	if (v.issued != w.total)
		FSCK_FAULT(f, "invoice: %lld are stored, %lld were told to others", (long long)w.total,
		        (long long)v.issued);
	TRY(check_sums(c, f, &v));
	TRY(issue_states_wrong(c, &wrong, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "invoice %.*s: red letters take off more than there is", STR_FMT(wrong[i].number));
	TRY(issue_reds_wrong(c, &reds, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "invoice %.*s: its state is not what its red letters make", STR_FMT(reds[i].number));
	FSCK_INFO(f, "invoice: %lld numbers without a gap, each with its receipt; %lld rows of lists",
	        (long long)w.total, (long long)v.rows);
	return OK;
}

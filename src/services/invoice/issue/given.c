/* Invoices with a number and a time of their own: what a device of the seller has issued while it was offline. The same
 * rules, document, rows, events and receipts as any other invoice; runs of neighbouring numbers share a leaf of the
 * log, as the parts of a batch do. */
#include "issue_sql.h"
#include "kernel/outbox/outbox.h"
#include "services/invoice/issue/event.h"
#include "services/invoice/issue/many.h"
#include "services/invoice/issue/qr_text.h"
#include <string.h>

enum { RUN_MAX = 1000 }; /* a run: what proof.c reads at once */

struct issue_desk {
	struct issuer by; /* of today: numbers and quota */
	struct issuer at; /* of the day that the last invoice was issued on: its rules */
	struct str drawer, seller[2];
	struct many_buyers *buyers;
};

err_t issue_desk_open(struct ctx *c, int64_t seller_id, struct str drawer, struct issue_desk **out, bool *may)
{
	struct issue_desk *d = *out = arena_new_of(c->arena, struct issue_desk);
	bool found;
	TRY(registry_taxpayer_head(c, seller_id, &d->by.taxpayer, &found));
	*may = found && d->by.taxpayer.normal;
	if (!found) return OK;
	d->buyers = many_buyers_new(c->arena);
	d->drawer = drawer;
	d->seller[0] = d->by.taxpayer.uscc;
	d->seller[1] = d->by.taxpayer.name;
	d->by.day = c->today;
	d->by.period = period_format(c->arena, period_of(PERIOD_MONTH, c->today));
	vat_rates_usable(d->by.taxpayer.general, c->today, &d->by.rates);
	d->at = d->by;
	return OK;
}

const struct str *issue_desk_seller(const struct issue_desk *d)
{
	return d->seller;
}

size_t issue_desk_rates(const struct issue_desk *d, struct rate *out, size_t max)
{
	size_t n = d->by.rates.n < max ? d->by.rates.n : max;
	for (size_t i = 0; i < n; i++)
		out[i] = PPM(d->by.rates.ppm[i]);
	return n;
}

/* --- reading --- */

static void prepare(struct ctx *c, const struct issue_desk *d, const struct face *f, struct issue_given *out)
{
	struct buf b;
	out->kind = special_class(f->kind);
	out->buyer_name = f->buyer.name;
	out->amount = f->sum.amount;
	out->tax = f->sum.tax;
	out->total = f->total;
	out->qr = f->qr;
	buf_init(&b, c->arena, 512 + 256 * f->n_lines);
	face_write(&b, f);
	out->document = buf_done(&b);
	buf_init(&b, c->arena, 192);
	struct invoice_event e = event_of(c->arena, f, d->by.taxpayer.id, out->buyer_id);
	issue_event_put(&b, &e);
	out->event = buf_done(&b);
}

err_t issue_given_read(struct ctx *c, struct issue_desk *d, struct str number, instant_us at, const struct value *body,
        struct issue_given *out)
{
	struct issue_in in = { 0 };
	struct face f;
	struct date day = date_of_instant(at);
	*out = (struct issue_given){ .number = number, .issued_at = at };
	if (date_cmp(day, d->at.day) != 0) { /* the law of the day it was issued on */
		vat_rates_usable(d->at.taxpayer.general, day, &d->at.rates);
		d->at.day = day;
	}
	c->problem.n = 0;
	err_t e = input_read(c, issue_fields, body, &in);
	if (e != OK && e != E_INPUT) return e;
	special_imply(&in);
	rules_compose(c, &in, &d->at, &f);
	if (c->problem.n || e != OK) {
		out->errors = many_errors(c);
		problem_init(&c->problem, c->arena);
		return OK;
	}
	f.number = number;
	f.issued_at = at;
	f.drawer = d->drawer;
	f.qr = qr_text_invoice(c->arena, special_kind(f.kind)->qr_type, number, f.total, day);
	TRY(many_buyer(c, d->buyers, in.buyer.tax_id, &out->buyer_id));
	prepare(c, d, &f, out);
	return OK;
}

/* --- writing --- */

/* Whether b's number is the one behind a's. */
static bool neighbours(struct str a, struct str b)
{
	int64_t x, y;
	return a.n == b.n && a.n > ISSUE_CHANNEL_AT && memcmp(a.p, b.p, ISSUE_CHANNEL_AT + 1) == 0 &&
	       str_to_int(str_sub(a, ISSUE_CHANNEL_AT + 1, a.n), &x) &&
	       str_to_int(str_sub(b, ISSUE_CHANNEL_AT + 1, b.n), &y) && y == x + 1;
}

static err_t receipt_of_run(
        struct ctx *c, const struct issue_desk *d, const struct issue_given *const *list, size_t n, int64_t *id)
{
	struct tlog_stack tree = { 0 };
	struct tlog_hash leaf, root;
	unsigned char digest[32];
	if (n == 1) return receipt_issue_bytes(c, ACT_INVOICE_ISSUED, d->by.taxpayer.id, list[0]->document, id, digest);
	for (size_t i = 0; i < n; i++) {
		tlog_leaf_hash(list[i]->document.p, list[i]->document.n, &leaf);
		tlog_stack_append(&tree, &leaf);
	}
	tlog_stack_root(&tree, &root);
	return many_receipt(c, &d->by, list[0]->number, n, &root, id);
}

err_t issue_given_write(struct ctx *c, const struct issue_desk *d, const struct issue_given *const *list, size_t n)
{
	struct issue_insert_in_row *rows = arena_array(c->arena, n + 1, sizeof *rows);
	struct buf event;
	if (!n) return OK;
	buf_init(&event, c->arena, n * 256);
	for (size_t from = 0, to; from < n; from = to) {
		int64_t id;
		for (to = from + 1; to < n && to - from < RUN_MAX; to++)
			if (!neighbours(list[to - 1]->number, list[to]->number)) break;
		TRY(receipt_of_run(c, d, list + from, to - from, &id));
		for (size_t i = from; i < to; i++) {
			const struct issue_given *g = list[i];
			rows[i] = (struct issue_insert_in_row){ g->number, d->by.taxpayer.id, g->buyer_id, g->kind,
				g->issued_at, g->amount, g->tax, g->total, g->document, id };
			buf_str(&event, g->event);
		}
	}
	TRY(issue_insert_rows(c, rows, n));
	return outbox_emit(c, "invoice.issued", d->by.taxpayer.id, buf_done(&event));
}

/* --- numbers and quota --- */

err_t issue_desk_numbers(struct ctx *c, const struct issue_desk *d, int64_t n, struct str *first)
{
	struct str prefix;
	int64_t from;
	TRY(write_number(c, &d->by, CHANNEL_DEVICE, n, &prefix, &from));
	*first = write_number_text(c->arena, prefix, from);
	return OK;
}

err_t issue_desk_quota(struct ctx *c, const struct issue_desk *d, struct str period, struct money amount)
{
	struct issuer by = d->by;
	by.period = period;
	return amount.fen ? write_quota(c, &by, amount) : OK;
}

err_t issue_desk_left(struct ctx *c, const struct issue_desk *d, struct money *out)
{
	struct issue_quota_used_row used = { 0 };
	bool found;
	TRY(issue_quota_used(c, d->by.taxpayer.id, d->by.period, &used, &found));
	*out = FEN(d->by.taxpayer.quota.fen - (found ? used.used.fen : 0));
	return OK;
}

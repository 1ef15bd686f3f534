#include "services/invoice/issue/write.h"
#include "issue_sql.h"
#include "kernel/access/access.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "services/foundation/identity/identity.h"
#include "services/invoice/issue/drafts.h"
#include "services/invoice/issue/event.h"
#include "services/invoice/issue/qr_text.h"

static const struct fault_def not_a_seller = { "seller-status", N_("{1}现在不能开票，请到主管税务机关办理"), NULL,
	NULL };
const struct fault_def issue_over_quota = { "quota", N_("本月发票总额度 {1} 元，已用 {2} 元，这张还要 {3} 元，不够"),
	N_("可以申请调整发票总额度"), N_("税务总局公告2024年第11号") };

enum { NUMBER_PREFIX = 5 };

err_t issuer_find(struct ctx *c, struct issuer *out, bool *may)
{
	bool found;
	TRY(registry_taxpayer_head(c, c->caller.subject_id, &out->taxpayer, &found));
	*may = found && out->taxpayer.normal;
	if (!*may) return OK;
	out->day = c->today;
	out->period = period_format(c->arena, period_of(PERIOD_MONTH, c->today));
	vat_rates_usable(out->taxpayer.general, c->today, &out->rates);
	return OK;
}

err_t issuer_load(struct ctx *c, struct issuer *out)
{
	bool may;
	TRY(issuer_find(c, out, &may));
	return may ? OK : RAISE(c, E_CONFLICT, &not_a_seller, c->caller.subject_name);
}

/* YY + region + channel + 15 digits without gaps (domain/invoice.md §3.2). */
err_t write_number(struct ctx *c, const struct issuer *by, char channel, int64_t n, struct str *prefix, int64_t *first)
{
	*prefix = str_printf(c->arena, "%02d%.*s%c", by->day.year % 100, STR_FMT(by->taxpayer.region), channel);
	return db_counter(c, str_printf(c->arena, "invoice.%.*s", STR_FMT(*prefix)), n, first);
}

struct str write_number_text(struct arena *a, struct str prefix, int64_t n)
{
	char text[20];
	for (size_t i = 20; i > prefix.n; n /= 10)
		text[--i] = (char)('0' + n % 10);
	for (size_t i = 0; i < prefix.n; i++)
		text[i] = prefix.p[i];
	return str_dup(a, (struct str){ text, sizeof text });
}

bool write_number_read(struct str number, struct str *prefix, int64_t *n)
{
	*prefix = str_sub(number, 0, NUMBER_PREFIX);
	return number.n == 20 && str_to_int(str_sub(number, NUMBER_PREFIX, number.n), n);
}

/* Check and use are one statement of the same transaction: two clerks at once never overdraw. */
err_t write_quota(struct ctx *c, const struct issuer *by, struct money amount)
{
	const struct money quota = by->taxpayer.quota;
	struct issue_quota_used_row row = { 0 };
	int64_t taken = 0;
	bool gives = amount.fen < 0, found;
	if (gives || amount.fen <= quota.fen)
		TRY(issue_quota_add(c, by->taxpayer.id, by->period, amount, gives ? FEN(INT64_MAX) : quota, &taken));
	if (taken == 1) return OK;
	TRY(issue_quota_used(c, by->taxpayer.id, by->period, &row, &found));
	return RAISE(c, E_CONFLICT, &issue_over_quota, money_grouped(c->arena, quota),
	        money_grouped(c->arena, row.used), money_grouped(c->arena, amount));
}

err_t write_one(struct ctx *c, struct face *f, const struct issuer *by, enum act_kind act, struct issued *out)
{
	struct party buyer = { 0 };
	unsigned char digest[32];
	struct str prefix;
	struct buf document, event;
	bool known = false;
	int64_t n;
	TRY(write_number(c, by, CHANNEL_WEB, 1, &prefix, &n));
	f->number = write_number_text(c->arena, prefix, n);
	f->qr = qr_text_invoice(c->arena, special_kind(f->kind)->qr_type, f->number, f->total, by->day);
	struct str other = special_swaps(f->business) ? f->seller.tax_id : f->buyer.tax_id;
	if (other.p) TRY(identity_party_by_tax_id(c, other, &buyer, &known));
	buf_init(&document, c->arena, 512 + 256 * f->n_lines);
	face_write(&document, f);
	TRY(receipt_issue_bytes(c, act, by->taxpayer.id, buf_done(&document), &out->receipt_id, digest));
	TRY(issue_insert(c, f->number, by->taxpayer.id, known ? buyer.id : 0, special_class(f->kind), f->issued_at,
	        f->sum.amount, f->sum.tax, f->total, buf_done(&document), out->receipt_id, NULL));
	buf_init(&event, c->arena, 256);
	struct invoice_event e = event_of(c->arena, f, by->taxpayer.id, known ? buyer.id : 0);
	issue_event_put(&event, &e);
	TRY(outbox_emit(c, "invoice.issued", by->taxpayer.id, buf_done(&event)));
	out->receipt = receipt_value(c, out->receipt_id, act, c->now, digest);
	return OK;
}

static struct value *answer_of(struct ctx *c, const struct face *f)
{
	struct value *v = value_object(c->arena);
	if (f->number.p) value_put_str(c->arena, v, "number", f->number);
	value_put_str(c->arena, v, "kind", f->kind);
	value_put_instant(c->arena, v, "issued_at", f->issued_at);
	if (f->seller_ref.p) value_put_str(c->arena, v, "seller_ref", f->seller_ref);
	value_put_money(c->arena, v, "amount", f->sum.amount);
	value_put_money(c->arena, v, "tax", f->sum.tax);
	value_put_money(c->arena, v, "total", f->total);
	value_put_str(c->arena, v, "total_in_words", money_words(c->arena, f->total));
	return v;
}

err_t issue_one(struct ctx *c, const void *input, struct reply *out)
{
	const struct issue_in *in = input;
	struct issuer by;
	struct face f;
	struct issued made;
	TRY(issuer_load(c, &by));
	rules_compose(c, in, &by, &f);
	TRY(problem_result(&c->problem));
	TRY(access_within_limit(c, f.total));
	TRY(write_quota(c, &by, f.sum.amount));
	TRY(write_one(c, &f, &by, ACT_INVOICE_ISSUED, &made));
	if (in->has_draft) TRY(drafts_used(c, in->draft));
	out->value = answer_of(c, &f);
	value_put_c(c->arena, out->value, "status", "valid");
	value_put_str(c->arena, out->value, "qr", f.qr);
	value_put(c->arena, out->value, "receipt", made.receipt);
	out->status = 201;
	out->location = str_printf(c->arena, "/invoices/%.*s", STR_FMT(f.number));
	return OK;
}

/* Called when some input could not be read: the rules speak on the rest, so that all faults are told at once. */
err_t issue_check(struct ctx *c, const void *input, struct reply *out)
{
	struct issuer by;
	struct face f;
	(void)out;
	TRY(issuer_load(c, &by));
	rules_compose(c, input, &by, &f);
	return OK;
}

/* What would be issued, without issuing it: for the form, and for programs that want to test their data. */
err_t issue_preview(struct ctx *c, const void *input, struct reply *out)
{
	struct issuer by;
	struct face f;
	struct buf b;
	TRY(issuer_load(c, &by));
	rules_compose(c, input, &by, &f);
	TRY(problem_result(&c->problem));
	buf_init(&b, c->arena, 512 + 256 * f.n_lines);
	f.number = f.qr = S("");
	face_write(&b, &f);
	TRY(face_value(c->arena, buf_done(&b), &out->value));
	value_set(c->arena, out->value, S("number"), value_null(c->arena));
	value_set(c->arena, out->value, S("qr"), value_null(c->arena));
	value_put_money(c->arena, out->value, "quota", by.taxpayer.quota);
	return OK;
}

#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "purchase_sql.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/purchase/credit.h"
#include "services/invoice/purchase/einvoice.h"

static const struct fault_def not_buyer = { "buyer-differs", N_("这张发票的购买方不是您现在的办事身份"), NULL, NULL };
static const struct fault_def not_as_issued = { "not-as-issued", N_("这个号码是本平台开的，文件里的内容和开具时不一致"),
	NULL, NULL };
static const struct fault_def in_future = { "date-future", N_("开票日期晚于今天"), NULL, NULL };

/* Of this bureau: the file must say what was issued; the invoice is in the buyer's list already. */
static err_t compare(struct ctx *c, const struct einvoice *e, const struct invoice *own)
{
	if (own->buyer_id != c->caller.subject_id || own->amount.fen != e->amount.fen || own->tax.fen != e->tax.fen ||
	        date_cmp(date_of_instant(own->issued_at), e->issued_on) != 0 || !str_eq(own->kind, e->kind))
		FAULT(c, S("/TaxSupervisionInfo/InvoiceNumber"), &not_as_issued);
	return problem_result(&c->problem);
}

static err_t keep(struct ctx *c, const struct einvoice *e, bool *added)
{
	struct buf b;
	int64_t n;
	TRY(purchase_insert(c, c->caller.subject_id, e->number, e->seller_tax_id, e->seller_name, e->kind, e->issued_on,
	        e->amount, e->tax, c->now, &n));
	*added = n == 1;
	if (!*added) return OK;
	struct invoice_event told = { .number = e->number,
		.kind = e->kind,
		.seller_name = e->seller_name,
		.buyer_name = e->buyer_name,
		.buyer_id = c->caller.subject_id,
		.issued_at = date_to_instant(e->issued_on),
		.amount = e->amount,
		.tax = e->tax,
		.total = e->total };
	buf_init(&b, c->arena, 256);
	issue_event_put(&b, &told);
	return outbox_emit(c, "purchase.imported", c->caller.subject_id, buf_done(&b));
}

err_t purchase_import(struct ctx *c, const void *input, struct reply *out)
{
	const struct import_in *in = input;
	struct einvoice e;
	struct invoice own;
	bool here, added = false;
	TRY(einvoice_read(c, in->xml, &e));
	if (!str_eq(e.buyer_tax_id, c->caller.subject_tax_id))
		FAULT(c, S("/EInvoiceData/BuyerInformation/BuyerIdNum"), &not_buyer);
	if (date_cmp(e.issued_on, c->today) > 0) FAULT(c, S("/TaxSupervisionInfo/IssueTime"), &in_future);
	TRY(problem_result(&c->problem));
	TRY(issue_find(c, e.number, &own, &here));
	TRY(here ? compare(c, &e, &own) : keep(c, &e, &added));
	struct value *v = value_object(c->arena), *receipt;
	value_put_str(c->arena, v, "number", e.number);
	value_put_str(c->arena, v, "seller", e.seller_name);
	value_put_str(c->arena, v, "kind", e.kind);
	value_put_date(c->arena, v, "issued_on", e.issued_on);
	value_put_money(c->arena, v, "amount", e.amount);
	value_put_money(c->arena, v, "tax", e.tax);
	value_put_bool(c->arena, v, "added", added);
	TRY(receipt_issue(c, ACT_PURCHASE_IMPORTED, c->caller.subject_id, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	out->value = v;
	out->status = added ? 201 : 200;
	return OK;
}

err_t purchase_show(struct ctx *c, const void *input, struct reply *out)
{
	static const struct fault_def unknown = { "invoice-unknown", N_("没有导入过这张发票，请核对 20 位号码"), NULL,
		NULL };
	const struct purchase_number_in *in = input;
	struct purchase_get_row row;
	struct purchase_credit_get_row credit;
	bool found, credited;
	TRY(purchase_get(c, c->caller.subject_id, in->number, &row, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	TRY(purchase_credit_get(c, c->caller.subject_id, in->number, &credit, &credited));
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "number", in->number);
	value_put_str(c->arena, v, "seller", row.seller_name);
	value_put_str(c->arena, v, "seller_tax_id", row.seller_tax_id);
	value_put_str(c->arena, v, "kind", row.kind);
	value_put_date(c->arena, v, "issued_on", row.issued_on);
	value_put_money(c->arena, v, "amount", row.amount);
	value_put_money(c->arena, v, "tax", row.tax);
	value_put_instant(c->arena, v, "imported_at", row.imported_at);
	value_put_str(c->arena, v, "credited", credited ? credit.period : STR_NONE);
	return OK;
}

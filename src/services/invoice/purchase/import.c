#include "kernel/access/access.h"
#include "kernel/operation/fields.h"
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

static err_t import_one(struct ctx *c, struct str xml, struct value **out, bool *added)
{
	struct einvoice e;
	struct invoice own;
	bool here;
	*added = false;
	TRY(einvoice_read(c, xml, &e));
	if (!str_eq(e.buyer_tax_id, c->caller.subject_tax_id))
		FAULT(c, S("/EInvoiceData/BuyerInformation/BuyerIdNum"), &not_buyer);
	if (date_cmp(e.issued_on, c->today) > 0) FAULT(c, S("/TaxSupervisionInfo/IssueTime"), &in_future);
	TRY(problem_result(&c->problem));
	TRY(issue_find(c, e.number, &own, &here));
	TRY(here ? compare(c, &e, &own) : keep(c, &e, added));
	struct value *v = *out = value_object(c->arena), *receipt;
	value_put_str(c->arena, v, "number", e.number);
	value_put_str(c->arena, v, "seller", e.seller_name);
	value_put_str(c->arena, v, "kind", e.kind);
	value_put_date(c->arena, v, "issued_on", e.issued_on);
	value_put_money(c->arena, v, "amount", e.amount);
	value_put_money(c->arena, v, "tax", e.tax);
	value_put_bool(c->arena, v, "added", *added);
	TRY(receipt_issue(c, ACT_PURCHASE_IMPORTED, c->caller.subject_id, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	return OK;
}

err_t purchase_import(struct ctx *c, const void *input, struct reply *out)
{
	const struct import_in *in = input;
	bool added;
	TRY(import_one(c, in->xml, &out->value, &added));
	out->status = added ? 201 : 200;
	return OK;
}

static void put_why(
        struct ctx *c, struct value *list, struct str pointer, const struct fault_def *def, const struct str arg[4])
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "pointer", pointer);
	value_put_c(c->arena, v, "code", def->code);
	value_put_str(c->arena, v, "detail", fields_message(c, def->message, arg));
	value_push(c->arena, list, v);
}

/* Why one file of many was not taken; the others go on. */
static struct value *refused(struct ctx *c)
{
	const struct problem *p = &c->problem;
	struct value *v = value_object(c->arena), *list;
	value_put_c(c->arena, v, "outcome", "refused");
	value_put(c->arena, v, "invoice", value_null(c->arena));
	list = value_put_array(c->arena, v, "faults");
	if (p->def) put_why(c, list, S(""), p->def, p->arg);
	for (size_t i = 0; i < p->n && i < PROBLEM_FAULTS_MAX; i++)
		put_why(c, list, p->faults[i].pointer, p->faults[i].def, p->faults[i].arg);
	return v;
}

/* Files that can not be taken write nothing: their checks come before the first statement. */
err_t purchase_import_files(struct ctx *c, const void *input, struct reply *out)
{
	const struct import_files_in *in = input;
	struct value *v = out->value = value_object(c->arena), *results = value_array(c->arena), *one, *invoice;
	int64_t added = 0, known = 0;
	for (size_t i = 0; i < in->n_files; i++) {
		bool new = false;
		err_t e = import_one(c, in->files[i], &invoice, &new);
		if (e != OK && e != E_INPUT) return e;
		if (e == OK) {
			one = value_object(c->arena);
			value_put_c(c->arena, one, "outcome", new ? "added" : "known");
			value_put(c->arena, one, "invoice", invoice);
			(void)value_put_array(c->arena, one, "faults");
			added += new;
			known += !new;
		} else {
			one = refused(c);
		}
		problem_init(&c->problem, c->arena);
		value_put_int(c->arena, one, "file", (int64_t)i + 1);
		value_push(c->arena, results, one);
	}
	value_put_int(c->arena, v, "count", (int64_t)in->n_files);
	value_put_int(c->arena, v, "added", added);
	value_put_int(c->arena, v, "known", known);
	value_put_int(c->arena, v, "refused", (int64_t)in->n_files - added - known);
	value_put(c->arena, v, "results", results);
	return OK;
}

err_t purchase_import_limits(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "files_max", IMPORT_FILES_MAX);
	value_put_int(c->arena, out->value, "bytes_max", IMPORT_BYTES_MAX);
	return OK;
}

/* What this taxpayer took over from outside, the highest number first. */
err_t purchase_list(struct ctx *c, const void *input, struct reply *out)
{
	enum { PAGE = 50 };
	const struct purchases_in *in = input;
	struct purchase_list_rows_row *rows;
	size_t n;
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	TRY(purchase_list_rows(
	        c, c->caller.subject_id, in->before.p ? in->before : S("99999999999999999999"), &rows, &n));
	struct value *v = out->value = value_object(c->arena), *list = value_put_array(c->arena, v, "purchases");
	for (size_t i = 0; i < n && i < PAGE; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "number", rows[i].number);
		value_put_str(c->arena, one, "seller", rows[i].seller_name);
		value_put_str(c->arena, one, "kind", rows[i].kind);
		value_put_date(c->arena, one, "issued_on", rows[i].issued_on);
		value_put_money(c->arena, one, "amount", rows[i].amount);
		value_put_money(c->arena, one, "tax", rows[i].tax);
		value_put_instant(c->arena, one, "imported_at", rows[i].imported_at);
		value_put_str(c->arena, one, "credited", rows[i].period.n ? rows[i].period : STR_NONE);
		value_push(c->arena, list, one);
	}
	value_put_str(c->arena, v, "before", n > PAGE ? rows[PAGE - 1].number : STR_NONE);
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

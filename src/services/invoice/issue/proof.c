/* The proof of one invoice of a batch: the path from its document to the root that the batch's receipt holds. An
 * invoice that was issued alone has a receipt of its own and needs no path. */
#include "issue_sql.h"
#include "kernel/receipt/log.h"
#include "services/invoice/issue/batch.h"

struct leaves {
	struct tlog_hash *hash;
	size_t n;
};

static bool read_node(void *arg, unsigned level, int64_t index, struct tlog_hash *out)
{
	const struct leaves *l = arg;
	struct tlog_stack inside = { 0 };
	size_t from = (size_t)index << level, n = (size_t)1 << level;
	if (from + n > l->n) return false;
	for (size_t i = 0; i < n; i++)
		tlog_stack_append(&inside, &l->hash[from + i]);
	tlog_stack_root(&inside, out);
	return true;
}

static void put_path(struct ctx *c, struct value *v, const struct tlog_path *path)
{
	struct value *list = value_put_array(c->arena, v, "path");
	for (size_t i = 0; i < path->n; i++)
		value_push(c->arena, list, value_str(c->arena, str_hex(c->arena, path->h[i].b, sizeof path->h[i].b)));
}

static err_t batch_path(struct ctx *c, const struct invoice *invoice, const struct value *act, struct value *v)
{
	struct issue_range_row *rows;
	struct str first = value_text(act, "first");
	struct tlog_path path;
	struct leaves l = { 0 };
	int64_t index = -1, count = value_number(act, "count", 0);
	TRY(issue_range(c, first, count, &rows, &l.n));
	l.hash = arena_array(c->arena, l.n + 1, sizeof *l.hash);
	for (size_t i = 0; i < l.n; i++) {
		if (rows[i].receipt_id != invoice->receipt_id) return E_INTERNAL;
		tlog_leaf_hash(rows[i].document.p, rows[i].document.n, &l.hash[i]);
		if (str_eq(rows[i].number, invoice->number)) index = (int64_t)i;
	}
	if (index < 0 || (int64_t)l.n != count || !tlog_prove_inclusion(index, count, read_node, &l, &path))
		return E_INTERNAL;
	value_put_int(c->arena, v, "index", index);
	value_put_int(c->arena, v, "count", count);
	value_put_str(c->arena, v, "root", value_text(act, "root"));
	put_path(c, v, &path);
	return OK;
}

err_t issue_proof(struct ctx *c, const void *input, struct reply *out)
{
	const struct number_in *in = input;
	struct invoice invoice;
	struct receipt receipt;
	struct value *act;
	bool found;
	TRY(issue_open(c, in->number, &invoice));
	TRY(receipt_find(c, invoice.receipt_id, &receipt, &found));
	if (!found || face_value(c->arena, receipt.act, &act) != OK) return E_INTERNAL;
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "number", invoice.number);
	value_put_str(c->arena, v, "document", invoice.document);
	value_put(c->arena, v, "receipt", receipt_value(c, receipt.id, receipt.kind, receipt.at, receipt.leaf.b));
	bool batch = receipt.kind == ACT_INVOICE_BATCH;
	value_put_bool(c->arena, v, "batch", batch);
	return batch ? batch_path(c, &invoice, act, v) : OK;
}

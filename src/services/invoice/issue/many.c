#include "services/invoice/issue/many.h"
#include "kernel/operation/problem.h"
#include "services/foundation/identity/identity.h"

enum { BUYERS = 1 << 12 };

struct buyer {
	struct str tax_id;
	int64_t id;
};
struct many_buyers {
	struct arena *arena;
	struct buyer *table; /* by hash; made when the first is asked for */
};

struct many_buyers *many_buyers_new(struct arena *a)
{
	struct many_buyers *b = arena_new_of(a, struct many_buyers);
	b->arena = a;
	return b;
}

err_t many_buyer(struct ctx *c, struct many_buyers *b, struct str tax_id, int64_t *id)
{
	uint32_t h = 2166136261U;
	struct party party;
	bool known;
	*id = 0;
	if (!tax_id.p) return OK;
	for (size_t i = 0; i < tax_id.n; i++)
		h = (h ^ (unsigned char)tax_id.p[i]) * 16777619U;
	if (!b->table) b->table = arena_array(b->arena, BUYERS, sizeof *b->table);
	struct buyer *at = &b->table[h % BUYERS];
	if (!at->tax_id.p || !str_eq(at->tax_id, tax_id)) {
		TRY(identity_party_by_tax_id(c, tax_id, &party, &known));
		*at = (struct buyer){ str_dup(b->arena, tax_id), known ? party.id : 0 };
	}
	*id = at->id;
	return OK;
}

struct str many_errors(struct ctx *c)
{
	struct value *v = value_object(c->arena);
	struct buf b;
	buf_init(&b, c->arena, 256);
	problem_put_errors(c, v);
	value_write_json(&b, value_get(v, S("errors")));
	return buf_done(&b);
}

err_t many_receipt(
        struct ctx *c, const struct issuer *by, struct str first, size_t n, const struct tlog_hash *root, int64_t *id)
{
	struct value *act = value_object(c->arena), *ignored;
	value_put_int(c->arena, act, "count", (int64_t)n);
	value_put_str(c->arena, act, "first", first);
	value_put_str(c->arena, act, "root", str_hex(c->arena, root->b, sizeof root->b));
	value_put_str(c->arena, act, "seller", by->taxpayer.uscc);
	return receipt_issue(c, ACT_INVOICE_BATCH, by->taxpayer.id, act, &ignored, id);
}

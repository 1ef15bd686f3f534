#include "services/invoice/verify/verify.h"
#include "kernel/ctx/app.h"
#include "kernel/plane/plane.h"
#include "services/invoice/issue/issue.h"

struct verify_in {
	struct str number;
	struct money total;
	struct date date;
	bool has_total, has_date;
};
static const struct field verify_fields[] = {
	{ "number", FIELD_TEXT, AT(struct verify_in, number), .required = true, .min = 20, .max = 20,
	        .label = N_("发票号码") },
	{ "total", FIELD_MONEY, AT(struct verify_in, total), PRESENT_AT(struct verify_in, has_total),
	        .min = -MONEY_MAX_FEN, .max = MONEY_MAX_FEN, .label = N_("价税合计") },
	{ "date", FIELD_DATE, AT(struct verify_in, date), PRESENT_AT(struct verify_in, has_date),
	        .label = N_("开票日期") },
	{ 0 },
};

static void checked(struct ctx *c, struct value *list, const char *what, const char *outcome, const char *words)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "what", what);
	value_put_c(c->arena, v, "outcome", outcome);
	value_put_c(c->arena, v, "detail", words);
	value_push(c->arena, list, v);
}

static void compare(struct ctx *c, struct value *list, const char *what, bool given, bool same, bool *all_same)
{
	checked(c, list, what,
	        !given ? "not-checked"
	        : same ? "same"
	               : "differs",
	        !given ? N_("您没有填，所以没有核对")
	        : same ? N_("和开具时一致")
	               : N_("和开具时不一致"));
	if (given && !same) *all_same = false;
}

/* What the plane keeps of an invoice: version, total, date. Fixed width, big endian. */
struct fact {
	struct money total;
	struct date date;
};
enum { FACT_VERSION = 1, FACT_SIZE = 13 };

static void fact_pack(const struct fact *f, unsigned char out[FACT_SIZE])
{
	uint64_t fen = (uint64_t)f->total.fen;
	uint32_t days = (uint32_t)date_days(f->date);
	out[0] = FACT_VERSION;
	for (int i = 0; i < 8; i++)
		out[1 + i] = (unsigned char)(fen >> (56 - 8 * i));
	for (int i = 0; i < 4; i++)
		out[9 + i] = (unsigned char)(days >> (24 - 8 * i));
}

static bool fact_read(const struct plane_value *v, struct fact *f)
{
	uint64_t fen = 0;
	uint32_t days = 0;
	if (v->n != FACT_SIZE || v->b[0] != FACT_VERSION) return false;
	for (int i = 0; i < 8; i++)
		fen = fen << 8 | v->b[1 + i];
	for (int i = 0; i < 4; i++)
		days = days << 8 | v->b[9 + i];
	*f = (struct fact){ FEN((int64_t)fen), date_from_days((int32_t)days) };
	return true;
}

static err_t fact_find(struct ctx *c, struct str number, struct fact *f, bool *found)
{
	struct plane_key key;
	struct plane_value v;
	*found = false;
	if (!plane_key_digits(number, &key)) return OK;
	err_t e = plane_get(c->app->plane, PLANE_INVOICE, &key, &v);
	if (e == E_NOT_FOUND) return OK;
	if (e != OK) return e;
	*found = fact_read(&v, f);
	return *found ? OK : E_INTERNAL;
}

/* The live feed: what was issued becomes verifiable; the position lies in the same LMDB transaction. */
static err_t feed(struct ctx *c, const struct event *events, size_t n)
{
	struct plane_entry *entries = arena_array(c->arena, n, sizeof *entries);
	size_t used = 0;
	for (size_t i = 0; i < n; i++) {
		struct invoice invoice;
		bool found;
		TRY(issue_find(c, events[i].body, &invoice, &found));
		if (!found || !plane_key_digits(invoice.number, &entries[used].key)) continue;
		struct fact f = { invoice.total, date_of_instant(invoice.issued_at) };
		unsigned char *bytes = arena_alloc(c->arena, FACT_SIZE);
		fact_pack(&f, bytes);
		entries[used].kind = PLANE_INVOICE;
		entries[used++].value = (struct str){ (const char *)bytes, FACT_SIZE };
	}
	return plane_put_batch(c->app->plane, entries, used, events[n - 1].position);
}

static err_t fed_to(struct ctx *c, int64_t *position)
{
	return plane_position(c->app->plane, position);
}

static err_t advance(struct ctx *c, int64_t position)
{
	return plane_put_batch(c->app->plane, NULL, 0, position);
}

static const struct subscription subscriptions[] = {
	{ .consumer = "verify.plane",
	        .kinds = "invoice.issued",
	        .kind = CONSUMER_EXTERNAL,
	        .apply = feed,
	        .position = fed_to,
	        .advance = advance },
};

static err_t verify(struct ctx *c, const void *input, struct reply *out)
{
	const struct verify_in *in = input;
	struct fact i = { 0 };
	bool found, same = true;
	TRY(fact_find(c, in->number, &i, &found));
	out->value = value_object(c->arena);
	struct value *list = value_array(c->arena);
	const char *verdict = "unknown", *words = N_("没有查到这张发票。请核对号码；刚开的票请过几秒再查");
	if (found) {
		checked(c, list, "number", "found", N_("号码在开票记录里"));
		compare(c, list, "total", in->has_total, i.total.fen == in->total.fen, &same);
		compare(c, list, "date", in->has_date, date_cmp(i.date, in->date) == 0, &same);
		checked(c, list, "content", "not-checked", N_("货物名称、购买方没有核对，请对照票面"));
		verdict = same ? "valid" : "not-as-issued";
		words = same ? N_("这张发票是真的，内容和开具时一致") : N_("查到这个号码，但您填的内容和开具时不一致");
	}
	value_put_c(c->arena, out->value, "verdict", verdict);
	value_put_c(c->arena, out->value, "detail", words);
	value_put(c->arena, out->value, "checked", list);
	return OK;
}

static const struct operation operations[] = {
	{ .id = "verify.invoice",
	        .method = GET,
	        .path = "/verify/invoices/{number}",
	        .who = PUBLIC,
	        .in = verify_fields,
	        .in_size = sizeof(struct verify_in),
	        .run = verify,
	        .class = OP_FAST, /* the plane only: no database, no lock */
	        .title = N_("发票查验"),
	        .requirements = "A10.1 A10.3 A10.7 A10.8",
	        .words = "查验 真伪 verify invoice" },
};

const struct service verify_service = {
	.name = "verify",
	.board = "invoice",
	.title = N_("发票查验"),
	.uses = "issue",
	.operations = operations,
	.n_operations = COUNT(operations),
	.subscriptions = subscriptions,
	.n_subscriptions = COUNT(subscriptions),
};

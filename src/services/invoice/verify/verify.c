#include "services/invoice/verify/verify.h"
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

static err_t verify(struct ctx *c, const void *input, struct reply *out)
{
	const struct verify_in *in = input;
	struct invoice i;
	bool found, same = true;
	TRY(issue_find(c, in->number, &i, &found));
	out->value = value_object(c->arena);
	struct value *list = value_array(c->arena);
	const char *verdict = "unknown", *words = N_("没有查到这张发票。请核对号码；刚开的票请过几秒再查");
	if (found) {
		checked(c, list, "number", "found", N_("号码在开票记录里"));
		compare(c, list, "total", in->has_total, i.total.fen == in->total.fen, &same);
		compare(c, list, "date", in->has_date, date_cmp(date_of_instant(i.issued_at), in->date) == 0, &same);
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
};

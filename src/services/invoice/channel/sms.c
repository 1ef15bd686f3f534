/* Short messages by a Kannel gateway (get-url): the body of our answer is what the asker gets. */
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/limit/limit.h"
#include "services/invoice/channel/setting.h"
#include "services/invoice/verify/verify.h"

enum { PER_SENDER = 10 };

static const struct fault_def stranger = { "sms-gateway", N_("这个地址只接短信网关"), NULL, NULL };
static const struct fault_def often = { "sms-often", N_("查得太频繁，请一分钟后再发"), NULL, NULL };

static bool is_listed(struct str list, struct str address)
{
	struct str piece;
	while (str_split(&list, ' ', &piece))
		if (piece.n && str_eq(piece, address)) return true;
	return false;
}

/* Both: it comes from where the gateway is, and it knows the key; in a sandbox there need not be one. */
static err_t check_gateway(struct ctx *c, const struct sms_in *in)
{
	struct str key, from;
	TRY(setting_read(c, "sms.key", &key));
	TRY(setting_read(c, "sms.from", &from));
	bool here = is_listed(from.p ? from : S("127.0.0.1 ::1"), c->client);
	bool knows = key.p ? in->key.p && str_eq_const_time(key, in->key) : c->app->sandbox != NULL;
	if (here && knows) return OK;
	access_security(c, "sms-stranger", here ? S("key") : S("address"));
	return RAISE(c, E_FORBIDDEN, &stranger);
}

err_t sms_answer(struct ctx *c, const void *input, struct reply *out)
{
	const struct sms_in *in = input;
	struct value *answer;
	TRY(check_gateway(c, in));
	out->media = "text/plain; charset=utf-8";
	/* UCS-2: without it the gateway sends question marks for Chinese */
	static const struct reply_header coding = { "X-Kannel-Coding", { "2", 1 } };
	out->headers = &coding;
	out->n_headers = 1;
	if (limit_sender(c, "sms", in->from, PER_SENDER) != OK) {
		/* The sender is told once in words; an error of HTTP would reach the gateway only. */
		problem_init(&c->problem, c->arena);
		out->bytes = tr(c, often.message);
		return OK;
	}
	if (!in->text.p || verify_is_help(in->text)) {
		out->bytes = tr(
		        c, N_("【电子税务局】发票查验请发：CY 发票号码 价税合计，如 CY 26332000000000000001 1130.00"));
		return OK;
	}
	TRY(verify_ask(c, in->text, in->from, &answer));
	out->bytes = verify_short(c, answer);
	return OK;
}

#include "services/tax/payment/channel.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/fetch/fetch.h"
#include "kernel/keys/keys.h"
#include "kernel/log/log.h"
#include "payment_sql.h"
#include "services/foundation/identity/identity.h"
#include <string.h>

/* A bank that did not answer is left alone for a while: many orders must not wait for it one after the other. */
#define AWAY (10 * INT64_C(1000000))

static const struct fault_def malformed = { "envelope", N_("报文读不懂：应为 etax-bank/1 签名信封"), NULL, NULL };
static const struct fault_def foreign = { "envelope-parties", N_("报文的发送方或接收方不对"), NULL, NULL };
static const struct fault_def stale = { "stale", N_("报文时间和本机相差超过 5 分钟，请用现在的时间重新签名"), NULL,
	NULL };
static const struct fault_def forged = { "signature", N_("报文签名不对，没有处理"), NULL, N_("电子签名法 第十三条") };
static const struct fault_def no_report = { "report", N_("报文内容不是一笔扣款结果"), NULL, NULL };
static const struct fault_def no_bank = { "bank-unknown", N_("这个渠道还没有登记银行的公钥"), NULL, NULL };

err_t payment_bank_register(struct ctx *c, struct str channel, struct str address, const unsigned char point[65])
{
	return payment_bank_put(c, channel, address.p ? address : S(""), (struct str){ (const char *)point, 65 }, NULL);
}

struct str payment_bureau_name(struct ctx *c)
{
	return str_printf(c->arena, "etax-%s", c->app->node);
}

/* --- etax-bank/1 --- */

struct bank {
	struct str base;
	const char *prefix;
	unsigned char point[65];
};

static bool find_bank(struct ctx *c, struct str channel, struct bank *out)
{
	struct payment_bank_get_row row;
	bool found;
	if (payment_bank_get(c, channel, &row, &found) != OK || !found || row.point.n != sizeof out->point)
		return false;
	memcpy(out->point, row.point.p, sizeof out->point);
	if (row.away_until > c->now) return false;
	const char *own = __atomic_load_n(&c->app->address, __ATOMIC_ACQUIRE);
	out->base = row.address.n ? row.address : str_c(own);
	out->prefix = row.address.n ? "" : "/v1/sandbox/bank";
	return out->base.p != NULL;
}

static err_t set_away(struct ctx *c, void *arg)
{
	const struct str *channel = arg;
	return payment_bank_away(c, c->now + AWAY, *channel, NULL);
}

/* One message there, one back. The answer is believed only if the bank signed it, now, for us. */
static bool ask(struct ctx *c, struct str channel, const char *path, const struct value *message, struct str *answer)
{
	struct bank bank;
	struct buf b;
	struct payment_envelope e;
	struct str us = payment_bureau_name(c);
	if (!find_bank(c, channel, &bank)) return false;
	buf_init(&b, c->arena, 512);
	value_write_json(&b, message);
	struct fetch f = { .base = bank.base,
		.path = str_printf(c->arena, "%s%s", bank.prefix, path).p,
		.media = "application/json",
		.body = payment_seal(c->arena, us, channel, keys_seal(c->app->keys), c->now, buf_done(&b)) };
	struct fetched got = fetch_call(c->arena, &f);
	if (got.status != 200) {
		if ((got.status == 0 || got.status >= 500) && db_write(c, set_away, &channel) != OK)
			log_event(LOG_ERROR_LEVEL, "payment-bank-away", STR_NONE, NULL);
		return false;
	}
	enum payment_open open = payment_unseal(c->arena, got.body, channel, us, bank.point, c->now, &e);
	if (open == PAYMENT_OPENED) {
		*answer = e.message;
		return true;
	}
	access_security(c, "bank-answer-refused", str_from_int(c->arena, open));
	return false;
}

static bool ask_order(struct ctx *c, const struct payment_order *o, const char *path, struct value *message,
        struct payment_report *out)
{
	struct str answer;
	if (!ask(c, o->channel, path, message, &answer)) return false;
	return payment_report_read(c->arena, answer, out) && str_eq(out->voucher, o->voucher);
}

static struct value *message_of(struct ctx *c, const char *kind, const struct payment_order *o)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "kind", kind);
	value_put_str(c->arena, v, "voucher", o->voucher);
	return v;
}

static bool etax_bank_order(struct ctx *c, const struct payment_order *o, struct payment_report *out)
{
	struct party payer;
	bool found;
	struct value *v = message_of(c, "order", o);
	if (identity_party(c, o->taxpayer_id, &payer, &found) != OK || !found) return false;
	value_put_money(c->arena, v, "amount", o->amount);
	value_put_str(c->arena, v, "payer", payer.tax_id);
	value_put_str(c->arena, v, "payer_name", payer.name);
	value_put_instant(c->arena, v, "valid_until", o->valid_until);
	return ask_order(c, o, "/orders", v, out);
}

static bool etax_bank_query(struct ctx *c, const struct payment_order *o, struct payment_report *out)
{
	return ask_order(c, o, "/queries", message_of(c, "query", o), out);
}

static bool etax_bank_file(struct ctx *c, struct str channel, struct date day, struct str *file)
{
	struct value *v = value_object(c->arena), *got;
	struct str answer;
	struct json_fault where;
	value_put_c(c->arena, v, "kind", "file");
	value_put_date(c->arena, v, "day", day);
	if (!ask(c, channel, "/files", v, &answer) || json_parse(c->arena, answer, &got, &where) != OK) return false;
	*file = value_text(got, "file");
	return str_is(value_text(got, "kind"), "file") && file->p &&
	       str_eq(value_text(got, "day"), date_format(c->arena, day));
}

static err_t etax_bank_callback(
        struct ctx *c, struct str channel, struct str body, struct payment_report *out, struct str *nonce)
{
	struct payment_bank_get_row row;
	bool found;
	struct payment_envelope e;
	TRY(payment_bank_get(c, channel, &row, &found));
	if (!found || row.point.n != 65) return RAISE(c, E_NOT_FOUND, &no_bank);
	switch (payment_unseal(
	        c->arena, body, channel, payment_bureau_name(c), (const unsigned char *)row.point.p, c->now, &e)) {
	case PAYMENT_OPENED: break;
	case PAYMENT_MALFORMED: return RAISE(c, E_INPUT, &malformed);
	case PAYMENT_FOREIGN: return RAISE(c, E_INPUT, &foreign);
	case PAYMENT_STALE: return RAISE(c, E_INPUT, &stale);
	case PAYMENT_FORGED:
		access_security(c, "payment-callback-forged", channel);
		return RAISE(c, E_FORBIDDEN, &forged);
	}
	*nonce = e.nonce;
	return payment_report_read(c->arena, e.message, out) ? OK : RAISE(c, E_INPUT, &no_report);
}

/* --- the table --- */

static bool simulator_file(struct ctx *c, struct date day, struct str *file)
{
	return etax_bank_file(c, S("bank-simulator"), day, file);
}

static err_t simulator_callback(struct ctx *c, struct str body, struct payment_report *out, struct str *nonce)
{
	return etax_bank_callback(c, S("bank-simulator"), body, out, nonce);
}

const struct payment_channel payment_channels[] = {
	{ .code = "bank-simulator",
	        .title = N_("银行模拟"),
	        .help = N_("演示环境里的银行，不动真钱"),
	        .sandbox = true,
	        .order = etax_bank_order,
	        .query = etax_bank_query,
	        .file = simulator_file,
	        .callback = simulator_callback },
	{ 0 },
};
const struct choice payment_channel_choices[] = { { "bank-simulator", N_("银行模拟") }, { 0 } };

const struct payment_channel *payment_channel_find(struct str code)
{
	for (const struct payment_channel *k = payment_channels; k->code; k++)
		if (str_is(code, k->code)) return k;
	return NULL;
}

bool payment_channel_here(const struct ctx *c, const struct payment_channel *k)
{
	return k && (!k->sandbox || c->app->sandbox);
}

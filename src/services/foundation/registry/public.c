/* What anybody may ask about a taxpayer, without an account (A04.7). */
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "services/foundation/registry/handlers.h"

static const struct fault_def unknown = { "taxpayer-unknown", N_("没有查到这个代码的登记信息"),
	N_("请对照营业执照核对 18 位代码"), NULL };

/* The answer is signed, so that the asker can prove later what the bureau said (A04.d). Never phone or personal
 * numbers. */
err_t public_check(struct ctx *c, const void *input, struct reply *out)
{
	const struct uscc_in *in = input;
	struct taxpayer t;
	bool found;
	TRY(registry_taxpayer_by_uscc(c, in->uscc, &t, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	out->value = value_object(c->arena);
	struct value *answer = value_put_object(c->arena, out->value, "answer");
	value_put_str(c->arena, answer, "uscc", t.uscc);
	value_put_str(c->arena, answer, "name", t.name);
	value_put_str(c->arena, answer, "status", t.status);
	value_put_bool(c->arena, answer, "general_vat_payer", t.general);
	value_put_str(c->arena, answer, "authority", t.authority);
	value_put_date(c->arena, answer, "registered_on", t.registered_on);
	value_put(c->arena, answer, "credit_grade",
	        str_is(t.credit_grade, "A") ? value_str(c->arena, S("A")) : value_null(c->arena));
	value_put_instant(c->arena, answer, "answered_at", c->now);
	struct buf bytes;
	buf_init(&bytes, c->arena, 512);
	value_write_canonical(&bytes, answer);
	struct value *signature = value_put_object(c->arena, out->value, "signature");
	value_put_c(c->arena, signature, "suite", "SM2-SM3");
	value_put_c(c->arena, signature, "over", "JCS of /answer");
	value_put_str(c->arena, signature, "key_id", keys_seal_id(c->app->keys, c->arena));
	value_put_c(c->arena, signature, "key", "/v1/keys");
	value_put_str(c->arena, signature, "value", keys_sm2_sign_base64(c->app->keys, c->arena, buf_done(&bytes)));
	return OK;
}

err_t public_search(struct ctx *c, const void *input, struct reply *out)
{
	const struct uscc_in *in = input;
	if (in->uscc.p) return public_check(c, input, out);
	out->value = value_object(c->arena);
	value_put(c->arena, out->value, "answer", value_null(c->arena));
	value_put(c->arena, out->value, "signature", value_null(c->arena));
	return OK;
}

err_t public_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	const struct value *answer = value_get(out->value, S("answer"));
	if (!answer) { /* the form came back with faults */
		value_put(c->arena, out->value, "answer", value_null(c->arena));
		value_put(c->arena, out->value, "signature", value_null(c->arena));
	}
	value_put_bool(c->arena, out->value, "normal", answer && str_is(value_text(answer, "status"), "normal"));
	return OK;
}

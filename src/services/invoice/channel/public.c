/* Kiosks and voices: the answer of the API with a text to be read out. */
#include "services/invoice/channel/setting.h"
#include "services/invoice/verify/verify.h"

err_t public_spoken(struct ctx *c, const void *input, struct reply *out)
{
	const struct spoken_in *in = input;
	struct buf text;
	buf_init(&text, c->arena, 64);
	buf_str(&text, in->number);
	if (in->has_date) buf_printf(&text, " %s", date_format(c->arena, in->date).p);
	if (in->has_total) buf_printf(&text, " %s", money_format(c->arena, in->total).p);
	TRY(verify_ask(c, buf_done(&text), &out->value));
	value_put_str(c->arena, out->value, "code", verify_code(c, out->value));
	value_put_str(c->arena, out->value, "spoken", verify_spoken(c, out->value));
	return OK;
}

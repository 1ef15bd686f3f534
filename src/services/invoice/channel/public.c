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
	TRY(verify_ask_once(c, buf_done(&text), &out->value));
	value_put_str(c->arena, out->value, "code", verify_code(c, out->value));
	value_put_str(c->arena, out->value, "spoken", verify_spoken(c, out->value));
	return OK;
}

err_t public_groups(struct ctx *c, const void *input, struct reply *out)
{
	const struct prefix_in *in = input;
	return verify_groups(c, in->prefix, &out->value);
}

err_t public_plane(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	return verify_plane(c, &out->value);
}

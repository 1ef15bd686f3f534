/* Channels: the ways money can come, one entry each. Another bank that speaks etax-bank/1 is one more line in channel.c and
 * a row in payment_bank; a bank with a protocol of its own brings its own four functions. */
#ifndef TAX_PAYMENT_CHANNEL_H
#define TAX_PAYMENT_CHANNEL_H
#include "services/tax/payment/order.h"

/* false: no answer that can be trusted came; whether the bank has acted is not known. */
typedef bool channel_ask(struct ctx *c, const struct payment_order *o, struct payment_report *out);

struct payment_channel {
	const char *code, *title, *help; /* title, help: N_() */
	bool sandbox;                    /* exists in the sandbox only */
	channel_ask *order;              /* gives the order; the bank must take one voucher once */
	channel_ask *query;              /* asks what became of it */
	bool (*file)(struct ctx *c, struct date day, struct str *file);
	/* Opens what the bank sent by itself; verifies before it reads. nonce: counts once. */
	err_t (*callback)(struct ctx *c, struct str body, struct payment_report *out, struct str *nonce);
};
extern const struct payment_channel payment_channels[]; /* ends with {0} */
extern const struct choice payment_channel_choices[];
const struct payment_channel *payment_channel_find(struct str code); /* NULL: none */
bool payment_channel_here(const struct ctx *c, const struct payment_channel *k);
#endif

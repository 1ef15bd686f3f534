/* etax-courier/1: messages between the bureau and a courier; what the events tell the plane. No I/O. */
#include "kernel/crypto/crypto.h"
#include "services/invoice/paper/paper.h"

#define SECOND INT64_C(1000000)
enum { HEX = 64, NONCE_MAX = 64, TEXT_MAX = 120, ORDER_MAX = 32 };

const char *const paper_wheres[PAPER_WHERES] = {
	[PAPER_WHERE_ACCEPTED] = "accepted",
	[PAPER_WHERE_COLLECTED] = "collected",
	[PAPER_WHERE_IN_TRANSIT] = "in-transit",
	[PAPER_WHERE_DELIVERING] = "delivering",
	[PAPER_WHERE_SIGNED] = "signed",
	[PAPER_WHERE_RETURNED] = "returned",
};

struct str paper_courier_sign(
        struct arena *a, struct str secret, const char *word, struct str timestamp, struct str nonce, struct str body)
{
	unsigned char mac[CRYPTO_SHA256_SIZE];
	struct buf b;
	buf_init(&b, a, body.n + 160);
	buf_printf(&b, "etax-courier/1\n%s\n%.*s\n%.*s\n", word, STR_FMT(timestamp), STR_FMT(nonce));
	buf_str(&b, body);
	crypto_hmac_sha256(secret, buf_done(&b), mac);
	return str_hex(a, mac, sizeof mac);
}

/* The time is judged after the signature: who can not sign learns nothing of our clock. */
enum paper_letter paper_courier_check(struct arena *a, struct str secret, const char *word, struct str timestamp,
        struct str nonce, struct str signature, struct str body, instant_us now)
{
	int64_t at;
	if (!secret.n || !timestamp.n || timestamp.n > 20 || !nonce.n || nonce.n > NONCE_MAX || signature.n != HEX)
		return PAPER_LETTER_FORGED;
	struct str right = paper_courier_sign(a, secret, word, timestamp, nonce, body);
	if (!crypto_equal(right.p, signature.p, HEX) || !str_to_int(timestamp, &at)) return PAPER_LETTER_FORGED;
	int64_t today = now / SECOND;
	return at < today - PAPER_CLOCK_SECONDS || at > today + PAPER_CLOCK_SECONDS ? PAPER_LETTER_STALE
	                                                                            : PAPER_LETTER_GOOD;
}

static bool where_of(struct str word, enum paper_where *out)
{
	for (int i = 0; i < PAPER_WHERES; i++)
		if (str_is(word, paper_wheres[i])) {
			*out = (enum paper_where)i;
			return true;
		}
	return false;
}

bool paper_event_read(struct arena *a, const struct value *v, struct paper_event *out)
{
	struct str place = value_text(v, "place");
	(void)a;
	*out = (struct paper_event){ .order_no = value_text(v, "order"),
		.waybill = value_text(v, "waybill"),
		.place = place.p ? place : S(""),
		.seq = value_number(v, "seq", -1) };
	return out->order_no.n && out->order_no.n <= ORDER_MAX && out->waybill.n && out->waybill.n <= ORDER_MAX &&
	       out->place.n <= TEXT_MAX && out->seq >= 0 && out->seq < PAPER_EVENTS_MAX &&
	       where_of(value_text(v, "state"), &out->where) && instant_parse(value_text(v, "at"), &out->at);
}

struct value *paper_event_value(struct arena *a, const struct paper_event *e)
{
	struct value *v = value_object(a);
	value_put_str(a, v, "order", e->order_no);
	value_put_str(a, v, "waybill", e->waybill);
	value_put_int(a, v, "seq", e->seq);
	value_put_c(a, v, "state", paper_wheres[e->where]);
	value_put_str(a, v, "place", e->place);
	value_put_instant(a, v, "at", e->at);
	return v;
}

bool paper_mark_read(struct arena *a, struct str event, struct paper_mark *out)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(a, event, &v, &where) != OK) return false;
	struct str state = value_text(v, "state"), electronic = value_text(v, "electronic"),
	           from = value_text(v, "from"), to = value_text(v, "to");
	bool converted = electronic.n > 0;
	*out = (struct paper_mark){ .code = value_text(v, "code"),
		.electronic = converted ? electronic : S(""),
		.state = converted               ? PAPER_MARK_CONVERTED
		         : str_is(state, "lost") ? PAPER_MARK_LOST
		                                 : PAPER_MARK_VOID };
	if (converted) from = to = value_text(v, "number");
	return out->code.n && from.n && to.n && str_to_int(from, &out->from) && str_to_int(to, &out->to);
}

bool paper_events_read(struct arena *a, struct str text, struct paper_event out[PAPER_EVENTS_MAX], size_t *n)
{
	struct value *v;
	struct json_fault where;
	*n = 0;
	if (text.n > PAPER_MESSAGE_MAX * 4 || json_parse(a, text, &v, &where) != OK) return false;
	const struct value *list = value_get(v, S("events"));
	if (!list || list->kind != VALUE_ARRAY || list->count > PAPER_EVENTS_MAX) return false;
	for (const struct value_member *m = list->first; m; m = m->next)
		if (!paper_event_read(a, m->value, &out[(*n)++])) return false;
	return true;
}

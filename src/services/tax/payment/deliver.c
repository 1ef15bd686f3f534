/* Sending and asking: a job after the commit, never inside a transaction. Runs again until the order is decided; the
 * voucher is the bank's idempotency key, so that sending twice debits once. */
#include "kernel/db/db.h"
#include "kernel/job/job.h"
#include "kernel/log/log.h"
#include "payment_sql.h"
#include "services/tax/payment/channel.h"

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
/* After valid_until the bank debits no more; it gets this long to say what it did before. */
#define GRACE (PAYMENT_CLOCK_SECONDS * SECOND)
#define SILENCE (24 * HOUR)
#define NONCES_KEPT (24 * HOUR)

err_t payment_deliver_at(struct ctx *c, const struct payment_order *o, instant_us at)
{
	struct str argument = str_printf(
	        c->arena, "{\"taxpayer\":\"%lld\",\"payment\":\"%lld\"}", (long long)o->taxpayer_id, (long long)o->id);
	return job_enqueue(c, "payment.deliver", str_from_int(c->arena, o->id), argument, at);
}

static bool read_argument(struct ctx *c, struct str argument, int64_t *taxpayer, int64_t *payment)
{
	struct value *v;
	struct json_fault where;
	return json_parse(c->arena, argument, &v, &where) == OK && str_to_int(value_text(v, "taxpayer"), taxpayer) &&
	       str_to_int(value_text(v, "payment"), payment);
}

struct news {
	int64_t taxpayer_id, payment_id;
	bool answered; /* report says something */
	bool give_up;  /* expires unless the order is decided */
	struct payment_report report;
};

/* What was learnt, and when to look again. */
static err_t take_news(struct ctx *c, void *arg)
{
	const struct news *n = arg;
	struct payment_order o;
	enum payment_outcome outcome = OUTCOME_NOTED;
	enum payment_event e;
	bool found;
	TRY(payment_order_load(c, n->taxpayer_id, n->payment_id, &o, &found));
	if (!found) return E_INTERNAL;
	bool was_sent = o.state == STATE_SENT;
	if (n->answered && payment_event_of(n->report.said, &e)) TRY(payment_apply(c, &o, e, &n->report, &outcome));
	if (outcome == OUTCOME_AMOUNT || outcome == OUTCOME_DISPUTED)
		log_event(LOG_SECURITY_LEVEL, "payment-disputed", STR_NONE, "voucher", o.voucher.p, "why",
		        payment_outcome_code(outcome), NULL);
	if (n->give_up) TRY(payment_apply(c, &o, EVENT_EXPIRED, NULL, &outcome));
	if (o.state != STATE_CREATED && o.state != STATE_SENT) return OK;
	bool acknowledged = o.state == STATE_SENT;
	o.tries = acknowledged && !was_sent ? 1 : o.tries + 1;
	TRY(payment_order_try(c, o.tries, o.taxpayer_id, o.id, NULL));
	return payment_deliver_at(c, &o, c->now + payment_pause(o.tries, acknowledged) * SECOND);
}

err_t payment_deliver(struct ctx *c, struct str argument)
{
	struct news n = { 0 };
	struct payment_order o;
	bool found;
	if (!read_argument(c, argument, &n.taxpayer_id, &n.payment_id)) return E_INTERNAL;
	TRY(payment_order_load(c, n.taxpayer_id, n.payment_id, &o, &found));
	if (!found) return E_INTERNAL;
	if (o.state != STATE_CREATED && o.state != STATE_SENT) return OK;
	const struct payment_channel *channel = payment_channel_find(o.channel);
	if (!channel) return E_INTERNAL;
	bool over = c->now > o.valid_until + GRACE;
	if (o.state == STATE_SENT || over) {
		n.answered = channel->query(c, &o, &n.report);
		bool unknown = n.answered && n.report.said == PAYMENT_UNKNOWN;
		/* The bank has it not and may not take it any more; or it has been silent for a day. */
		n.give_up = over && (unknown || c->now > o.valid_until + SILENCE);
		if (unknown && !over) n.answered = channel->order(c, &o, &n.report);
	} else {
		n.answered = channel->order(c, &o, &n.report);
	}
	return db_write(c, take_news, &n);
}

static err_t forget(struct ctx *c, void *arg)
{
	(void)arg;
	return payment_callbacks_forget(c, c->now - NONCES_KEPT, NULL);
}

err_t payment_forget(struct ctx *c, struct str argument)
{
	(void)argument;
	return db_write(c, forget, NULL);
}

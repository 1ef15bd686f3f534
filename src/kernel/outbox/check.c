/* fsck: events without a gap, and no consumer beyond them. That one is behind is no fault: it
 * goes on from there. */
#include "kernel/operation/service.h"
#include "kernel/outbox/runner.h"
#include "outbox_sql.h"
#include <string.h>

static err_t check_consumer(struct ctx *c, struct fsck *f, const struct subscription *s, int64_t last)
{
	int64_t position;
	TRY(outbox_position(c, s, &position));
	if (position < 0 || position > last)
		FSCK_FAULT(f, "outbox: %s stands at %lld, the last event is %lld", s->consumer, (long long)position,
		        (long long)last);
	else if (position < last)
		FSCK_INFO(f, "outbox: %s is %lld events behind", s->consumer, (long long)(last - position));
	return OK;
}

err_t outbox_next(struct ctx *c, int64_t after, instant_us *at, bool *found)
{
	struct outbox_event_after_row row;
	TRY(outbox_event_after(c, after, &row, found));
	*at = *found ? row.at : 0;
	return OK;
}

err_t outbox_seen_by(struct ctx *c, const char *consumer, int64_t *position)
{
	*position = -1;
	for (size_t i = 0; i < n_services; i++)
		for (size_t k = 0; k < services[i]->n_subscriptions; k++)
			if (strcmp(services[i]->subscriptions[k].consumer, consumer) == 0)
				return outbox_position(c, &services[i]->subscriptions[k], position);
	return OK;
}

err_t outbox_check(struct ctx *c, struct fsck *f)
{
	struct outbox_span_row row;
	struct outbox_counter_row counter;
	bool found;
	TRY(outbox_span(c, &row, &found));
	TRY(outbox_counter(c, &counter, &found));
	if (row.first != 1 || row.n != row.last)
		FSCK_FAULT(f, "outbox: %lld events between %lld and %lld", (long long)row.n, (long long)row.first,
		        (long long)row.last);
	if (counter.value != row.last)
		FSCK_FAULT(f, "outbox: the counter stands at %lld, the last event is %lld", (long long)counter.value,
		        (long long)row.last);
	for (size_t i = 0; i < n_services; i++)
		for (size_t k = 0; k < services[i]->n_subscriptions; k++)
			TRY(check_consumer(c, f, &services[i]->subscriptions[k], row.last));
	FSCK_INFO(f, "outbox: %lld events without a gap", (long long)row.n);
	return OK;
}

/* Events are read a window at a time: a thousand small ones, or few of batches, which have a hundred kilobytes each. */
#include "kernel/operation/service.h"
#include "kernel/outbox/outbox.h"
#include "kernel/outbox/runner.h"
#include "outbox_sql.h"

enum { WINDOW = 1000, WINDOW_BYTES = 4 << 20 };

/* As many as fit, and one in any case. */
static size_t fitting(const struct outbox_sizes_after_row *sizes, size_t n)
{
	int64_t bytes = 0;
	for (size_t i = 0; i < n; i++) {
		bytes += sizes[i].bytes;
		if (i && bytes > WINDOW_BYTES) return i;
	}
	return n;
}

err_t outbox_window(struct ctx *c, int64_t after, struct event **events, size_t *n, bool *more)
{
	struct outbox_sizes_after_row *sizes;
	struct outbox_events_between_row *rows = NULL;
	size_t all;
	*n = 0;
	TRY(outbox_sizes_after(c, after, &sizes, &all));
	size_t fit = fitting(sizes, all);
	if (all) TRY(outbox_events_between(c, after, sizes[fit - 1].position, &rows, n));
	*more = all == WINDOW || fit < all;
	*events = arena_array(c->arena, *n + 1, sizeof **events);
	for (size_t i = 0; i < *n; i++)
		(*events)[i] =
		        (struct event){ rows[i].position, rows[i].kind, rows[i].subject_id, rows[i].at, rows[i].body };
	return OK;
}

err_t outbox_read(struct ctx *c, int64_t after, struct event **events, size_t *n)
{
	bool more;
	return outbox_window(c, after, events, n, &more);
}

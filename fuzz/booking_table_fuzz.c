/* Tables of bookings from outside: what is accepted has numbers of 20 digits, an entry status and a voucher, within the
 * limit. */
#include "services/invoice/booking/book.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct ctx c = { .arena = a, .today = { 2026, 11, 24 } };
	struct booking_table_in in = { .text = { (const char *)data, size }, .file = STR_NONE };
	struct booking_list list;
	problem_init(&c.problem, a);
	if (booking_table_read(&c, &in, &list) == OK) {
		if (!list.n || list.n > BOOKING_MAX) abort();
		for (size_t i = 0; i < list.n; i++) {
			const struct booking_entry *e = &list.entries[i];
			if (e->number.n != 20 || !e->entry.n || !e->voucher.n) abort();
			if (e->has_period && e->period.kind != PERIOD_MONTH) abort();
		}
	}
	arena_free(a);
	return 0;
}

/* Messages of couriers, or of who pretends to be one; codes and numbers that people type. */
#include "services/invoice/paper/paper.h"
#include "services/invoice/paper/rule.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str in = { (const char *)data, size }, code;
	struct paper_event events[PAPER_EVENTS_MAX], back;
	struct paper_mark mark;
	int64_t number;
	size_t n;
	/* Nobody has this secret. */
	if (paper_courier_check(a, S("secret"), "event", S("1795500000"), S("n"), str_sub(in, 0, 64), in, 0) !=
	        PAPER_LETTER_FORGED)
		abort();
	if (paper_events_read(a, in, events, &n))
		for (size_t i = 0; i < n; i++)
			if (!paper_event_read(a, paper_event_value(a, &events[i]), &back) ||
			        back.where != events[i].where || back.seq != events[i].seq ||
			        !str_eq(back.waybill, events[i].waybill))
				abort();
	if (paper_mark_read(a, in, &mark) && !mark.code.n) abort();
	if (paper_word_read(in, &code, &number) && !str_eq(paper_word(a, code, number), in)) abort();
	arena_free(a);
	return 0;
}

/* Numbers of paper invoices that are no longer good, by ranges: void, lost, converted (service paper). Inner header. */
#ifndef VERIFY_PAPER_FACT_H
#define VERIFY_PAPER_FACT_H
#include "kernel/plane/plane.h"
#include "services/invoice/verify/asked.h"

/* Event paper.listed or paper.converted -> entry of the plane, under the last number of the range; false: no such event. */
bool paper_fact_put(struct arena *a, struct str event, struct plane_entry *out);
/* The answer if the plane knows of it; found false: nothing is known against it. */
MUST_USE err_t verify_paper(struct ctx *c, struct str code, struct str number, struct value **out, bool *found);
#endif

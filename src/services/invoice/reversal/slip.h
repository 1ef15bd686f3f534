/* One confirmation slip as its sides see it. Inner header. */
#ifndef REVERSAL_SLIP_H
#define REVERSAL_SLIP_H
#include "kernel/ctx/app.h"
#include "kernel/value/value.h"
#include "reversal_sql.h"
#include "services/invoice/reversal/red_state.h"

struct slip {
	struct reversal_get_row row;
	bool transferred; /* the buyer's input tax was transferred out with it */
};
MUST_USE err_t slip_load(struct ctx *c, struct str number, struct str slip, struct slip *out);
/* Another state: the lock goes with the last open one. In db_write. */
MUST_USE err_t slip_move(struct ctx *c, struct slip *s, enum red_state state, struct str red_number);
struct value *slip_value(struct ctx *c, const struct slip *s);
const char *slip_reason(struct str code);
#endif

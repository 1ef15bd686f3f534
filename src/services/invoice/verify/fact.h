/* What the plane keeps of an invoice, fixed width, big endian: version, state, total, date, red letter. Inner header.
 */
#ifndef VERIFY_FACT_H
#define VERIFY_FACT_H
#include "base/money.h"
#include "kernel/ctx/ctx.h"
#include "kernel/plane/plane.h"

enum fact_state { FACT_VALID, FACT_PARTLY, FACT_REVERSED, FACT_RED };
struct fact {
	enum fact_state state;
	struct money total;
	struct date date;
	struct plane_key red; /* number of the last red letter against it, packed */
};
enum { FACT_SIZE = 24 };

void fact_pack(const struct fact *f, unsigned char out[FACT_SIZE]);
bool fact_read(struct str bytes, struct fact *f);
MUST_USE err_t fact_find(struct ctx *c, struct str number, struct fact *f, bool *found);
struct fsck;
MUST_USE err_t verify_fsck(struct ctx *c, struct fsck *f);
struct str fact_number(struct arena *a, const struct plane_key *key); /* the 20 digits */
#endif

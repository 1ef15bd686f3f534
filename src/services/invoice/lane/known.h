/* What is already there of a lane, by number and by place in its chain. Inner header. */
#ifndef LANE_KNOWN_H
#define LANE_KNOWN_H
#include "services/invoice/lane/inner.h"

struct known {
	struct str number;
	int64_t sequence;
	struct str hash, previous;
	int64_t state;
	struct known *next_number, *next_sequence; /* of the same slot */
};
struct known_set {
	struct arena *arena;
	struct known **numbers, **sequences;
	size_t mask;
};
void known_init(struct known_set *s, struct arena *a, size_t expected);
void known_add(struct known_set *s, const struct known *k); /* a number that is there stays as it is */
const struct known *known_number(const struct known_set *s, struct str number);
/* The first that was added with this place; NULL: none. */
const struct known *known_sequence(const struct known_set *s, int64_t sequence);
/* All between two numbers, and all between two places. */
MUST_USE err_t known_load(struct ctx *c, struct known_set *s, int64_t lane_id, struct str first_number,
        struct str last_number, int64_t first, int64_t last);
#endif

/* What goes into the plane: facts, the groups their numbers belong to, and up to when all is in. Inner header. */
#ifndef VERIFY_FEED_H
#define VERIFY_FEED_H
#include "services/invoice/verify/fact.h"

struct feed_entries {
	struct plane_entry *list;
	size_t n, cap;
	struct plane_key group; /* the last one put: numbers come one after the other */
	bool any_group;
};
void feed_add(struct ctx *c, struct feed_entries *e, const struct plane_entry *entry);
void feed_put(struct ctx *c, struct feed_entries *e, struct str number, const struct fact *f);
/* What the plane says of itself: "as-of" now, and the keys that check its signatures, "key-0" the first. */
enum { NOTES_MAX = 33 };
size_t feed_notes(struct ctx *c, struct plane_entry out[NOTES_MAX]); /* in the order of their keys */
void feed_put_notes(struct ctx *c, struct feed_entries *e);

/* A thousand numbers, one group: the first 17 digits. Who asks for all groups whose hash begins so and so does not say
 * which invoice is of interest. Key: hash of the digits; value: the digits. */
enum { GROUP_DIGITS = 17 };
bool group_key(struct str number, struct plane_key *out);
void note_key(const char *name, struct plane_key *out);
/* Keys of this node, and where there are none (the plane alone) those that the plane holds: verifier lines. */
MUST_USE err_t note_verifiers(struct ctx *c, struct str *lines);
MUST_USE err_t note_as_of(struct plane *p, instant_us *out); /* 0: nothing was fed yet */
#endif

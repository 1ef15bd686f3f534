/* Answers that many requests share but for one word of fixed width, such as a number: spelt once for each operation,
 * language and state, and copied from then on. For operations of class FAST that have `.spell`. */
#ifndef KERNEL_SPELLED_H
#define KERNEL_SPELLED_H
#include "kernel/ctx/app.h"
#include "kernel/value/value.h"

struct spelled *spelled_new(void);
void spelled_free(struct spelled *s);

/* The answer of c->op in this state with the word in its place; false: not spelt yet. The word is letters and digits.
 */
bool spelled_find(const struct ctx *c, unsigned state, struct str word, struct str *out);
/* The answer as text; kept if the word stands in it once. */
struct str spelled_keep(struct ctx *c, unsigned state, struct str word, const struct value *answer);
#endif

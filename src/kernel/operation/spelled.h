/* Answers that many requests share but for one word of fixed width, such as a number: spelt once for each operation,
 * language and state, and copied from then on. For operations of class FAST that have `.spell`. */
#ifndef KERNEL_SPELLED_H
#define KERNEL_SPELLED_H
#include "kernel/ctx/app.h"
#include "kernel/value/value.h"

struct spelled *spelled_new(void);
void spelled_free(struct spelled *s);

/* Adds the answer of c->op in this state, with the word (letters and digits) in its place; false: not spelt yet. */
bool spelled_add(const struct ctx *c, unsigned state, struct str word, struct buf *b);
/* Adds the answer, and keeps its text if the word stands in it once. */
void spelled_keep(const struct ctx *c, unsigned state, struct str word, const struct value *answer, struct buf *b);
#endif

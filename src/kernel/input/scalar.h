/* One scalar given as text, by its field. Inner header of the input room. */
#ifndef KERNEL_INPUT_SCALAR_H
#define KERNEL_INPUT_SCALAR_H
#include "kernel/input/input.h"

/* out: the struct that the field belongs to. False: a fault was added at the pointer. */
bool input_scalar(struct ctx *c, const struct field *f, struct str at, struct str s, char *out);
#endif

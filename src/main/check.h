/* etaxd check: the pure rules on JSON lines, one case a line, so that anyone can hold them against his own cases:
 * {"id":…,"group":…,"input":…} in, {"id":…,"result":…} or {"id":…,"error":…} out. */
#ifndef MAIN_CHECK_H
#define MAIN_CHECK_H
#include "kernel/value/value.h"
#include <stdio.h>

#define CHECK_LINE_BYTES_MAX (1 << 20)
#define CHECK_TODAY ((struct date){ 2026, 11, 23 }) /* so that results do not change from day to day */

/* One group: NULL when the input has not the shape that the group needs. */
typedef struct value *check_fn(struct arena *a, const struct value *input);
check_fn *check_crypto_group(struct str group); /* the groups of cryptography and the draw; NULL: none of them */
int check_main(FILE *in, FILE *out); /* 0: all lines answered, 1: some had an error, 2: input or output failed */
#endif

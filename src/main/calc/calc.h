/* etaxd calc: the offline toolbox (A03.16). JSON lines {"id","topic","input"} in, {"id","result"} or {"id","error"}
 * out; with "explain": true the formulas, parameters and law of each figure as well. The rules are the policy
 * packages'; a topic only says which form answers it and which key of the input goes where. */
#ifndef MAIN_CALC_CALC_H
#define MAIN_CALC_CALC_H
#include "base/buf.h"
#include <stdio.h>

#define CALC_LINE_BYTES_MAX 1000000
#define CALC_ITEMS_MAX 10000 /* of a list in one line */

struct calc;
struct calc *calc_open(struct arena *a, struct str *why); /* NULL: the packages do not load, *why says where */
void calc_line(const struct calc *c, struct arena *scratch, struct str line, struct buf *out); /* with a line end */
int calc_main(FILE *in, FILE *out); /* 0; 1 when the packages do not load or writing fails */
#endif

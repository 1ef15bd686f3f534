/* etaxd calc: the offline toolbox (A03.16). JSON lines {"id","topic","input"} in, {"id","result"} or {"id","error"}
 * out. */
#ifndef MAIN_CALC_H
#define MAIN_CALC_H
#include <stdio.h>

int calc_main(FILE *in, FILE *out); /* 0; 1 when the packages do not load or writing fails */
#endif

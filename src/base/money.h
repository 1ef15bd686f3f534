/* Money (人民币): whole fen in a type of its own, so that it can not be mixed with counts or rates.
 * Range of any single amount: +-10^15 fen (10 trillion yuan); beyond it functions report overflow. */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H
#include "base/str.h"

struct money {
	int64_t fen;
};
#define MONEY_MAX_FEN INT64_C(1000000000000000)
#define FEN(n) ((struct money){ (n) })

bool money_parse(struct str s, struct money *out);       /* "-1234.5", "1234", at most 2 decimals, no blanks or commas */
struct str money_format(struct arena *a, struct money m); /* "-1234.50": APIs, invoice face */
struct str money_grouped(struct arena *a, struct money m);/* "-1,234.50": screens */
struct str money_words(struct arena *a, struct money m);  /* 大写: 壹仟贰佰叁拾肆圆伍角整 (domain/invoice.md §4.5) */
bool money_words_parse(struct str s, struct money *out);  /* tolerant reader of 大写 */
bool money_add(struct money a, struct money b, struct money *out) __attribute__((warn_unused_result)); /* false: overflow */
bool money_sub(struct money a, struct money b, struct money *out) __attribute__((warn_unused_result));
#endif

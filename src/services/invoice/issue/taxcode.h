/* Tax codes of goods and services (商品和服务税收分类编码): looked up in the table that the binary carries. */
#ifndef ISSUE_TAXCODE_H
#define ISSUE_TAXCODE_H
#include "base/str.h"

struct taxcode {
	struct str code, name, short_name; /* short_name is printed between asterisks (简称) */
	bool heading;                      /* a summary item (汇总项) of the upper levels */
};
bool taxcode_find(struct str code, struct taxcode *out);
/* 19 digits, section (篇) 1 to 6, no empty level above a filled one (domain/invoice.md §5.1). */
bool taxcode_well_formed(struct str code);
/* A code without a short name is retired; neither it nor a heading may stand on an invoice line. */
bool taxcode_selectable(const struct taxcode *t);
#endif

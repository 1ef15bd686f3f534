/* Tax codes of goods and services (商品和服务税收分类编码): looked up in the table that the binary carries. */
#ifndef ISSUE_TAXCODE_H
#define ISSUE_TAXCODE_H
#include "base/str.h"

struct taxcode {
	struct str code, name, short_name; /* short_name is printed between asterisks (简称) */
};
bool taxcode_find(struct str code, struct taxcode *out);
#endif

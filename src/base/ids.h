/* Identifiers and their checks. Each returns the first rule broken, in the order of domain/invoice.md §10. */
#ifndef BASE_IDS_H
#define BASE_IDS_H
#include "base/date.h"

enum ids_fault {
	IDS_OK, IDS_LENGTH, IDS_ALPHABET, IDS_DEPARTMENT, IDS_CATEGORY, IDS_AREA, IDS_CHECK, IDS_ORGANISATION_CHECK,
	IDS_FORMAT, IDS_PROVINCE, IDS_DATE,
};
const char *ids_fault_word(enum ids_fault f); /* "ok", "length", "alphabet", "dept" … */

enum ids_fault ids_uscc(struct str s);                         /* 统一社会信用代码, GB 32100-2015 with GB 11714 inside */
enum ids_fault ids_organisation(struct str s);                 /* 组织机构代码 "D2143569-X" or without the dash, GB 11714 */
enum ids_fault ids_resident(struct str s, struct date today);  /* 公民身份号码, GB 11643-1999 */
enum ids_fault ids_taxpayer(struct str s);                     /* 纳税人识别号: 15, 17, 18 (checked) or 20 characters */
enum ids_fault ids_card(struct str s);                         /* bank card, Luhn */
enum ids_fault ids_mobile(struct str s);                       /* mainland mobile, +86/0086 allowed */
char ids_uscc_check(struct str first17);                       /* the right last character, 0 if not computable */
char ids_resident_check(struct str first17);
#endif

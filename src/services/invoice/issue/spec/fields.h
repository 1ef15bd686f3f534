/* The fields of an invoice, once: the validator, the XML reader, the JSON Schema and docs/spec/invoice/fields.md are
 * made from these tables. A further kind of invoice or special business (特定业务) adds rows here. */
#ifndef ISSUE_SPEC_FIELDS_H
#define ISSUE_SPEC_FIELDS_H
#include "base/str.h"

enum spec_type {
	SPEC_IS_TEXT,
	SPEC_IS_MONEY,
	SPEC_IS_DECIMAL,
	SPEC_IS_RATE,
	SPEC_IS_INSTANT,
	SPEC_IS_DIGITS,
	SPEC_IS_CHOICE,
	SPEC_IS_BOOL,
	SPEC_IS_INT,
	SPEC_IS_GROUP,
	SPEC_IS_LIST
};
enum spec_group {
	SPEC_ROOT,
	SPEC_SELLER,
	SPEC_BUYER,
	SPEC_RED,
	SPEC_LINE,
	SPEC_DIFFERENTIAL,
	SPEC_VOUCHER,
	SPEC_SPECIAL,
	SPEC_GROUPS
};

struct spec_field {
	enum spec_group group;
	const char *name;
	enum spec_type type;
	bool required;
	int max;               /* characters (SPEC_IS_TEXT), digits (SPEC_IS_DIGITS), largest (SPEC_IS_INT) */
	const char *choices;   /* "special ordinary" */
	enum spec_group inner; /* SPEC_IS_GROUP, SPEC_IS_LIST */
	const char *xml;       /* element below the group's element; several, the first that is there: "A|B" */
	const char *pinyin;    /* the dialect of initials (domain/invoice.md §3.5); NULL: has none */
	const char *zh, *en;
};
extern const struct spec_field spec_fields[];
extern const size_t spec_n_fields;

struct spec_group_def {
	const char *name, *xml; /* xml: element of the group below EInvoice */
	const char *zh, *en;
};
extern const struct spec_group_def spec_groups[SPEC_GROUPS];

struct spec_kind { /* kinds of invoice: code in the core, label code and name in the XML */
	const char *kind, *label, *zh, *en;
	bool special; /* 专用发票: has a buyer with a number, no untaxed lines */
};
extern const struct spec_kind spec_kinds[];
extern const size_t spec_n_kinds;
const struct spec_kind *spec_kind_find(struct str kind); /* NULL: no such kind */
enum { SPEC_LINES = 2000 };
#endif

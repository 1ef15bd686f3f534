/* Input: declared fields turn what was sent (JSON body, form, query, path) into a typed C struct, or into ALL faults
 * at once, each at its JSON pointer. The same table gives the form controls of pages and the schema in /openapi.json.
 *
 *     struct issue_in { struct str kind; struct str seller_ref; struct issue_line *lines; size_t n_lines; … };
 *     static const struct field issue_fields[] = {
 *         { "kind", FIELD_ENUM, AT(struct issue_in, kind), .required = true, .label = N_("发票种类"),
 *           .choices = kinds },
 *         { "lines", FIELD_LIST, AT(struct issue_in, lines), .count = AT(struct issue_in, n_lines), .required = true,
 *           .max = 2000, .fields = line_fields, .size = sizeof(struct issue_line), .label = N_("项目明细") },
 *         { 0 } };
 *
 * Nested names in forms: "buyer.tax_id", "lines.0.tax_code". Unknown members are faults. Texts are trimmed, must be valid
 * UTF-8 without control characters; full-width letters and digits are folded for identifiers. An absent optional text
 * is STR_NONE; the presence of other optional kinds is written to .present (a bool) when given. */
#ifndef KERNEL_INPUT_H
#define KERNEL_INPUT_H
#include "base/decimal.h"
#include "base/rate.h"
#include "kernel/ctx/ctx.h"
#include "kernel/value/value.h"

enum field_type {
	FIELD_TEXT,    /* struct str; min..max characters (code points) */
	FIELD_LINES,   /* struct str; text of several lines */
	FIELD_INT,     /* int64_t; min..max */
	FIELD_BOOL,    /* bool; JSON true/false, form "on"/"true" */
	FIELD_MONEY,   /* struct money; min..max in fen; JSON string "12.30" */
	FIELD_RATE,    /* struct rate; "0.13" */
	FIELD_DECIMAL, /* struct decimal; up to 13 places */
	FIELD_DATE,    /* struct date */
	FIELD_INSTANT, /* instant_us; ISO with offset */
	FIELD_PERIOD,  /* struct period; "2026-11", "2026Q4", "2026" */
	FIELD_USCC,    /* struct str; GB 32100, all checks */
	FIELD_RESID,   /* struct str; GB 11643 */
	FIELD_TAX_ID,  /* struct str; 15, 17, 18 or 20 characters; 18 are checked */
	FIELD_ID,      /* int64_t > 0; JSON string or number */
	FIELD_ENUM,    /* struct str that is one of choices */
	FIELD_SECRET,  /* struct str: password, code; never shown again, never logged */
	FIELD_OBJECT,  /* nested struct at offset, described by fields */
	FIELD_LIST,    /* T *, with .count; items are structs by fields/size, or plain by item */
	FIELD_JSON,    /* const struct value *: any JSON, checked by the service; max = bytes */
	FIELD_BYTES,   /* struct str: the raw body (XML, CSV, JSON lines) or an uploaded file; max = bytes */
};

struct choice {
	const char *code;
	const char *label;
};

struct field {
	const char *name; /* {0} ends a table */
	enum field_type type;
	uint32_t offset;
	uint32_t count;   /* lists: offset of the size_t */
	uint32_t present; /* optional: offset of a bool */
	bool required;
	bool query;       /* allowed from the query string of a POST too */
	int64_t min, max; /* by type, see above; every text, list, bytes field has a max */
	const struct choice *choices;  /* ends with {0} */
	const struct field *fields;    /* object, list of objects */
	uint32_t size;                 /* list: size of an item */
	const struct field *item;      /* list of plain values: one field with offset 0 */
	const char *label;   /* N_() */
	const char *help;    /* N_() */
	const char *law;     /* N_() */
	const char *example; /* shown in openapi and as placeholder text in docs */
};
#define AT(type, member) .offset = (uint32_t)__builtin_offsetof(type, member)
#define COUNT_AT(type, member) .count = (uint32_t)__builtin_offsetof(type, member)
#define PRESENT_AT(type, member) .present = (uint32_t)__builtin_offsetof(type, member)

/* Fills out (zeroed, of the table's struct) from the tree; faults go to c->problem. */
MUST_USE err_t input_read(struct ctx *c, const struct field *fields, const struct value *tree, void *out);
/* The same straight from JSON text, without a tree: for mass data. True: out is what input_read would have made of it.
 * False says nothing at all (out is then worthless): json_parse and input_read tell what is wrong, or that it is right. */
bool input_read_direct(struct ctx *c, const struct field *fields, struct str text, void *out);
/* The same from the query of a target, with the parameters of its path: for the fastest operations. */
struct input_pair {
	struct str name, value;
};
bool input_read_pairs(struct ctx *c, const struct field *fields, struct str query, const struct input_pair *more,
        size_t n_more, void *out);
#endif

/* Forms: what a browser sends (application/x-www-form-urlencoded or multipart/form-data) becomes the tree that the same
 * call gets as JSON. Names carry the place: "buyer.tax_id", "lines.0.price"; the field table says what is an object
 * and what a list. Of files in a list NAME their own names go to the list NAME_names where there is one. Rows of which nothing was filled in are left out. Free of sockets, so that it can be fuzzed. */
#ifndef KERNEL_FORM_H
#define KERNEL_FORM_H
#include "kernel/input/input.h"

enum { FORM_PAIRS_MAX = 30000, FORM_ROWS_MAX = 2000, FORM_UNKNOWN_MAX = 500 };

/* Members of a page's form that belong to the kernel. */
struct form {
	struct value *tree;
	struct str csrf;   /* _csrf */
	struct str key;    /* _key: idempotency key */
	struct str again;  /* _again: show the form again, not yet do it: "add lines", "remove lines 2",
	                      "set lines.2.code 7", or any word */
	struct str resume; /* _resume: a form that waits until its user has signed in again */
};
/* E_INPUT: broken percent escapes are kept as they are; only limits and broken multipart bodies are refused.
 * fields NULL: every name stands for itself. */
MUST_USE err_t form_read(struct arena *a, struct str content_type, struct str body, const struct field *fields,
        struct form *out);
/* name=value pairs into the tree, as above (queries of GET pages). */
MUST_USE err_t form_pairs(struct arena *a, struct str text, const struct field *fields, struct value *tree);
/* Carries out "add LIST" and "remove LIST N" on the tree (N from 0). */
void form_edit(struct arena *a, struct value *tree, struct str again);
struct str form_decode(struct arena *a, struct str s); /* %XX and + */
struct str form_encode(struct arena *a, struct str s);
#endif

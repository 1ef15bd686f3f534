/* What a page needs to show the form controls of an operation, from its field table, what was typed, and what was wrong
 * with it: for each field {name, id, label, help, law, error, fix, value, required, max, choices[{code, label, on}]} and
 * one of is_text, is_lines, is_number, is_money, is_date, is_period, is_secret, is_file, is_bool, is_choice, is_checks; objects
 * hold their fields; lists of objects {label, error, rows[{at, number, view, fields…}]}; view: what .view put
 * under "_view" into that row of the form. */
#ifndef KERNEL_FIELDS_H
#define KERNEL_FIELDS_H
#include "kernel/input/input.h"

/* form: the tree (NULL: nothing typed yet); faults: those of c->problem when wrong is set. */
struct value *fields_value(struct ctx *c, const struct field *fields, const struct value *form, bool wrong);
/* "/lines/0/price" -> "lines.0.price": how names of form controls and their ids say it. */
struct str fields_name(struct arena *a, struct str pointer);
/* The message of a fault in the user's language; arguments that are message ids are translated too. */
struct str fields_message(struct ctx *c, const char *text, const struct str arg[4]);
#endif

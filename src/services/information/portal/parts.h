/* The parts that home pages and their own operations share. */
#ifndef PORTAL_PARTS_H
#define PORTAL_PARTS_H
#include "services/foundation/ledger/ledger.h"

struct menu_in {
	struct str section;
};
struct find_in {
	struct str q;
};
struct month_in {
	struct period month;
	bool has_month;
};
op_run home, home_view, menu, find, month, month_view, todos;
err_t tasks_start(struct app *app);
err_t tasks_feed(struct ctx *c, const struct event *events, size_t n);
err_t tasks_position(struct ctx *c, int64_t *position);
err_t tasks_advance(struct ctx *c, int64_t position);

enum { TODOS_SHOWN = 5 };

/* What the taxpayer owes the bureau an act for, nearest date first: "todos" (at most max) and "todo_count".
 * list: its unsettled obligations (ledger_unsettled). */
MUST_USE err_t todos_put(struct ctx *c, const struct obligation *list, size_t n, size_t max, struct value *out);
/* {due_on, days, late, past, today, soon} of a date: how long there is left. */
void left_put(struct ctx *c, struct date due_on, struct value *out);

/* "calendar": {month, previous, next, covered, due[{due_on, …, titles[]}]}; due: the general dates, or those of the
 * taxpayer's own obligations. ahead: those of the next month too, and of the general ones only those to come (home
 * pages). */
void month_put(
        struct ctx *c, struct period month, const struct obligation *own, size_t n, bool ahead, struct value *out);
/* Only for the page: calendar.weeks[] of cells[{day, rest, today, label, href}]. */
void month_put_weeks(struct ctx *c, struct value *root);

/* What the caller does most: groups[{name, items[{name, href}]}] of pages without parameters, as far as they are there.
 * firm, general: of the taxpayer acted for. */
void tasks_put_groups(struct ctx *c, bool firm, bool general, struct value *out);
void tasks_put_shortcuts(struct ctx *c, bool firm, bool general, struct value *out);
/* "choices": the few tasks of the large print home. */
void tasks_put_large(struct ctx *c, struct value *out);
/* Open cases of the caller's post: "cases" (nearest term first), "case_count". */
MUST_USE err_t inbox_put(struct ctx *c, struct value *out);

/* What is not done online yet, and where it is done. */
struct elsewhere {
	const char *id, *title, *where, *words;
};
extern const struct elsewhere elsewhere_list[];
extern const size_t n_elsewhere;
const struct elsewhere *elsewhere_of(struct str id); /* NULL: none */

/* The page served at this path, NULL: none (yet). */
const struct operation *tasks_page_at(const struct ctx *c, struct str path);

/* Text of a message id with its arguments. */
struct str words(struct ctx *c, const char *id, struct str one, struct str two);
#endif

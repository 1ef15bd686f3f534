/* The menu that taxpayers know (requirements/plan §6): built from .menu of the operations, so only what works is in it;
 * shown is what the caller may do. */
#ifndef KERNEL_MENU_H
#define KERNEL_MENU_H
#include "kernel/operation/operation.h"

bool menu_shows(const struct ctx *c, const struct operation *op); /* has it a page, and may this caller use it? */
/* [{name, href, current}]: the top level, for the bar under the header. current: section of the page's operation. */
struct value *menu_sections(struct ctx *c, const struct operation *page);
/* [{name, href, groups[{name, items[{name, title, href, law}]}]}]: all of it, in the order of plan §6. */
struct value *menu_all(struct ctx *c);
/* [{name, href}]: where the page stands; the last one has no href. */
struct value *menu_crumbs(struct ctx *c, const struct operation *page);
#endif

/* What the pages of an invoice and of the list show beside the answers. */
#ifndef ISSUE_PAGES_H
#define ISSUE_PAGES_H
#include "services/invoice/issue/issue.h"

/* A condition of a list: into the controls, and into the query for links. */
void pages_query_add(struct ctx *c, struct buf *query, struct value *form, const char *name, struct str s);
struct str pages_month_word(struct ctx *c, struct str period); /* "11 月", "Nov" */
op_run issue_show_view, issue_list_view, issue_preview_view;
#endif

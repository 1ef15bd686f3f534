/* What the pages of an invoice and of the list show beside the answers. */
#ifndef ISSUE_PAGES_H
#define ISSUE_PAGES_H
#include "services/invoice/issue/issue.h"

op_run issue_show_view, issue_list_view, issue_preview_view;
#endif

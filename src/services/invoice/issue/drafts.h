/* Drafts of invoices (草稿): any JSON within limits, so that an expired session in the middle of a form
 * loses nothing. */
#ifndef ISSUE_DRAFTS_H
#define ISSUE_DRAFTS_H
#include "services/invoice/issue/issue.h"

op_run draft_new, draft_list, draft_show, draft_save, draft_end, draft_list_view;
extern const struct field draft_fields[], draft_id_fields[];
struct draft_in {
	int64_t id;
	struct str title;
	const struct value *content;
};
MUST_USE err_t drafts_used(struct ctx *c, int64_t draft_id); /* in db_write: issued from it, so it goes */
#endif

/* Certificates inside this service. */
#ifndef TAX_CERTIFICATE_ISSUE_H
#define TAX_CERTIFICATE_ISSUE_H
#include "services/tax/certificate/certificate.h"

struct certificate_in {
	struct str type;
	struct period period;
};
struct certificate_form_in {
	struct period period;
	bool has_period;
};
struct certificate_number_in {
	struct str number;
};
struct certificates_in {
	struct str before;
};
struct certificate_check_in {
	struct str number, code;
};
err_t certificate_issue(struct ctx *c, const void *input, struct reply *out);
err_t certificate_list_own(struct ctx *c, const void *input, struct reply *out);
err_t certificate_show(struct ctx *c, const void *input, struct reply *out);
err_t certificate_pdf(struct ctx *c, const void *input, struct reply *out);
err_t certificate_check_public(struct ctx *c, const void *input, struct reply *out);
err_t certificate_form(struct ctx *c, const void *input, struct reply *out);
err_t certificate_form_view(struct ctx *c, const void *input, struct reply *out);
err_t certificate_list_view(struct ctx *c, const void *input, struct reply *out);
err_t certificate_check_view(struct ctx *c, const void *input, struct reply *out);
const char *certificate_type_title(struct str type); /* N_() */

/* The page of 税收完税证明（表格式）: what one sees. STR_NONE: it could not be made. */
struct str certificate_page(struct ctx *c, const struct value *data, instant_us at);
#endif

/* The rules of one line that issuing and checking share. */
#ifndef ISSUE_SPEC_LINE_H
#define ISSUE_SPEC_LINE_H
#include "services/invoice/issue/face.h"
#include "services/invoice/issue/spec/codes.h"
#include "services/invoice/issue/taxcode.h"
#include "services/invoice/issue/vat_rates.h"

/* The first rule broken; SPEC_CODES: none. */
enum spec_code spec_tax_code(struct str code, struct taxcode *out);
enum spec_code spec_line_rate(
        const struct vat_rates *usable, struct rate rate, enum treatment t, struct str tax_code, bool special);
/* *简称*名称 (since 2018-01-01). */
bool spec_short_name_fits(struct str name, struct str short_name);
#endif

/* Members of a special business (特定业务): which belong to it, which it must have. Inner header of spec. */
#ifndef ISSUE_SPEC_CHECK_SPECIAL_H
#define ISSUE_SPEC_CHECK_SPECIAL_H
#include "services/invoice/issue/spec/spec.h"

void spec_check_special(struct spec_report *r);
#endif

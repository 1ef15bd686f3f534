/* Inside of a compiled template; for the page room only. */
#ifndef KERNEL_PAGE_STEPS_H
#define KERNEL_PAGE_STEPS_H
#include "kernel/page/mustache.h"

enum step_kind { STEP_TEXT, STEP_VARIABLE, STEP_RAW, STEP_SECTION, STEP_INVERTED, STEP_PARTIAL, STEP_TRANSLATE };
struct step {
	enum step_kind kind;
	struct str text; /* text, name or message id */
	uint32_t end;    /* sections: the step behind */
	const struct mustache *own; /* translations: the text as it stands */
};
struct mustache {
	struct step *steps;
	uint32_t n;
};
#endif

/* etaxd invoice describe schema|fields|error-codes: the published specification, made from the tables that the
 * validator uses. */
#ifndef MAIN_INVOICE_DOCS_H
#define MAIN_INVOICE_DOCS_H
#include "base/str.h"

struct str invoice_docs(struct arena *a, struct str what); /* STR_NONE: nothing of that name */
#endif

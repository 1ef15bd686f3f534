/* Filing (申报, A05): the obligations calendar, returns pre-filled from invoices, explained line by line, filed and
 * corrected. */
#ifndef TAX_FILING_H
#define TAX_FILING_H
#include "kernel/operation/service.h"
#endif

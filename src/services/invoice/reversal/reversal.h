/* Red letters (红字发票): asking for them, the answer of the other side, the red invoice (domain/invoice.md §3.9). */
#ifndef INVOICE_REVERSAL_H
#define INVOICE_REVERSAL_H
#include "kernel/operation/service.h"
#endif

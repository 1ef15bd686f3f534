/* Verification (发票查验, A10): anybody asks whether an invoice is as issued; the true values are never told. */
#ifndef INVOICE_VERIFY_H
#define INVOICE_VERIFY_H
#include "kernel/operation/service.h"
#endif

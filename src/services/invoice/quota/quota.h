/* Invoice quota (发票总额度, A07.1): how much a taxpayer may issue in a month, by a published formula. */
#ifndef INVOICE_QUOTA_H
#define INVOICE_QUOTA_H
#include "kernel/operation/service.h"
#endif

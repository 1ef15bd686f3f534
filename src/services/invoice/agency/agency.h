/* Issuing for natural persons (代开发票, 发票管理办法 第十六条): asked for by the person, tax first, issued by the
 * bureau. */
#ifndef INVOICE_AGENCY_H
#define INVOICE_AGENCY_H
#include "kernel/operation/service.h"
#endif

/* The public validator of invoice files (A09.4): the specification as a page, in the browser or by upload. */
#ifndef INVOICE_VALIDATOR_H
#define INVOICE_VALIDATOR_H
#include "kernel/operation/service.h"
#endif

/* Transparency: receipts for their holders, and the public log (C2SP tlog-tiles). Nobody calls it; it has only
 * operations. */
#ifndef FOUNDATION_TRANSPARENCY_H
#define FOUNDATION_TRANSPARENCY_H
#include "kernel/operation/service.h"
#endif

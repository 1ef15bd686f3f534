/* etaxd fsck: entries without a gap, tiles, the signed checkpoint, and each receipt against its entry. */
#ifndef KERNEL_RECEIPT_CHECK_H
#define KERNEL_RECEIPT_CHECK_H
#include "kernel/operation/service.h"

MUST_USE err_t receipt_fsck(struct ctx *c, struct fsck *f);
#endif

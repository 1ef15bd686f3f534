/* Audit: who read a subject's data (数据使用记录), the security log, and what has served its time. Nobody calls it; it has
 * only operations and jobs. */
#ifndef FOUNDATION_AUDIT_H
#define FOUNDATION_AUDIT_H
#include "kernel/operation/service.h"
#endif

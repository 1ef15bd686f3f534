/* Log: one JSON object a line on standard error. Never personal data, never secrets. */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H
#include "kernel/ctx/ctx.h"

enum log_level { LOG_INFO_LEVEL, LOG_WARN_LEVEL, LOG_ERROR_LEVEL, LOG_SECURITY_LEVEL };

/* Up to four name-value pairs, ended by NULL: log_event(LOG_WARN_LEVEL, "outbox-stopped", trace, "consumer", name, NULL). */
void log_event(enum log_level level, const char *event, struct str trace, ...) __attribute__((sentinel));
#endif

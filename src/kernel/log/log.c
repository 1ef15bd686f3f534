#include "kernel/log/log.h"
#include "kernel/value/value.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

void log_event(enum log_level level, const char *event, struct str trace, ...)
{
	static const char *const levels[] = { "info", "warn", "error", "security" };
	struct arena *a = arena_new();
	struct value *line = value_object(a);
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	value_put_instant(a, line, "at", now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000);
	value_put_c(a, line, "level", levels[level]);
	value_put_c(a, line, "event", event);
	if (trace.p) value_put_str(a, line, "trace", trace);
	va_list list;
	va_start(list, trace);
	for (const char *name; (name = va_arg(list, const char *));)
		value_put_c(a, line, name, va_arg(list, const char *));
	va_end(list);
	struct buf b;
	buf_init(&b, a, 400);
	value_write_json(&b, line);
	buf_char(&b, '\n');
	/* One write a line, so that lines of several threads do not mix; nothing sensible can be done if it fails. */
	ssize_t ignored = write(STDERR_FILENO, b.p, b.n);
	(void)ignored;
	arena_free(a);
}

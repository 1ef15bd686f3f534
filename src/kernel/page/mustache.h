/* Mustache after the public spec, over struct value: escaped variables, sections, inverted sections, partials,
 * comments. {{{name}}} only for names that end in _svg or _html, which C code sets. Delimiters can not be changed.
 * {{#t}}中文 {{name}}{{/t}} is a translation: its raw text is the message id. Compiled once into a list of steps. */
#ifndef KERNEL_MUSTACHE_H
#define KERNEL_MUSTACHE_H
#include "kernel/value/value.h"

enum { MUSTACHE_DEPTH_MAX = 32, MUSTACHE_STEPS_MAX = 20000, MUSTACHE_BYTES_MAX = 4 * 1024 * 1024 };

struct mustache;
struct mustache_fault {
	struct str name; /* the tag concerned */
	const char *why;
	unsigned line; /* of the template; 0: unknown */
};
struct mustache_env {
	const struct mustache *(*partial)(void *arg, struct str name); /* NULL: no such partial */
	struct str (*translate)(void *arg, struct str id);             /* NULL: ids stand for themselves */
	void *arg;
	bool strict;                  /* a missing name is a fault; otherwise it is empty */
	bool english;                 /* form of dates */
	struct mustache_fault *fault; /* may be NULL */
};

/* The source must outlive the result. E_INPUT: *fault says what and where. */
MUST_USE err_t mustache_compile(
        struct arena *a, struct str source, const struct mustache **out, struct mustache_fault *fault);
/* E_INTERNAL: a missing name or partial in strict mode, or a limit. */
MUST_USE err_t mustache_render(
        const struct mustache *t, const struct mustache_env *env, const struct value *root, struct buf *out);
/* Views on scalars: money, is_zero, words, percent, day, time. STR_NONE: not for this value. */
struct str mustache_view(struct arena *a, struct str text, struct str view, bool english);
#endif

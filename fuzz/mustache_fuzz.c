/* Any bytes as a template: compiled or refused, rendered within the limits. */
#include "kernel/page/mustache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 65536) return 0;
	struct arena *a = arena_new();
	const struct mustache *t;
	struct mustache_fault fault = { 0 };
	struct mustache_env env = { .fault = &fault };
	struct value *v = value_object(a);
	value_put_c(a, v, "a", "12.00");
	value_push(a, value_put_array(a, v, "b"), value_str(a, S("2026-12-08")));
	struct buf out;
	buf_init(&out, a, 256);
	if (mustache_compile(a, (struct str){ (const char *)data, size }, &t, &fault) == OK)
		if (mustache_render(t, &env, v, &out) != OK && !fault.why) __builtin_trap();
	arena_free(a);
	return 0;
}

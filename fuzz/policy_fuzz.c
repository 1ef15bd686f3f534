/* Any bytes as a policy package: refused with a reason, or loaded; then every form evaluates at its limits and its
 * trace equals the tree. */
#include "kernel/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(const struct policy_form *f, struct arena *a, bool high)
{
	int64_t *v = policy_values(f, a), lo, hi;
	int slot;
	for (unsigned i = 0; policy_limits(f, i, &lo, &hi); i++)
		v[i] = high ? hi : lo;
	if (policy_evaluate(f, v, &slot) != OK) __builtin_trap();
	policy_run_checks(f, v);
	struct buf text, tree;
	buf_init(&text, a, 64);
	buf_init(&tree, a, 64);
	policy_trace_json(f, v, &text);
	value_write_json(&tree, policy_trace(f, v, a));
	if (!str_eq(buf_done(&text), buf_done(&tree))) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 20000) return 0;
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why, yaml = { (const char *)data, size };
	unsigned n;
	if (policy_load_text(a, yaml, &s, &why) == OK) {
		const struct policy_form *f = policy_form(s, "f", (struct date){ 2026, 11, 24 });
		if (f) run(f, a, false), run(f, a, true);
		if (policy_examples(s, yaml, &n, &why) != OK && !why.n) __builtin_trap();
	} else if (!why.n)
		__builtin_trap();
	arena_free(a);
	return 0;
}

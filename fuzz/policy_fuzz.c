/* Policy packages as text: refused with a reason, or forms that compute without overflow for any input within limits.
 */
#include "base/utf8.h"
#include "kernel/policy/policy.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void evaluate(struct arena *a, const struct policy_form *f, const uint8_t *data, size_t size)
{
	int64_t *values = policy_values(f, a);
	struct str id;
	enum policy_unit unit;
	int slot = 0;
	for (unsigned i = 0; policy_input(f, i, &id, &unit); i++) {
		int64_t v = 0;
		if (size >= 8) memcpy(&v, data + i * 8 % (size - 7), 8);
		values[i] = unit == POLICY_BOOL   ? v & 1
		            : unit == POLICY_RATE ? (v & 0xfffff) % 1000001
		                                  : v % 1000000000000;
	}
	if (policy_evaluate(f, values, &slot) != OK) return;
	struct buf b;
	buf_init(&b, a, 1000);
	policy_trace_json(f, values, &b);
	struct value *v;
	struct json_fault where;
	if (json_parse(a, buf_done(&b), &v, &where) != OK) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct policy_store *s = NULL;
	struct str why = STR_NONE, text = { arena_dup(a, data, size), size };
	if (policy_load_text(a, text, &s, &why) != OK) {
		if (!why.n) abort();
		arena_free(a);
		return 0;
	}
	/* Forms of the seeds. */
	static const char *const ids[] = { "vat-general", "f", "vat-small", "surcharges", "late-fee" };
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		for (int16_t year = 2019; year <= 2027; year += 2) {
			const struct policy_form *f = policy_form(s, ids[i], (struct date){ year, 6, 1 });
			if (f) evaluate(a, f, data, size);
		}
	arena_free(a);
	return 0;
}

/* Any bytes as a line of etaxd calc: one line of JSON comes back, with a result or an error. */
#include "kernel/value/value.h"
#include "main/calc/calc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct calc *calc;
	struct str why;
	if (!calc) calc = calc_open(arena_new(), &why);
	if (!calc || size > 20000) return 0;
	struct arena *a = arena_new();
	struct buf b;
	struct value *reply;
	struct json_fault where;
	buf_init(&b, a, 256);
	calc_line(calc, a, (struct str){ (const char *)data, size }, &b);
	if (json_parse(a, buf_done(&b), &reply, &where) != OK) __builtin_trap();
	if ((value_get(reply, S("result")) == NULL) == (value_get(reply, S("error")) == NULL)) __builtin_trap();
	arena_free(a);
	return 0;
}

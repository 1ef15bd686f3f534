/* The answer that is spelt once and copied is the answer of the tree, whatever was asked and whatever is known. (A10.1
 * A10.8) */
#include "kernel/ctx/app.h"
#include "kernel/operation/service.h"
#include "kernel/operation/spelled.h"
#include "kernel/value/value.h"
#include "services/invoice/verify/asked.h"
#include "services/invoice/verify/fact.h"
#include "services/invoice/verify/verify.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STATES = FACT_RED + 1, EACH = 3 };
static char dir[64];
static struct app app;
static struct arena *lifetime;

/* The digits say what the plane knows: the last but one is the state; 9: nothing. */
static struct str number(int state, int n)
{
	return str_printf(lifetime, "263320000000000000%d%d", state, n);
}

static int setup(void **state)
{
	struct plane_entry e[STATES * EACH];
	unsigned char bytes[STATES * EACH][FACT_SIZE];
	(void)state;
	(void)snprintf(dir, sizeof dir, "/tmp/spell_test.XXXXXX");
	if (!mkdtemp(dir) || plane_open(&app.plane, dir, false) != OK) return -1;
	lifetime = arena_new();
	app.spelled = spelled_new();
	for (int i = 0; i < STATES * EACH; i++) {
		struct fact f = {
			.state = (enum fact_state)(i / EACH), .total = FEN(113000 + i % EACH), .date = { 2026, 11, 3 }
		};
		(void)plane_key_digits(number(1, i), &f.red);
		fact_pack(&f, bytes[i]);
		e[i] = (struct plane_entry){ .kind = PLANE_INVOICE, .value = { (char *)bytes[i], FACT_SIZE } };
		if (!plane_key_digits(number(i / EACH, i % EACH), &e[i].key)) return -1;
	}
	return plane_put_batch(app.plane, e, COUNT(e), 1) == OK ? 0 : -1;
}

static int end(void **state)
{
	static const char *const files[] = { "/plane/current", "/plane/1.mdb", "/plane/1.mdb-lock", "/plane", "" };
	(void)state;
	plane_close(app.plane);
	spelled_free(app.spelled);
	arena_free(lifetime);
	for (size_t i = 0; i < COUNT(files); i++) {
		char path[128];
		(void)snprintf(path, sizeof path, "%s%s", dir, files[i]);
		(void)remove(path);
	}
	return 0;
}

static const struct operation *operation(const char *id)
{
	for (size_t i = 0; i < n_services; i++)
		for (size_t k = 0; k < services[i]->n_operations; k++)
			if (strcmp(services[i]->operations[k].id, id) == 0) return &services[i]->operations[k];
	return NULL;
}

static void same_answer(const struct operation *op, const void *in)
{
	struct arena *a = arena_new();
	struct ctx c = { .arena = a, .app = &app, .op = op };
	struct reply tree = { 0 }, spelt = { 0 };
	struct buf b;
	problem_init(&c.problem, a);
	assert_int_equal(op->run(&c, in, &tree), OK);
	assert_int_equal(op->spell(&c, in, &spelt), OK);
	buf_init(&b, a, 1024);
	value_write_json(&b, tree.value);
	assert_string_equal(spelt.bytes.p, buf_done(&b).p);
	arena_free(a);
}

static void every_answer(void **state)
{
	const struct operation *op = operation("verify.invoice");
	(void)state;
	for (int s = 0; s <= STATES; s++)
		for (int n = 0; n < EACH; n++)
			for (int asked = 0; asked < 9; asked++) {
				struct verify_in in = { .number = number(s == STATES ? 9 : s, n),
					.has_total = asked % 3 > 0,
					.total = FEN(asked % 3 == 1 ? 113000 + n : 5),
					.has_date = asked / 3 > 0,
					.date = { 2026, 11, asked / 3 == 1 ? 3 : 4 } };
				same_answer(op, &in);
			}
}

/* A text that is no number is told as it was sent, with its quotes escaped. */
static void no_number(void **state)
{
	(void)state;
	static const char *const texts[] = { "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"", "2633200000000000000x",
		"\\u0041\\u0041\\u0041\\u" };
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct verify_in in = { .number = str_c(texts[i]) };
		same_answer(operation("verify.invoice"), &in);
	}
}

/* A batch: many states, some of them twice. */
static void batches(void **state)
{
	struct {
		struct verify_in *items, *invoices;
		size_t n_items, n_invoices;
	} in = { .items = arena_array(lifetime, 40, sizeof(struct verify_in)), .n_items = 40 };
	(void)state;
	for (int i = 0; i < 40; i++)
		in.items[i] = (struct verify_in){ .number = number(i % (STATES + 1), i % EACH),
			.has_total = i % 2,
			.total = FEN(113000 + i % EACH) };
	same_answer(operation("verify.invoices"), &in);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_answer), cmocka_unit_test(no_number),
		cmocka_unit_test(batches) };
	return cmocka_run_group_tests(tests, setup, end);
}

/* Put, get, positions, rebuild and change-over while threads read. */
#include "kernel/plane/plane.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char dir[64];

static struct plane_key number(int n)
{
	struct plane_key k;
	char text[24];
	int len = snprintf(text, sizeof text, "26332000%012d", n);
	assert_true(plane_key_digits((struct str){ text, (size_t)len }, &k));
	return k;
}

static int setup(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof dir, "/tmp/plane_test.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	static const char *const files[] = { "/plane/current", "/plane/1.mdb", "/plane/1.mdb-lock", "/plane/2.mdb",
		"/plane/2.mdb-lock", "/plane/3.mdb", "/plane/3.mdb-lock", "/plane", "" };
	char path[128];
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		(void)snprintf(path, sizeof path, "%s%s", dir, files[i]);
		(void)remove(path);
	}
	return 0;
}

static void keys(void **state)
{
	(void)state;
	struct plane_key k, l;
	assert_true(plane_key_digits(S("26332000000000000042"), &k));
	assert_int_equal(k.b[0], 0x26);
	assert_int_equal(k.b[9], 0x42);
	assert_true(plane_key_digits(S("42"), &l));
	assert_int_equal(l.b[9], 0x42);
	assert_int_equal(l.b[0], 0);
	assert_true(memcmp(&l, &k, sizeof k) < 0);
	assert_false(plane_key_digits(S("263320000000000000421"), &k));
	assert_false(plane_key_digits(S("2633200000000000004x"), &k));
	assert_false(plane_key_digits(S(""), &k));
	plane_key_text(S("91330100MA2H000142"), &k);
	plane_key_text(S("91330100MA2H000143"), &l);
	assert_memory_not_equal(&k, &l, sizeof k);
}

static void put_get(void **state)
{
	(void)state;
	struct plane *p;
	struct plane_value v;
	int64_t position = -1;
	assert_int_not_equal(plane_open(&p, dir, true), OK); /* nothing there to serve */
	assert_int_equal(plane_open(&p, dir, false), OK);
	assert_int_equal(plane_position(p, &position), OK);
	assert_int_equal(position, 0);
	struct plane_entry e[] = { { PLANE_INVOICE, number(7), S("seven") }, { PLANE_INVOICE, number(3), S("three") },
		{ PLANE_CERTIFICATE, number(7), S("another kind") } };
	assert_int_equal(plane_put_batch(p, e, 3, 12), OK);
	assert_int_equal(plane_get(p, PLANE_INVOICE, &e[0].key, &v), OK);
	assert_true(v.n == 5 && memcmp(v.b, "seven", 5) == 0);
	assert_int_equal(plane_get(p, PLANE_CERTIFICATE, &e[0].key, &v), OK);
	assert_int_equal(v.n, 12);
	assert_int_equal(plane_get(p, PLANE_CERTIFICATE, &e[1].key, &v), E_NOT_FOUND);
	/* a batch that fails leaves nothing, its position neither */
	static char large[PLANE_VALUE_MAX + 1];
	struct plane_entry bad[] = { { PLANE_INVOICE, number(8), S("eight") },
		{ PLANE_INVOICE, number(9), { large, sizeof large } } };
	assert_int_equal(plane_put_batch(p, bad, 2, 13), E_TOO_LARGE);
	assert_int_equal(plane_get(p, PLANE_INVOICE, &bad[0].key, &v), E_NOT_FOUND);
	assert_int_equal(plane_position(p, &position), OK);
	assert_int_equal(position, 12);
	struct plane_entry gone = { PLANE_INVOICE, number(3), STR_NONE };
	assert_int_equal(plane_put_batch(p, &gone, 1, 14), OK);
	assert_int_equal(plane_put_batch(p, &gone, 1, 15), OK);
	assert_int_equal(plane_get(p, PLANE_INVOICE, &gone.key, &v), E_NOT_FOUND);
	plane_close(p);
	assert_int_equal(plane_open(&p, dir, true), OK);
	assert_int_equal(plane_position(p, &position), OK);
	assert_int_equal(position, 15);
	assert_int_equal(plane_get(p, PLANE_INVOICE, &e[0].key, &v), OK);
	assert_int_equal(plane_put_batch(p, e, 1, 16), E_FORBIDDEN);
	plane_close(p);
}

struct load {
	struct plane *p;
	bool stop;
	long reads, wrong;
};

static void *read_on(void *arg)
{
	struct load *l = arg;
	struct plane_value v;
	while (!__atomic_load_n(&l->stop, __ATOMIC_RELAXED)) {
		struct plane_key k = number(7); /* in every generation */
		l->wrong += plane_get(l->p, PLANE_INVOICE, &k, &v) != OK || v.n != 5;
		l->reads++;
	}
	return NULL;
}

static void build(struct plane *p, int n, int64_t position)
{
	struct plane_rebuild *r;
	assert_int_equal(plane_rebuild_begin(p, &r), OK);
	for (int i = 0; i < n; i++) {
		struct plane_key k = number(i);
		assert_int_equal(plane_rebuild_append(r, PLANE_INVOICE, &k, S("built")), OK);
	}
	struct plane_key first = number(0);
	assert_int_equal(plane_rebuild_append(r, PLANE_INVOICE, &first, S("late")), E_INPUT);
	assert_int_equal(plane_rebuild_append(r, PLANE_RECEIPT, &first, S("other")), OK);
	assert_int_equal(plane_rebuild_commit(r, position), OK);
}

static void rebuild(void **state)
{
	(void)state;
	struct plane *p, *reader;
	struct plane_rebuild *r;
	struct plane_value v;
	int64_t n, position;
	pthread_t threads[2];
	struct load loads[2] = { 0 };
	assert_int_equal(plane_open(&p, dir, false), OK);
	for (int i = 0; i < 2; i++) {
		loads[i].p = p;
		assert_int_equal(pthread_create(&threads[i], NULL, read_on, &loads[i]), 0);
	}
	assert_int_equal(plane_rebuild_begin(p, &r), OK);
	struct plane_rebuild *second;
	assert_int_equal(plane_rebuild_begin(p, &second), E_BUSY);
	plane_rebuild_abort(r);
	build(p, 5000, 100);
	struct plane_entry e = { PLANE_INVOICE, number(9000), S("fed") };
	assert_int_equal(plane_put_batch(p, &e, 1, 101), OK);
	build(p, 250000, 200);
	for (int i = 0; i < 2; i++)
		__atomic_store_n(&loads[i].stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		assert_true(loads[i].reads > 0);
		assert_int_equal(loads[i].wrong, 0);
	}
	assert_int_equal(plane_position(p, &position), OK);
	assert_int_equal(position, 200);
	assert_int_equal(plane_count(p, PLANE_INVOICE, &n), OK);
	assert_int_equal(n, 250000);
	assert_int_equal(plane_get(p, PLANE_INVOICE, &e.key, &v), OK);
	assert_int_equal(v.n, 5);
	assert_int_equal(plane_refresh(p), OK);
	plane_close(p);
	assert_int_equal(plane_open(&reader, dir, true), OK);
	assert_int_equal(plane_count(reader, PLANE_RECEIPT, &n), OK);
	assert_int_equal(n, 1);
	plane_close(reader);
}

/* A reader sees what was written before it asks, whether its snapshot is fresh, kept or let go. */
static void newest(void **state)
{
	(void)state;
	struct plane *p;
	struct plane_value v;
	assert_int_equal(plane_open(&p, dir, false), OK);
	for (int i = 0; i < 50; i++) {
		char text[8];
		int n = snprintf(text, sizeof text, "%d", i);
		struct plane_entry e = { PLANE_INVOICE, number(77), { text, (size_t)n } };
		assert_int_equal(plane_put_batch(p, &e, 1, 300 + i), OK);
		for (int k = 0; k < 3; k++) {
			assert_int_equal(plane_get(p, PLANE_INVOICE, &e.key, &v), OK);
			assert_true(v.n == (size_t)n && memcmp(v.b, text, v.n) == 0);
			for (int rests = 0; rests < k; rests++)
				assert_int_equal(plane_refresh(p), OK);
		}
	}
	plane_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(keys), cmocka_unit_test(put_get),
		cmocka_unit_test(rebuild), cmocka_unit_test(newest) };
	return cmocka_run_group_tests(tests, setup, remove_dir);
}

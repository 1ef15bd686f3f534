#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/metrics/metrics.h"
#include <pthread.h>
#include <string.h>

static void *count(void *k)
{
	for (int i = 0; i < 10000; i++)
		metric_add(k, 1);
	return NULL;
}

static void threads_lose_nothing(void **state)
{
	(void)state;
	struct metrics *m = metrics_new();
	struct metric *k = metrics_counter(m, "x_total", "", "x");
	pthread_t t[20];
	for (int i = 0; i < 20; i++)
		assert_int_equal(pthread_create(&t[i], NULL, count, k), 0);
	for (int i = 0; i < 20; i++)
		pthread_join(t[i], NULL);
	struct arena *a = arena_new();
	struct buf b;
	buf_init(&b, a, 100);
	metrics_write(m, &b);
	assert_string_equal(b.p, "# HELP x_total x\n# TYPE x_total counter\nx_total 200000\n");
	arena_free(a);
	metrics_free(m);
}

static void histograms_and_labels(void **state)
{
	(void)state;
	struct metrics *m = metrics_new();
	struct arena *a = arena_new();
	struct buf b;
	metric_add(metrics_counter(m, "b_total", "s=\"2\"", "b"), 3);
	struct metric *h = metrics_histogram(m, "c_seconds", "", "c");
	metric_add(metrics_counter(m, "b_total", "s=\"4\"", "b"), 1);
	assert_ptr_equal(h, metrics_histogram(m, "c_seconds", "", "c"));
	metric_observe(h, 50); /* on the bound: in the first bucket */
	metric_observe(h, 51);
	metric_observe(h, 9000000); /* beyond the last */
	buf_init(&b, a, 100);
	metrics_write(m, &b);
	assert_non_null(strstr(b.p, "b_total{s=\"2\"} 3\nb_total{s=\"4\"} 1\n"));
	assert_non_null(strstr(b.p, "c_seconds_bucket{le=\"0.000050\"} 1\nc_seconds_bucket{le=\"0.000100\"} 2\n"));
	assert_non_null(strstr(b.p, "c_seconds_bucket{le=\"5.000000\"} 2\nc_seconds_bucket{le=\"+Inf\"} 3\n"));
	assert_non_null(strstr(b.p, "c_seconds_sum 9.000101\nc_seconds_count 3\n"));
	metric_add(NULL, 1);
	assert_null(metrics_counter(NULL, "n", "", ""));
	arena_free(a);
	metrics_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(threads_lose_nothing),
		cmocka_unit_test(histograms_and_labels) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

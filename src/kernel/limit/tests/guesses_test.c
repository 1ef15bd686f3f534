/* Wrong answers are counted for each subject and asker, in an hour, in bounded memory. (A10.9) */
#include "kernel/limit/guesses.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { NOW = 100000, HOUR = GUESSES_WINDOW_SECONDS };

static const struct str one = { "26332000000000000001", 20 }, other = { "26332000000000000002", 20 };

/* How many wrong answers it takes until he is told to wait; at most 100. */
static int until_told(struct guesses *g, struct str subject, struct str who, int64_t now)
{
	int n = 0;
	while (n < 100 && !guesses_wait(g, subject, who, now)) {
		(void)guesses_wrong(g, subject, who, now);
		n++;
	}
	return n;
}

static void own(void **state)
{
	struct guesses *g = guesses_new();
	(void)state;
	assert_int_equal(guesses_wait(g, one, S("a"), NOW), 0);
	assert_int_equal(until_told(g, one, S("a"), NOW), GUESSES_OWN);
	assert_int_equal(guesses_wait(g, one, S("a"), NOW + 100), HOUR - 100);
	assert_int_equal(guesses_wait(g, one, S("b"), NOW), 0);   /* another asker */
	assert_int_equal(guesses_wait(g, other, S("a"), NOW), 0); /* another subject */
	assert_int_equal(guesses_wait(g, one, S("a"), NOW + HOUR), 0);
	assert_int_equal(until_told(g, one, S("a"), NOW + HOUR), GUESSES_OWN);
	guesses_free(g);
}

static void all(void **state)
{
	struct guesses *g = guesses_new();
	int n = 0, told = 0;
	(void)state;
	while (!guesses_wait(g, one, S("new"), NOW)) {
		char who[24];
		(void)snprintf(who, sizeof who, "10.0.0.%d", n);
		told += guesses_wrong(g, one, str_c(who), NOW);
		n++;
	}
	assert_int_equal(n, GUESSES_ALL);
	assert_int_equal(told, 1); /* the security log is told once */
	assert_true(guesses_wait(g, one, S("new"), NOW) > 0);
	assert_int_equal(guesses_wait(g, other, S("new"), NOW), 0);
	guesses_free(g);
}

/* Whoever is wrong about many numbers once does not wipe out what is known of the one that is aimed at. */
static void bounded(void **state)
{
	struct guesses *g = guesses_new();
	char number[24];
	(void)state;
	assert_int_equal(until_told(g, one, S("a"), NOW), GUESSES_OWN);
	for (int i = 0; i < 300000; i++) {
		(void)snprintf(number, sizeof number, "2633200000001%07d", i);
		(void)guesses_wrong(g, str_c(number), S("a"), NOW);
	}
	assert_true(guesses_wait(g, one, S("a"), NOW) > 0);
	guesses_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(own), cmocka_unit_test(all), cmocka_unit_test(bounded) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

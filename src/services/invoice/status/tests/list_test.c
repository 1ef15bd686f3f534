/* Status lists against a model: random numbers, deltas in order, files there and back; one changed byte is noticed. */
#include "services/invoice/status/list.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NUMBERS = 3000 };

static struct str number_of(struct arena *a, int i)
{
	return str_printf(a, "2633%c%015d", i % 3 ? '2' : '7', i * 7 % 5000 + (i > 2000 ? 900000 : 1));
}

static struct str file_of(struct arena *a, const struct status_list *l, struct str name, const struct crypto_key *key)
{
	struct str body = status_list_body(a, l), text = status_list_text(a, l, body);
	return status_list_file(a, text, tlog_signature_line(a, text, name, TLOG_ED25519, key, 0), body);
}

static enum status_state get(const struct status_list *l, struct str digits)
{
	struct status_number n;
	assert_true(status_number_read(digits, &n));
	return status_list_get(l, n);
}

static void set(struct status_list *l, struct str digits, enum status_state s)
{
	struct status_number n;
	assert_true(status_number_read(digits, &n));
	status_list_set(l, n, s);
}

static void compare(struct arena *a, const struct status_list *l, const unsigned char *model)
{
	for (int i = 0; i < NUMBERS; i++)
		assert_int_equal(get(l, number_of(a, i)), model[i]);
	for (size_t i = 1; i < l->n_runs; i++)
		assert_true(l->runs[i - 1].first.head < l->runs[i].first.head ||
		            l->runs[i - 1].first.tail + (uint64_t)l->runs[i - 1].count <= l->runs[i].first.tail);
}

static void test_model(void **state)
{
	struct arena *a = arena_new();
	unsigned char model[NUMBERS] = { 0 };
	struct str name = S("etax.example/log/33");
	struct crypto_key *key = crypto_ed25519_from_seed((const unsigned char *)"0123456789abcdef0123456789abcdef");
	struct tlog_verifier who;
	struct status_list list, delta, read;
	(void)state;
	assert_true(tlog_verifier_parse(a, tlog_verifier_string(a, name, TLOG_ED25519, key), &who));
	status_list_init(&list, a, S("33"), S("2026-11"));
	list.as_of = date_to_instant((struct date){ 2026, 11, 24 });
	srand(7);
	for (int d = 1; d <= 40; d++) {
		status_list_init(&delta, a, S("33"), S("2026-11"));
		delta.number = d;
		delta.as_of = list.as_of + d;
		for (int i = 0; i < 100; i++) {
			int at = rand() % NUMBERS;
			model[at] = (unsigned char)(1 + rand() % 3);
			set(&delta, number_of(a, at), (enum status_state)model[at]);
		}
		assert_int_equal(status_list_read(a, file_of(a, &delta, name, key), &who, 1, &read), STATUS_GOOD);
		if (d == 2) { /* one is missing */
			read.number = 3;
			assert_false(status_list_apply(&list, &read));
			read.number = 2;
		}
		assert_true(status_list_apply(&list, &read));
		compare(a, &list, model);
		struct str file = file_of(a, &list, name, key);
		assert_int_equal(status_list_read(a, file, &who, 1, &list), STATUS_GOOD);
		compare(a, &list, model);
	}
	/* any byte */
	struct str file = file_of(a, &list, name, key);
	for (size_t i = 0; i < file.n; i += 1 + file.n / 400) {
		char *copy = arena_alloc(a, file.n + 1);
		memcpy(copy, file.p, file.n);
		copy[i] = (char)(copy[i] ^ 1);
		assert_int_not_equal(status_list_read(a, (struct str){ copy, file.n }, &who, 1, &read), STATUS_GOOD);
	}
	for (size_t n = 0; n < file.n; n += 1 + file.n / 100)
		assert_int_not_equal(status_list_read(a, str_sub(file, 0, n), &who, 1, &read), STATUS_GOOD);
	crypto_key_free(key);
	arena_free(a);
}

static void test_judge(void **state)
{
	struct arena *a = arena_new();
	struct status_list l;
	(void)state;
	status_list_init(&l, a, S("33"), S("2026-11"));
	l.as_of = date_to_instant((struct date){ 2026, 11, 24 }) + 3600000000;
	set(&l, S("26332000000000000001"), STATUS_VALID);
	set(&l, S("26332000000000000002"), STATUS_REVERSED);
	struct date before = { 2026, 11, 23 }, today = { 2026, 11, 24 }, other = { 2026, 10, 24 };
	assert_int_equal(status_judge(&l, S("26332000000000000001"), before), STATUS_IS_VALID);
	assert_int_equal(status_judge(&l, S("26332000000000000002"), before), STATUS_IS_REVERSED);
	assert_int_equal(status_judge(&l, S("26332000000000000009"), before), STATUS_IS_UNKNOWN);
	assert_int_equal(status_judge(&l, S("26332000000000000009"), today), STATUS_IS_SINCE);
	assert_int_equal(status_judge(&l, S("26332000000000000009"), other), STATUS_OTHER_LIST);
	assert_int_equal(status_judge(&l, S("26312000000000000001"), today), STATUS_OTHER_LIST);
	assert_int_equal(status_judge(&l, S("2633"), today), STATUS_OTHER_LIST);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_model), cmocka_unit_test(test_judge) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

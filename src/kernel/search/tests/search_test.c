/* The index: what is cut, what is found, in which order, by whom; that questions are never syntax; that a file is begun
 * anew. */
#include "base/buf.h"
#include "kernel/assets/assets.h"
#include "kernel/search/query.h"
#include "kernel/search/search.h"
#include "kernel/search/tokens.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int note(void *arg, const struct token *t)
{
	struct buf *b = arg;
	buf_printf(b, "%s%s", b->n ? " " : "", t->text);
	return 0;
}

static void cut_is(struct arena *a, const char *text, bool question, const char *wanted)
{
	struct buf b;
	buf_init(&b, a, 64);
	assert_int_equal(tokens_each(str_c(text), question, note, &b), 0);
	assert_string_equal(buf_done(&b).p ? buf_done(&b).p : "", wanted);
}

static void text_is_cut_into_tokens(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	cut_is(a, "发票额度", false, "发票 票额 额度 度");
	cut_is(a, "发票额度", true, "发票 票额 额度");
	cut_is(a, "税", true, "税");
	cut_is(a, "数电票XML、ＡＢＣ１２", false, "数电 电票 票 xml abc12");
	cut_is(a, "Invoices, TAXES and companies' status", false, "invoice tax and company status");
	cut_is(a, "Münze 增值税", true, "münze 增值 值税");
	cut_is(a, "\xff\xfe税\xe7\xa8", false, "税");
	cut_is(a, "　，。“”()…", false, "");
	cut_is(a, "", false, "");
	arena_free(a);
}

/* --- finding --- */

static const struct search_document sample[] = {
	{ .kind = S("task"),
	        .id = S("issue"),
	        .lang = S("zh"),
	        .title = S("蓝字发票开具"),
	        .words = S("我要办税 发票使用 开票 数电票"),
	        .href = S("/invoices/new"),
	        .prefer = 50 },
	{ .kind = S("task"),
	        .id = S("issue"),
	        .lang = S("en"),
	        .title = S("Issue an invoice"),
	        .words = S("蓝字发票开具 e-invoice"),
	        .href = S("/invoices/new"),
	        .prefer = 50 },
	{ .kind = S("task"),
	        .id = S("verify"),
	        .lang = S("zh"),
	        .title = S("发票查验"),
	        .words = S("公众服务 真伪"),
	        .href = S("/verify"),
	        .prefer = 50 },
	{ .kind = S("task"),
	        .id = S("file"),
	        .lang = S("zh"),
	        .title = S("增值税及附加税费申报"),
	        .words = S("报税"),
	        .href = S("/returns"),
	        .prefer = 50 },
	{ .kind = S("taxcode"),
	        .id = S("1090105030000000000"),
	        .title = S("车床"),
	        .words = S("机床"),
	        .body = S("1090105030000000000 金属切削机床"),
	        .href = S("/tax-codes/1090105030000000000") },
	{ .kind = S("taxcode"),
	        .id = S("1060301010000000000"),
	        .title = S("开票软件"),
	        .words = S("软件"),
	        .href = S("/x") },
	{ .kind = S("case"), .id = S("c1"), .owner = 7, .title = S("退税申请 33-2026-0412"), .href = S("/cases/c1") },
	{ .kind = S("taxpayer"),
	        .id = S("t1"),
	        .owner = SEARCH_OFFICERS,
	        .title = S("海川精密机械有限公司"),
	        .body = S("91330100MA2H000142"),
	        .href = S("/taxpayers/t1") },
};

static struct search *open_sample(void)
{
	struct search *s;
	assert_int_equal(search_open(&s, NULL, asset_get("data/search-words.csv")), OK);
	assert_int_equal(search_replace(s, "sample", S("1"), sample, sizeof sample / sizeof *sample), OK);
	return s;
}

static struct str first(struct search *s, struct arena *a, struct search_query q, size_t *n)
{
	struct search_hit *hits;
	assert_int_equal(search_find(s, a, &q, &hits, n), OK);
	return *n ? hits[0].id : S("");
}

static void first_is(struct search *s, const char *text, const char *lang, const char *wanted)
{
	struct arena *a = arena_new();
	size_t n;
	struct str id = first(s, a, (struct search_query){ .text = str_c(text), .lang = lang }, &n);
	assert_string_equal(id.p, wanted);
	arena_free(a);
}

static void tasks_are_found_in_the_users_words(void **state)
{
	(void)state;
	struct search *s = open_sample();
	first_is(s, "开票", "zh", "issue");
	first_is(s, "我要开发票", "zh", "issue");
	first_is(s, "给客户开票", "zh", "issue");
	first_is(s, "怎么查发票真假", "zh", "verify");
	first_is(s, "我要报税", "zh", "file");
	first_is(s, "增值税怎么申报", "zh", "file");
	first_is(s, "how to issue invoices", "en", "issue");
	first_is(s, "ＩＮＶＯＩＣＥ", "en", "issue");
	first_is(s, "invo", "en", "issue");      /* only begun */
	first_is(s, "发票查验", "zh", "verify"); /* the title itself goes first */
	first_is(s, "车", "zh", "1090105030000000000");
	first_is(s, "10901050", "zh", "1090105030000000000");
	first_is(s, "机床", "zh", "1090105030000000000");
	first_is(s, "不存在的东西", "zh", "");
	first_is(s, "   ", "zh", "");
	first_is(s, "请问", "zh", ""); /* nothing but wrapping: asked as it stands */
	search_close(s);
}

static void everyone_finds_only_what_is_theirs(void **state)
{
	(void)state;
	struct search *s = open_sample();
	struct arena *a = arena_new();
	size_t n;
	(void)first(s, a, (struct search_query){ .text = S("退税申请") }, &n);
	assert_int_equal(n, 0);
	(void)first(s, a, (struct search_query){ .text = S("退税申请"), .owner = 8 }, &n);
	assert_int_equal(n, 0);
	assert_string_equal(first(s, a, (struct search_query){ .text = S("退税申请"), .owner = 7 }, &n).p, "c1");
	(void)first(s, a, (struct search_query){ .text = S("海川精密"), .owner = -1 }, &n);
	assert_int_equal(n, 0);
	assert_string_equal(first(s, a, (struct search_query){ .text = S("海川精密"), .officer = true }, &n).p, "t1");
	assert_string_equal(
	        first(s, a, (struct search_query){ .text = S("91330100ma2h000142"), .officer = true }, &n).p, "t1");
	(void)first(s, a, (struct search_query){ .text = S("发票"), .kind = "taxcode" }, &n);
	assert_int_equal(n, 0);
	(void)first(s, a, (struct search_query){ .text = S("发票"), .lang = "zh", .limit = 1 }, &n);
	assert_int_equal(n, 1);
	arena_free(a);
	search_close(s);
}

static void questions_are_never_syntax(void **state)
{
	(void)state;
	static const char *const nasty[] = { "\"", "发票\" OR \"", "title:发票", "NEAR(发票 查验)", "发票 AND", "-发票",
		"发票*", "^发票", "{title}: 发票", "发票) --", "'; DROP TABLE document; --", "\xff\xff", "a\"b'c(d)e" };
	struct search *s = open_sample();
	struct arena *a = arena_new();
	size_t n;
	for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++)
		(void)first(s, a, (struct search_query){ .text = str_c(nasty[i]), .lang = "zh" }, &n);
	struct buf b;
	buf_init(&b, a, 100000);
	for (int i = 0; i < 10000; i++)
		buf_c(&b, "开票增值税申报");
	(void)first(s, a, (struct search_query){ .text = buf_done(&b) }, &n);
	assert_string_equal(first(s, a, (struct search_query){ .text = S("发票查验"), .lang = "zh" }, &n).p, "verify");
	arena_free(a);
	search_close(s);
}

/* --- the file --- */

static void make_dir(char *dir, size_t size)
{
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(dir, size, "%s/etax-search-XXXXXX", tmp ? tmp : "/tmp");
	assert_true(n > 0 && (size_t)n < size && mkdtemp(dir));
}

static void remove_dir(const char *dir)
{
	static const char *const names[] = { "search.db", "search.db-wal", "search.db-shm" };
	char path[600];
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(dir), 0);
}

static void it_survives_a_restart_and_is_begun_anew_when_damaged(void **state)
{
	(void)state;
	char dir[256], path[600];
	int64_t position;
	size_t n;
	struct search *s;
	struct arena *a = arena_new();
	make_dir(dir, sizeof dir);
	assert_int_equal(search_open(&s, dir, STR_NONE), OK);
	assert_int_equal(search_replace(s, "sample", S("1"), sample, 4), OK);
	assert_int_equal(search_put(s, "feed", &sample[7], 1, 41), OK);
	assert_int_equal(search_put(s, "feed", &sample[7], 1, 42), OK); /* again: replaced, not doubled */
	assert_int_equal(search_advance(s, "feed", 43), OK);            /* too near to be worth a write */
	search_close(s);
	assert_int_equal(search_open(&s, dir, STR_NONE), OK);
	assert_true(search_has(s, "sample", S("1")));
	assert_false(search_has(s, "sample", S("2")));
	assert_int_equal(search_position(s, "feed", &position), OK);
	assert_int_equal(position, 42);
	assert_int_equal(search_advance(s, "feed", 42 + SEARCH_ADVANCE), OK);
	assert_int_equal(search_position(s, "feed", &position), OK);
	assert_int_equal(position, 42 + SEARCH_ADVANCE);
	(void)first(s, a, (struct search_query){ .text = S("海川"), .officer = true }, &n);
	assert_int_equal(n, 1);
	assert_int_equal(search_replace(s, "sample", S("2"), sample, 1), OK); /* what is no longer there is gone */
	(void)first(s, a, (struct search_query){ .text = S("查验"), .lang = "zh" }, &n);
	assert_int_equal(n, 0);
	search_close(s);
	(void)snprintf(path, sizeof path, "%s/search.db", dir);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs("this is no database, and long enough to be looked at as one: "
	                  "0123456789012345678901234567890123456789"
	                  "01234567890123456789",
	                    f) > 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(search_open(&s, dir, STR_NONE), OK);
	assert_false(search_has(s, "sample", S("2")));
	assert_int_equal(search_position(s, "feed", &position), OK);
	assert_int_equal(position, 0);
	search_close(s);
	remove_dir(dir);
	arena_free(a);
}

struct hammer {
	struct search *s;
	int failures;
};

static void *ask_often(void *arg)
{
	struct hammer *h = arg;
	for (int i = 0; i < 200; i++) {
		struct arena *a = arena_new();
		struct search_hit *hits;
		size_t n;
		struct search_query q = { .text = S("开票"), .lang = "zh" };
		if (search_find(h->s, a, &q, &hits, &n) != OK || n == 0) h->failures++;
		arena_free(a);
	}
	return NULL;
}

static void threads_ask_while_one_writes(void **state)
{
	(void)state;
	char dir[256];
	pthread_t threads[4];
	struct hammer hammers[4] = { 0 };
	struct search *s;
	make_dir(dir, sizeof dir);
	assert_int_equal(search_open(&s, dir, asset_get("data/search-words.csv")), OK);
	assert_int_equal(search_replace(s, "sample", S("1"), sample, 7), OK);
	for (size_t i = 0; i < 4; i++) {
		hammers[i].s = s;
		assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &hammers[i]), 0);
	}
	for (int64_t i = 1; i <= 50; i++)
		assert_int_equal(search_put(s, "feed", &sample[7], 1, i), OK);
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(hammers[i].failures, 0);
	}
	search_close(s);
	remove_dir(dir);
}

static void the_words_of_the_house_are_well_formed(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	unsigned line = 0;
	assert_non_null(words_load(a, asset_get("data/search-words.csv"), &line));
	assert_null(words_load(a, S("kind,words\nsame,a b\nother,c\n"), &line));
	assert_int_equal(line, 3);
	assert_null(words_load(a, S("kind,words\nskip\n"), &line));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_into_tokens),
		cmocka_unit_test(tasks_are_found_in_the_users_words),
		cmocka_unit_test(everyone_finds_only_what_is_theirs),
		cmocka_unit_test(questions_are_never_syntax),
		cmocka_unit_test(it_survives_a_restart_and_is_begun_anew_when_damaged),
		cmocka_unit_test(threads_ask_while_one_writes),
		cmocka_unit_test(the_words_of_the_house_are_well_formed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

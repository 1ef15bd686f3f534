/* Input: each type of field with its limits, all faults at once, and what people try. */
#include "kernel/input/input.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct person {
	struct str name, id;
};
struct in {
	struct str text, lines, uscc, resident, tax_id, kind, secret, bytes;
	int64_t number, id;
	bool yes, has_date;
	struct money money;
	struct rate rate;
	struct decimal decimal;
	struct date date;
	instant_us instant;
	struct period period;
	struct person person, *people;
	size_t n_people;
	struct str *words;
	size_t n_words;
	const struct value *any;
};
static const struct choice kinds[] = { { "special", "s" }, { "ordinary", "o" }, { 0 } };
static const struct field person_fields[] = {
	{ "name", FIELD_TEXT, AT(struct person, name), .required = true, .max = 5, .label = "name" },
	{ "id", FIELD_RESID, AT(struct person, id), .label = "id" },
	{ 0 },
};
static const struct field word = { "word", FIELD_TEXT, .max = 3, .label = "word" };
static const struct field fields[] = {
	{ "text", FIELD_TEXT, AT(struct in, text), .min = 2, .max = 4, .label = "text" },
	{ "lines", FIELD_LINES, AT(struct in, lines), .max = 20, .label = "lines" },
	{ "uscc", FIELD_USCC, AT(struct in, uscc), .label = "uscc" },
	{ "resident", FIELD_RESID, AT(struct in, resident), .label = "resident" },
	{ "tax_id", FIELD_TAX_ID, AT(struct in, tax_id), .label = "tax id" },
	{ "kind", FIELD_ENUM, AT(struct in, kind), .choices = kinds, .label = "kind" },
	{ "secret", FIELD_SECRET, AT(struct in, secret), .max = 10, .label = "secret" },
	{ "bytes", FIELD_BYTES, AT(struct in, bytes), .max = 10, .label = "bytes" },
	{ "number", FIELD_INT, AT(struct in, number), .min = -5, .max = 5, .label = "number" },
	{ "id", FIELD_ID, AT(struct in, id), .label = "id" },
	{ "yes", FIELD_BOOL, AT(struct in, yes), .label = "yes" },
	{ "money", FIELD_MONEY, AT(struct in, money), .min = -100, .max = 10000, .label = "money" },
	{ "rate", FIELD_RATE, AT(struct in, rate), .label = "rate" },
	{ "decimal", FIELD_DECIMAL, AT(struct in, decimal), .label = "decimal" },
	{ "date", FIELD_DATE, AT(struct in, date), PRESENT_AT(struct in, has_date), .label = "date" },
	{ "instant", FIELD_INSTANT, AT(struct in, instant), .label = "instant" },
	{ "period", FIELD_PERIOD, AT(struct in, period), .label = "period" },
	{ "person", FIELD_OBJECT, AT(struct in, person), .fields = person_fields, .label = "person" },
	{ "people", FIELD_LIST, AT(struct in, people), COUNT_AT(struct in, n_people), .min = 1, .max = 3,
	        .fields = person_fields, .size = sizeof(struct person), .label = "people" },
	{ "words", FIELD_LIST, AT(struct in, words), COUNT_AT(struct in, n_words), .max = 3, .item = &word,
	        .size = sizeof(struct str), .label = "words" },
	{ "any", FIELD_JSON, AT(struct in, any), .max = 100, .label = "any" },
	{ 0 },
};

static struct arena *a;
static struct ctx c;
static struct in in;

static int open_arena(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static err_t read(const struct value *tree)
{
	memset(&c, 0, sizeof c);
	memset(&in, 0, sizeof in);
	c.arena = a;
	c.today = (struct date){ 2026, 11, 24 };
	problem_init(&c.problem, a);
	return input_read(&c, fields, tree, &in);
}

static struct value *json(const char *text)
{
	struct value *v;
	struct json_fault where;
	assert_int_equal(json_parse_numerals(a, str_c(text), &v, &where), OK);
	return v;
}

static void good(const char *text)
{
	if (read(json(text)) == OK) return;
	fail_msg("%s: %s %s", text, c.problem.faults[0].pointer.p, c.problem.faults[0].def->code);
}

/* "pointer code pointer code…" of all faults. */
static void faults(const struct value *tree, const char *expected)
{
	struct buf b;
	buf_init(&b, a, 200);
	assert_int_equal(read(tree), E_INPUT);
	for (size_t i = 0; i < c.problem.n && i < PROBLEM_FAULTS_MAX; i++)
		buf_printf(&b, "%s%s %s", i ? " " : "", c.problem.faults[i].pointer.p, c.problem.faults[i].def->code);
	assert_string_equal(buf_done(&b).p, expected);
}

static void bad(const char *name, const char *text, const char *code)
{
	struct value *tree = value_object(a);
	char expected[100];
	value_put_c(a, tree, name, text);
	(void)snprintf(expected, sizeof expected, "/%s %s", name, code);
	faults(tree, expected);
}

static void every_type_is_read(void **state)
{
	(void)state;
	good("{\"text\":\" 中文字 \",\"lines\":\"a\\n\\tb\",\"uscc\":\"91330100MA2H000142\",\"resident\":"
	     "\"330106199003070014\",\"tax_id\":\"33010619800101003x\",\"kind\":\"special\",\"secret\":\" s "
	     "\",\"number\":-5,"
	     "\"id\":\"7\",\"yes\":true,\"money\":\"-1.00\",\"rate\":\"13%\",\"decimal\":\"0.1230\",\"date\":\"2024-02-"
	     "29\","
	     "\"instant\":\"1970-01-01T08:00:00+08:00\",\"period\":\"2026Q4\",\"person\":{\"name\":\"n\"},\"people\":[{"
	     "\"name\":"
	     "\"x\"},{\"name\":\"y\"}],\"words\":[\"a\",\"b\"],\"any\":{\"deep\":[1]},\"bytes\":\"raw\"}");
	assert_true(str_is(in.text, "中文字") && str_is(in.lines, "a\n\tb") && str_is(in.secret, " s "));
	assert_true(str_is(in.tax_id, "33010619800101003X"));
	assert_true(in.number == -5 && in.id == 7 && in.yes && in.money.fen == -100 && in.rate.ppm == 130000);
	assert_true(in.decimal.units == 123 && in.decimal.scale == 3 && in.date.day == 29 && in.has_date &&
	            in.instant == 0);
	assert_true(
	        in.period.kind == PERIOD_QUARTER && str_is(in.person.name, "n") && in.n_people == 2 && in.n_words == 2);
	assert_true(str_is(in.people[1].name, "y") && str_is(in.words[1], "b") && in.any->kind == VALUE_OBJECT);
}

static void absent_is_not_given(void **state)
{
	(void)state;
	good("{\"text\":\"\",\"date\":null,\"money\":\"\"}");
	assert_true(!in.text.p && !in.has_date && in.money.fen == 0 && !in.people);
	faults(json("{\"person\":{\"name\":\" \"},\"people\":[{\"name\":\"\"}]}"),
	        "/person/name required /people/0/name required");
}

/* A number that is no whole int64 is a fault at its place like any other, and hides none. */
static void numerals_are_faults_in_place(void **state)
{
	(void)state;
	faults(json("{\"money\":12.50,\"rate\":0.13,\"decimal\":1e3,\"number\":1.0,\"id\":99999999999999999999,"
	            "\"yes\":0.5,\"words\":[1.5],\"text\":-0.1,\"no_such\":2.5}"),
	        "/text type /number type /id type /yes type /money type /rate type /decimal type /words/0 type "
	        "/no_such unknown-field");
	faults(json("{\"any\":{\"deep\":[1,{\"er\":2.0}]}}"), "/any/deep/1/er type");
	assert_non_null(strstr(problem_fill(a, c.problem.faults[0].def->message, c.problem.faults[0].arg).p, "12.50"));
}

static void all_faults_at_once(void **state)
{
	(void)state;
	faults(json("{\"text\":\"x\",\"number\":6,\"money\":\"1.001\",\"date\":\"2026-02-30\",\"kind\":\"red\","
	            "\"people\":[{},{\"name\":"
	            "\"abcdef\",\"x\":1}],\"words\":[\"abcd\",1],\"yes\":\"maybe\",\"typo\":1,\"a/b~\":2}"),
	        "/text too-short /kind choice /number too-large /yes type /money type /date type /people/0/name "
	        "required "
	        "/people/1/name too-long /people/1/x unknown-field /words/0 too-long /words/1 type /typo unknown-field "
	        "/a~1b~0 unknown-field");
}

/* What is said about a value's length and size is the reason why it is refused. */
static void lengths_and_sizes_are_told_as_they_are(void **state)
{
	(void)state;
	static const struct field number_fields[] = {
		{ "text", FIELD_TEXT, AT(struct in, text), .min = 20, .max = 20, .label = "号码" },
		{ "lines", FIELD_TEXT, AT(struct in, lines), .min = 18, .max = 20, .label = "号码" },
		{ "secret", FIELD_TEXT, AT(struct in, secret), .min = 2, .max = 100, .label = "名称" },
		{ "number", FIELD_INT, AT(struct in, number), .min = 0, .max = 7, .label = "份数" },
		{ "money", FIELD_MONEY, AT(struct in, money), .label = "金额" },
		{ "decimal", FIELD_DECIMAL, AT(struct in, decimal), .label = "单价" },
		{ 0 },
	};
	static const struct {
		const char *name, *value, *code, *message;
	} cases[] = { { "text", "123", "too-short", "号码应为 20 位，现在是 3 位" },
		{ "text", "123456789012345678901", "too-long", "号码应为 20 位，现在是 21 位" },
		{ "lines", "12345678901234567", "too-short", "号码应为 18 到 20 位，现在是 17 位" },
		{ "lines", "123456789012345678901", "too-long", "号码应为 18 到 20 位，现在是 21 位" },
		{ "secret", "x", "too-short", "名称至少 2 个字" },
		{ "number", "99999999999999999999", "too-large", "份数不能大于 7" },
		{ "number", "1.5", "type", "份数的格式不对，应为整数" },
		{ "money", "99999999999999999999", "too-large", "金额不能大于 10000000000000.00" },
		{ "money", "1.234", "type", "金额的格式不对，应为金额，如 1234.50" },
		{ "decimal", "12345678901234567890", "too-long", "单价连小数点最多 16 位，现在是 20 位" },
		{ "decimal", "123.4567890123456", "too-long", "单价连小数点最多 16 位，现在是 17 位" },
		{ "decimal", "1.23456789012345", "too-long", "单价最多 13 位小数，现在是 14 位" },
		{ "decimal", "1.", "type", "单价的格式不对，应为数字，最多 13 位小数" },
		{ "decimal", "1.2.3", "type", "单价的格式不对，应为数字，最多 13 位小数" },
		{ "decimal", "-", "type", "单价的格式不对，应为数字，最多 13 位小数" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct value *tree = value_object(a);
		value_put_c(a, tree, cases[i].name, cases[i].value);
		memset(&c, 0, sizeof c);
		c.arena = a;
		problem_init(&c.problem, a);
		assert_int_equal(input_read(&c, number_fields, tree, &in), E_INPUT);
		const struct fault *f = &c.problem.faults[0];
		assert_string_equal(f->def->code, cases[i].code);
		assert_string_equal(problem_fill(a, f->def->message, f->arg).p, cases[i].message);
	}
}

static void unknown_members_are_faults(void **state)
{
	(void)state;
	faults(json("{\"_csrf\":\"x\",\"\":1,\"Text\":\"ab\"}"),
	        "/_csrf unknown-field / unknown-field /Text unknown-field");
}

static void more_faults_than_are_kept(void **state)
{
	(void)state;
	struct value *tree = value_object(a);
	for (int i = 0; i < 1000; i++)
		value_put_int(a, tree, str_printf(a, "u%d", i).p, i);
	assert_int_equal(read(tree), E_INPUT);
	assert_int_equal(c.problem.n, 1000);
	assert_true(c.problem.cap >= PROBLEM_FAULTS_MAX && c.problem.cap < 1000);
}

static void texts_are_valid_and_visible(void **state)
{
	(void)state;
	static const char *const hidden[] = { "a\x01z", "a\x7fz", "a\xc2\x85z", "a\xe2\x80\xa8z", "a\xe2\x80\xaez",
		"a\xe2\x81\xa6z", "a\xef\xbb\xbfz", "a\xef\xbf\xbfz", "a\tz", "a\nz" };
	static const char *const broken[] = { "a\xffz", "a\xc0\x80z", "a\xe0\x80\x80z", "a\xed\xa0\x80z",
		"a\xf0\x80\x80\x80z", "a\xf4\x90\x80\x80z", "a\xe4\xb8", "\x80z" };
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		bad("text", hidden[i], "text");
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		bad("text", broken[i], "text");
		bad("lines", broken[i], "text");
		bad("secret", broken[i], "text");
	}
	bad("lines", "a\x02z", "text");
	struct value *tree = value_object(a);
	value_put_str(a, tree, "text", (struct str){ "a\0z", 3 });
	faults(tree, "/text text");
	good("{\"text\":\"a\xe2\x80\x8d\xf0\x9f\x91\xa8\"}"); /* a joiner is part of many a word */
}

static void lengths_count_characters(void **state)
{
	(void)state;
	good("{\"text\":\"四个汉字\"}");
	bad("text", "五个汉字了", "too-long");
	bad("text", "一", "too-short");
	bad("secret", "12345678901", "too-long");
}

static void identifiers_are_folded(void **state)
{
	(void)state;
	good("{\"uscc\":\"９１３３０１００ＭＡ２Ｈ０００１４２\",\"resident\":\"33010619800101003ｘ\"}");
	assert_true(str_is(in.uscc, "91330100MA2H000142") && str_is(in.resident, "33010619800101003X"));
	good("{\"uscc\":\"91330100ma2h000142\"}");
	bad("uscc", "91330100MA2H000143", "uscc-check");
	bad("uscc", "91330100MA2H00014", "uscc");
	bad("uscc", "91330100MA2H0001\xef\xbd\xa1", "uscc");
	bad("uscc", "\xef\xbc", "uscc");
	bad("resident", "330106199003070015", "resident-id");
	bad("resident", "330106209903070014", "resident-id"); /* born tomorrow */
	bad("tax_id", "12345678901234", "uscc");
	bad("tax_id", "中", "uscc");
}

static void numbers_at_the_edges(void **state)
{
	(void)state;
	bad("number", "6", "too-large");
	bad("number", "-6", "too-small");
	bad("number", "99999999999999999999", "too-large");
	static const char *const no_numbers[] = { "1.0", "0x1", "1e1", " ", "--1", "１" };
	for (size_t i = 0; i < sizeof no_numbers / sizeof *no_numbers; i++)
		if (*no_numbers[i] != ' ') bad("number", no_numbers[i], "type");
	bad("id", "0", "type");
	bad("id", "-1", "type");
	bad("id", "9223372036854775808", "type");
	good("{\"id\":\"9223372036854775807\"}");
	bad("money", "100.01", "too-large");
	bad("money", "-1.01", "too-small");
	bad("money", "99999999999999999999999999", "too-large");
	bad("money", "10000000000000000.00", "too-large");
	static const char *const no_money[] = { "1,000.00", "1.", ".5", "1.234", "1e5", "-", "+1", "NaN", "0x10",
		"1 2" };
	for (size_t i = 0; i < sizeof no_money / sizeof *no_money; i++)
		bad("money", no_money[i], "type");
	faults(json("{\"money\":1}"), "/money type"); /* amounts are strings */
	bad("rate", "1.1", "type");
	bad("rate", "-0.1", "type");
	bad("rate", "0.1234567", "type");
	bad("rate", "%", "type");
	bad("decimal", "1.12345678901234", "too-long");
	bad("decimal", "12345678901234567", "too-long");
}

static void dates_at_the_edges(void **state)
{
	(void)state;
	static const char *const no_dates[] = { "0000-00-00", "0000-01-01", "1899-12-31", "9999-12-31", "3000-01-01",
		"2026-13-01", "2026-02-29", "2026-1-1", "20260101", "2026-01-01T00:00:00Z", "2026-00-10",
		"２０２６-01-01" };
	for (size_t i = 0; i < sizeof no_dates / sizeof *no_dates; i++)
		bad("date", no_dates[i], "type");
	good("{\"date\":\"1900-01-01\"}");
	good("{\"date\":\"2999-12-31\"}");
	static const char *const no_instants[] = { "2026-11-24", "2026-11-24T09:00:00", "2026-11-24T24:00:00Z",
		"2026-11-24T09:00:00+99:00", "9999-11-24T09:00:00Z", "0000-01-01T00:00:00Z",
		"2026-11-24T09:00:00+08:00x", "2026-11-24T09:00:00.Z", "2026-11-24 09:00:00Z" };
	for (size_t i = 0; i < sizeof no_instants / sizeof *no_instants; i++)
		bad("instant", no_instants[i], "type");
	static const char *const no_periods[] = { "2026-13", "2026-00", "2026Q5", "2026Q0", "0000", "9999-01", "2026-1",
		"26" };
	for (size_t i = 0; i < sizeof no_periods / sizeof *no_periods; i++)
		bad("period", no_periods[i], "type");
}

static void wrong_kinds_of_json(void **state)
{
	(void)state;
	faults(json("{\"text\":{},\"lines\":[],\"uscc\":1,\"kind\":true,\"number\":[],\"id\":true,\"yes\":1,\"money\":{"
	            "},\"date\":20261124,"
	            "\"person\":[],\"people\":{},\"words\":\"a\",\"bytes\":{}}"),
	        "/text type /lines type /uscc type /kind type /bytes type /number type /id type /yes type /money type "
	        "/date type "
	        "/person type /people type /words type");
	faults(json("[]"), " type");
	faults(json("\"text\""), " type");
	faults(json("null"), " type");
	faults(json("{\"people\":[1,\"x\",null,[]]}"), "/people too-many");
	faults(json("{\"people\":[1,null]}"), "/people/0 type /people/1 type");
}

static void lists_have_limits(void **state)
{
	(void)state;
	faults(json("{\"people\":[]}"), "/people too-few");
	faults(json("{\"words\":[\"a\",\"b\",\"c\",\"d\"]}"), "/words too-many");
	struct value *tree = value_object(a), *list = value_put_array(a, tree, "words");
	for (int i = 0; i < 1000000; i++)
		value_push(a, list, value_null(a));
	faults(tree, "/words too-many");
}

static void raw_bytes_have_a_limit(void **state)
{
	(void)state;
	good("{\"bytes\":\"1234567890\"}");
	bad("bytes", "12345678901", "too-long");
}

/* The usual query is read without a tree; what is not usual is left to the careful reader, and leaves no fault behind.
 */
static void queries_without_a_tree(void **state)
{
	(void)state;
	struct query {
		struct str number;
		struct money total;
		struct date date;
		bool has_total;
	} q = { 0 };
	static const struct field asked[] = {
		{ "number", FIELD_TEXT, AT(struct query, number), .required = true, .min = 4, .max = 4, .label = "n" },
		{ "total", FIELD_MONEY, AT(struct query, total), PRESENT_AT(struct query, has_total),
		        .min = -MONEY_MAX_FEN, .max = MONEY_MAX_FEN, .label = "t" },
		{ "date", FIELD_DATE, AT(struct query, date), .label = "d" },
		{ 0 },
	};
	static const char *const refused[] = { "total=1%2e5", "total=1,000.00", "total=a", "date=2026-02-30", "more=1",
		"total", "total=1&total=1", "_csrf=1", "number=1234", "total=1+1", "date=x&total=1" };
	const struct input_pair number = { S("number"), S("0042") };
	struct ctx x = { .arena = a, .today = { 2026, 11, 24 } };
	problem_init(&x.problem, a);
	assert_true(input_read_pairs(&x, asked, S("date=2026-11-03&total=-12.50"), &number, 1, &q));
	assert_true(str_is(q.number, "0042") && q.has_total && q.total.fen == -1250 && q.date.day == 3);
	q.has_total = false;
	assert_true(input_read_pairs(&x, asked, S("total="), &number, 1, &q));
	assert_false(q.has_total);
	assert_true(input_read_pairs(&x, asked, S(""), &number, 1, &q));
	assert_false(input_read_pairs(&x, asked, S("total=1"), NULL, 0, &q)); /* number is required */
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		assert_false(input_read_pairs(&x, asked, str_c(refused[i]), &number, 1, &q));
	assert_int_equal(x.problem.n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_type_is_read),
		TEST(absent_is_not_given),
		TEST(numerals_are_faults_in_place),
		TEST(all_faults_at_once),
		TEST(lengths_and_sizes_are_told_as_they_are),
		TEST(unknown_members_are_faults),
		TEST(more_faults_than_are_kept),
		TEST(texts_are_valid_and_visible),
		TEST(lengths_count_characters),
		TEST(identifiers_are_folded),
		TEST(numbers_at_the_edges),
		TEST(dates_at_the_edges),
		TEST(wrong_kinds_of_json),
		TEST(lists_have_limits),
		TEST(raw_bytes_have_a_limit),
		TEST(queries_without_a_tree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

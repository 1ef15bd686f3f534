/* Forms become the tree that the same call gets as JSON. */
#include "kernel/operation/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>

#include <cmocka.h>

struct line {
	struct str name, rate;
};
struct buyer {
	struct str tax_id;
};
struct in {
	struct str kind;
	struct money total;
	struct buyer buyer;
	struct line *lines;
	size_t n_lines;
	struct str *scopes;
	size_t n_scopes;
	struct money sum;
	instant_us when;
};
static const struct field line_fields[] = {
	{ "name", FIELD_TEXT, AT(struct line, name), .label = "name" },
	{ "rate", FIELD_ENUM, AT(struct line, rate), .label = "rate" },
	{ 0 },
};
static const struct field buyer_fields[] = {
	{ "tax_id", FIELD_TEXT, AT(struct buyer, tax_id), .label = "tax id" },
	{ 0 },
};
static const struct field scope = { "scope", FIELD_TEXT, .label = "scope" };
static const struct field fields[] = {
	{ "kind", FIELD_TEXT, AT(struct in, kind), .label = "kind" },
	{ "total", FIELD_MONEY, AT(struct in, total), .label = "total" },
	{ "buyer", FIELD_OBJECT, AT(struct in, buyer), .fields = buyer_fields, .label = "buyer" },
	{ "lines", FIELD_LIST, AT(struct in, lines), COUNT_AT(struct in, n_lines), .fields = line_fields,
	        .size = sizeof(struct line), .label = "lines" },
	{ "scopes", FIELD_LIST, AT(struct in, scopes), COUNT_AT(struct in, n_scopes), .item = &scope,
	        .size = sizeof(struct str), .label = "scopes" },
	{ "sum", FIELD_MONEY, AT(struct in, sum), .label = "sum" },
	{ "when", FIELD_INSTANT, AT(struct in, when), .label = "when" },
	{ 0 },
};
#define URLENCODED S("application/x-www-form-urlencoded")

static void expect(struct str type, struct str body, const char *json)
{
	struct arena *a = arena_new();
	struct form f;
	struct buf b;
	assert_int_equal(form_read(a, type, body, fields, &f), OK);
	buf_init(&b, a, 200);
	value_write_json(&b, f.tree);
	assert_string_equal(buf_done(&b).p, json);
	arena_free(a);
}

static void amounts_as_they_stand_on_paper(void **state)
{
	static const char *const amounts[][2] = { { "1%2C130.00", "1130.00" }, { "%C2%A51%2C234%2C567", "1234567" },
		{ "-1%2C130.5", "-1130.5" }, { "1130.00", "1130.00" }, { "1%2C5", "1,5" },
		{ "1%2C13%2C000", "1,13,000" }, { "1234%2C567", "1234,567" }, { "%2C130", ",130" }, { "x", "x" },
		{ "", "" } };
	(void)state;
	for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
		char body[64], json[64];
		(void)snprintf(body, sizeof body, "total=%s", amounts[i][0]);
		(void)snprintf(json, sizeof json, "{\"total\":\"%s\"}", amounts[i][1]);
		expect(URLENCODED, str_c(body), json);
	}
}

static void times_as_people_write_them(void **state)
{
	static const char *const times[][2] = { { "2026-12-20+18%3A30", "2026-12-20T18:30:00+08:00" },
		{ "2026-12-20T18%3A30", "2026-12-20T18:30:00+08:00" },
		{ "2026%2F3%2F5+9%3A05%3A07", "2026-03-05T09:05:07+08:00" },
		{ "2026-12-20T18%3A30%3A00Z", "2026-12-20T18:30:00Z" }, { "2026-12-20", "2026-12-20" },
		{ "2026-12-20+18", "2026-12-20 18" }, { "2026-12-20+18%3A30x", "2026-12-20 18:30x" }, { "x", "x" },
		{ "", "" } };
	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		char body[80], json[80];
		(void)snprintf(body, sizeof body, "when=%s", times[i][0]);
		(void)snprintf(json, sizeof json, "{\"when\":\"%s\"}", times[i][1]);
		expect(URLENCODED, str_c(body), json);
	}
}

static void names_carry_the_place(void **state)
{
	(void)state;
	expect(URLENCODED, S("kind=special&buyer.tax_id=91+%e4%b8%ad&lines.0.name=a&lines.0.rate=0.13&lines.7.name=b"),
	        "{\"kind\":\"special\",\"buyer\":{\"tax_id\":\"91 "
	        "中\"},\"lines\":[{\"name\":\"a\",\"rate\":\"0.13\"},{\"name\":"
	        "\"b\"}]}");
	expect(URLENCODED, S("scopes=x&scopes=y"), "{\"scopes\":[\"x\",\"y\"]}");
	expect(URLENCODED, S("unknown.name=1&kind.deep=2&%&=&a"),
	        "{\"unknown.name\":\"1\",\"kind.deep\":\"2\",\"%\":\"\",\"\":\"\",\"a\":\"\"}");
}

/* A row of which only the choice is set was not filled in. */
static void empty_rows_are_left_out(void **state)
{
	(void)state;
	expect(URLENCODED, S("lines.0.name=&lines.0.rate=0.13&lines.1.name=b&lines.1.rate=0.06"),
	        "{\"lines\":[{\"name\":\"b\",\"rate\":\"0.06\"}]}");
}

static void kernel_members_stand_apart(void **state)
{
	struct arena *a = arena_new();
	struct form f;
	(void)state;
	assert_int_equal(
	        form_read(a, URLENCODED, S("_csrf=c&_key=k&_again=add+lines&_resume=r&_other=o&kind=x"), fields, &f),
	        OK);
	assert_true(str_is(f.csrf, "c") && str_is(f.key, "k") && str_is(f.again, "add lines") && str_is(f.resume, "r"));
	assert_int_equal(f.tree->count, 1);
	form_edit(a, f.tree, f.again);
	assert_int_equal(value_get(f.tree, S("lines"))->count, 1);
	form_edit(a, f.tree, S("remove lines 0"));
	assert_int_equal(value_get(f.tree, S("lines"))->count, 0);
	form_edit(a, f.tree, S("remove lines x"));
	form_edit(a, f.tree, S("remove"));
	arena_free(a);
}

static void files_come_as_parts(void **state)
{
	(void)state;
	expect(S("multipart/form-data; boundary=XX"),
	        S("--XX\r\nContent-Disposition: form-data; name=\"kind\"; filename=\"name=.xml\"\r\nContent-Type: "
	          "text/xml\r\n\r\n<a>\r\n</a>\r\n--XX\r\nContent-Disposition: form-data; "
	          "name=\"buyer.tax_id\"\r\n\r\n9\r\n--XX--\r\n"),
	        "{\"kind\":\"<a>\\r\\n</a>\",\"buyer\":{\"tax_id\":\"9\"}}");
}

static void files_keep_their_names(void **state)
{
	static const struct field file = { "file", FIELD_BYTES, .max = 100, .label = "file" },
	                          name = { "name", FIELD_TEXT, .max = 200, .label = "name" };
	static const struct field both[] = { { "f", FIELD_LIST, .max = 9, .item = &file, .label = "f" },
		{ "f_names", FIELD_LIST, .max = 9, .item = &name, .label = "n" }, { 0 } };
	struct arena *a = arena_new();
	struct form f;
	struct buf b;
	(void)state;
	struct str body =
	        S("--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n\r\n"
	          "--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../a/发票.xml\"\r\n\r\n1\r\n"
	          "--X\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n2\r\n" /* the name of its item */
	          "--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\x01\"\r\n\r\n3\r\n--X--\r\n");
	assert_int_equal(form_read(a, S("multipart/form-data; boundary=X"), body, both, &f), OK);
	buf_init(&b, a, 200);
	value_write_json(&b, f.tree);
	assert_string_equal(buf_done(&b).p, "{\"f\":[\"1\",\"2\",\"3\"],\"f_names\":[\"发票.xml\",\"-\",\"-\"]}");
	arena_free(a);
}

static void broken_parts_are_refused(void **state)
{
	static const char *const broken[] = { "", "--XX", "--XX\r\n",
		"--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--",
		"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", "--XX\r\nname=\"a", "x" };
	struct arena *a = arena_new();
	struct form f;
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		assert_int_equal(
		        form_read(a, S("multipart/form-data; boundary=XX"), str_c(broken[i]), fields, &f), E_INPUT);
	assert_int_equal(form_read(a, S("multipart/form-data"), S("x"), fields, &f), E_INPUT);
	assert_int_equal(form_read(a, S("application/json"), S("{}"), fields, &f), E_MEDIA);
	arena_free(a);
}

static void limits_hold(void **state)
{
	struct arena *a = arena_new();
	struct form f;
	struct buf b;
	(void)state;
	buf_init(&b, a, 1 << 20);
	for (int i = 0; i <= FORM_ROWS_MAX; i++)
		buf_printf(&b, "lines.%d.name=x&", i);
	assert_int_equal(form_read(a, URLENCODED, buf_done(&b), fields, &f), E_TOO_LARGE);
	buf_init(&b, a, 1 << 20);
	for (int i = 0; i <= FORM_PAIRS_MAX; i++)
		buf_c(&b, "a&");
	assert_int_equal(form_read(a, URLENCODED, buf_done(&b), fields, &f), E_TOO_LARGE);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(amounts_as_they_stand_on_paper),
		cmocka_unit_test(times_as_people_write_them), cmocka_unit_test(names_carry_the_place),
		cmocka_unit_test(empty_rows_are_left_out), cmocka_unit_test(kernel_members_stand_apart),
		cmocka_unit_test(files_come_as_parts), cmocka_unit_test(files_keep_their_names),
		cmocka_unit_test(broken_parts_are_refused), cmocka_unit_test(limits_hold) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

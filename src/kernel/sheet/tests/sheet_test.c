/* Spreadsheets: the parts are there, are XML, and hold what was put in. */
#include "kernel/sheet/sheet.h"
#include "kernel/xml/xml.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_parts(void **state)
{
	static const char *const parts[] = { "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml",
		"xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/worksheets/sheet1.xml" };
	static const int widths[] = { 20, 12 };
	struct arena *a = arena_new();
	(void)state;
	struct sheet *s = sheet_new(a, S("开出 & <发票>"), widths, 2);
	sheet_cell(s, S("名称"), SHEET_HEAD);
	sheet_cell(s, S("金额"), SHEET_HEAD);
	sheet_row_end(s);
	sheet_cell(s, S("=HYPERLINK(\"x\") <b> & 公司"), SHEET_TEXT);
	sheet_cell(s, S("-1234.50"), SHEET_AMOUNT);
	sheet_row_end(s);
	struct str file = sheet_done(s);
	assert_non_null(file.p);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct xml_node *root;
		int64_t line;
		const char *why;
		struct str part = sheet_member(a, file, parts[i], 1 << 20);
		assert_non_null(part.p);
		assert_int_equal(xml_parse(a, part, &root, &line, &why), OK);
	}
	struct xml_node *root;
	int64_t line;
	const char *why;
	assert_int_equal(xml_parse(a, sheet_member(a, file, parts[5], 1 << 20), &root, &line, &why), OK);
	struct xml_node *row = xml_child(root, "sheetData")->first->next;
	assert_true(str_is(xml_text(row->first, "is/t"), "=HYPERLINK(\"x\") <b> & 公司"));
	assert_true(str_is(xml_text(row->first->next, "v"), "-1234.50"));
	assert_null(sheet_member(a, file, "nothing", 100).p);
	assert_null(sheet_member(a, S("no zip"), "nothing", 100).p);
	arena_free(a);
}

static void test_same_bytes(void **state)
{
	struct arena *a = arena_new();
	struct str file[2];
	static const int widths[] = { 20 };
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sheet *s = sheet_new(a, S("表"), widths, 1);
		sheet_cell(s, S("一"), SHEET_TEXT);
		sheet_row_end(s);
		file[i] = sheet_done(s);
	}
	assert_true(file[0].p && str_eq(file[0], file[1]));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parts), cmocka_unit_test(test_same_bytes) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

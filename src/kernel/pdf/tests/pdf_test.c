/* The file is read back by poppler (pdftotext, pdfinfo, pdfdetach), not by our own code. */
#include "kernel/pdf/pdf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct pdf_info a4 = { .title = { "完税证明", 12 },
	.author = { "etax", 4 },
	.created = INT64_C(1795486865000000),
	.width = PDF_A4_WIDTH,
	.height = PDF_A4_HEIGHT };

/* Output of a command that reads the PDF from a temporary file. */
static struct str tool(struct arena *a, const char *program, struct str pdf)
{
	char path[] = "/tmp/etax-pdf-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, pdf.p, pdf.n), (ssize_t)pdf.n);
	close(fd);
	struct str command = str_printf(a, "%s %s%s", program, path, strncmp(program, "pdftotext", 9) == 0 ? " -" : "");
	FILE *pipe = popen(command.p, "r");
	assert_non_null(pipe);
	char *out = arena_alloc(a, 1 << 16);
	size_t n = fread(out, 1, (1 << 16) - 1, pipe);
	int status = pclose(pipe);
	unlink(path);
	assert_int_equal(status, 0);
	return (struct str){ out, n };
}

static struct str sample(struct arena *a)
{
	struct pdf *p = pdf_new(a, &a4);
	struct pdf_style title = { .size = 180, .align = PDF_CENTER, .bold = true }, plain = { .size = 90 };
	pdf_text(p, (struct pdf_box){ 200, 200, 1700, 120 }, &title, S("电子发票（增值税专用发票）"));
	pdf_text(p, (struct pdf_box){ 200, 400, 1700, 0 }, &plain, S("发票号码：26332000000000000001"));
	pdf_text(p, (struct pdf_box){ 100, 500, 40, 400 }, &plain, S("购买方信息"));
	pdf_line(p, 100, 480, 2000, 480, 3, PDF_BROWN);
	pdf_ellipse(p, (struct pdf_box){ 1500, 150, 300, 200 }, 8, PDF_RED);
	pdf_fill(p, (struct pdf_box){ 100, 1000, 50, 50 }, PDF_GREY);
	struct qr qr;
	assert_true(qr_make(a, S("01,31,,26332000000000000001"), QR_MEDIUM, &qr));
	pdf_qr(p, 200, 1000, 200, &qr);
	return pdf_done(p);
}

static void text_comes_out(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str pdf = sample(a), text = tool(a, "pdftotext -layout", pdf), again;
	assert_true(str_starts(pdf, "%PDF-1.5"));
	assert_true(str_find(text, "电子发票（增值税专用发票）") >= 0);
	assert_true(str_find(text, "26332000000000000001") >= 0);
	assert_true(str_find(tool(a, "pdfinfo", pdf), "完税证明") >= 0);
	assert_true(str_find(tool(a, "pdffonts", pdf), "yes yes yes") >= 0); /* embedded, subset, with text mapping */
	again = sample(a);
	assert_true(str_eq(pdf, again)); /* the same calls, the same bytes */
	arena_free(a);
}

static void boxes(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct pdf *p = pdf_new(a, &a4);
	struct pdf_style style = { .size = 100 }, shrink = { .size = 100, .shrink = true };
	int one = pdf_text_height(p, 1000, &style, S("一行"));
	int many = pdf_text_height(p, 100, &style, S("一二三四五六七八九十一二三四五六七八九十"));
	assert_true(one > 30 && one < 80);
	assert_true(many >= 5 * one);
	struct pdf_box narrow = { 100, 100, 200, one };
	assert_true(pdf_text(p, narrow, &shrink, S("一二三四五六七八")) <
	            pdf_text(p, narrow, &style, S("一二三四五六七八")));
	/* Broken UTF-8 and far too much text neither crash nor come out. */
	pdf_text(p, narrow, &style, (struct str){ "ok\xff\xfe", 4 });
	char *long_text = arena_alloc(a, PDF_TEXT_MAX * 2);
	memset(long_text, 'x', PDF_TEXT_MAX * 2);
	pdf_text(p, narrow, &style, (struct str){ long_text, PDF_TEXT_MAX * 2 });
	pdf_text(p, narrow, &style, STR_NONE);
	assert_true(pdf_done(p).n > 0);
	assert_null(pdf_done(p).p); /* twice */
	arena_free(a);
}

static void table_over_pages(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct pdf *p = pdf_new(a, &a4);
	struct pdf_style style = { .size = 90 };
	const struct pdf_column columns[] = { { S("税种"), 500, PDF_LEFT }, { S("金额"), 400, PDF_RIGHT } };
	struct str cells[200];
	for (int i = 0; i < 100; i++) {
		cells[2 * i] = str_printf(a, "增值税 第%d行", i + 1);
		cells[2 * i + 1] = str_printf(a, "%d.00", 1000 + i);
	}
	int y = pdf_table(p, 200, 300, 2700, columns, 2, cells, 100, &style);
	assert_true(y > 300 && y <= 2700);
	struct str pdf = pdf_done(p), text = tool(a, "pdftotext -layout", pdf);
	assert_true(str_find(text, "第1行") >= 0);
	assert_true(str_find(text, "第100行") >= 0);
	assert_true(str_find(text, "1099.00") >= 0);
	assert_int_equal(str_find(tool(a, "pdfinfo", pdf), "Pages:           1\n"), -1);
	arena_free(a);
}

static void too_many_pages(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct pdf *p = pdf_new(a, &a4);
	for (int i = 0; i < PDF_PAGES_MAX; i++)
		pdf_page(p, 1000, 1000);
	assert_null(pdf_done(p).p);
	arena_free(a);
}

static void attachment(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str pdf = sample(a), data = S("{\"number\":\"1\"}\nendstream ");
	struct str with = pdf_attach(a, pdf, "certificate.json", "application/json", data);
	assert_non_null(with.p);
	assert_true(str_eq(pdf_attachment(a, with, "certificate.json"), data));
	assert_null(pdf_attachment(a, with, "other.json").p);
	assert_null(pdf_attachment(a, pdf, "certificate.json").p);
	assert_true(str_find(tool(a, "pdfdetach -list", with), "certificate.json") >= 0);
	assert_true(str_find(tool(a, "pdftotext", with), "26332000000000000001") >= 0);
	/* cut anywhere: never read past the end */
	for (size_t n = pdf.n; n < with.n; n++) {
		struct str cut = { arena_dup(a, with.p + pdf.n - 10, n - pdf.n + 10), n - pdf.n + 10 };
		struct str got = pdf_attachment(a, cut, "certificate.json");
		assert_true(got.p == NULL || str_eq(got, data));
	}
	assert_null(pdf_attach(a, S("no pdf"), "x", "text/plain", data).p);
	assert_null(pdf_attach(a, pdf, "a b(c", "text/plain", data).p);
	arena_free(a);
}

static void attached_file_with_a_description(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct pdf_attached parts;
	struct str pdf = sample(a), data = S("<a/>");
	struct str with = pdf_attach_described(a, pdf, "a.xml", "application/xml", S("etax-pdf-v1 AAAA"), data);
	assert_true(pdf_attached(a, with, &parts));
	assert_true(str_eq(parts.base, pdf) && str_is(parts.name, "a.xml") && str_eq(parts.bytes, data));
	assert_true(str_is(parts.description, "etax-pdf-v1 AAAA"));
	assert_true(str_find(tool(a, "pdfdetach -list", with), "a.xml") >= 0);
	struct str again =
	        pdf_attach_described(a, parts.base, "a.xml", "application/xml", parts.description, parts.bytes);
	assert_true(str_eq(again, with));
	assert_true(pdf_attached(a, pdf_attach(a, pdf, "a.xml", "application/xml", data), &parts));
	assert_null(parts.description.p);
	assert_false(pdf_attached(a, pdf, &parts));
	assert_null(pdf_attach_described(a, pdf, "a.xml", "application/xml", S("a) /JS (b"), data).p);
	/* cut anywhere: what is found lies inside */
	for (size_t n = 0; n < with.n; n += 7) {
		struct str cut = { arena_dup(a, with.p, n), n };
		if (pdf_attached(a, cut, &parts)) assert_true(parts.base.n + parts.bytes.n <= n);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(text_comes_out), cmocka_unit_test(boxes),
		cmocka_unit_test(table_over_pages), cmocka_unit_test(too_many_pages), cmocka_unit_test(attachment),
		cmocka_unit_test(attached_file_with_a_description) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

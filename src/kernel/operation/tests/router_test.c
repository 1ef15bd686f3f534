/* The router: literal before parameters, longer before shorter, methods, and paths that are nobody's. */
#include "kernel/operation/router.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct operation operations[] = {
	{ .id = "show", .method = GET, .path = "/invoices/{number}" },
	{ .id = "pdf", .method = GET, .path = "/invoices/{number}.pdf" },
	{ .id = "batch", .method = POST, .path = "/invoices/batch" },
	{ .id = "issue", .method = POST, .path = "/invoices" },
	{ .id = "list", .method = GET, .path = "/invoices" },
	{ .id = "reverse", .method = POST, .path = "/invoices/{number}/reversal" },
	{ .id = "confirm", .method = POST, .path = "/invoices/{number}/reversal/confirmation" },
	{ .id = "period", .method = GET, .path = "/returns/{tax}/{period}" },
	{ .id = "prefix", .method = GET, .path = "/returns/v-{tax}-x/{period}.xml" },
	{ .id = "eight", .method = GET, .path = "/n/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}" },
	{ .id = "root", .method = GET, .path = "/" },
};
static const struct operation nine = { .id = "nine", .method = GET, .path = "/m/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}" };

static struct arena *a;
static struct router *router;

static int make(void **state)
{
	(void)state;
	a = arena_new();
	router = router_new(a);
	router_add(router, operations, sizeof operations / sizeof *operations);
	router_add(router, &nine, 1);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct route found(enum op_method method, const char *path, const char *id)
{
	struct route r;
	assert_int_equal(router_find(router, method, str_c(path), &r), ROUTE_FOUND);
	assert_string_equal(r.op->id, id);
	return r;
}

static void nobodys(enum op_method method, const char *path, enum route_result expected)
{
	struct route r;
	assert_int_equal(router_find(router, method, str_c(path), &r), expected);
}

static void the_most_literal_pattern_wins(void **state)
{
	(void)state;
	(void)found(POST, "/invoices/batch", "batch");
	struct route r = found(GET, "/invoices/26332000000000000001", "show");
	assert_int_equal(r.n_params, 1);
	assert_true(str_is(r.params[0], "26332000000000000001"));
	r = found(GET, "/invoices/26332.pdf", "pdf");
	assert_true(str_is(r.params[0], "26332"));
	(void)found(GET, "/invoices/.pdf", "show");  /* an empty number has no PDF: the name of an invoice */
	(void)found(GET, "/invoices/batch", "show"); /* as GET it is a name like any other */
	r = found(GET, "/returns/v-vat-x/2026-11.xml", "prefix");
	assert_true(str_is(r.params[0], "vat") && str_is(r.params[1], "2026-11"));
	r = found(GET, "/returns/v--x/2026-11.xml", "period");
	assert_true(str_is(r.params[0], "v--x"));
	(void)found(GET, "/", "root");
}

static void methods(void **state)
{
	(void)state;
	nobodys(DELETE, "/invoices", ROUTE_METHOD);
	nobodys(GET, "/invoices/x/reversal", ROUTE_METHOD);
	assert_true(str_is(router_allow(router, a, S("/invoices"), NULL), "GET, HEAD, POST"));
	assert_true(str_is(router_allow(router, a, S("/invoices/x/reversal"), NULL), "POST"));
	assert_int_equal(router_allow(router, a, S("/nothing"), NULL).n, 0);
}

static void nobodys_paths(void **state)
{
	(void)state;
	static const char *const paths[] = { "/invoice", "/invoices/", "/invoices//", "/invoices/a/b", "//invoices",
		"/invoices/x/", "/invoices/x/reversal/", "/INVOICES", "/returns/vat", "/returns//2026", "/returns/vat/",
		"/n/1/2/3/4/5/6/7", "/n/1/2/3/4/5/6/7/8/9", "/m/1/2/3/4/5/6/7/8/9", "invoices", "x",
		"/invoices/x/reversal/confirmation/y" };
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		nobodys(GET, paths[i], ROUTE_UNKNOWN);
	struct route r;
	assert_int_equal(router_find(router, GET, S(""), &r), ROUTE_UNKNOWN);
	assert_int_equal(router_find(router, GET, STR_NONE, &r), ROUTE_UNKNOWN);
	r = found(GET, "/n/1/2/3/4/5/6/7/8", "eight");
	assert_int_equal(r.n_params, 8);
}

static void names(void **state)
{
	(void)state;
	assert_true(str_is(router_param_name("/returns/v-{tax}-x/{period}.xml", 1), "period"));
	assert_null(router_param_name("/invoices", 0).p);
	assert_ptr_equal(router_by_id(router, "batch"), &operations[2]);
	assert_null(router_by_id(router, "none"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, end)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(the_most_literal_pattern_wins), TEST(methods), TEST(nobodys_paths),
		TEST(names) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

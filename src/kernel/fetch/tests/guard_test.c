/* Addresses that others chose lead outside only; URLs are read strictly. */
#include "base/arena.h"
#include "kernel/fetch/fetch.h"
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>

#include <cmocka.h>

static enum fetch_reach reach(const char *text)
{
	unsigned char bytes[16];
	int family = inet_pton(AF_INET, text, bytes) == 1 ? AF_INET : AF_INET6;
	assert_int_equal(inet_pton(family, text, bytes), 1);
	return fetch_reach_of(family, bytes);
}

static void addresses(void **state)
{
	static const char *const inner[] = { "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.168.1.1", "192.0.0.192", "198.18.0.1", "198.19.255.255",
		"203.0.113.9", "224.0.0.1", "255.255.255.255", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1",
		"::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::1", "2001::1",
		"2001:db8::1", "::10.0.0.1" };
	static const char *const loopback[] = { "127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1" };
	static const char *const open[] = { "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
		"198.17.255.255", "198.20.0.0", "223.255.255.255", "2400:3200::1", "::ffff:8.8.8.8" };
	(void)state;
	for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++)
		assert_int_equal(reach(inner[i]), FETCH_INNER);
	for (size_t i = 0; i < sizeof loopback / sizeof loopback[0]; i++)
		assert_int_equal(reach(loopback[i]), FETCH_LOOPBACK);
	for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
		assert_int_equal(reach(open[i]), FETCH_PUBLIC);
}

static void urls(void **state)
{
	static const char *const bad[] = { "", "ftp://a.example/", "//a.example", "https://", "https://u:p@a.example/",
		"https://[::1]/", "https://a.example:0/", "https://a.example:99999/", "https://a.example:x/",
		"https://a.example/a b", "https://a.example/#f", "https://a_b.example/",
		"https://a.example\\@b.example/", "https://a.example/\r\nX: y" };
	struct arena *a = arena_new();
	struct fetch_target t;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(fetch_target_read(a, str_c(bad[i]), &t));
	assert_true(fetch_target_read(a, S("https://shop.example/hooks?a=b"), &t));
	assert_true(str_is(t.base, "https://shop.example:443") && str_is(t.path, "/hooks?a=b") && t.tls);
	assert_true(fetch_target_read(a, S("http://127.0.0.1:8080"), &t));
	assert_true(str_is(t.host, "127.0.0.1") && t.port == 8080 && str_is(t.path, "/") && !t.tls);
	assert_true(fetch_target_read(a, S("https://shop.example?x"), &t));
	assert_true(str_is(t.path, "/?x"));
	arena_free(a);
}

static enum fetch_guarded guard(struct arena *a, const char *url, bool loopback, struct str *pin)
{
	struct fetch_target t;
	assert_true(fetch_target_read(a, str_c(url), &t));
	return fetch_guard(a, &t, loopback, pin);
}

/* Other spellings of an address are resolved before they are judged. */
static void guards(void **state)
{
	struct arena *a = arena_new();
	struct str pin;
	(void)state;
	assert_int_equal(guard(a, "https://127.0.0.1/", false, &pin), FETCH_REFUSED);
	assert_int_equal(guard(a, "https://2130706433/", false, &pin), FETCH_REFUSED);
	assert_int_equal(guard(a, "https://0x7f.1/", false, &pin), FETCH_REFUSED);
	assert_int_equal(guard(a, "https://localhost/", false, &pin), FETCH_REFUSED);
	assert_int_equal(guard(a, "https://169.254.169.254/latest", true, &pin), FETCH_REFUSED);
	assert_int_equal(guard(a, "http://10.0.0.1/", true, &pin), FETCH_REFUSED);
	assert_int_equal(guard(a, "http://1.1.1.1/", true, &pin), FETCH_REFUSED);
	assert_null(pin.p);
	assert_int_equal(guard(a, "http://127.0.0.1:81/", true, &pin), FETCH_ALLOWED);
	assert_true(str_is(pin, "127.0.0.1:81:127.0.0.1"));
	assert_int_equal(guard(a, "https://1.1.1.1/", false, &pin), FETCH_ALLOWED);
	assert_true(str_is(pin, "1.1.1.1:443:1.1.1.1"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(addresses), cmocka_unit_test(urls),
		cmocka_unit_test(guards) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

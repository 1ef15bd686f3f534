/* The protocol of WeChat: the vectors of domain/invoice.md §10, there and back, and what is refused. */
#include "services/invoice/channel/wechat.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define KEY S("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
#define APP S("wx0000000000000001")

static void test_signature(void **state)
{
	struct arena *a = arena_new();
	const struct str parts[] = { S("fapiaocheck"), S("1763894400"), S("884201") };
	(void)state;
	assert_true(str_is(wechat_signature(a, parts, 3), "84d47673331d5cb9ede01b98ea2c6f6cdbb070aa"));
	arena_free(a);
}

static void test_seal(void **state)
{
	struct arena *a = arena_new();
	unsigned char key[32];
	(void)state;
	assert_true(wechat_key(a, KEY, key));
	assert_false(wechat_key(a, S("short"), key));
	for (size_t n = 0; n < 200; n++) { /* every padding */
		char text[200];
		struct str out, in = { text, n };
		memset(text, 'x', n);
		struct str sealed = wechat_seal(a, key, APP, in, (const unsigned char *)"0123456789abcdef");
		assert_true(wechat_open(a, key, APP, sealed, &out) && str_eq(out, in));
		assert_false(wechat_open(a, key, S("wx0000000000000002"), sealed, &out));
		assert_false(wechat_open(a, key, APP, str_sub(sealed, 0, sealed.n - 4), &out));
	}
	arena_free(a);
}

static void test_messages(void **state)
{
	struct arena *a = arena_new();
	struct wechat_message m;
	(void)state;
	assert_true(wechat_read(a,
	        S("<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName>o1</FromUserName><CreateTime>1</"
	          "CreateTime>"
	          "<MsgType>event</MsgType><Event>scancode_waitmsg</Event><EventKey>scan</"
	          "EventKey><ScanCodeInfo><ScanType>"
	          "qrcode</ScanType><ScanResult>01,32,,1</ScanResult></ScanCodeInfo></xml>"),
	        &m));
	assert_true(str_is(m.scanned, "01,32,,1") && str_is(m.event, "scancode_waitmsg"));
	assert_false(wechat_read(a, S("<!DOCTYPE x [<!ENTITY e 'x'>]><xml><Encrypt>&e;</Encrypt></xml>"), &m));
	assert_false(wechat_read(a, S("<xml><ToUserName>a</ToUserName></xml>"), &m));
	struct wechat_message to = { .to = S("gh"), .from = S("o1") };
	struct str reply = wechat_reply(a, &to, 7, S("a]]>b"));
	assert_true(str_find(reply, "<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>") > 0);
	assert_true(wechat_read(a,
	        S("<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</"
	          "CreateTime><MsgType>voice"
	          "</MsgType><MsgId>9</MsgId><Content>no</Content><Recognition>查验</Recognition></xml>"),
	        &m));
	assert_true(str_is(m.content, "查验"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_signature), cmocka_unit_test(test_seal),
		cmocka_unit_test(test_messages) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

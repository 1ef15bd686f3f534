/* WeChat Pay and Alipay messages: what is signed opens, and no changed byte does. */
#include "services/invoice/lottery/own.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795000000000000)

static void wechat_requests(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct crypto_key *key = crypto_rsa_new(), *public = crypto_rsa_public(crypto_rsa_public_der(a, key));
	struct lottery_wechat_head h;
	struct str body = S("{\"out_bill_no\":\"LP1N1\"}");
	struct str header =
	        lottery_wechat_authorization(a, key, S("1900000001"), S("AB12"), S("POST"), S("/v3/x"), body, NOW);
	assert_true(lottery_wechat_authorization_read(a, header, &h));
	assert_true(str_is(h.merchant, "1900000001") && str_is(h.serial, "AB12"));
	assert_true(lottery_wechat_request_good(a, &h, public, S("POST"), S("/v3/x"), body));
	assert_false(lottery_wechat_request_good(a, &h, public, S("GET"), S("/v3/x"), body));
	assert_false(lottery_wechat_request_good(a, &h, public, S("POST"), S("/v3/y"), body));
	assert_false(lottery_wechat_request_good(a, &h, public, S("POST"), S("/v3/x"), S("{}")));
	assert_false(lottery_wechat_authorization_read(a, S("Bearer x"), &h));
	assert_false(lottery_wechat_authorization_read(a, S("WECHATPAY2-SHA256-RSA2048 mchid=\"1\",mchid=\"2\""), &h));
	struct str signature = lottery_wechat_answer_signature(a, key, S("1795000000"), S("abc"), body);
	assert_true(lottery_wechat_answer_good(a, public, S("1795000000"), S("abc"), body, signature));
	assert_false(lottery_wechat_answer_good(a, public, S("1795000001"), S("abc"), body, signature));
	crypto_key_free(public);
	crypto_key_free(key);
	arena_free(a);
}

static void wechat_resources(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str secret = S("0123456789abcdef0123456789abcdef"), plain;
	struct payout_report r = { S("LP1N1"), S("X9"), S(""), SAID_PAID, FEN(1000) }, back;
	struct str body = lottery_wechat_resource(a, secret, S("1"), wechat_report_write(a, &r), NOW);
	assert_true(lottery_wechat_resource_open(a, secret, body, &plain));
	assert_true(wechat_report_read(a, plain, &back));
	assert_true(str_is(back.order_no, "LP1N1") && back.amount.fen == 1000 && back.said == SAID_PAID);
	assert_false(lottery_wechat_resource_open(a, S("1123456789abcdef0123456789abcdef"), body, &plain));
	char *bent = arena_dup(a, body.p, body.n);
	ptrdiff_t at = str_find(body, "ciphertext\":\"") + 14;
	bent[at] = bent[at] == 'A' ? 'B' : 'A';
	assert_false(lottery_wechat_resource_open(a, secret, (struct str){ bent, body.n }, &plain));
	arena_free(a);
}

static void alipay_forms(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct crypto_key *key = crypto_rsa_new();
	struct lottery_param p[6] = { { S("method"), S("alipay.fund.trans.uni.transfer") }, { S("app_id"), S("1") },
		{ S("sign_type"), S("RSA2") }, { S("biz_content"), S("{\"x\":\"奖 & = %\"}") }, { S("empty"), S("") } },
	                     back[LOTTERY_PARAMS_MAX];
	size_t n;
	assert_true(str_is(lottery_alipay_text(a, p, 5, false),
	        "app_id=1&biz_content={\"x\":\"奖 & = %\"}&method=alipay.fund.trans.uni.transfer&sign_type=RSA2"));
	assert_true(str_is(lottery_alipay_text(a, p, 3, true), "app_id=1&method=alipay.fund.trans.uni.transfer"));
	struct str raw = crypto_rsa_sign(a, key, lottery_alipay_text(a, p, 5, false));
	p[5] = (struct lottery_param){ S("sign"), str_base64(a, raw.p, raw.n) };
	assert_true(lottery_alipay_form_read(a, lottery_alipay_form(a, p, 6), back, &n));
	assert_int_equal(n, 6);
	assert_true(lottery_alipay_good(a, key, back, n, false));
	back[1].value = S("2");
	assert_false(lottery_alipay_good(a, key, back, n, false));
	assert_false(lottery_alipay_form_read(a, S("a=1&a=2"), back, &n));
	assert_false(lottery_alipay_form_read(a, S("a=%0"), back, &n));
	assert_false(lottery_alipay_form_read(a, S("a=%00"), back, &n));
	crypto_key_free(key);
	arena_free(a);
}

static void alipay_answers(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct crypto_key *key = crypto_rsa_new();
	struct value *v;
	struct str answer = lottery_alipay_answer(a, key, "x_response", S("{\"code\":\"10000\",\"m\":\"}\\\"{\"}"));
	assert_true(lottery_alipay_answer_read(a, key, answer, "x_response", &v));
	assert_true(str_is(value_text(v, "code"), "10000"));
	assert_false(lottery_alipay_answer_read(a, key, answer, "y_response", &v));
	char *bent = arena_dup(a, answer.p, answer.n);
	bent[str_find(answer, "10000")] = '2';
	assert_false(lottery_alipay_answer_read(a, key, (struct str){ bent, answer.n }, "x_response", &v));
	crypto_key_free(key);
	arena_free(a);
}

static void bills(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct payout_line *l;
	size_t n;
	assert_true(payout_bill_read(a, S("LP1N1,X1,10.00\nLP2N1,X2,0.05\nTOTAL,2,10.05\n"), &l, &n));
	assert_int_equal(n, 2);
	assert_int_equal(l[1].amount.fen, 5);
	assert_false(payout_bill_read(a, S("LP1N1,X1,10.00\nTOTAL,2,10.00\n"), &l, &n));
	assert_false(payout_bill_read(a, S("LP1N1,X1,10.00\nTOTAL,1,10.01\n"), &l, &n));
	assert_false(payout_bill_read(a, S("LP1N1,X1,10.00\n"), &l, &n));
	assert_false(payout_bill_read(a, S("TOTAL,0,0.00\nLP1N1,X1,10.00\n"), &l, &n));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wechat_requests),
		cmocka_unit_test(wechat_resources),
		cmocka_unit_test(alipay_forms),
		cmocka_unit_test(alipay_answers),
		cmocka_unit_test(bills),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

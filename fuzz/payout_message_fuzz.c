/* Callbacks, answers and statements come from payout providers, or from who pretends to be one. */
#include "services/invoice/lottery/own.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str in = { (const char *)data, size }, plain;
	struct lottery_wechat_head h;
	struct lottery_param p[LOTTERY_PARAMS_MAX], q[LOTTERY_PARAMS_MAX];
	struct payout_report r, back;
	struct payout_line *lines;
	struct value *v;
	size_t n, m;
	(void)lottery_wechat_authorization_read(a, in, &h);
	/* Nothing opens or is signed: nobody has this key. */
	if (lottery_wechat_resource_open(a, S("0123456789abcdef0123456789abcdef"), in, &plain)) abort();
	if (lottery_alipay_answer_read(a, NULL, in, "x_response", &v)) abort();
	if (wechat_report_read(a, in, &r) && (!wechat_report_read(a, wechat_report_write(a, &r), &back) ||
	                                             back.said != r.said || !str_eq(back.order_no, r.order_no)))
		abort();
	if (lottery_alipay_form_read(a, in, p, &n)) {
		(void)lottery_alipay_text(a, p, n, true);
		if (!lottery_alipay_form_read(a, lottery_alipay_form(a, p, n), q, &m) || m != n) abort();
		for (size_t i = 0; i < n; i++)
			if (!str_eq(p[i].name, q[i].name) || !str_eq(p[i].value, q[i].value)) abort();
	}
	(void)payout_bill_read(a, in, &lines, &n);
	arena_free(a);
	return 0;
}

/* Wallet simulator: the payout providers of the sandbox. Entered over HTTP only. */
#ifndef INVOICE_WALLET_SIMULATOR_H
#define INVOICE_WALLET_SIMULATOR_H
#include "kernel/sandbox/sandbox.h"
#include "services/invoice/lottery/lottery.h"

#define WALLET_SECOND INT64_C(1000000)
#define WALLET_MERCHANT "1900000001"
#define WALLET_BANK "payout-bank"

struct wallet_body_in {
	struct str body;
};
struct wallet_order_in {
	struct str order;
};
struct wallet_bill_in {
	struct date day;
};
op_run wallet_wechat_order, wallet_wechat_query, wallet_wechat_bill, wallet_alipay, wallet_bank_order,
        wallet_bank_query, wallet_bank_file, wallet_credits;
extern const struct choice wallet_faults[];

/* --- books (book.c) --- */
struct wallet_order {
	const char *channel;
	struct str order_no, account;
	struct money amount;
};
struct wallet_state {
	bool known, paid, failed;
	struct str provider_no, reason;
	struct money amount;
};
MUST_USE err_t wallet_take(struct ctx *c, const struct wallet_order *o, struct wallet_state *s);
MUST_USE err_t wallet_look(struct ctx *c, const char *channel, struct str order_no, struct wallet_state *s);
MUST_USE err_t wallet_bill(struct ctx *c, const char *channel, struct date day, struct str *csv);
MUST_USE err_t wallet_key(struct ctx *c, const char *channel, struct crypto_key **key, struct str *secret);
MUST_USE err_t wallet_refuse(struct ctx *c, const char *what);
err_t wallet_pay_job(struct ctx *c, struct str argument);
err_t wallet_notify_job(struct ctx *c, struct str argument);
err_t wallet_feed(struct ctx *c, const struct event *events, size_t n);
err_t wallet_check(struct ctx *c, struct fsck *f);

/* --- calling back: one a provider --- */
int wallet_wechat_notify(struct ctx *c, struct str order_no, const struct wallet_state *s, bool forged);
int wallet_alipay_notify(struct ctx *c, struct str order_no, const struct wallet_state *s, bool forged);
int wallet_bank_notify(struct ctx *c, struct str order_no, const struct wallet_state *s, bool forged);
#endif

/* Inside the lottery. */
#ifndef LOTTERY_OWN_H
#define LOTTERY_OWN_H
#include "kernel/receipt/receipt.h"
#include "lottery_sql.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/lottery/draw.h"
#include "services/invoice/lottery/lottery.h"
#include "services/invoice/lottery/scheme.h"

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
#define PRIZE_TAX_CODE "6100000000000000000" /* 有奖发票奖金 */

/* --- draws (days.c) --- */

enum { DRAW_ID_MAX = 64 };
struct the_draw {
	struct str scheme, name; /* "hangzhou-catering", "20261124" */
	struct lottery_draw_get_row row;
};
MUST_USE err_t draw_load(struct ctx *c, struct str scheme, struct str name, struct the_draw *out, bool *found);
struct str draw_id(struct arena *a, struct str scheme, struct str name); /* "hangzhou-catering/20261124" */
struct str draw_instant_name(struct arena *a, struct date d);
struct str draw_periodic_name(struct arena *a, const struct scheme *s, struct date d); /* STR_NONE: there is none */
struct str draw_fund(struct arena *a, struct str scheme, struct str name);
/* Draws of today and tomorrow, of this week or month and the next: made, with their commitment. In db_write. */
MUST_USE err_t draws_ensure(struct ctx *c);
/* Appends a line; the root follows. In db_write. */
MUST_USE err_t draw_append(struct ctx *c, struct the_draw *d, const struct draw_line *l);
/* secret and public value; false: not known yet. */
bool draw_inputs(struct ctx *c, const struct the_draw *d, struct draw *out);
MUST_USE err_t draw_lines_text(struct ctx *c, const struct the_draw *d, struct str *text);
err_t draws_work(struct ctx *c, struct str argument);  /* job: makes, freezes, draws, closes; expires claims */
err_t draws_beacon(struct ctx *c, struct str argument); /* job: fetches the public value of one draw */
MUST_USE err_t draw_take_beacon(struct ctx *c, struct str scheme, struct str name, const struct draw_beacon *b);

/* --- entries (enter.c) --- */

struct entered {
	const char *outcome; /* won, not-won, pool-empty, entered, void, refused, waiting */
	struct str reason;   /* code, for void and refused */
	struct str number;
	bool already;
	int64_t prize_id; /* 0: none */
	struct money minimum;
};
struct entry_claim {
	struct str number;
	int64_t person_id;
	bool automatic, waited;    /* waited: it was judged before, and waits for the public value */
	const struct issue_qr *qr; /* NULL: the number alone was shown */
};
/* One invoice of one person: judged by our own tables, drawn at once where the scheme has an instant draw. In db_write. */
MUST_USE err_t lottery_enter(struct ctx *c, const struct entry_claim *claim, struct entered *out);
const char *reason_words(struct str code); /* N_() */
MUST_USE err_t lottery_void(struct ctx *c, struct str number, const char *reason); /* in db_write */
err_t lottery_feed(struct ctx *c, const struct event *events, size_t n);
MUST_USE err_t waiting_work(struct ctx *c);

/* --- prizes (prize.c) --- */

enum prize_state { PRIZE_WON, PRIZE_ORDERED, PRIZE_SENT, PRIZE_PAID, PRIZE_FAILED, PRIZE_EXPIRED, PRIZE_CANCELLED, PRIZE_RECLAIM, PRIZE_REPAID };
extern const char *const prize_states[];
struct prize {
	int64_t id;
	enum prize_state state;
	struct lottery_prize_get_row row;
};
MUST_USE err_t prize_load(struct ctx *c, int64_t id, struct prize *out, bool *found);
struct award {
	const struct scheme *scheme;
	struct str draw, number, charity;
	int64_t person_id, fund;
	struct money amount;
	int64_t wait_days;
};
MUST_USE err_t prize_award(struct ctx *c, const struct award *a, int64_t *prize_id, bool *enough);
MUST_USE err_t prize_cancel(struct ctx *c, struct prize *p, const char *reason); /* its invoice was reversed */
MUST_USE err_t prizes_expire(struct ctx *c);
MUST_USE err_t prize_repay(struct ctx *c, struct prize *p); /* E_CONFLICT: nothing is to be given back */
struct money prize_tax(struct money amount);
const char *prize_state_words(enum prize_state s); /* N_() */
MUST_USE err_t prize_value(struct ctx *c, const struct prize *p, struct value **out);
err_t prize_deliver(struct ctx *c, struct str argument); /* job */
MUST_USE err_t prize_order(struct ctx *c, struct prize *p); /* to the person's account or the charity, when there is one */
/* In db_write: what a provider said of an order number; *known: we have it. */
struct payout_report;
MUST_USE err_t prize_apply(struct ctx *c, struct str channel, const struct payout_report *r, bool *known);

/* --- providers (provider.c) --- */

enum payout_said { SAID_NOTHING, SAID_UNKNOWN, SAID_PENDING, SAID_PAID, SAID_FAILED };
struct payout_report {
	struct str order_no, provider_no, reason;
	enum payout_said said;
	struct money amount;
};
struct payout {
	struct str order_no, account, name;
	struct money amount;
};
struct payout_line {
	struct str order_no, provider_no;
	struct money amount;
};
struct provider {
	const char *code, *title; /* title: N_() */
	bool (*account_good)(struct str account);
	/* false: no answer that can be trusted; whether it was done is not known */
	bool (*send)(struct ctx *c, const struct payout *p, struct payout_report *out);
	bool (*query)(struct ctx *c, struct str order_no, struct payout_report *out);
	bool (*bill)(struct ctx *c, struct date day, struct str *csv);
};
extern const struct provider providers[]; /* ends with {0} */
extern const struct choice provider_choices[];
const struct provider *provider_find(struct str code);
bool payout_bill_read(struct arena *a, struct str csv, struct payout_line **out, size_t *n);
struct str wechat_report_write(struct arena *a, const struct payout_report *r);
bool wechat_report_read(struct arena *a, struct str json, struct payout_report *out);
/* Keys of a provider, opened. */
struct provider_keys {
	struct str base, prefix, merchant, serial, secret, their_key, their_serial;
	struct crypto_key *own, *theirs; /* RSA; freed with the arena */
};
bool provider_keys(struct ctx *c, const char *channel, struct provider_keys *out);
struct str provider_serial(struct arena *a, struct str der);

/* --- inputs of the operations --- */

struct entry_in {
	struct str qr;
};
struct account_in {
	struct str channel, account;
};
struct before_in {
	int64_t before;
};
struct prize_in {
	int64_t id;
	struct str charity;
};
struct ticket_in {
	struct str number, charity;
};
struct draw_in {
	struct str scheme, draw;
};
struct scheme_in {
	struct str scheme;
};
struct typed_in {
	struct str scheme, draw, first, second;
};
struct report_in {
	struct str qr, seller, place, note;
	instant_us at;
	struct money amount;
	bool has_at, has_amount;
};
struct case_in {
	struct str number;
};
struct decide_in {
	struct str number, outcome, note;
};
struct release_in {
	struct str scheme, reason;
	struct money amount;
};
struct release_id_in {
	int64_t id;
	bool refuse;
};
struct callback_in {
	struct str body;
};
struct day_in {
	struct str channel;
	struct date day;
};
struct round_in {
	struct str round;
};

op_run lottery_entry, lottery_home, lottery_home_view, lottery_accounts, lottery_account_set, lottery_donate_ticket,
        lottery_donate_prize, lottery_prize_show, lottery_enter_form;
op_run public_schemes, public_scheme, public_draw, public_rules, public_commitment, public_commitment_proof, public_root_proof, public_tickets, public_root, public_secret,
        public_beacon, public_winners, public_scheme_view;
op_run report_new, report_form, report_form_view, lottery_report_show, report_list, case_decide, case_queue;
op_run release_ask, release_decide, prize_repaid, pool_show, pool_typed, pool_reconcile;
op_run callback_wechat, callback_alipay, callback_bank, sandbox_beacon;
err_t payouts_reconcile(struct ctx *c, struct str argument); /* daily job */
err_t payouts_forget(struct ctx *c, struct str argument);
err_t lottery_seed(struct ctx *c);
err_t lottery_check(struct ctx *c, struct fsck *f);
#endif

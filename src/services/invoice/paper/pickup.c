/* Hall and locker (A07.5): whoever has the one-time code gets the invoices; five tries. */
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "paper_sql.h"
#include "services/invoice/paper/own.h"

static const struct fault_def wrong = { "pickup-code", N_("取件码不对，请核对；错 5 次就作废"), NULL, NULL };
static const struct fault_def blocked = { "pickup-blocked", N_("这个取件码错了 5 次，已经作废，请带证件到办税厅办理"),
	NULL, NULL };
static const struct fault_def gone = { "pickup-over", N_("已经取走，或者过期退回"), NULL, NULL };
static const struct fault_def elsewhere = { "pickup-place", N_("这份不在这里取，请看申请里选的地方"), NULL, NULL };

enum { SECRET_DIGITS = 6, SECRET_MAX = 1000000 };

err_t pickup_open(struct ctx *c, int64_t taxpayer_id, int64_t id, struct str way)
{
	uint64_t random;
	int64_t n;
	TRY(db_counter(c, S("paper.pickup"), 1, &n));
	crypto_random(&random, sizeof random);
	struct str secret = str_printf(c->arena, "%06llu", (unsigned long long)(random % SECRET_MAX));
	return paper_pickup_insert(c, n, taxpayer_id, id, way, keys_encrypt(c->app->keys, c->arena, secret),
	        c->now + PICKUP_DAYS * 86400 * PAPER_SECOND, NULL);
}

/* The code itself is shown to its owner only, and while it opens something. */
err_t pickup_put(struct ctx *c, int64_t taxpayer_id, int64_t id, bool own, struct value *v)
{
	struct paper_pickup_of_row row;
	struct str secret;
	bool found;
	TRY(paper_pickup_of(c, taxpayer_id, id, &row, &found));
	if (!found) return OK;
	struct value *p = value_object(c->arena);
	TRY(keys_decrypt(c->app->keys, c->arena, row.code, &secret));
	bool open = str_is(row.state, "open");
	value_put_str(c->arena, p, "code",
	        own && open ? str_printf(c->arena, "%06lld%.*s", (long long)row.slip, STR_FMT(secret)) : STR_NONE);
	value_put_str(c->arena, p, "state", row.state);
	value_put_instant(c->arena, p, "until", row.expires_at);
	value_set(c->arena, v, S("pickup"), p);
	return OK;
}

struct pickup {
	struct str code;
	const char *way;
	const struct fault_def *refused;
	int64_t taxpayer_id, application_id;
};

static err_t count_try(struct ctx *c, struct pickup *p, int64_t slip, int64_t tries)
{
	bool last = tries + 1 >= PICKUP_TRIES;
	p->refused = last ? &blocked : &wrong;
	return paper_pickup_set(c, tries + 1, last ? S("blocked") : S("open"), slip, NULL);
}

/* A wrong try is kept, so it is no failure of the transaction: what was refused is told afterwards. */
static err_t collect(struct ctx *c, void *arg)
{
	struct pickup *p = arg;
	struct paper_pickup_get_row row;
	struct str secret;
	int64_t slip;
	bool found = false;
	p->refused = &wrong;
	size_t at = p->code.n - SECRET_DIGITS; /* the field table asks for twelve digits at least */
	if (!str_to_int(str_sub(p->code, 0, at), &slip) || slip < 0) return OK;
	TRY(paper_pickup_get(c, slip, &row, &found));
	if (!found) return OK;
	if (!str_is(row.state, "open")) {
		p->refused = str_is(row.state, "blocked") ? &blocked : &gone;
		return OK;
	}
	TRY(keys_decrypt(c->app->keys, c->arena, row.code, &secret));
	if (!str_eq_const_time(secret, str_sub(p->code, at, SECRET_DIGITS))) return count_try(c, p, slip, row.tries);
	if (c->now > row.expires_at) {
		p->refused = &gone;
		return OK;
	}
	if (!str_is(row.way, p->way)) {
		p->refused = &elsewhere;
		return OK;
	}
	p->refused = NULL;
	p->taxpayer_id = row.taxpayer_id;
	p->application_id = row.application_id;
	TRY(paper_pickup_set(c, row.tries, S("used"), slip, NULL));
	return application_end(c, row.taxpayer_id, row.application_id, true, p->way);
}

static err_t hand_over(struct ctx *c, const struct pickup_in *in, const char *way, struct reply *out)
{
	struct pickup p = { .code = in->code, .way = way };
	struct paper_application_get_row r;
	struct paper_spans_of_row *rows;
	size_t n;
	bool found;
	TRY(db_write(c, collect, &p));
	if (p.refused) {
		access_security(c, "pickup-refused", str_c(p.refused->code));
		FAULT(c, S("/code"), p.refused);
		return problem_result(&c->problem);
	}
	TRY(paper_application_get(c, p.taxpayer_id, p.application_id, &r, &found));
	TRY(paper_spans_of(c, p.taxpayer_id, p.application_id, &rows, &n));
	out->value = value_object(c->arena);
	value_put_c(c->arena, out->value, "way", way);
	value_put_str(c->arena, out->value, "kind_words", tr(c, paper_kinds[paper_kind_named(r.kind)].title));
	value_put_str(c->arena, out->value, "unit", tr(c, paper_kinds[paper_kind_named(r.kind)].unit));
	value_put_int(c->arena, out->value, "granted", r.granted);
	struct value *list = value_put_array(c->arena, out->value, "numbers");
	for (size_t i = 0; i < n && i < PAPER_RANGES_SHOWN; i++)
		value_push(c->arena, list,
		        value_str(c->arena, paper_range_text(c->arena, rows[i].code, rows[i].from_no, rows[i].to_no)));
	return OK;
}

err_t pickup_blank(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "tries", PICKUP_TRIES);
	return OK;
}

err_t pickup_locker(struct ctx *c, const void *input, struct reply *out)
{
	return hand_over(c, input, "locker", out);
}

err_t pickup_hall(struct ctx *c, const void *input, struct reply *out)
{
	return hand_over(c, input, "hall", out);
}

static err_t end_late(struct ctx *c, void *arg)
{
	const struct paper_pickups_late_row *row = arg;
	TRY(paper_pickup_set(c, 0, S("ended"), row->slip, NULL));
	return application_end(c, row->taxpayer_id, row->application_id, false, "late");
}

err_t pickup_late_job(struct ctx *c, struct str argument)
{
	struct paper_pickups_late_row *rows;
	size_t n;
	(void)argument;
	TRY(paper_pickups_late(c, c->now, &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(db_write(c, end_late, &rows[i]));
	return OK;
}

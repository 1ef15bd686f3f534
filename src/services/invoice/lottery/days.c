/* Draws in the course of time: committed to the day before, open, frozen, drawn, published. */
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/fetch/fetch.h"
#include "kernel/job/job.h"
#include "kernel/keys/keys.h"
#include "kernel/log/log.h"
#include "kernel/tlog/tlog.h"
#include "services/foundation/ledger/ledger.h"
#include "services/invoice/lottery/own.h"
#include <stdlib.h>
#include <string.h>

/* A periodic draw's public value comes so long after its tickets are frozen and their root is published. */
enum { ROUND_AFTER_SECONDS = 600 };

/* --- names --- */

struct str draw_id(struct arena *a, struct str scheme, struct str name)
{
	return str_printf(a, "%.*s/%.*s", STR_FMT(scheme), STR_FMT(name));
}

struct str draw_instant_name(struct arena *a, struct date d)
{
	return str_printf(a, "%04d%02d%02d", d.year, d.month, d.day);
}

struct span {
	struct date first, last;
};

/* Weeks are those of ISO 8601: Monday to Sunday, numbered by their Thursday. */
static struct span span_of(const struct scheme *s, struct date d)
{
	struct date monday = date_add_days(d, 1 - date_weekday(d)), first = { d.year, d.month, 1 };
	if (s->every == EVERY_WEEK) return (struct span){ monday, date_add_days(monday, 6) };
	return (struct span){ first, date_month_end(d) };
}

struct str draw_periodic_name(struct arena *a, const struct scheme *s, struct date d)
{
	if (s->every == EVERY_NEVER) return STR_NONE;
	if (s->every == EVERY_MONTH) return str_printf(a, "%04dm%02d", d.year, d.month);
	struct date thursday = date_add_days(d, 4 - date_weekday(d)), first = { thursday.year, 1, 1 };
	return str_printf(a, "%04dw%02d", thursday.year, (date_days(thursday) - date_days(first)) / 7 + 1);
}

struct str draw_fund(struct arena *a, struct str scheme, struct str name)
{
	return name.n ? draw_id(a, scheme, name) : scheme;
}

/* --- making --- */

static const struct draw_chain *chain_here(const struct ctx *c)
{
	return &draw_chains[c->app->sandbox ? 2 : 0];
}

static struct str rules_text(
        struct ctx *c, const struct scheme *s, const char *kind, struct str id, instant_us opens, instant_us closes)
{
	struct value *v = value_object(c->arena), *w = NULL;
	struct buf b;
	struct json_fault where;
	value_put_str(c->arena, v, "draw", id);
	value_put_c(c->arena, v, "kind", kind);
	value_put_instant(c->arena, v, "opens_at", opens);
	value_put_instant(c->arena, v, "closes_at", closes);
	buf_init(&b, c->arena, 2048);
	value_write_json(&b, s->data);
	if (json_parse(c->arena, buf_done(&b), &w, &where) == OK) value_put(c->arena, v, "scheme", w);
	buf_init(&b, c->arena, 2048);
	value_write_canonical(&b, v);
	return buf_done(&b);
}

static err_t enqueue_beacon(struct ctx *c, struct str scheme, struct str name, instant_us at)
{
	struct str id = draw_id(c->arena, scheme, name);
	return job_enqueue(c, "lottery.beacon", id, str_printf(c->arena, "\"%.*s\"", STR_FMT(id)), at);
}

struct new_draw {
	const struct scheme *scheme;
	const char *kind;
	struct str name;
	struct date first, last;
};

/* The commitment is logged in the transaction that makes the draw: it can not be made afterwards. */
static err_t create(struct ctx *c, const struct new_draw *n)
{
	const struct draw_chain *k = chain_here(c);
	unsigned char secret[32], commitment[32], digest[32], empty[32];
	struct value *act = value_object(c->arena), *receipt;
	int64_t receipt_id;
	instant_us opens = date_to_instant(n->first), closes = date_to_instant(date_add_days(n->last, 1));
	bool instant = n->kind[0] == 'i';
	struct str id = draw_id(c->arena, n->scheme->id, n->name);
	struct str rules = rules_text(c, n->scheme, n->kind, id, opens, closes);
	instant_us after = instant ? (opens > c->now ? opens : c->now + SECOND) : closes + ROUND_AFTER_SECONDS * SECOND;
	int64_t round = draw_round_at(k, (after + SECOND - 1) / SECOND);
	crypto_random(secret, sizeof secret);
	struct str raw = { (const char *)secret, sizeof secret };
	draw_commitment(raw, commitment);
	crypto_sha256(rules.p, rules.n, digest);
	crypto_sha256("", 0, empty);
	value_put_str(c->arena, act, "draw", id);
	value_put_c(c->arena, act, "what", "committed");
	value_put_str(c->arena, act, "commitment", str_hex(c->arena, commitment, 32));
	value_put_str(c->arena, act, "rules", str_hex(c->arena, digest, 32));
	value_put_int(c->arena, act, "round", round);
	TRY(receipt_issue(c, ACT_LOTTERY_DRAW, 0, act, &receipt, &receipt_id));
	TRY(lottery_draw_insert(c, n->scheme->id, n->name, str_c(n->kind), opens, closes, rules,
	        keys_encrypt(c->app->keys, c->arena, raw), str_hex(c->arena, commitment, 32), c->now, str_c(k->hash),
	        round, str_hex(c->arena, empty, 32), receipt_id, NULL));
	return enqueue_beacon(c, n->scheme->id, n->name, draw_round_time(k, round) * SECOND);
}

static err_t ensure(struct ctx *c, const struct new_draw *n)
{
	struct the_draw d;
	bool found;
	if (!scheme_in_force(n->scheme, n->last) && !scheme_in_force(n->scheme, n->first)) return OK;
	TRY(draw_load(c, n->scheme->id, n->name, &d, &found));
	return found ? OK : create(c, n);
}

err_t draws_ensure(struct ctx *c)
{
	const struct scheme *const *list;
	size_t n;
	TRY(scheme_all(c, &list, &n));
	for (size_t i = 0; i < n; i++)
		for (int32_t ahead = 0; ahead < 2; ahead++) {
			const struct scheme *s = list[i];
			struct date d = date_add_days(c->today, ahead);
			if (s->n_bands)
				TRY(ensure(
				        c, &(struct new_draw){ s, "instant", draw_instant_name(c->arena, d), d, d }));
			if (s->every == EVERY_NEVER) continue;
			struct span p = span_of(s, c->today);
			if (ahead) p = span_of(s, date_add_days(p.last, 1));
			struct str name = draw_periodic_name(c->arena, s, p.first);
			TRY(ensure(c, &(struct new_draw){ s, "periodic", name, p.first, p.last }));
		}
	return OK;
}

/* --- reading, growing --- */

err_t draw_load(struct ctx *c, struct str scheme, struct str name, struct the_draw *out, bool *found)
{
	out->scheme = scheme;
	out->name = name;
	return lottery_draw_get(c, scheme, name, &out->row, found);
}

static void stack_of(const struct the_draw *d, struct tlog_stack *s)
{
	*s = (struct tlog_stack){ .size = d->row.size };
	s->n = (unsigned)(d->row.stack.n / 32);
	if (s->n > 63) s->n = 63;
	if (s->n) memcpy(s->h, d->row.stack.p, s->n * sizeof s->h[0]);
}

err_t draw_append(struct ctx *c, struct the_draw *d, const struct draw_line *l)
{
	struct tlog_stack s;
	struct tlog_hash leaf, root;
	struct str line = draw_line_write(c->arena, l);
	stack_of(d, &s);
	tlog_leaf_hash(line.p, line.n, &leaf);
	tlog_stack_append(&s, &leaf);
	tlog_stack_root(&s, &root);
	d->row.size = s.size;
	d->row.stack = (struct str){ arena_dup(c->arena, s.h, s.n * sizeof s.h[0]), s.n * sizeof s.h[0] };
	d->row.root = str_hex(c->arena, root.b, 32);
	d->row.tickets += !l->reason.p;
	d->row.voids += l->reason.p != NULL;
	d->row.won += l->paid.fen > 0;
	d->row.won_sum.fen += l->paid.fen;
	TRY(lottery_line_insert(c, d->scheme, d->name, s.size, line, NULL));
	return lottery_draw_grow(c, d->row.size, d->row.stack, d->row.root, d->row.tickets, d->row.voids, d->row.won,
	        d->row.won_sum, d->scheme, d->name, NULL);
}

bool draw_inputs(struct ctx *c, const struct the_draw *d, struct draw *out)
{
	struct draw_beacon b;
	*out = (struct draw){ .draw_id = draw_id(c->arena, d->scheme, d->name) };
	if (!d->row.beacon.p || draw_beacon_read(c->arena, d->row.beacon, &b) != BEACON_GOOD) return false;
	out->public_value = (struct str){ arena_dup(c->arena, b.randomness, 32), 32 };
	return keys_decrypt(c->app->keys, c->arena, d->row.secret, &out->secret) == OK && out->secret.n == 32;
}

err_t draw_lines_text(struct ctx *c, const struct the_draw *d, struct str *text)
{
	struct lottery_lines_row *rows;
	struct buf b;
	size_t n;
	int64_t after = 0;
	buf_init(&b, c->arena, (size_t)d->row.size * 24 + 64);
	do {
		TRY(lottery_lines(c, d->scheme, d->name, after, d->row.size, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			buf_str(&b, rows[i].line);
			buf_char(&b, '\n');
		}
		if (n) after = rows[n - 1].seq;
	} while (n);
	*text = buf_done(&b);
	return OK;
}

/* --- the public value --- */

static bool fetch_beacon(struct ctx *c, const struct the_draw *d, struct draw_beacon *out)
{
	const char *own = __atomic_load_n(&c->app->address, __ATOMIC_ACQUIRE), *base = getenv("ETAX_BEACON");
	bool sandbox = d->row.chain.n && d->row.chain.p[0] == '0';
	if (sandbox ? !own : !base) return false;
	struct fetch f = { .base = str_c(sandbox ? own : base),
		.path = sandbox ? str_printf(c->arena, "/v1/sandbox/beacon/%lld", (long long)d->row.round).p
		                : str_printf(
		                          c->arena, "/%.*s/public/%lld", STR_FMT(d->row.chain), (long long)d->row.round)
		                          .p };
	struct fetched got = fetch_call(c->arena, &f);
	if (got.status != 200 || draw_beacon_read(c->arena, got.body, out) != BEACON_GOOD) return false;
	out->chain = d->row.chain;
	return !out->numbers && out->round == d->row.round;
}

err_t draw_take_beacon(struct ctx *c, struct str scheme, struct str name, const struct draw_beacon *b)
{
	struct value *act = value_object(c->arena), *receipt;
	struct str text = draw_beacon_write(c->arena, b);
	int64_t changed;
	TRY(lottery_draw_public(c, text, scheme, name, &changed));
	if (!changed) return OK;
	value_put_str(c->arena, act, "draw", draw_id(c->arena, scheme, name));
	value_put_c(c->arena, act, "what", "public-value");
	value_put_str(c->arena, act, "randomness", str_hex(c->arena, b->randomness, 32));
	TRY(receipt_issue(c, ACT_LOTTERY_DRAW, 0, act, &receipt, NULL));
	return waiting_work(c);
}

struct arrived {
	struct the_draw *draw;
	struct draw_beacon beacon;
};
static err_t arrive(struct ctx *c, void *arg)
{
	const struct arrived *a = arg;
	return draw_take_beacon(c, a->draw->scheme, a->draw->name, &a->beacon);
}

static err_t again(struct ctx *c, void *arg)
{
	const struct the_draw *d = arg;
	return enqueue_beacon(c, d->scheme, d->name, c->now + 15 * SECOND);
}

static bool read_id(struct ctx *c, struct str argument, struct str *scheme, struct str *name)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(c->arena, argument, &v, &where) != OK || v->kind != VALUE_STR) return false;
	struct str rest = v->str;
	return str_split(&rest, '/', scheme) && str_split(&rest, '/', name);
}

err_t draws_beacon(struct ctx *c, struct str argument)
{
	struct the_draw d;
	struct arrived a = { .draw = &d };
	struct str scheme, name;
	bool found;
	if (!read_id(c, argument, &scheme, &name)) return E_INTERNAL;
	TRY(draw_load(c, scheme, name, &d, &found));
	if (!found || d.row.beacon.p || str_is(d.row.state, "closed")) return OK;
	bool early = c->now < draw_round_time(draw_chain_find(d.row.chain), d.row.round) * SECOND;
	if (!early && fetch_beacon(c, &d, &a.beacon)) return db_write(c, arrive, &a);
	/* Without a network two officers type; nobody is asked in vain. */
	return early || c->app->sandbox || getenv("ETAX_BEACON") ? db_write(c, again, &d) : OK;
}

/* --- freezing, drawing, closing --- */

static err_t log_end(struct ctx *c, const struct the_draw *d, const char *what, struct str winners, int64_t *receipt_id)
{
	struct value *act = value_object(c->arena), *receipt;
	unsigned char digest[32];
	value_put_str(c->arena, act, "draw", draw_id(c->arena, d->scheme, d->name));
	value_put_c(c->arena, act, "what", what);
	value_put_int(c->arena, act, "size", d->row.size);
	value_put_str(c->arena, act, "root", d->row.root);
	if (winners.p) {
		crypto_sha256(winners.p, winners.n, digest);
		value_put_str(c->arena, act, "winners", str_hex(c->arena, digest, 32));
	}
	return receipt_issue(c, ACT_LOTTERY_DRAW, 0, act, &receipt, receipt_id);
}

/* What all prizes need is set apart, or as much as there is. */
static err_t freeze(struct ctx *c, const struct scheme *s, struct the_draw *d)
{
	struct ledger_fund pool;
	struct money need = FEN(0);
	bool enough = true;
	for (size_t i = 0; i < s->n_prizes; i++)
		need.fen += s->prizes[i].amount.fen * s->prizes[i].slots;
	TRY(ledger_fund_find(c, s->id, &pool));
	if (need.fen > pool.balance.fen) need = pool.balance;
	if (pool.id)
		TRY(ledger_fund_move(
		        c, pool.id, draw_fund(c->arena, s->id, d->name), need, d->row.receipt_id, &enough));
	if (!enough) return E_INTERNAL;
	TRY(lottery_draw_freeze(c, c->now, d->scheme, d->name, NULL));
	int64_t receipt_id;
	TRY(log_end(c, d, "frozen", STR_NONE, &receipt_id));
	return lottery_draw_frozen_receipt_put(c, receipt_id, d->scheme, d->name, NULL);
}

static err_t still_valid(struct ctx *c, struct str number, struct lottery_ticket_get_row *t, bool *yes)
{
	bool found;
	TRY(lottery_ticket_get(c, number, t, &found));
	*yes = found && str_is(t->state, "valid");
	return OK;
}

struct ranking {
	const struct scheme *scheme;
	struct value *winners, *passed;
	int64_t fund, n;
	struct money paid;
	bool stopped;
};

/* false in *more: the money of the draw is used up. */
static err_t give(
        struct ctx *c, struct the_draw *d, struct ranking *r, struct str number, struct money amount, bool *taken)
{
	struct lottery_ticket_get_row t;
	struct value *v = value_object(c->arena);
	int64_t prize;
	bool enough;
	TRY(still_valid(c, number, &t, taken));
	value_put_str(c->arena, v, "number", number);
	if (!*taken) {
		value_put_str(c->arena, v, "reason", t.reason.n ? t.reason : S("void"));
		value_push(c->arena, r->passed, v);
		return OK;
	}
	struct award a = { r->scheme, d->name, number, t.charity, t.person_id, r->fund, amount,
		r->scheme->notice_days };
	TRY(prize_award(c, &a, &prize, &enough));
	r->stopped = !enough;
	if (!enough) return OK;
	value_put_money(c->arena, v, "amount", amount);
	value_push(c->arena, r->winners, v);
	r->n++;
	r->paid.fen += amount.fen;
	return OK;
}

static err_t hand_out(struct ctx *c, struct the_draw *d, struct ranking *r, const struct draw_sorted *s)
{
	size_t prize = 0;
	int64_t left = r->scheme->prizes[0].slots;
	for (size_t i = 0; i < s->n && prize < r->scheme->n_prizes && !r->stopped; i++) {
		bool taken;
		TRY(give(c, d, r, s->winners[i], r->scheme->prizes[prize].amount, &taken));
		if (taken && !r->stopped && --left == 0 && ++prize < r->scheme->n_prizes)
			left = r->scheme->prizes[prize].slots;
	}
	return OK;
}

static struct str text_of(struct ctx *c, const struct value *v)
{
	struct buf b;
	buf_init(&b, c->arena, 4096);
	value_write_canonical(&b, v);
	return buf_done(&b);
}

static int64_t winners_wanted(const struct scheme *s)
{
	int64_t n = 0;
	for (size_t i = 0; i < s->n_prizes; i++)
		n += s->prizes[i].slots;
	return n;
}

/* The frozen list in the order of the seed, so far that all prizes find a ticket that is still valid: outside a
 * transaction, for it may have ten million lines. */
static err_t rank_tickets(
        struct ctx *c, const struct scheme *s, struct the_draw *d, const struct draw *in, struct draw_sorted *out)
{
	struct str text;
	unsigned char seed[32];
	enum { SPARE = 100, THREADS = 2 }; /* so few that a machine that draws goes on serving */
	int64_t wanted = winners_wanted(s), most = wanted + SPARE;
	TRY(draw_lines_text(c, d, &text));
	draw_seed(in, seed);
	for (;; most *= 2) {
		int64_t valid = 0;
		if (!draw_sort(c->arena, text, seed, (size_t)most, THREADS, out)) return E_INTERNAL;
		for (size_t i = 0; i < out->n && valid < wanted; i++) {
			struct lottery_ticket_get_row t;
			bool yes;
			TRY(still_valid(c, out->winners[i], &t, &yes));
			valid += yes;
		}
		if (valid == wanted || (int64_t)out->n < most) return OK;
	}
}

struct finish {
	const struct scheme *scheme;
	struct the_draw *draw;
	struct draw_sorted sorted;
};

static err_t finish_periodic(struct ctx *c, void *arg)
{
	const struct finish *f = arg;
	const struct scheme *s = f->scheme;
	struct the_draw *d = f->draw;
	struct ledger_fund fund;
	struct value *v = value_object(c->arena);
	bool enough = true;
	TRY(ledger_fund_find(c, draw_fund(c->arena, s->id, d->name), &fund));
	value_put_str(c->arena, v, "draw", draw_id(c->arena, d->scheme, d->name));
	struct ranking r = { .scheme = s, .fund = fund.id };
	r.winners = value_put_array(c->arena, v, "winners");
	r.passed = value_put_array(c->arena, v, "passed");
	TRY(hand_out(c, d, &r, &f->sorted));
	value_put_bool(c->arena, v, "pool_empty", r.stopped);
	TRY(ledger_fund_find(c, draw_fund(c->arena, s->id, d->name), &fund));
	if (fund.balance.fen > 0) TRY(ledger_fund_move(c, fund.id, s->id, fund.balance, d->row.receipt_id, &enough));
	struct str winners = text_of(c, v);
	TRY(lottery_draw_close(c, c->now, winners, r.n, r.paid, d->scheme, d->name, NULL));
	return log_end(c, d, "drawn", winners, NULL);
}

/* A frozen draw whose public value is there. */
static err_t draw_periodic(struct ctx *c, struct str scheme, struct str name)
{
	struct the_draw d = { 0 };
	struct draw in;
	struct finish f = { .draw = &d };
	bool found;
	TRY(scheme_find(c, scheme, &f.scheme));
	TRY(draw_load(c, scheme, name, &d, &found));
	if (!f.scheme || !found || !str_is(d.row.state, "frozen") || !draw_inputs(c, &d, &in)) return OK;
	TRY(rank_tickets(c, f.scheme, &d, &in, &f.sorted));
	return db_write(c, finish_periodic, &f);
}

static err_t close_instant(struct ctx *c, struct the_draw *d)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "draw", draw_id(c->arena, d->scheme, d->name));
	value_put_int(c->arena, v, "count", d->row.won);
	value_put_money(c->arena, v, "paid", d->row.won_sum);
	struct str winners = text_of(c, v);
	TRY(lottery_draw_close(c, c->now, winners, d->row.won, d->row.won_sum, d->scheme, d->name, NULL));
	return log_end(c, d, "drawn", winners, NULL);
}

static err_t advance(struct ctx *c, const struct lottery_draws_unfinished_row *u)
{
	const struct scheme *s;
	struct the_draw d;
	bool found;
	if (c->now < u->closes_at) return OK;
	TRY(scheme_find(c, u->scheme, &s));
	TRY(draw_load(c, u->scheme, u->draw, &d, &found));
	if (!s || !found) return OK;
	if (str_is(d.row.kind, "instant")) return close_instant(c, &d);
	if (str_is(d.row.state, "open")) TRY(freeze(c, s, &d));
	instant_us due = draw_round_time(draw_chain_find(d.row.chain), d.row.round) * SECOND;
	return !d.row.beacon.p && c->now >= due ? enqueue_beacon(c, d.scheme, d.name, c->now) : OK;
}

static err_t work(struct ctx *c, void *arg)
{
	struct lottery_draws_unfinished_row *rows;
	struct str scheme = S(""), name = S("");
	size_t n;
	(void)arg;
	TRY(draws_ensure(c));
	do {
		TRY(lottery_draws_unfinished(c, scheme, name, &rows, &n));
		for (size_t i = 0; i < n; i++)
			TRY(advance(c, &rows[i]));
		if (n) scheme = rows[n - 1].scheme, name = rows[n - 1].draw;
	} while (n);
	TRY(waiting_work(c));
	return prizes_expire(c);
}

err_t draws_work(struct ctx *c, struct str argument)
{
	struct lottery_draws_unfinished_row *rows;
	struct str scheme = S(""), name = S("");
	size_t n;
	(void)argument;
	TRY(db_write(c, work, NULL));
	do {
		TRY(lottery_draws_unfinished(c, scheme, name, &rows, &n));
		for (size_t i = 0; i < n; i++)
			if (str_is(rows[i].state, "frozen") && rows[i].has_beacon)
				TRY(draw_periodic(c, rows[i].scheme, rows[i].draw));
		if (n) scheme = rows[n - 1].scheme, name = rows[n - 1].draw;
	} while (n);
	return OK;
}

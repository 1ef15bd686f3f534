/* What everybody may see: schemes with their odds, draws, and the files from which a draw can be run again. */
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "kernel/page/chart.h"
#include "kernel/receipt/log.h"
#include "kernel/sandbox/sandbox.h"
#include "services/foundation/ledger/ledger.h"
#include "services/invoice/lottery/own.h"

static const struct fault_def no_scheme = { "scheme-unknown", N_("没有这个有奖发票活动"), NULL, NULL };
static const struct fault_def no_draw = { "draw-unknown", N_("没有查到这一期，请核对期号"), NULL, NULL };
static const struct fault_def not_yet = { "draw-not-yet", N_("这个文件要等开奖以后才公布"), NULL, NULL };

/* --- schemes --- */

static void put_prize_row(struct ctx *c, struct value *list, const struct scheme_prize *p, int64_t slots)
{
	struct value *v = value_object(c->arena);
	value_put_money(c->arena, v, "amount", p->amount);
	value_put_int(c->arena, v, "count", p->slots);
	if (slots) { /* in millionths, so that it is exact enough and no real number */
		int64_t ppm = (int64_t)((__int128)p->slots * 1000000 / slots);
		value_put_str(c->arena, v, "odds", rate_percent(c->arena, PPM((int32_t)ppm)));
	}
	value_push(c->arena, list, v);
}

static void put_bands(struct ctx *c, struct value *v, const struct scheme *s)
{
	struct value *bands = value_put_array(c->arena, v, "bands");
	for (size_t i = 0; i < s->n_bands; i++) {
		const struct scheme_band *b = &s->bands[i];
		struct value *one = value_object(c->arena);
		int64_t used = 0;
		value_put_money(c->arena, one, "minimum", b->minimum);
		value_put_int(c->arena, one, "slots", b->slots);
		value_put_money(c->arena, one, "expected", FEN((scheme_expected_milli(b) + 500) / 1000));
		struct value *prizes = value_put_array(c->arena, one, "prizes");
		for (size_t k = 0; k < b->n_prizes; k++) {
			put_prize_row(c, prizes, &b->prizes[k], b->slots);
			used += b->prizes[k].slots;
		}
		value_put_str(c->arena, one, "odds",
		        rate_percent(c->arena, PPM((int32_t)((__int128)used * 1000000 / b->slots))));
		value_push(c->arena, bands, one);
	}
	struct value *prizes = value_put_array(c->arena, v, "prizes");
	for (size_t k = 0; k < s->n_prizes; k++)
		put_prize_row(c, prizes, &s->prizes[k], 0);
}

static err_t scheme_value(struct ctx *c, const struct scheme *s, struct value **out)
{
	struct value *v = *out = value_object(c->arena);
	struct ledger_fund pool;
	TRY(ledger_fund_find(c, s->id, &pool));
	value_put_str(c->arena, v, "id", s->id);
	value_put_str(c->arena, v, "title", tr(c, s->title.p));
	value_put_str(c->arena, v, "region", tr(c, s->region_title.p));
	value_put_str(c->arena, v, "trades", tr(c, s->trades_title.p));
	value_put_date(c->arena, v, "from", s->from);
	value_put_date(c->arena, v, "to", s->to);
	value_put_bool(c->arena, v, "in_force", scheme_in_force(s, c->today));
	value_put_money(c->arena, v, "minimum", s->minimum);
	value_put_int(c->arena, v, "per_day", s->per_day);
	value_put_int(c->arena, v, "per_month", s->per_month);
	value_put_bool(c->arena, v, "agency", s->n_agency > 0);
	value_put_bool(c->arena, v, "split_rule", s->pair_tickets > 0);
	value_put_int(c->arena, v, "pair_tickets", s->pair_tickets);
	value_put_int(c->arena, v, "pair_minutes", s->pair_minutes);
	value_put_int(c->arena, v, "claim_days", s->claim_days);
	value_put_bool(c->arena, v, "instant", s->n_bands > 0);
	value_put_c(c->arena, v, "periodic",
	        s->every == EVERY_WEEK    ? "week"
	        : s->every == EVERY_MONTH ? "month"
	                                  : NULL);
	value_put_money(c->arena, v, "pool", pool.balance);
	value_put_str(c->arena, v, "law", tr(c, s->law.p));
	value_put_bool(c->arena, v, "verified", s->verified);
	put_bands(c, v, s);
	return OK;
}

err_t public_schemes(struct ctx *c, const void *input, struct reply *out)
{
	const struct scheme *const *list;
	size_t n;
	(void)input;
	TRY(scheme_all(c, &list, &n));
	out->value = value_object(c->arena);
	struct value *array = value_put_array(c->arena, out->value, "schemes");
	for (int force = 1; force >= 0; force--)
		for (size_t i = 0; i < n; i++) {
			struct value *v;
			if (scheme_in_force(list[i], c->today) != (force == 1)) continue;
			TRY(scheme_value(c, list[i], &v));
			value_push(c->arena, array, v);
		}
	return OK;
}

static err_t put_draws(struct ctx *c, const struct scheme *s, struct value *v)
{
	struct lottery_draws_of_row *rows;
	size_t n;
	TRY(lottery_draws_of(c, s->id, S("~"), &rows, &n));
	struct value *list = value_put_array(c->arena, v, "draws");
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "draw", rows[i].draw);
		value_put_str(c->arena, one, "kind", rows[i].kind);
		value_put_str(c->arena, one, "state", rows[i].state);
		value_put_instant(c->arena, one, "opens_at", rows[i].opens_at);
		value_put_instant(c->arena, one, "closes_at", rows[i].closes_at);
		value_put_int(c->arena, one, "tickets", rows[i].tickets);
		value_put_int(c->arena, one, "voids", rows[i].voids);
		value_put_int(c->arena, one, "won", rows[i].won);
		value_put_money(c->arena, one, "won_sum", rows[i].won_sum);
		value_push(c->arena, list, one);
	}
	return OK;
}

static err_t put_totals(struct ctx *c, const struct scheme *s, struct value *v)
{
	struct lottery_prize_sums_row *sums;
	size_t n;
	TRY(lottery_prize_sums(c, s->id, &sums, &n));
	struct value *list = value_put_array(c->arena, v, "totals");
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "state", sums[i].state);
		value_put_int(c->arena, one, "count", sums[i].n);
		value_put_money(c->arena, one, "amount", sums[i].amount);
		value_put_money(c->arena, one, "tax", sums[i].tax);
		value_push(c->arena, list, one);
	}
	return OK;
}

err_t public_scheme(struct ctx *c, const void *input, struct reply *out)
{
	const struct scheme_in *in = input;
	const struct scheme *s;
	TRY(scheme_find(c, in->scheme, &s));
	if (!s) return RAISE(c, E_NOT_FOUND, &no_scheme);
	TRY(scheme_value(c, s, &out->value));
	TRY(put_draws(c, s, out->value));
	return put_totals(c, s, out->value);
}

static struct str draw_label(struct ctx *c, struct str draw)
{
	return str_printf(c->arena, "%.2s-%.2s", draw.p + 4, draw.p + 6);
}

/* The days of a draw: 2027w02 says them to nobody. last_day is null where it is one day. */
static void put_days(struct ctx *c, struct value *draw)
{
	instant_us opens, closes;
	bool known = instant_parse(value_text(draw, "opens_at"), &opens) &&
	             instant_parse(value_text(draw, "closes_at"), &closes);
	struct str first = known ? date_format(c->arena, date_of_instant(opens)) : value_text(draw, "draw");
	struct str last = known ? date_format(c->arena, date_of_instant(closes - 1)) : first;
	value_put_str(c->arena, draw, "first_day", first);
	value_put_str(c->arena, draw, "last_day", str_eq(first, last) ? STR_NONE : last);
}

/* Entries a day, the last fourteen days: the chart; the table beside it has the figures. */
err_t public_scheme_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	const struct value *draws = value_get(v, S("draws")), *totals = value_get(v, S("totals"));
	struct chart_bar bars[14];
	size_t n = 0;
	int64_t entries = 0;
	(void)input;
	struct value *days = value_put_array(c->arena, v, "days");
	for (const struct value_member *m = draws->first; m; m = m->next) {
		bool instant = str_is(value_text(m->value, "kind"), "instant"),
		     open = str_is(value_text(m->value, "state"), "open");
		instant_us opens = 0;
		(void)instant_parse(value_text(m->value, "opens_at"), &opens);
		put_days(c, m->value);
		value_put_bool(c->arena, m->value, "is_instant", instant);
		value_put_bool(c->arena, m->value, "is_open", open);
		value_put_bool(c->arena, m->value, "is_closed", str_is(value_text(m->value, "state"), "closed"));
		value_put_bool(c->arena, m->value, "is_ahead", opens > c->now);
		if (!instant || opens > c->now || n == COUNT(bars)) continue;
		n++;
		entries += value_number(m->value, "tickets", 0) + value_number(m->value, "voids", 0);
		value_push(c->arena, days, m->value);
	}
	size_t i = n;
	for (const struct value_member *m = days->first; m; m = m->next)
		bars[--i] = (struct chart_bar){ draw_label(c, value_text(m->value, "draw")),
			value_number(m->value, "tickets", 0), false };
	for (const struct value_member *m = totals->first; m; m = m->next) {
		int k = 0;
		while (k < PRIZE_REPAID && !str_is(value_text(m->value, "state"), prize_states[k]))
			k++;
		value_put_str(c->arena, m->value, "state_title", tr(c, prize_state_words((enum prize_state)k)));
	}
	struct chart k = { tr(c, N_("每天参加的发票张数")), bars, n, 1, tr(c, N_("没有数据")), 0 };
	value_put_str(c->arena, v, "chart_svg", n ? chart_bars_svg(c->arena, &k) : S(""));
	value_put_bool(c->arena, v, "any_day", entries > 0);
	value_put_bool(c->arena, v, "any_total", totals->count > 0);
	value_put_bool(c->arena, v, "is_weekly", str_is(value_text(v, "periodic"), "week"));
	return OK;
}

/* --- a draw and its files --- */

static err_t load(struct ctx *c, const void *input, struct the_draw *d)
{
	const struct draw_in *in = input;
	const struct scheme *s;
	bool found = false;
	TRY(scheme_find(c, in->scheme, &s));
	if (s) TRY(draw_load(c, in->scheme, in->draw, d, &found));
	return found ? OK : RAISE(c, E_NOT_FOUND, &no_draw);
}

static void put_time(struct ctx *c, struct value *v, const char *key, instant_us at)
{
	value_put(c->arena, v, key,
	        at == DB_NULL ? value_null(c->arena) : value_str(c->arena, instant_format(c->arena, at)));
}

err_t public_draw(struct ctx *c, const void *input, struct reply *out)
{
	struct the_draw d = { 0 };
	TRY(load(c, input, &d));
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "scheme", d.scheme);
	value_put_str(c->arena, v, "draw", d.name);
	value_put_str(c->arena, v, "kind", d.row.kind);
	value_put_str(c->arena, v, "state", d.row.state);
	put_time(c, v, "opens_at", d.row.opens_at);
	put_time(c, v, "closes_at", d.row.closes_at);
	put_time(c, v, "committed_at", d.row.committed_at);
	put_time(c, v, "frozen_at", d.row.frozen_at);
	put_time(c, v, "closed_at", d.row.closed_at);
	value_put_str(c->arena, v, "commitment", d.row.commitment);
	value_put_int(c->arena, v, "round", d.row.round);
	value_put_bool(c->arena, v, "has_beacon", d.row.beacon.p != NULL);
	value_put_int(c->arena, v, "size", d.row.size);
	value_put_str(c->arena, v, "root", d.row.root);
	value_put_int(c->arena, v, "tickets", d.row.tickets);
	value_put_int(c->arena, v, "voids", d.row.voids);
	value_put_int(c->arena, v, "won", d.row.won);
	value_put_money(c->arena, v, "won_sum", d.row.won_sum);
	value_put_bool(c->arena, v, "is_instant", str_is(d.row.kind, "instant"));
	value_put_bool(c->arena, v, "is_closed", str_is(d.row.state, "closed"));
	return OK;
}

static err_t send(struct ctx *c, struct reply *out, const struct value *v)
{
	struct buf b;
	buf_init(&b, c->arena, 1024);
	value_write_canonical(&b, v);
	out->bytes = buf_done(&b);
	out->media = "application/json";
	return OK;
}

err_t public_rules(struct ctx *c, const void *input, struct reply *out)
{
	struct the_draw d = { 0 };
	TRY(load(c, input, &d));
	out->bytes = d.row.rules;
	out->media = "application/json";
	return OK;
}

err_t public_commitment(struct ctx *c, const void *input, struct reply *out)
{
	struct the_draw d = { 0 };
	unsigned char digest[32];
	struct value *v = value_object(c->arena);
	TRY(load(c, input, &d));
	crypto_sha256(d.row.rules.p, d.row.rules.n, digest);
	value_put_str(c->arena, v, "draw", draw_id(c->arena, d.scheme, d.name));
	value_put_str(c->arena, v, "commitment", d.row.commitment);
	value_put_str(c->arena, v, "rules", str_hex(c->arena, digest, 32));
	value_put_instant(c->arena, v, "committed_at", d.row.committed_at);
	value_put_str(c->arena, v, "chain", d.row.chain);
	value_put_int(c->arena, v, "round", d.row.round);
	value_put_str(c->arena, v, "receipt", str_from_int(c->arena, d.row.receipt_id));
	return send(c, out, v);
}

/* The act that the log has of it, with its path to a signed checkpoint: when it was published, to be checked by
 * anybody. */
static err_t send_proof(struct ctx *c, int64_t receipt_id, struct reply *out)
{
	struct receipt r;
	bool found = false;
	if (receipt_id) TRY(receipt_find(c, receipt_id, &r, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &not_yet);
	TRY(receipt_proof(c, &r, &out->bytes));
	out->media = "text/plain; charset=utf-8";
	return OK;
}

err_t public_commitment_proof(struct ctx *c, const void *input, struct reply *out)
{
	struct the_draw d = { 0 };
	TRY(load(c, input, &d));
	return send_proof(c, d.row.receipt_id, out);
}

err_t public_root_proof(struct ctx *c, const void *input, struct reply *out)
{
	struct the_draw d = { 0 };
	struct lottery_draw_frozen_receipt_row row;
	bool found;
	TRY(load(c, input, &d));
	TRY(lottery_draw_frozen_receipt(c, d.scheme, d.name, &row, &found));
	return send_proof(c, found ? row.receipt_id : 0, out);
}

err_t public_tickets(struct ctx *c, const void *input, struct reply *out)
{
	struct the_draw d = { 0 };
	TRY(load(c, input, &d));
	TRY(draw_lines_text(c, &d, &out->bytes));
	out->media = "text/plain";
	return OK;
}

err_t public_root(struct ctx *c, const void *input, struct reply *out)
{
	struct the_draw d = { 0 };
	struct value *v = value_object(c->arena);
	TRY(load(c, input, &d));
	value_put_str(c->arena, v, "draw", draw_id(c->arena, d.scheme, d.name));
	value_put_int(c->arena, v, "size", d.row.size);
	value_put_str(c->arena, v, "root", d.row.root);
	put_time(c, v, "frozen_at", d.row.frozen_at);
	return send(c, out, v);
}

err_t public_secret(struct ctx *c, const void *input, struct reply *out)
{
	struct the_draw d = { 0 };
	struct str secret = STR_NONE;
	TRY(load(c, input, &d));
	if (!str_is(d.row.state, "closed")) return RAISE(c, E_NOT_FOUND, &not_yet);
	TRY(keys_decrypt(c->app->keys, c->arena, d.row.secret, &secret));
	out->bytes = str_printf(c->arena, "%.*s\n", STR_FMT(str_hex(c->arena, secret.p, secret.n)));
	out->media = "text/plain";
	return OK;
}

err_t public_beacon(struct ctx *c, const void *input, struct reply *out)
{
	struct the_draw d = { 0 };
	TRY(load(c, input, &d));
	if (!d.row.beacon.p) return RAISE(c, E_NOT_FOUND, &not_yet);
	out->bytes = d.row.beacon;
	out->media = "application/json";
	return OK;
}

err_t public_winners(struct ctx *c, const void *input, struct reply *out)
{
	struct the_draw d = { 0 };
	struct lottery_draw_winners_text_row row;
	bool found;
	TRY(load(c, input, &d));
	TRY(lottery_draw_winners_text(c, d.scheme, d.name, &row, &found));
	if (!found || !row.winners.p) return RAISE(c, E_NOT_FOUND, &not_yet);
	out->bytes = row.winners;
	out->media = "application/json";
	return OK;
}

/* --- the sandbox's own beacon: drand's format, from a secret of this node --- */

static const struct fault_def no_round = { "round", N_("这一轮随机数还没有公布"), NULL, NULL };

err_t sandbox_beacon(struct ctx *c, const void *input, struct reply *out)
{
	const struct round_in *in = input;
	const struct draw_chain *k = &draw_chains[2];
	unsigned char signature[48], digest[32];
	int64_t round;
	struct value *v = value_object(c->arena);
	TRY(sandbox_only(c));
	if (!str_to_int(in->round, &round) || round < 1 || round > INT64_C(1000000000000) ||
	        draw_round_time(k, round) * SECOND > c->now)
		return RAISE(c, E_NOT_FOUND, &no_round);
	struct str seed =
	        keys_lookup_hash(c->app->keys, c->arena, str_printf(c->arena, "beacon %lld", (long long)round));
	crypto_sha256(seed.p, seed.n, signature);
	crypto_sha256(signature, 32, digest);
	for (size_t i = 0; i < 16; i++)
		signature[32 + i] = digest[i];
	crypto_sha256(signature, sizeof signature, digest);
	value_put_int(c->arena, v, "round", round);
	value_put_str(c->arena, v, "randomness", str_hex(c->arena, digest, 32));
	value_put_str(c->arena, v, "signature", str_hex(c->arena, signature, sizeof signature));
	out->value = v;
	return OK;
}

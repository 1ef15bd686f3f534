#include "services/invoice/lottery/scheme.h"
#include "kernel/ctx/app.h"
#include "kernel/log/log.h"
#include "kernel/policy/policy.h"
#include <string.h>

/* --- reading one --- */

struct reading {
	struct arena *arena;
	struct str why; /* the first rule broken */
};

static void refuse(struct reading *r, const char *what)
{
	if (!r->why.p) r->why = str_c(what);
}

static int64_t number(struct reading *r, const struct value *v, const char *key, int64_t otherwise)
{
	struct str s = value_text(v, key);
	int64_t n = otherwise;
	if (s.p && (!str_to_int(s, &n) || n < 0 || n > 1000000000)) refuse(r, key);
	return n;
}

static struct money money(struct reading *r, const struct value *v, const char *key, bool required)
{
	struct str s = value_text(v, key);
	struct money m = FEN(0);
	if (s.p ? !money_parse(s, &m) || m.fen < 0 : required) refuse(r, key);
	return m;
}

static bool flag(const struct value *v, const char *key)
{
	return str_is(value_text(v, key), "true");
}

static struct str text(struct reading *r, const struct value *v, const char *key)
{
	struct str s = value_text(v, key);
	if (!s.n || s.n > 300) refuse(r, key);
	return s.p ? s : S("");
}

static size_t prefixes(struct reading *r, const struct value *v, const char *key, size_t max, struct str *out)
{
	const struct value *list = value_get(v, str_c(key));
	size_t n = 0;
	for (const struct value_member *m = list && list->kind == VALUE_ARRAY ? list->first : NULL; m; m = m->next) {
		if (m->value->kind != VALUE_STR || m->value->str.n < 2 || m->value->str.n > max ||
		        n == SCHEME_TRADES_MAX) {
			refuse(r, key);
			return n;
		}
		out[n++] = m->value->str;
	}
	return n;
}

static size_t prizes(struct reading *r, const struct value *v, const char *count, struct scheme_prize *out)
{
	const struct value *list = value_get(v, S("prizes"));
	size_t n = 0;
	for (const struct value_member *m = list && list->kind == VALUE_ARRAY ? list->first : NULL; m; m = m->next) {
		if (n == SCHEME_PRIZES_MAX) {
			refuse(r, "prizes");
			return n;
		}
		out[n].amount = money(r, m->value, "amount", true);
		out[n].slots = number(r, m->value, count, 0);
		/* Highest first: the order of ranks in a periodic draw, and of tables. */
		if (!out[n].slots || !out[n].amount.fen || (n && out[n].amount.fen >= out[n - 1].amount.fen))
			refuse(r, "prizes");
		n++;
	}
	if (!n) refuse(r, "prizes");
	return n;
}

static void band(struct reading *r, const struct value *v, struct scheme *s)
{
	if (s->n_bands == SCHEME_BANDS_MAX) {
		refuse(r, "bands");
		return;
	}
	struct scheme_band *b = &s->bands[s->n_bands++];
	int64_t used = 0;
	b->minimum = money(r, v, "minimum", true);
	b->slots = number(r, v, "slots", 0);
	b->n_prizes = prizes(r, v, "slots", b->prizes);
	for (size_t i = 0; i < b->n_prizes; i++)
		used += b->prizes[i].slots;
	if (b->slots < 1 || used > b->slots) refuse(r, "slots");
	if (s->n_bands > 1 && b->minimum.fen <= b[-1].minimum.fen) refuse(r, "bands");
}

static void draws(struct reading *r, struct scheme *s)
{
	const struct value *instant = value_get(s->data, S("instant")), *periodic = value_get(s->data, S("periodic"));
	const struct value *bands = instant ? value_get(instant, S("bands")) : NULL;
	for (const struct value_member *m = bands && bands->kind == VALUE_ARRAY ? bands->first : NULL; m; m = m->next)
		band(r, m->value, s);
	if (instant) s->pay_after_days = number(r, instant, "pay_after_days", 0);
	if (!instant && !periodic) refuse(r, "instant");
	if (instant && !s->n_bands) refuse(r, "bands");
	if (!periodic) return;
	struct str every = value_text(periodic, "every");
	s->every = str_is(every, "week") ? EVERY_WEEK : str_is(every, "month") ? EVERY_MONTH : EVERY_NEVER;
	if (s->every == EVERY_NEVER) refuse(r, "every");
	s->periodic_minimum = money(r, periodic, "minimum", false);
	s->winners_leave = flag(periodic, "winners_leave");
	s->notice_days = number(r, periodic, "notice_days", 0);
	s->n_prizes = prizes(r, periodic, "count", s->prizes);
}

static void clusters(struct reading *r, struct scheme *s)
{
	const struct value *v = value_get(s->data, S("clusters"));
	if (!v) return;
	s->pair_tickets = number(r, v, "pair_tickets", 0);
	s->pair_minutes = number(r, v, "pair_minutes", 0);
	if (s->pair_tickets < 1 || s->pair_tickets > SCHEME_PAIR_MAX || s->pair_minutes < 1 ||
	        s->pair_minutes > SCHEME_PAIR_MINUTES_MAX)
		refuse(r, "clusters");
}

static void head(struct reading *r, struct scheme *s)
{
	const struct value *v = s->data;
	s->id = text(r, v, "id");
	s->title = text(r, v, "title");
	s->region = text(r, v, "region");
	s->region_title = text(r, v, "region_title");
	s->trades_title = text(r, v, "trades_title");
	s->law = text(r, v, "law");
	s->n_trades = prefixes(r, v, "trades", 4, s->trades);
	s->n_except = prefixes(r, v, "trades_except", 4, s->except);
	s->n_agency = prefixes(r, v, "agency_tax_codes", 19, s->agency);
	if (!s->n_trades) refuse(r, "trades");
	if (!date_parse(value_text(v, "from"), &s->from)) refuse(r, "from");
	if (!date_parse(value_text(v, "to"), &s->to) || date_cmp(s->from, s->to) > 0) refuse(r, "to");
	s->minimum = money(r, v, "minimum", true);
	s->release = money(r, v, "release", false);
	s->per_day = number(r, v, "per_day", 0);
	s->per_week = number(r, v, "per_week", 0);
	s->per_month = number(r, v, "per_month", 0);
	s->upload_after_minutes = number(r, v, "upload_after_minutes", 0);
	s->claim_days = number(r, v, "claim_days", 0);
	if (!s->claim_days) refuse(r, "claim_days");
	s->same_day = flag(v, "same_day");
	s->verified = flag(v, "verified");
	s->sandbox = flag(v, "sandbox");
	if (!value_text(v, "verified").p) refuse(r, "verified");
}

const struct scheme *scheme_of(struct arena *a, const struct value *data, struct str *why)
{
	struct reading r = { .arena = a };
	struct scheme *s = arena_new_of(a, struct scheme);
	s->data = data;
	head(&r, s);
	clusters(&r, s);
	draws(&r, s);
	*why = r.why;
	return r.why.p ? NULL : s;
}

const struct scheme *scheme_read(struct arena *a, struct str yaml, struct str *why)
{
	struct value *data;
	*why = S("yaml");
	if (policy_data(a, yaml, &data) != OK || data->kind != VALUE_OBJECT) return NULL;
	return scheme_of(a, data, why);
}

/* --- all of them --- */

struct all {
	struct ctx *c;
	const struct scheme **list;
	size_t n;
	bool broken;
};

static void add(void *arg, const char *path, const struct value *data)
{
	struct all *all = arg;
	struct str why = S("yaml");
	if (str_ends(str_c(path), "/charities.yaml") || all->n == SCHEMES_MAX) return;
	const struct scheme *s = data->kind == VALUE_OBJECT ? scheme_of(all->c->arena, data, &why) : NULL;
	if (!s) {
		log_event(LOG_ERROR_LEVEL, "lottery-scheme", STR_NONE, "path", path, "why",
		        str_dup(all->c->arena, why).p, NULL);
		all->broken = true;
	} else if (!s->sandbox || all->c->app->sandbox) {
		all->list[all->n++] = s;
	}
}

err_t scheme_all(struct ctx *c, const struct scheme *const **out, size_t *n)
{
	struct all all = { .c = c, .list = arena_array(c->arena, SCHEMES_MAX, sizeof *all.list) };
	policy_files(c->app->policy, "policy/lottery/", add, &all);
	*out = all.list;
	*n = all.n;
	return all.broken ? E_INTERNAL : OK;
}

err_t scheme_find(struct ctx *c, struct str id, const struct scheme **out)
{
	struct str why;
	*out = NULL;
	if (!id.n || id.n > 40) return OK;
	for (size_t i = 0; i < id.n; i++)
		if (!(id.p[i] >= 'a' && id.p[i] <= 'z') && id.p[i] != '-') return OK;
	const struct value *data =
	        policy_file(c->app->policy, str_printf(c->arena, "policy/lottery/%.*s.yaml", STR_FMT(id)).p);
	if (!data || str_is(id, "charities")) return OK;
	const struct scheme *s = scheme_of(c->arena, data, &why);
	if (!s) return E_INTERNAL;
	if (!s->sandbox || c->app->sandbox) *out = s;
	return OK;
}

bool scheme_in_force(const struct scheme *s, struct date d)
{
	return date_cmp(s->from, d) <= 0 && date_cmp(d, s->to) <= 0;
}

static bool begins_with_one(const struct str *list, size_t n, struct str code)
{
	for (size_t i = 0; i < n; i++)
		if (code.n >= list[i].n && memcmp(code.p, list[i].p, list[i].n) == 0) return true;
	return false;
}

bool scheme_has_trade(const struct scheme *s, struct str code)
{
	return code.n && begins_with_one(s->trades, s->n_trades, code) &&
	       !begins_with_one(s->except, s->n_except, code);
}

bool scheme_has_agency(const struct scheme *s, struct str tax_code)
{
	return begins_with_one(s->agency, s->n_agency, tax_code);
}

const struct scheme_band *scheme_band_for(const struct scheme *s, struct money total)
{
	for (size_t i = s->n_bands; i > 0; i--)
		if (total.fen >= s->bands[i - 1].minimum.fen) return &s->bands[i - 1];
	return NULL;
}

struct money scheme_prize_of(const struct scheme_band *b, int64_t slot)
{
	for (size_t i = 0; i < b->n_prizes; i++) {
		if (slot < b->prizes[i].slots) return b->prizes[i].amount;
		slot -= b->prizes[i].slots;
	}
	return FEN(0);
}

int64_t scheme_expected_milli(const struct scheme_band *b)
{
	__int128 sum = 0;
	for (size_t i = 0; i < b->n_prizes; i++)
		sum += (__int128)b->prizes[i].amount.fen * b->prizes[i].slots * 1000;
	return (int64_t)(sum / b->slots);
}

/* --- charities --- */

err_t scheme_charities(struct ctx *c, struct charity **out, size_t *n)
{
	const struct value *data = policy_file(c->app->policy, "policy/lottery/charities.yaml");
	*n = 0;
	if (!data) return E_INTERNAL;
	const struct value *list = value_get(data, S("charities"));
	*out = arena_array(c->arena, list ? list->count + 1 : 1, sizeof **out);
	for (const struct value_member *m = list ? list->first : NULL; m; m = m->next)
		(*out)[(*n)++] = (struct charity){ value_text(m->value, "id"), value_text(m->value, "title"),
			value_text(m->value, "channel"), value_text(m->value, "account") };
	return OK;
}

bool scheme_charity(struct ctx *c, struct str id, struct charity *out)
{
	struct charity *list;
	size_t n;
	if (!id.n || scheme_charities(c, &list, &n) != OK) return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].id, id)) return *out = list[i], true;
	return false;
}

/* A draw run again from its public files, by anybody, without us. No I/O. */
#include "kernel/crypto/crypto.h"
#include "kernel/value/value.h"
#include "services/invoice/lottery/draw.h"
#include "services/invoice/lottery/scheme.h"
#include <string.h>

const char *const draw_part_names[] = { "ok", "rules", "commitment", "secret", "beacon", "tickets", "root", "winners" };

struct check {
	struct arena *arena;
	const struct draw_files *files;
	struct draw_verdict *out;
	const struct scheme *scheme;
	struct str kind, draw_id;
	struct draw_beacon beacon;
	unsigned char secret[32], seed[32];
};

static bool fail(struct check *k, enum draw_part part, const char *why)
{
	k->out->part = part;
	k->out->why = str_c(why);
	return false;
}

static struct value *json(struct check *k, struct str text)
{
	struct value *v;
	struct json_fault where;
	return text.p && json_parse(k->arena, text, &v, &where) == OK && v->kind == VALUE_OBJECT ? v : NULL;
}

static bool hex_is(struct check *k, struct str hex, const unsigned char bytes[32])
{
	return str_eq(hex, str_hex(k->arena, bytes, 32));
}

static bool check_rules(struct check *k)
{
	struct str why;
	const struct value *v = json(k, k->files->rules), *data = v ? value_get(v, S("scheme")) : NULL;
	if (!data || data->kind != VALUE_OBJECT) return fail(k, DRAW_RULES, "rules.json is not the rules of a draw");
	k->scheme = scheme_of(k->arena, data, &why);
	if (!k->scheme) return fail(k, DRAW_RULES, "rules.json: the scheme breaks a rule of its own");
	k->kind = value_text(v, "kind");
	k->draw_id = k->out->draw = value_text(v, "draw");
	bool instant = str_is(k->kind, "instant"), periodic = str_is(k->kind, "periodic");
	if (!k->draw_id.n || (!instant && !periodic) || (instant && !k->scheme->n_bands) ||
	        (periodic && !k->scheme->n_prizes))
		return fail(k, DRAW_RULES, "rules.json: no draw, or no prizes for its kind");
	return true;
}

static bool check_commitment(struct check *k)
{
	unsigned char digest[32];
	const struct value *v = json(k, k->files->commitment);
	if (!v || !str_eq(value_text(v, "draw"), k->draw_id))
		return fail(k, DRAW_COMMITMENT, "commitment.json is not of this draw");
	crypto_sha256(k->files->rules.p, k->files->rules.n, digest);
	if (!hex_is(k, value_text(v, "rules"), digest))
		return fail(k, DRAW_RULES, "rules.json is not what was committed to");
	struct str hex = str_trim(k->files->secret.p ? k->files->secret : S("")), bytes;
	if (hex.n != 64 || !str_unhex(k->arena, hex, &bytes))
		return fail(k, DRAW_SECRET, "secret.txt is not 32 bytes in hex");
	memcpy(k->secret, bytes.p, 32);
	draw_commitment(bytes, digest);
	if (!hex_is(k, value_text(v, "commitment"), digest))
		return fail(k, DRAW_SECRET, "the secret is not the one that was committed to");
	return true;
}

static bool check_beacon(struct check *k)
{
	const struct value *v = json(k, k->files->commitment);
	enum draw_beacon_fault f = draw_beacon_read(k->arena, k->files->beacon, &k->beacon);
	if (f == BEACON_MALFORMED) return fail(k, DRAW_BEACON, "beacon.json is no beacon");
	if (f == BEACON_RANDOMNESS)
		return fail(k, DRAW_BEACON, "the randomness is not SHA-256 of the signature, or of the numbers");
	if (!k->beacon.numbers &&
	        (k->beacon.round != value_number(v, "round", 0) || !str_eq(k->beacon.chain, value_text(v, "chain"))))
		return fail(k, DRAW_BEACON, "this is not the round that was named beforehand");
	return true;
}

static bool check_root(struct check *k, const struct draw_sorted *s)
{
	const struct value *v = json(k, k->files->root);
	if (!v || !str_eq(value_text(v, "draw"), k->draw_id))
		return fail(k, DRAW_ROOT, "root.json is not of this draw");
	if (value_number(v, "size", -1) != s->lines)
		return fail(k, DRAW_ROOT, "tickets.txt has another number of lines");
	if (!hex_is(k, value_text(v, "root"), s->root)) return fail(k, DRAW_ROOT, "the tickets do not make this root");
	return true;
}

static bool passed_over(const struct value *passed, struct str number)
{
	for (const struct value_member *m = passed ? passed->first : NULL; m; m = m->next)
		if (str_eq(value_text(m->value, "number"), number)) return true;
	return false;
}

/* Ranks in ascending order; who was passed over with a published reason gives the prize to the next. */
static bool check_periodic(struct check *k, const struct draw_sorted *s, const struct value *v)
{
	const struct value *winners = value_get(v, S("winners")), *passed = value_get(v, S("passed"));
	const struct value_member *m = winners ? winners->first : NULL;
	size_t prize = 0;
	int64_t left = k->scheme->prizes[0].slots;
	for (size_t i = 0; i < s->n && prize < k->scheme->n_prizes; i++) {
		struct money amount;
		if (passed_over(passed, s->winners[i])) continue;
		if (!m || !str_eq(value_text(m->value, "number"), s->winners[i]))
			return fail(k, DRAW_WINNERS, "another ticket wins");
		if (!money_parse(value_text(m->value, "amount"), &amount) ||
		        amount.fen != k->scheme->prizes[prize].amount.fen)
			return fail(k, DRAW_WINNERS, "a winner gets another prize than the rules say");
		k->out->paid.fen += amount.fen;
		k->out->winners++;
		m = m->next;
		if (--left == 0 && ++prize < k->scheme->n_prizes) left = k->scheme->prizes[prize].slots;
	}
	return m ? fail(k, DRAW_WINNERS, "there are more winners than the rules and tickets make") : true;
}

static bool check_entry(struct check *k, const struct draw *d, const struct draw_line *l)
{
	unsigned char r[32];
	int64_t counter;
	const struct scheme_band *b = scheme_band_for(k->scheme, l->band);
	if (!b || b->minimum.fen != l->band.fen)
		return fail(k, DRAW_TICKETS, "an entry names a table that the rules do not have");
	struct money drawn = scheme_prize_of(b, draw_slot(d, l->number, b->slots, &counter, r));
	if (drawn.fen != l->drawn.fen) return fail(k, DRAW_WINNERS, "an entry draws another prize");
	if (l->paid.fen && l->paid.fen != l->drawn.fen) return fail(k, DRAW_WINNERS, "an entry is paid another prize");
	k->out->winners += l->paid.fen > 0;
	k->out->paid.fen += l->paid.fen;
	return true;
}

static bool check_instant(struct check *k, const struct value *v)
{
	struct draw d = { { (const char *)k->secret, 32 }, { (const char *)k->beacon.randomness, 32 }, k->draw_id };
	struct str rest = k->files->tickets, line;
	struct draw_line l;
	struct money sum;
	while (rest.n && str_split(&rest, '\n', &line)) {
		if (!draw_line_read(line, &l)) return fail(k, DRAW_TICKETS, "tickets.txt has a line that is none");
		if (!l.reason.p && (!l.instant || !check_entry(k, &d, &l)))
			return k->out->part ? false
			                    : fail(k, DRAW_TICKETS, "tickets.txt has an entry without its prize");
	}
	if (!money_parse(value_text(v, "paid"), &sum) || sum.fen != k->out->paid.fen ||
	        value_number(v, "count", -1) != k->out->winners)
		return fail(k, DRAW_WINNERS, "winners.json does not say what the entries add up to");
	return true;
}

/* How many ranks must be known: all prizes, and as many as were passed over. */
static size_t ranks(const struct check *k, const struct value *winners)
{
	const struct value *passed = value_get(winners, S("passed"));
	int64_t n = passed && passed->kind == VALUE_ARRAY ? passed->count : 0;
	for (size_t i = 0; i < k->scheme->n_prizes; i++)
		n += k->scheme->prizes[i].slots;
	return (size_t)n;
}

void draw_verify(struct arena *a, const struct draw_files *f, unsigned threads, struct draw_verdict *out)
{
	struct check k = { .arena = a, .files = f, .out = out };
	struct draw_sorted s;
	*out = (struct draw_verdict){ .part = DRAW_GOOD, .why = S(""), .draw = S("") };
	if (!check_rules(&k) || !check_commitment(&k) || !check_beacon(&k)) return;
	const struct value *winners = json(&k, f->winners);
	if (!winners || !str_eq(value_text(winners, "draw"), k.draw_id)) {
		(void)fail(&k, DRAW_WINNERS, "winners.json is not of this draw");
		return;
	}
	bool periodic = str_is(k.kind, "periodic");
	struct draw d = { { (const char *)k.secret, 32 }, { (const char *)k.beacon.randomness, 32 }, k.draw_id };
	draw_seed(&d, k.seed);
	if (!draw_sort(a, f->tickets, k.seed, periodic ? ranks(&k, winners) : 0, threads, &s)) {
		(void)fail(&k, DRAW_TICKETS,
		        s.line ? str_printf(a, "tickets.txt: line %lld is broken", (long long)s.line).p
		               : "a ticket stands twice");
		return;
	}
	out->tickets = s.lines;
	if (!check_root(&k, &s)) return;
	(void)(periodic ? check_periodic(&k, &s, winners) : check_instant(&k, winners));
}

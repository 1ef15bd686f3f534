/* Taking over what a device has issued: any order, any part of it, again and again. The device's signature is the
 * authority, so that no session can end in between. Signatures and rules are checked before the writer is asked, a
 * thousand entries at a time; while one part is written the next is checked. What is wrong with one entry does not hold
 * up the others. */
#include "services/invoice/lane/sync.h"
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include <stdlib.h>
#include <string.h>

enum { PART = 1000 };

static const struct fault_def no_lane = { "lane-unknown", N_("没有这台设备"), NULL, NULL };
static const struct fault_def not_now = { "seller-unknown", N_("这台设备的销售方没有登记"), NULL, NULL };

/* --- checking, outside the transaction --- */

static void refuse(struct item *i, const char *reason)
{
	if (i->outcome == SYNC_OPEN) {
		i->outcome = SYNC_REFUSED;
		i->reason = reason;
	}
}

static void read_item(struct sync *s, struct item *i)
{
	struct str signature;
	const char *fault = lane_entry_parse(s->c->arena, i->text, &i->entry);
	if (fault)
		refuse(i, fault);
	else if (!str_eq(i->entry.lane, s->lane_text))
		refuse(i, "lane");
	if (str_unbase64(s->c->arena, i->signature, &signature) && signature.n == LANE_SIGNATURE)
		i->signature_bytes = (const unsigned char *)signature.p;
}

static void check_signatures(struct part *p)
{
	struct crypto_check *list = arena_array(p->c.arena, p->n + 1, sizeof *list);
	for (size_t i = 0; i < p->n; i++)
		if (p->items[i]->outcome == SYNC_OPEN)
			list[i] = (struct crypto_check){ lane_entry_covered(p->c.arena, p->items[i]->text),
				p->items[i]->signature_bytes, false };
	crypto_ed25519_verify_many(p->sync->key, list, p->n);
	for (size_t i = 0; i < p->n; i++)
		if (!list[i].good) refuse(p->items[i], "signature");
}

/* A clock that is a little fast: the invoice is issued as of now, never in the future; the day stands in the code. */
static bool ahead(const struct part *p, const struct item *i)
{
	instant_us at = i->entry.issued_at, now = p->c.now;
	return at > now + LANE_AHEAD_US || (at > now && date_cmp(date_of_instant(at), date_of_instant(now)) != 0);
}

static err_t check_rules(struct part *p, struct item *i)
{
	struct issue_given *g = &i->given;
	instant_us at = i->entry.issued_at < p->c.now ? i->entry.issued_at : p->c.now;
	if (ahead(p, i)) return refuse(i, "clock-ahead"), OK;
	TRY(issue_given_read(&p->c, p->sync->desk, i->entry.number, at, i->entry.invoice, g));
	if (g->errors.p)
		refuse(i, "rules");
	else if (g->amount.fen != i->entry.amount.fen || g->tax.fen != i->entry.tax.fen ||
	         g->total.fen != i->entry.total.fen)
		refuse(i, "amounts");
	else if (!str_eq(g->qr, i->entry.qr))
		refuse(i, "qr");
	return OK;
}

static err_t fill(struct part *p)
{
	struct sync *s = p->sync;
	arena_reset(p->c.arena);
	problem_init(&p->c.problem, p->c.arena);
	p->items = s->order + s->at;
	p->n = s->n - s->at < PART ? s->n - s->at : PART;
	s->at += p->n;
	check_signatures(p);
	for (size_t i = 0; i < p->n; i++)
		if (p->items[i]->outcome == SYNC_OPEN) TRY(check_rules(p, p->items[i]));
	return OK;
}

/* --- the whole --- */

static err_t end_part(struct part *p)
{
	struct ctx *c = p->sync->c;
	if (!p->pending) return OK;
	err_t e = db_write_end(p->pending);
	p->pending = NULL;
	if (p->c.outbox_wait > c->outbox_wait) c->outbox_wait = p->c.outbox_wait;
	if (p->c.log_wait > c->log_wait) c->log_wait = p->c.log_wait;
	if (e != OK) return e;
	/* What the answer still needs of the part's own memory. */
	for (size_t i = 0; i < p->n; i++)
		if (p->items[i]->given.errors.p)
			p->items[i]->given.errors = str_dup(c->arena, p->items[i]->given.errors);
	return OK;
}

static err_t run(struct sync *s)
{
	for (size_t index = 0; s->at < s->n; index++) {
		struct part *p = &s->parts[index % 2];
		TRY(fill(p));
		TRY(end_part(&s->parts[(index + 1) % 2]));
		p->pending = db_write_start(&p->c, sync_store, p);
	}
	TRY(end_part(&s->parts[0]));
	return end_part(&s->parts[1]);
}

static int by_place(const void *x, const void *y)
{
	const struct item *a = *(struct item *const *)x, *b = *(struct item *const *)y;
	if (a->entry.sequence != b->entry.sequence) return a->entry.sequence < b->entry.sequence ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static void free_arena(void *a)
{
	arena_free(a);
}

static void free_key(void *k)
{
	crypto_key_free(k);
}

static err_t begin(struct sync *s, const struct sync_in *in)
{
	struct ctx *c = s->c;
	struct lane_get_row lane;
	struct str key;
	bool found;
	TRY(lane_get(c, in->id, &lane, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &no_lane);
	s->lane_id = lane.lane_id;
	s->lane_text = str_from_int(c->arena, lane.lane_id);
	TRY(issue_desk_open(c, lane.taxpayer_id, lane.drawer, &s->desk, &found));
	if (!issue_desk_seller(s->desk)[0].p) return RAISE(c, E_NOT_FOUND, &not_now);
	if (!str_unbase64(c->arena, lane.public_key, &key) || key.n != LANE_KEY) return E_INTERNAL;
	s->key = crypto_ed25519_public((const unsigned char *)key.p);
	if (!s->key) return E_INTERNAL;
	arena_cleanup(c->arena, free_key, s->key);
	s->n = in->n_entries;
	s->items = arena_array(c->arena, s->n + 1, sizeof *s->items);
	s->order = arena_array(c->arena, s->n + 1, sizeof(struct item *));
	for (size_t i = 0; i < s->n; i++) {
		s->items[i] = (struct item){
			.index = i, .text = in->entries[i].entry, .signature = in->entries[i].signature
		};
		read_item(s, &s->items[i]);
		s->order[i] = &s->items[i];
	}
	qsort(s->order, s->n, sizeof(struct item *), by_place);
	for (size_t i = 0; i < 2; i++) {
		struct part *p = &s->parts[i];
		p->sync = s;
		p->c = *c;
		p->c.arena = arena_new();
		arena_cleanup(c->arena, free_arena, p->c.arena);
	}
	return OK;
}

/* A number of somebody else, one number twice, a copied key: whoever watches over the house hears of it. */
static void tell_security(struct ctx *c, const struct sync *s)
{
	static const char *const grave[] = { "number-foreign", "number-taken", "signature", "fork", "revoked" };
	for (size_t g = 0; g < COUNT(grave); g++) {
		size_t n = 0;
		for (size_t i = 0; i < s->n; i++)
			n += s->items[i].reason && strcmp(s->items[i].reason, grave[g]) == 0;
		if (n)
			access_security(c, str_printf(c->arena, "lane-%s", grave[g]).p,
			        str_printf(c->arena, "%.*s × %zu", STR_FMT(s->lane_text), n));
	}
}

static void put_result(struct ctx *c, struct value *list, const struct item *i)
{
	static const char *const outcomes[] = { "refused", "issued", "already", "to-confirm", "refused" };
	struct value *v = value_object(c->arena), *errors;
	struct json_fault where;
	value_put_str(c->arena, v, "number", i->entry.number);
	value_put_c(c->arena, v, "outcome", outcomes[i->outcome]);
	value_put_str(c->arena, v, "reason", i->reason ? str_c(i->reason) : S(""));
	value_put_str(c->arena, v, "detail", i->reason ? tr(c, lane_reason_words(str_c(i->reason))) : S(""));
	if (!i->given.errors.p || json_parse(c->arena, i->given.errors, &errors, &where) != OK)
		errors = value_array(c->arena);
	value_put(c->arena, v, "errors", errors);
	value_push(c->arena, list, v);
}

static err_t answer(struct sync *s, struct reply *out)
{
	struct ctx *c = s->c;
	struct lane_get_row lane;
	int64_t n[SYNC_OUTCOMES] = { 0 };
	bool found;
	TRY(lane_get(c, s->lane_id, &lane, &found));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "lane", s->lane_text);
	value_put_bool(c->arena, out->value, "active", found && lane.state == LANE_ACTIVE);
	value_put_int(c->arena, out->value, "head_sequence", lane.head_sequence);
	value_put_str(c->arena, out->value, "head_hash", lane.head_hash);
	for (size_t i = 0; i < s->n; i++)
		n[s->items[i].outcome]++;
	value_put_int(c->arena, out->value, "issued", n[SYNC_ISSUED]);
	value_put_int(c->arena, out->value, "already", n[SYNC_ALREADY]);
	value_put_int(c->arena, out->value, "to_confirm", n[SYNC_WAITS]);
	value_put_int(c->arena, out->value, "refused", n[SYNC_REFUSED]);
	struct value *list = value_put_array(c->arena, out->value, "results");
	for (size_t i = 0; i < s->n; i++)
		put_result(c, list, &s->items[i]);
	return OK;
}

err_t lane_sync(struct ctx *c, const void *input, struct reply *out)
{
	struct sync *s = arena_new_of(c->arena, struct sync);
	s->c = c;
	TRY(begin(s, input));
	err_t e = run(s);
	for (size_t i = 0; i < 2; i++) /* a failed part leaves the other one in the air */
		if (s->parts[i].pending) (void)end_part(&s->parts[i]);
	TRY(e);
	tell_security(c, s);
	return answer(s, out);
}

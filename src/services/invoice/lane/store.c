/* Writing a part of a call: on the writer thread, in one transaction. Which entries are issued at once, which wait for
 * the seller's word, and which are refused, is decided here, where nothing else can come in between. */
#include "kernel/outbox/outbox.h"
#include "services/invoice/lane/known.h"
#include "services/invoice/lane/sync.h"
#include <stdlib.h>
#include <string.h>

struct store {
	struct ctx *c;
	struct part *part;
	struct lane_get_row lane;
	struct lane_blocks_row *blocks;
	struct money *used; /* of the limit, by block */
	int64_t *issued;    /* in this part, by block */
	size_t n_blocks;
	struct known_set known;
};

static err_t load(struct store *s)
{
	struct part *p = s->part;
	struct str first = STR_NONE, last = STR_NONE;
	int64_t from = INT64_MAX, to = 0;
	bool found;
	TRY(lane_get(s->c, p->sync->lane_id, &s->lane, &found));
	if (!found) return E_INTERNAL;
	TRY(lane_blocks(s->c, s->lane.lane_id, &s->blocks, &s->n_blocks));
	s->used = arena_array(s->c->arena, s->n_blocks + 1, sizeof *s->used);
	s->issued = arena_array(s->c->arena, s->n_blocks + 1, sizeof *s->issued);
	known_init(&s->known, s->c->arena, p->n + 64);
	for (size_t i = 0; i < p->n; i++) {
		const struct lane_entry *e = &p->items[i]->entry;
		if (p->items[i]->outcome == SYNC_REFUSED) continue;
		if (!first.p || str_cmp(e->number, first) < 0) first = e->number;
		if (!last.p || str_cmp(e->number, last) > 0) last = e->number;
		if (e->sequence < from) from = e->sequence;
		if (e->sequence > to) to = e->sequence;
	}
	if (!first.p) return OK;
	/* Numbers have 20 digits: 19 of them stand before the first. */
	return known_load(s->c, &s->known, s->lane.lane_id, str_sub(first, 0, first.n - 1), last, from - 1,
	        to < INT64_MAX ? to + 1 : to);
}

/* Two that claim one place, or that do not name each other: somebody else signs with this key, too. */
static bool forked(const struct store *s, const struct lane_entry *e)
{
	const struct known *same = known_sequence(&s->known, e->sequence);
	const struct known *before = e->sequence > 1 ? known_sequence(&s->known, e->sequence - 1) : NULL;
	const struct known *behind = known_sequence(&s->known, e->sequence + 1);
	if (same) return true;
	if (e->sequence == 1 && !str_is(e->previous, LANE_NO_ENTRY)) return true;
	if (before && !str_eq(before->hash, e->previous)) return true;
	return behind && !str_is(behind->previous, e->hash);
}

static void set(struct item *i, enum sync_outcome o, const char *reason)
{
	i->outcome = o;
	i->reason = reason;
}

static void judge(struct store *s, struct item *i)
{
	const struct lane_entry *e = &i->entry;
	const struct known *k = known_number(&s->known, e->number);
	size_t b = 0;
	while (b < s->n_blocks && !lane_block_holds(&s->blocks[b], e->number))
		b++;
	if (k && str_is(k->hash, e->hash)) {
		set(i, SYNC_ALREADY, NULL);
	} else if (k) {
		set(i, SYNC_REFUSED, "number-taken");
	} else if (b == s->n_blocks) {
		set(i, SYNC_REFUSED, "number-foreign");
	} else if (date_of_instant(e->issued_at).year != s->blocks[b].until_on.year) {
		set(i, SYNC_REFUSED, "year");
	} else if (s->lane.state != LANE_ACTIVE) {
		set(i, SYNC_WAITS, "revoked");
	} else if (s->blocks[b].closed_at) {
		set(i, SYNC_WAITS, "block-closed");
	} else if (e->issued_at < s->blocks[b].granted_at - LANE_BEHIND_US) {
		set(i, SYNC_WAITS, "clock-behind");
	} else if (forked(s, e)) {
		set(i, SYNC_WAITS, "fork");
	} else if (s->blocks[b].used.fen + s->used[b].fen + i->given.amount.fen > s->blocks[b].limit.fen) {
		set(i, SYNC_WAITS, "over-limit");
	} else {
		set(i, SYNC_ISSUED, NULL);
		s->used[b].fen += i->given.amount.fen;
		s->issued[b]++;
	}
	if (i->outcome == SYNC_ISSUED || i->outcome == SYNC_WAITS)
		known_add(&s->known, &(struct known){ e->number, e->sequence, { e->hash, LANE_HASH }, e->previous,
		                             i->outcome == SYNC_ISSUED ? ENTRY_ISSUED : ENTRY_WAITS });
}

static int by_number(const void *x, const void *y)
{
	const struct issue_given *a = *(const struct issue_given *const *)x, *b = *(const struct issue_given *const *)y;
	return str_cmp(a->number, b->number);
}

static err_t write_invoices(struct store *s)
{
	struct part *p = s->part;
	const struct issue_given **list = arena_array(s->c->arena, p->n + 1, sizeof(struct issue_given *));
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++)
		if (p->items[i]->outcome == SYNC_ISSUED) list[n++] = &p->items[i]->given;
	qsort(list, n, sizeof(struct issue_given *), by_number);
	return issue_given_write(s->c, p->sync->desk, list, n);
}

static err_t write_entries(struct store *s)
{
	struct part *p = s->part;
	struct lane_entry_insert_in_row *rows = arena_array(s->c->arena, p->n + 1, sizeof *rows);
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct item *it = p->items[i];
		bool waits = it->outcome == SYNC_WAITS;
		if (!waits && it->outcome != SYNC_ISSUED) continue;
		rows[n++] = (struct lane_entry_insert_in_row){ s->lane.lane_id, it->entry.number, it->entry.sequence,
			{ it->entry.hash, LANE_HASH }, it->entry.previous, waits ? ENTRY_WAITS : ENTRY_ISSUED,
			it->reason ? str_c(it->reason) : S(""), it->text, it->signature, it->given.buyer_name,
			it->given.amount, it->given.total, it->given.issued_at, s->c->now,
			waits ? s->c->now + LANE_CONFIRM_DAYS * LANE_DAY_US : 0 };
	}
	return n ? lane_entry_insert_rows(s->c, rows, n) : OK;
}

/* A block whose last number was issued is closed: what is left of its limit goes back. */
static err_t write_blocks(struct store *s)
{
	for (size_t i = 0; i < s->n_blocks; i++) {
		const struct lane_blocks_row *b = &s->blocks[i];
		if (!s->issued[i]) continue;
		TRY(lane_block_used(s->c, s->issued[i], s->used[i], s->lane.lane_id, b->first, NULL));
		if (b->used_n + s->issued[i] == b->n)
			TRY(lane_close_block(s->c, s->part->sync->desk, s->lane.lane_id, b->first));
	}
	return OK;
}

/* What is anchored before a device is lost stays valid: nobody can date anything back behind it. */
static err_t anchor(struct store *s)
{
	const struct item *head = NULL;
	struct value *ignored;
	for (size_t i = 0; i < s->part->n; i++)
		if (s->part->items[i]->outcome == SYNC_ISSUED &&
		        s->part->items[i]->entry.sequence > (head ? head->entry.sequence : s->lane.head_sequence))
			head = s->part->items[i];
	if (!head) return OK;
	struct str hash = { head->entry.hash, LANE_HASH };
	TRY(lane_head(s->c, head->entry.sequence, hash, s->c->now, s->lane.lane_id, NULL));
	return lane_act(s->c, &s->lane, "anchored", "head",
	        str_printf(s->c->arena, "%lld %.*s", (long long)head->entry.sequence, STR_FMT(hash)), &ignored);
}

/* What waits for the seller's word lapses without it: who may give it hears of it at once. */
static err_t tell_waiting(struct store *s)
{
	int64_t n = 0;
	for (size_t i = 0; i < s->part->n; i++)
		n += s->part->items[i]->judged && s->part->items[i]->outcome == SYNC_WAITS;
	if (!n) return OK;
	struct value *v = value_object(s->c->arena);
	value_put_int(s->c->arena, v, "count", n);
	value_put_str(s->c->arena, v, "device_name", s->lane.device_name);
	return outbox_emit(s->c, "lane.waiting", s->lane.taxpayer_id, value_json(s->c->arena, v));
}

err_t sync_store(struct ctx *c, void *arg)
{
	struct store s = { .c = c, .part = arg };
	struct part *p = arg;
	for (size_t i = 0; i < p->n; i++) /* a repeated transaction judges anew */
		if (p->items[i]->judged) set(p->items[i], SYNC_OPEN, NULL);
	TRY(load(&s));
	for (size_t i = 0; i < p->n; i++) {
		if (p->items[i]->outcome != SYNC_OPEN) continue;
		p->items[i]->judged = true;
		judge(&s, p->items[i]);
	}
	TRY(write_invoices(&s));
	TRY(write_entries(&s));
	TRY(write_blocks(&s));
	TRY(tell_waiting(&s));
	return anchor(&s);
}

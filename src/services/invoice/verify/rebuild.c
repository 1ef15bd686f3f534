/* Numbers come in their order nearly always, reversals do not: they are kept apart, sorted, and laid over. Groups and
 * notes follow behind. Nothing is looked up in tables. */
#include "services/invoice/verify/rebuild.h"
#include "kernel/outbox/outbox.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/verify/feed.h"
#include "services/invoice/verify/lane_qr.h"
#include "services/invoice/verify/paper_fact.h"
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 65536 };

struct item {
	struct plane_key key;
	unsigned char fact[FACT_SIZE];
};
struct late { /* a reversal */
	struct plane_key key, red;
	int64_t at;
	bool all;
};
struct list {
	size_t size, n, room;
	char *items;
};
struct device { /* the newest status of a seller's device wins; ranges of paper invoices likewise */
	struct plane_key key;
	int64_t at;
	size_t n;
	char value[PLANE_VALUE_MAX];
};
struct build {
	struct list items, late, groups, devices, papers;
	struct plane_key last; /* of items */
	int64_t position;
	bool sorted;
};

static void *push(struct list *l)
{
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : CHUNK;
		l->items = realloc(l->items, l->room * l->size);
		if (!l->items) abort();
	}
	return l->items + l->n++ * l->size;
}

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct plane_key));
}

static int by_key_and_time(const void *a, const void *b)
{
	const struct late *x = a, *y = b;
	int c = by_key(&x->key, &y->key);
	return c ? c : (x->at > y->at) - (x->at < y->at);
}

static err_t take_issued(struct build *b, struct str body)
{
	struct invoice_event e = { 0 };
	struct plane_key key = { 0 }, group;
	while (issue_event_next(&body, &e)) {
		struct fact f = { .state = e.original.n ? FACT_RED : FACT_VALID,
			.total = e.total,
			.date = date_of_instant(e.issued_at) };
		if (!plane_key_digits(e.number, &key)) continue;
		bool same_group =
		        b->items.n && memcmp(b->last.b, key.b, 8) == 0 && (b->last.b[8] >> 4) == (key.b[8] >> 4);
		if (b->items.n && by_key(&b->last, &key) >= 0) b->sorted = false;
		b->last = key;
		struct item *i = push(&b->items);
		i->key = key;
		fact_pack(&f, i->fact);
		if (same_group || !group_key(e.number, &group)) continue;
		struct item *g = push(&b->groups);
		g->key = group;
		memcpy(g->fact, e.number.p, GROUP_DIGITS);
	}
	return body.n ? E_INTERNAL : OK;
}

static err_t take_reversed(struct ctx *c, struct build *b, struct str body, int64_t at)
{
	struct value *v;
	struct json_fault where;
	struct late *l;
	if (json_parse(c->arena, body, &v, &where) != OK) return E_INTERNAL;
	l = push(&b->late);
	*l = (struct late){ .at = at, .all = value_number(v, "all", 0) != 0 };
	return plane_key_digits(value_text(v, "number"), &l->key) &&
	                       plane_key_digits(value_text(v, "red_number"), &l->red)
	               ? OK
	               : E_INTERNAL;
}

static err_t take_device(struct ctx *c, struct list *to, bool paper, const struct event *event)
{
	struct plane_entry e = { 0 };
	if (!(paper ? paper_fact_put : lane_fact_put)(c->arena, event->body, &e)) return E_INTERNAL;
	struct device *d = push(to);
	*d = (struct device){ .key = e.key, .at = event->position, .n = e.value.n };
	memcpy(d->value, e.value.p, e.value.n);
	return OK;
}

static int by_device(const void *a, const void *b)
{
	const struct device *x = a, *y = b;
	int c = by_key(&x->key, &y->key);
	return c ? c : (x->at > y->at) - (x->at < y->at);
}

static err_t read_page(struct ctx *c, struct build *b, bool *more)
{
	struct event *events;
	size_t n;
	TRY(outbox_read(c, b->position, &events, &n));
	for (size_t i = 0; i < n; i++) {
		if (str_is(events[i].kind, "invoice.issued")) TRY(take_issued(b, events[i].body));
		if (str_is(events[i].kind, "invoice.reversed"))
			TRY(take_reversed(c, b, events[i].body, events[i].position));
		if (str_is(events[i].kind, "lane.status")) TRY(take_device(c, &b->devices, false, &events[i]));
		if (str_is(events[i].kind, "paper.listed") || str_is(events[i].kind, "paper.converted"))
			TRY(take_device(c, &b->papers, true, &events[i]));
		b->position = events[i].position;
	}
	*more = n > 0;
	return OK;
}

static err_t read_all(struct ctx *c, struct build *b)
{
	struct arena *own = c->arena;
	bool more = true;
	err_t e = OK;
	c->arena = arena_new();
	while (more && e == OK) {
		arena_reset(c->arena);
		e = read_page(c, b, &more);
	}
	arena_free(c->arena);
	c->arena = own;
	return e;
}

static err_t append_invoices(struct build *b, struct plane_rebuild *r)
{
	struct item *items = (struct item *)b->items.items;
	struct late *late = (struct late *)b->late.items;
	size_t k = 0;
	for (size_t i = 0; i < b->items.n; i++) {
		struct fact f;
		while (k < b->late.n && by_key(&late[k].key, &items[i].key) < 0)
			k++;
		for (; k < b->late.n && by_key(&late[k].key, &items[i].key) == 0; k++) {
			if (!fact_read((struct str){ (const char *)items[i].fact, FACT_SIZE }, &f)) return E_INTERNAL;
			f.state = late[k].all ? FACT_REVERSED : FACT_PARTLY;
			f.red = late[k].red;
			fact_pack(&f, items[i].fact);
		}
		TRY(plane_rebuild_append(
		        r, PLANE_INVOICE, &items[i].key, (struct str){ (const char *)items[i].fact, FACT_SIZE }));
	}
	return OK;
}

static err_t append_newest(struct plane_rebuild *r, enum plane_kind kind, const struct list *l)
{
	struct device *d = (struct device *)l->items;
	for (size_t i = 0; i < l->n; i++)
		if (i + 1 == l->n || by_key(&d[i + 1].key, &d[i].key) != 0)
			TRY(plane_rebuild_append(r, kind, &d[i].key, (struct str){ d[i].value, d[i].n }));
	return OK;
}

static err_t append_rest(struct ctx *c, struct build *b, struct plane_rebuild *r)
{
	struct item *groups = (struct item *)b->groups.items;
	struct plane_entry notes[NOTES_MAX];
	size_t n_notes = feed_notes(c, notes);
	for (size_t i = 0; i < b->groups.n; i++)
		if (!i || by_key(&groups[i - 1].key, &groups[i].key) != 0)
			TRY(plane_rebuild_append(r, PLANE_GROUP, &groups[i].key,
			        (struct str){ (const char *)groups[i].fact, GROUP_DIGITS }));
	TRY(append_newest(r, PLANE_LANE, &b->devices));
	TRY(append_newest(r, PLANE_PAPER, &b->papers));
	for (size_t i = 0; i < n_notes; i++)
		TRY(plane_rebuild_append(r, PLANE_NOTE, &notes[i].key, notes[i].value));
	return OK;
}

static err_t build(struct ctx *c, struct plane *p, struct build *b)
{
	struct plane_rebuild *r;
	TRY(read_all(c, b));
	if (!b->sorted) qsort(b->items.items, b->items.n, sizeof(struct item), by_key);
	if (b->late.n) qsort(b->late.items, b->late.n, sizeof(struct late), by_key_and_time);
	if (b->groups.n) qsort(b->groups.items, b->groups.n, sizeof(struct item), by_key);
	if (b->devices.n) qsort(b->devices.items, b->devices.n, sizeof(struct device), by_device);
	if (b->papers.n) qsort(b->papers.items, b->papers.n, sizeof(struct device), by_device);
	TRY(plane_rebuild_begin(p, &r));
	err_t e = append_invoices(b, r);
	if (e == OK) e = append_rest(c, b, r);
	if (e == OK) return plane_rebuild_commit(r, b->position);
	plane_rebuild_abort(r);
	return e;
}

err_t verify_rebuild(struct ctx *c, struct plane *p, int64_t *invoices, int64_t *position)
{
	struct build b = { .items.size = sizeof(struct item),
		.late.size = sizeof(struct late),
		.groups.size = sizeof(struct item),
		.devices.size = sizeof(struct device),
		.papers.size = sizeof(struct device),
		.sorted = true };
	err_t e = build(c, p, &b);
	*invoices = (int64_t)b.items.n;
	*position = b.position;
	free(b.items.items);
	free(b.late.items);
	free(b.groups.items);
	free(b.devices.items);
	free(b.papers.items);
	return e;
}

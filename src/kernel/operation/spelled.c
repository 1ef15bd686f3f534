#include "kernel/operation/spelled.h"
#include "kernel/operation/operation.h"
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1024, TRIES = 16 };

struct spelling {
	const struct operation *op;
	const struct lang *lang;
	unsigned state;
	size_t at, width, n;
	char text[];
};
/* Slots are filled once and never change, so that readers need no lock. */
struct spelled {
	struct spelling *slots[SLOTS];
};

struct spelled *spelled_new(void)
{
	struct spelled *s = calloc(1, sizeof *s);
	if (!s) abort();
	return s;
}

void spelled_free(struct spelled *s)
{
	for (size_t i = 0; s && i < SLOTS; i++)
		free(s->slots[i]);
	free(s);
}

static size_t first_slot(const struct ctx *c, unsigned state)
{
	uintptr_t h = (uintptr_t)c->op / sizeof *c->op * 31 + (uintptr_t)c->lang / 64;
	return (h * 131 + state) % SLOTS;
}

static bool is_of(const struct spelling *p, const struct ctx *c, unsigned state, size_t width)
{
	return p->op == c->op && p->lang == c->lang && p->state == state && p->width == width;
}

static const struct spelling *find(const struct ctx *c, unsigned state, size_t width)
{
	size_t slot = first_slot(c, state);
	if (!c->app->spelled) return NULL;
	for (size_t i = 0; i < TRIES; i++) {
		const struct spelling *p =
		        __atomic_load_n(&c->app->spelled->slots[(slot + i) % SLOTS], __ATOMIC_ACQUIRE);
		if (!p || is_of(p, c, state, width)) return p;
	}
	return NULL;
}

bool spelled_add(const struct ctx *c, unsigned state, struct str word, struct buf *b)
{
	const struct spelling *p = find(c, state, word.n);
	if (!p) return false;
	char *copy = buf_room(b, p->n);
	memcpy(copy, p->text, p->n);
	memcpy(copy + p->at, word.p, word.n);
	b->n += p->n;
	b->p[b->n] = '\0';
	return true;
}

/* Another thread may spell the same: then both are kept, and the first is found. */
static void keep(struct spelled *s, size_t slot, struct spelling *p)
{
	for (size_t i = 0; i < TRIES; i++) {
		struct spelling *none = NULL;
		if (__atomic_compare_exchange_n(
		            &s->slots[(slot + i) % SLOTS], &none, p, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
			return;
	}
	free(p);
}

void spelled_keep(const struct ctx *c, unsigned state, struct str word, const struct value *answer, struct buf *b)
{
	size_t from = b->n;
	value_write_json(b, answer);
	struct str text = { b->p + from, b->n - from };
	const char *at = memmem(text.p, text.n, word.p, word.n);
	if (!c->app->spelled || !at) return;
	const char *behind = at + word.n;
	if (memmem(behind, text.n - (size_t)(behind - text.p), word.p, word.n)) return;
	struct spelling *p = malloc(sizeof *p + text.n);
	if (!p) return;
	*p = (struct spelling){ c->op, c->lang, state, (size_t)(at - text.p), word.n, text.n };
	memcpy(p->text, text.p, text.n);
	keep(c->app->spelled, first_slot(c, state), p);
}

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

bool spelled_find(const struct ctx *c, unsigned state, struct str word, struct str *out)
{
	size_t slot = first_slot(c, state);
	if (!c->app->spelled) return false;
	for (size_t i = 0; i < TRIES; i++) {
		const struct spelling *p =
		        __atomic_load_n(&c->app->spelled->slots[(slot + i) % SLOTS], __ATOMIC_ACQUIRE);
		if (!p) return false;
		if (!is_of(p, c, state, word.n)) continue;
		char *copy = arena_dup(c->arena, p->text, p->n);
		memcpy(copy + p->at, word.p, word.n);
		*out = (struct str){ copy, p->n };
		return true;
	}
	return false;
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

struct str spelled_keep(struct ctx *c, unsigned state, struct str word, const struct value *answer)
{
	struct buf b;
	buf_init(&b, c->arena, 1024);
	value_write_json(&b, answer);
	struct str text = buf_done(&b);
	const char *at = memmem(text.p, text.n, word.p, word.n);
	if (!c->app->spelled || !at) return text;
	const char *behind = at + word.n;
	if (memmem(behind, text.n - (size_t)(behind - text.p), word.p, word.n)) return text;
	struct spelling *p = malloc(sizeof *p + text.n);
	if (!p) return text;
	*p = (struct spelling){ c->op, c->lang, state, (size_t)(at - text.p), word.n, text.n };
	memcpy(p->text, text.p, text.n);
	keep(c->app->spelled, first_slot(c, state), p);
	return text;
}

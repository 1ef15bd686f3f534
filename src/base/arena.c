#include "base/arena.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 8192, LARGEST_BLOCK = 1 << 20, ALIGN = 16 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGN) unsigned char bytes[];
};

struct cleanup {
	struct cleanup *next;
	void (*fn)(void *);
	void *p;
};

struct arena {
	struct block *blocks; /* newest first */
	struct cleanup *cleanups;
	size_t handed_out;
};

/* Input limits bound what a request can ask for, so that running out means a defect or a dying machine. */
static _Noreturn void out_of_memory(size_t size)
{
	(void)fprintf(stderr, "out of memory: %zu bytes\n", size);
	abort();
}

static struct block *block_new(size_t size, struct block *next)
{
	struct block *b = size <= SIZE_MAX - sizeof *b ? malloc(sizeof *b + size) : NULL;
	if (!b) out_of_memory(size);
	b->next = next;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = malloc(sizeof *a);
	if (!a) out_of_memory(sizeof *a);
	a->blocks = block_new(FIRST_BLOCK, NULL);
	a->cleanups = NULL;
	a->handed_out = 0;
	return a;
}

void arena_reset(struct arena *a)
{
	while (a->cleanups) {
		struct cleanup *c = a->cleanups;
		a->cleanups = c->next;
		c->fn(c->p);
	}
	while (a->blocks->next) {
		struct block *b = a->blocks;
		a->blocks = b->next;
		free(b);
	}
	a->blocks->used = 0;
	a->handed_out = 0;
}

void arena_free(struct arena *a)
{
	if (!a) return;
	arena_reset(a);
	free(a->blocks);
	free(a);
}

void *arena_bytes(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2) out_of_memory(size);
	size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	struct block *b = a->blocks;
	if (need > b->size - b->used) {
		size_t grown = b->size * 2 < LARGEST_BLOCK ? b->size * 2 : LARGEST_BLOCK;
		b = a->blocks = block_new(need > grown ? need : grown, b);
	}
	void *p = b->bytes + b->used;
	b->used += need;
	a->handed_out += need;
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return memset(arena_bytes(a, size), 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(n, size, &total)) out_of_memory(SIZE_MAX);
	return arena_alloc(a, total);
}

void *arena_dup(struct arena *a, const void *p, size_t n)
{
	char *copy = arena_bytes(a, n + 1);
	if (n) memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

size_t arena_used(const struct arena *a)
{
	return a->handed_out;
}

void arena_cleanup(struct arena *a, void (*fn)(void *), void *p)
{
	struct cleanup *c = arena_new_of(a, struct cleanup);
	c->fn = fn;
	c->p = p;
	c->next = a->cleanups;
	a->cleanups = c;
}

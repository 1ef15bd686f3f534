/* SM3 of many messages: eight stand beside each other in the registers; when one ends the next takes its lane. */
#include "kernel/crypto/crypto.h"
#include "kernel/crypto/sm3.h"
#include <string.h>

enum { FEW = 3 }; /* so few lanes are slower than one message after the other */

struct lane {
	struct crypto_sm3_work *work; /* NULL: free */
	const unsigned char *p;
	size_t blocks; /* left at p */
	bool ending;   /* p is in tail */
	unsigned char tail[128];
};

struct lanes {
	struct lane list[SM3_LANES];
	uint32_t v[8][SM3_LANES];
	struct crypto_sm3_work *next, *end;
	size_t busy;
};

/* What follows the whole blocks: the rest, 0x80, zeros, the length in bits. */
static void begin_tail(struct lane *l)
{
	size_t n = l->work->n, rest = n % 64;
	uint64_t bits = __builtin_bswap64((uint64_t)n * 8);
	l->blocks = rest < 56 ? 1 : 2;
	memset(l->tail, 0, sizeof l->tail);
	if (rest) memcpy(l->tail, (const unsigned char *)l->work->p + n - rest, rest);
	l->tail[rest] = 0x80;
	memcpy(l->tail + 64 * l->blocks - 8, &bits, sizeof bits);
	l->p = l->tail;
	l->ending = true;
}

static void finish(struct lanes *s, size_t k)
{
	for (size_t i = 0; i < 8; i++) {
		uint32_t word = __builtin_bswap32(s->v[i][k]);
		memcpy(s->list[k].work->out + 4 * i, &word, sizeof word);
	}
	s->list[k].work = NULL;
	s->busy--;
}

static void fill(struct lanes *s)
{
	static const uint32_t start[8] = SM3_START;
	for (size_t k = 0; k < SM3_LANES && s->next < s->end; k++) {
		struct lane *l = &s->list[k];
		if (l->work) continue;
		l->work = s->next++;
		l->p = l->work->p;
		l->blocks = l->work->n / 64;
		l->ending = false;
		for (size_t i = 0; i < 8; i++)
			s->v[i][k] = start[i];
		if (!l->blocks) begin_tail(l);
		s->busy++;
	}
}

static void advance(struct lanes *s, size_t k, size_t blocks)
{
	struct lane *l = &s->list[k];
	l->p += 64 * blocks;
	l->blocks -= blocks;
	if (l->blocks) return;
	if (l->ending)
		finish(s, k);
	else
		begin_tail(l);
}

/* All that are busy go on by as many blocks as the shortest has left; free lanes hash along with one of them. */
static void step(struct lanes *s)
{
	const unsigned char *p[SM3_LANES];
	const struct lane *shortest = NULL;
	for (size_t k = 0; k < SM3_LANES; k++) {
		const struct lane *l = &s->list[k];
		if (l->work && (!shortest || l->blocks < shortest->blocks)) shortest = l;
	}
	size_t least = shortest->blocks;
	for (size_t k = 0; k < SM3_LANES; k++)
		p[k] = s->list[k].work ? s->list[k].p : shortest->p;
	sm3_blocks_of_eight(s->v, p, least);
	for (size_t k = 0; k < SM3_LANES; k++)
		if (s->list[k].work) advance(s, k, least);
}

static void alone(struct lanes *s, size_t k)
{
	uint32_t one[8];
	for (size_t i = 0; i < 8; i++)
		one[i] = s->v[i][k];
	while (s->list[k].work) {
		struct lane *l = &s->list[k];
		sm3_blocks(one, l->p, l->blocks);
		for (size_t i = 0; i < 8 && l->ending; i++)
			s->v[i][k] = one[i];
		advance(s, k, l->blocks);
	}
}

void crypto_sm3_many(struct crypto_sm3_work *list, size_t n)
{
	struct lanes s = { .next = list, .end = list + n };
	while (sm3_has_lanes() && (s.next < s.end || s.busy >= FEW)) {
		fill(&s);
		if (s.busy < FEW) break;
		step(&s);
	}
	for (size_t k = 0; k < SM3_LANES; k++)
		if (s.list[k].work) alone(&s, k);
	for (; s.next < s.end; s.next++)
		crypto_sm3(s.next->p, s.next->n, s.next->out);
}

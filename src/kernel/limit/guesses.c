#include "kernel/limit/guesses.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SETS = 1 << 14, WAYS = 4 }; /* a set is one line of the cache; 65,536 places, 1 MiB */

/* wrong: second of the first one in the upper half, how many in the lower. One word, so that they change together. */
struct place {
	uint64_t key; /* 0: free */
	uint64_t wrong;
};
struct guesses {
	uint64_t seed; /* nobody outside can aim at a set */
	struct place table[SETS][WAYS];
};

struct guesses *guesses_new(void)
{
	struct guesses *g = calloc(1, sizeof *g);
	if (!g) abort();
	crypto_random(&g->seed, sizeof g->seed);
	return g;
}

void guesses_free(struct guesses *g)
{
	free(g);
}

/* splitmix64 */
static uint64_t mixed(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t hashed(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.n; i += 8) {
		uint64_t word = 0;
		memcpy(&word, s.p + i, s.n - i < 8 ? s.n - i : 8);
		h = mixed(h ^ word);
	}
	return h ? h : 1;
}

static uint64_t began(uint64_t wrong)
{
	return wrong >> 32;
}

static uint64_t count(uint64_t wrong)
{
	return wrong & UINT32_MAX;
}

static bool over(uint64_t wrong, int64_t now)
{
	return began(wrong) + GUESSES_WINDOW_SECONDS <= (uint64_t)now;
}

static struct place *find(struct guesses *g, uint64_t key)
{
	struct place *set = g->table[key % SETS];
	for (int i = 0; i < WAYS; i++)
		if (__atomic_load_n(&set[i].key, __ATOMIC_RELAXED) == key) return &set[i];
	return NULL;
}

static int64_t wait_of(struct guesses *g, uint64_t key, uint64_t most, int64_t now)
{
	const struct place *p = find(g, key);
	uint64_t wrong = p ? __atomic_load_n(&p->wrong, __ATOMIC_RELAXED) : 0;
	if (count(wrong) < most || over(wrong, now)) return 0;
	return (int64_t)began(wrong) + GUESSES_WINDOW_SECONDS - now;
}

static uint64_t own_key(uint64_t key, struct str who)
{
	return hashed(mixed(key), who.n ? who : S("-"));
}

int64_t guesses_wait(struct guesses *g, struct str subject, struct str who, int64_t now)
{
	uint64_t key = hashed(g->seed, subject);
	if (!find(g, key)) return 0;
	int64_t wait = wait_of(g, key, GUESSES_ALL, now);
	return wait ? wait : wait_of(g, own_key(key, who), GUESSES_OWN, now);
}

/* The place of a key; else a free one, one whose hour is over, or that of the fewest. Two threads may race for it: then
 * a wrong answer is not counted. */
static struct place *place_of(struct guesses *g, uint64_t key, int64_t now)
{
	struct place *there = find(g, key), *set = g->table[key % SETS], *least = NULL;
	uint64_t fewest = UINT64_MAX;
	if (there) return there;
	for (int i = 0; i < WAYS; i++) {
		uint64_t wrong = __atomic_load_n(&set[i].wrong, __ATOMIC_RELAXED),
		         n = over(wrong, now) ? 0 : count(wrong);
		if (n >= fewest) continue;
		fewest = n;
		least = &set[i];
	}
	__atomic_store_n(&least->wrong, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&least->key, key, __ATOMIC_RELAXED);
	return least;
}

static bool add(struct guesses *g, uint64_t key, uint64_t most, int64_t now)
{
	struct place *p = place_of(g, key, now);
	uint64_t was = __atomic_load_n(&p->wrong, __ATOMIC_RELAXED), next;
	do {
		next = over(was, now) ? (uint64_t)now << 32 | 1 : was + 1;
	} while (!__atomic_compare_exchange_n(&p->wrong, &was, next, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return count(next) == most;
}

bool guesses_wrong(struct guesses *g, struct str subject, struct str who, int64_t now)
{
	uint64_t key = hashed(g->seed, subject);
	bool all = add(g, key, GUESSES_ALL, now), own = add(g, own_key(key, who), GUESSES_OWN, now);
	return all || own;
}

/* Not the clock of the bureau: that of a sandbox can be set. A start counts as an hour ago for what is still empty. */
static int64_t now_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec + GUESSES_WINDOW_SECONDS;
}

static struct str asker(struct ctx *c, struct str sender)
{
	if (sender.n) return sender;
	return c->caller.person_id ? str_from_int(c->arena, c->caller.person_id) : c->client;
}

int64_t guess_wait(struct ctx *c, struct str subject, struct str sender)
{
	struct guesses *g = c->app->guesses;
	if (!g || !find(g, hashed(g->seed, subject))) return 0;
	return guesses_wait(g, subject, asker(c, sender), now_seconds());
}

void guess_wrong(struct ctx *c, struct str subject, struct str sender)
{
	struct guesses *g = c->app->guesses;
	if (g && guesses_wrong(g, subject, asker(c, sender), now_seconds())) access_security(c, "guesses", subject);
}

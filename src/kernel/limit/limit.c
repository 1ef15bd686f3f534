/* The bucket as one number (GCRA): the instant at which it would be full again. A call moves it on by a minute divided
 * by the limit; what lies more than a minute ahead is refused. One compare-and-swap a call. */
#include "kernel/limit/limit.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/operation/operation.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MINUTE_US INT64_C(60000000)
enum { SETS = 1 << 14, WAYS = 4 }; /* 65,536 buckets, 1 MiB */

struct bucket {
	uint64_t key; /* 0: free */
	int64_t full_at;
};
struct limiter {
	int64_t calls, total;
	uint64_t seed; /* nobody outside can aim at a set */
	struct bucket table[SETS][WAYS];
};

static const struct fault_def limited = { "limited", N_("操作太频繁，请在 {1} 秒后再试"), N_("大批数据请用成批接口"),
	NULL };

struct limiter *limit_new(int64_t per_minute)
{
	if (per_minute == LIMIT_OFF) return NULL;
	struct limiter *l = calloc(1, sizeof *l);
	if (!l) abort();
	l->calls = per_minute ? per_minute : LIMIT_CALLS;
	l->total = per_minute ? per_minute : LIMIT_TOTAL;
	crypto_random(&l->seed, sizeof l->seed);
	return l;
}

void limit_free(struct limiter *l)
{
	free(l);
}

/* splitmix64 */
static uint64_t mixed(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t hashed(uint64_t h, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * UINT64_C(0x100000001b3);
	return mixed(h);
}

/* The bucket of a key. Two threads may race for a free place: then a call is counted in a bucket that is overwritten,
 * which lets one call more through. */
static struct bucket *bucket_of(struct limiter *l, uint64_t key)
{
	struct bucket *set = l->table[key % SETS], *oldest = &set[0];
	for (int i = 0; i < WAYS; i++) {
		if (__atomic_load_n(&set[i].key, __ATOMIC_RELAXED) == key) return &set[i];
		if (__atomic_load_n(&set[i].full_at, __ATOMIC_RELAXED) <
		        __atomic_load_n(&oldest->full_at, __ATOMIC_RELAXED))
			oldest = &set[i];
	}
	__atomic_store_n(&oldest->full_at, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&oldest->key, key, __ATOMIC_RELAXED);
	return oldest;
}

int64_t limit_take(struct limiter *l, uint64_t key, int64_t per_minute, int64_t now_us)
{
	struct bucket *b = bucket_of(l, key ? key : 1);
	int64_t step = MINUTE_US / per_minute, at = __atomic_load_n(&b->full_at, __ATOMIC_RELAXED), next;
	do {
		next = (at > now_us ? at : now_us) + step;
		if (next - now_us > MINUTE_US) return next - now_us - MINUTE_US;
	} while (!__atomic_compare_exchange_n(&b->full_at, &at, next, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return 0;
}

static int64_t monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static err_t refused(struct ctx *c, int64_t wait_us, const char *what)
{
	c->retry_after = (wait_us + 999999) / 1000000;
	access_security(c, "limited", str_c(what));
	return RAISE(c, E_LIMITED, &limited, str_from_int(c->arena, c->retry_after));
}

static uint64_t client_key(const struct ctx *c)
{
	return hashed(c->app->limits->seed, c->client.p ? c->client.p : "", c->client.n);
}

err_t limit_admit(struct ctx *c)
{
	struct limiter *l = c->app->limits;
	if (!l || !c->op) return OK;
	uint64_t who = c->caller.person_id ? mixed(l->seed + (uint64_t)c->caller.person_id) : client_key(c);
	int64_t now = monotonic_us(), calls = c->op->per_minute ? c->op->per_minute : l->calls;
	int64_t wait = limit_take(l, hashed(who, c->op->id, strlen(c->op->id)), calls, now);
	if (wait) return refused(c, wait, c->op->id);
	wait = limit_take(l, mixed(who + (uint64_t)c->op->class + 1), l->total, now);
	return wait ? refused(c, wait, "class") : OK;
}

err_t limit_client(struct ctx *c, const char *what, int64_t per_minute)
{
	struct limiter *l = c->app->limits;
	if (!l) return OK;
	int64_t wait = limit_take(l, hashed(client_key(c), what, strlen(what)), per_minute, monotonic_us());
	return wait ? refused(c, wait, what) : OK;
}

err_t limit_sender(struct ctx *c, const char *what, struct str sender, int64_t per_minute)
{
	struct limiter *l = c->app->limits;
	if (!l) return OK;
	uint64_t who = hashed(l->seed, sender.p ? sender.p : "", sender.n);
	int64_t wait = limit_take(l, hashed(who, what, strlen(what)), per_minute, monotonic_us());
	return wait ? refused(c, wait, what) : OK;
}

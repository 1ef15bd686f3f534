/* A verification takes a tenth of a millisecond; ten thousand of them are worth all cores. */
#include "kernel/crypto/crypto.h"
#include <pthread.h>
#include <unistd.h>

enum { THREADS_MAX = 8, WORTH_A_THREAD = 64 };

struct share {
	const struct crypto_key *key;
	struct crypto_check *list;
	size_t n, first, step;
};

static void *check_share(void *arg)
{
	const struct share *s = arg;
	for (size_t i = s->first; i < s->n; i += s->step) {
		struct crypto_check *one = &s->list[i];
		one->good = one->signature && crypto_ed25519_verify(s->key, one->message, one->signature);
	}
	return NULL;
}

void crypto_ed25519_verify_many(const struct crypto_key *k, struct crypto_check *list, size_t n)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t threads = cores > 1 ? (size_t)cores : 1;
	if (threads > THREADS_MAX) threads = THREADS_MAX;
	if (threads > n / WORTH_A_THREAD + 1) threads = n / WORTH_A_THREAD + 1;
	struct share share[THREADS_MAX] = { { 0 } };
	pthread_t thread[THREADS_MAX] = { 0 };
	bool started[THREADS_MAX] = { false };
	for (size_t i = 0; i < threads; i++)
		share[i] = (struct share){ k, list, n, i, threads };
	for (size_t i = 1; i < threads; i++)
		started[i] = pthread_create(&thread[i], NULL, check_share, &share[i]) == 0;
	(void)check_share(&share[0]);
	for (size_t i = 1; i < threads; i++) {
		if (started[i])
			(void)pthread_join(thread[i], NULL);
		else
			(void)check_share(&share[i]);
	}
}

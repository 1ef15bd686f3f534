#include "kernel/db/retry.h"
#include "kernel/crypto/crypto.h"
#include "kernel/metrics/metrics.h"
#include <time.h>

enum { FIRST_US = 2000 };

/* Half is fixed, half is drawn: two who met once do not meet again in step. */
static void pause_between(int64_t micros)
{
	uint32_t random;
	crypto_random((unsigned char *)&random, sizeof random);
	int64_t ns = (micros / 2 + random % (micros / 2)) * 1000;
	const struct timespec t = { ns / 1000000000, ns % 1000000000 };
	(void)nanosleep(&t, NULL);
}

bool retry_pause(struct app *app, int tried)
{
	bool last = tried >= RETRY_TRIES;
	metric_add(metrics_counter(app->metrics, "etax_db_conflicts_total", last ? "end=\"busy\"" : "end=\"again\"",
	                   "Write transactions that met a serialization failure or a deadlock"),
	        1);
	if (!last) pause_between((int64_t)FIRST_US << tried);
	return !last;
}

#include "kernel/clock/clock.h"
#include <time.h>

static instant_us real(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

instant_us clock_now(const struct clock *k)
{
	return real() + __atomic_load_n(&k->offset_us, __ATOMIC_RELAXED);
}

void clock_set(struct clock *k, instant_us now)
{
	__atomic_store_n(&k->offset_us, now - real(), __ATOMIC_RELAXED);
}

/* Clock: real time, or in the sandbox a time that was set and runs on from there. */
#ifndef KERNEL_CLOCK_H
#define KERNEL_CLOCK_H
#include "base/date.h"

struct clock {
	int64_t offset_us; /* added to real time; 0 outside the sandbox */
};
instant_us clock_now(const struct clock *k);
void clock_set(struct clock *k, instant_us now); /* sandbox only */
#endif

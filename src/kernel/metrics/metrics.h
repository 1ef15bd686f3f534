/* Metrics: counters, gauges and histograms of durations, written as Prometheus text. Counting takes no lock: each
 * thread adds to one of 16 shards on a cache line of its own; reading sums them. Names and labels are fixed texts,
 * never data of users. All functions take NULL for a metric and then do nothing, so that parts run without metrics in
 * tests. */
#ifndef KERNEL_METRICS_H
#define KERNEL_METRICS_H
#include "base/buf.h"

struct metrics;
struct metric;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);

/* The same name and labels give the same metric. labels: "class=\"work\"" or "". NULL if m is NULL or full (512). */
struct metric *metrics_counter(struct metrics *m, const char *name, const char *labels, const char *help);
struct metric *metrics_gauge(struct metrics *m, const char *name, const char *labels, const char *help);
struct metric *metrics_histogram(struct metrics *m, const char *name, const char *labels, const char *help);

/* Places for metrics of the fastest path, so that it finds them without their names: set when first needed, NULL before.
 * Who uses which: verify 0–5. */
enum { METRICS_HOT = 8 };
struct metric *metrics_hot(struct metrics *m, size_t place);
void metrics_hot_set(struct metrics *m, size_t place, struct metric *k);

void metric_add(struct metric *k, int64_t n);          /* counter or gauge (gauges take negative n) */
int64_t metric_value(struct metric *k);                /* of a counter or gauge, now */
void metric_observe(struct metric *k, int64_t micros); /* histogram; written in seconds */

void metrics_write(struct metrics *m, struct buf *b);
#endif

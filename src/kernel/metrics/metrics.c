#include "kernel/metrics/metrics.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHARDS = 16, METRICS_MAX = 512, BOUNDS = 14, CELLS = 16 };
enum kind { COUNTER, GAUGE, HISTOGRAM };

/* Upper bounds in microseconds; the cell behind the last one counts what is slower. */
static const int64_t bounds[BOUNDS] = { 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000,
	1000000, 5000000 };
enum { SUM = BOUNDS + 1 };

struct metric {
	enum kind kind;
	char name[64], labels[96], help[120];
	_Alignas(64) _Atomic int64_t cells[SHARDS][CELLS]; /* counter and gauge: cell 0 */
};

struct metrics {
	pthread_mutex_t lock; /* for registering and writing only */
	struct metric *list[METRICS_MAX];
	size_t n;
	struct metric *_Atomic hot[METRICS_HOT];
};

static unsigned shard(void)
{
	static _Atomic unsigned next;
	static _Thread_local unsigned mine;
	if (!mine) mine = atomic_fetch_add(&next, 1) % SHARDS + 1;
	return mine - 1;
}

struct metrics *metrics_new(void)
{
	struct metrics *m = calloc(1, sizeof *m);
	if (!m) abort();
	pthread_mutex_init(&m->lock, NULL);
	return m;
}

void metrics_free(struct metrics *m)
{
	if (!m) return;
	for (size_t i = 0; i < m->n; i++)
		free(m->list[i]);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static struct metric *find(struct metrics *m, const char *name, const char *labels)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->list[i]->name, name) == 0 && strcmp(m->list[i]->labels, labels) == 0) return m->list[i];
	return NULL;
}

static struct metric *make(struct metrics *m, enum kind kind, const char *name, const char *labels, const char *help)
{
	if (!m) return NULL;
	pthread_mutex_lock(&m->lock);
	struct metric *k = find(m, name, labels);
	if (!k && m->n < METRICS_MAX && strlen(name) < sizeof k->name && strlen(labels) < sizeof k->labels) {
		k = aligned_alloc(64, sizeof *k);
		if (!k) abort();
		memset(k, 0, sizeof *k);
		k->kind = kind;
		(void)snprintf(k->name, sizeof k->name, "%s", name);
		(void)snprintf(k->labels, sizeof k->labels, "%s", labels);
		(void)snprintf(k->help, sizeof k->help, "%s", help);
		/* Metrics of one name stay together: the text format wants it. */
		size_t at = m->n;
		while (at > 0 && strcmp(m->list[at - 1]->name, name) > 0)
			at--;
		memmove(&m->list[at + 1], &m->list[at], (m->n++ - at) * sizeof(struct metric *));
		m->list[at] = k;
	}
	pthread_mutex_unlock(&m->lock);
	return k;
}

struct metric *metrics_counter(struct metrics *m, const char *name, const char *labels, const char *help)
{
	return make(m, COUNTER, name, labels, help);
}

struct metric *metrics_gauge(struct metrics *m, const char *name, const char *labels, const char *help)
{
	return make(m, GAUGE, name, labels, help);
}

struct metric *metrics_histogram(struct metrics *m, const char *name, const char *labels, const char *help)
{
	return make(m, HISTOGRAM, name, labels, help);
}

struct metric *metrics_hot(struct metrics *m, size_t place)
{
	return m && place < METRICS_HOT ? atomic_load_explicit(&m->hot[place], memory_order_acquire) : NULL;
}

void metrics_hot_set(struct metrics *m, size_t place, struct metric *k)
{
	if (m && place < METRICS_HOT) atomic_store_explicit(&m->hot[place], k, memory_order_release);
}

int64_t metric_value(struct metric *k)
{
	int64_t sum = 0;
	for (size_t i = 0; k && i < SHARDS; i++)
		sum += atomic_load_explicit(&k->cells[i][0], memory_order_relaxed);
	return sum;
}

void metric_add(struct metric *k, int64_t n)
{
	if (k) atomic_fetch_add_explicit(&k->cells[shard()][0], n, memory_order_relaxed);
}

void metric_observe(struct metric *k, int64_t micros)
{
	if (!k) return;
	size_t i = 0;
	while (i < BOUNDS && micros > bounds[i])
		i++;
	unsigned s = shard();
	atomic_fetch_add_explicit(&k->cells[s][i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&k->cells[s][SUM], micros, memory_order_relaxed);
}

static int64_t total(struct metric *k, size_t cell)
{
	int64_t sum = 0;
	for (size_t s = 0; s < SHARDS; s++)
		sum += atomic_load_explicit(&k->cells[s][cell], memory_order_relaxed);
	return sum;
}

static void write_histogram(struct buf *b, struct metric *k)
{
	const char *comma = k->labels[0] ? "," : "", *open = k->labels[0] ? "{" : "", *shut = k->labels[0] ? "}" : "";
	int64_t count = 0, sum = total(k, SUM);
	for (size_t i = 0; i < BOUNDS; i++) {
		count += total(k, i);
		buf_printf(b, "%s_bucket{%s%sle=\"%lld.%06lld\"} %lld\n", k->name, k->labels, comma,
		        (long long)(bounds[i] / 1000000), (long long)(bounds[i] % 1000000), (long long)count);
	}
	count += total(k, BOUNDS);
	buf_printf(b, "%s_bucket{%s%sle=\"+Inf\"} %lld\n", k->name, k->labels, comma, (long long)count);
	buf_printf(b, "%s_sum%s%s%s %lld.%06lld\n", k->name, open, k->labels, shut, (long long)(sum / 1000000),
	        (long long)(sum % 1000000));
	buf_printf(b, "%s_count%s%s%s %lld\n", k->name, open, k->labels, shut, (long long)count);
}

void metrics_write(struct metrics *m, struct buf *b)
{
	static const char *const kinds[] = { "counter", "gauge", "histogram" };
	const char *last = "";
	if (!m) return;
	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < m->n; i++) {
		struct metric *k = m->list[i];
		if (strcmp(k->name, last) != 0)
			buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", k->name, k->help, k->name, kinds[k->kind]);
		last = k->name;
		if (k->kind == HISTOGRAM)
			write_histogram(b, k);
		else if (k->labels[0])
			buf_printf(b, "%s{%s} %lld\n", k->name, k->labels, (long long)total(k, 0));
		else
			buf_printf(b, "%s %lld\n", k->name, (long long)total(k, 0));
	}
	pthread_mutex_unlock(&m->lock);
}

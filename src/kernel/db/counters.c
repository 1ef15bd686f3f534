#include "kernel/db/counters.h"
#include "db_sql.h"
#include <string.h>

void counters_forget(struct counters *k)
{
	k->n = 0;
}

void counters_save(struct counters *k)
{
	for (size_t i = 0; i < k->n; i++) {
		k->list[i].saved = k->list[i].value;
		k->list[i].saved_changed = k->list[i].changed;
	}
}

/* A counter that came in during the act was saved as it was read. */
void counters_roll_back(struct counters *k)
{
	for (size_t i = 0; i < k->n; i++) {
		k->list[i].value = k->list[i].saved;
		k->list[i].changed = k->list[i].saved_changed;
	}
}

static err_t read_in(struct counters *k, struct ctx *c, struct str name, struct counter **out)
{
	struct db_counter_get_row row;
	bool found;
	if (name.n >= COUNTER_NAME_MAX || k->n == COUNTERS) return E_TOO_LARGE;
	TRY(db_counter_get(c, name, &row, &found));
	struct counter *one = &k->list[k->n++];
	*one = (struct counter){ .n = name.n, .value = found ? row.value : 0 };
	memcpy(one->name, name.p, name.n);
	one->saved = one->value;
	*out = one;
	return OK;
}

static struct counter *find(struct counters *k, struct str name)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->list[i].n == name.n && memcmp(k->list[i].name, name.p, name.n) == 0) return &k->list[i];
	return NULL;
}

err_t counters_next(struct counters *k, struct ctx *c, struct str name, int64_t n, int64_t *first)
{
	struct counter *one = find(k, name);
	if (!one) TRY(read_in(k, c, name, &one));
	*first = one->value + 1;
	one->value += n;
	one->changed |= n != 0;
	return OK;
}

err_t counters_write(struct counters *k, struct ctx *c)
{
	for (size_t i = 0; i < k->n; i++) {
		struct counter *one = &k->list[i];
		if (one->changed) TRY(db_counter_put(c, (struct str){ one->name, one->n }, one->value, NULL));
	}
	return OK;
}

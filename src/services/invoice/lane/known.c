#include "services/invoice/lane/known.h"

enum { PAGE = 1000 };

void known_init(struct known_set *s, struct arena *a, size_t expected)
{
	size_t n = 64;
	while (n < expected * 2)
		n *= 2;
	*s = (struct known_set){ a, arena_array(a, n, sizeof(struct known *)),
		arena_array(a, n, sizeof(struct known *)), n - 1 };
}

static size_t slot(const struct known_set *s, uint64_t v)
{
	v ^= v >> 33;
	v *= UINT64_C(0xff51afd7ed558ccd);
	return (size_t)(v ^ v >> 33) & s->mask;
}

static size_t slot_of(const struct known_set *s, struct str number)
{
	uint64_t v = 1469598103934665603U;
	for (size_t i = 0; i < number.n; i++)
		v = (v ^ (unsigned char)number.p[i]) * 1099511628211U;
	return slot(s, v);
}

const struct known *known_number(const struct known_set *s, struct str number)
{
	for (const struct known *k = s->numbers[slot_of(s, number)]; k; k = k->next_number)
		if (str_eq(k->number, number)) return k;
	return NULL;
}

const struct known *known_sequence(const struct known_set *s, int64_t sequence)
{
	const struct known *found = NULL;
	for (const struct known *k = s->sequences[slot(s, (uint64_t)sequence)]; k; k = k->next_sequence)
		if (k->sequence == sequence) found = k; /* the last of the slot came first */
	return found;
}

void known_add(struct known_set *s, const struct known *k)
{
	if (known_number(s, k->number)) return;
	struct known *own = arena_dup(s->arena, k, sizeof *k);
	struct known **n = &s->numbers[slot_of(s, k->number)], **q = &s->sequences[slot(s, (uint64_t)k->sequence)];
	own->next_number = *n;
	own->next_sequence = *q;
	*n = *q = own;
}

static err_t load_numbers(struct ctx *c, struct known_set *s, int64_t lane_id, struct str first, struct str last)
{
	struct str after = str_dup(c->arena, first);
	struct lane_known_numbers_row *r;
	size_t n = PAGE;
	while (n == PAGE) {
		TRY(lane_known_numbers(c, lane_id, after, last, &r, &n));
		for (size_t i = 0; i < n; i++)
			known_add(
			        s, &(struct known){ r[i].number, r[i].sequence, r[i].hash, r[i].previous, r[i].state });
		if (n) after = r[n - 1].number;
	}
	return OK;
}

err_t known_load(struct ctx *c, struct known_set *s, int64_t lane_id, struct str first_number, struct str last_number,
        int64_t first, int64_t last)
{
	struct lane_known_sequences_row *r;
	int64_t at = first;
	struct str after = S("");
	size_t n = PAGE;
	while (n == PAGE) {
		TRY(lane_known_sequences(c, lane_id, first, last, at, after, &r, &n));
		for (size_t i = 0; i < n; i++)
			known_add(
			        s, &(struct known){ r[i].number, r[i].sequence, r[i].hash, r[i].previous, r[i].state });
		if (n) {
			at = r[n - 1].sequence;
			after = r[n - 1].number;
		}
	}
	return load_numbers(c, s, lane_id, first_number, last_number);
}

/* Evaluation: one set of values, or blocks of columns, by the same operations. The intervals were proved at load. */
#include "kernel/policy/inner.h"
#include <string.h>

/* Half away from zero, split so that amount * ppm stays within int64 (measurements.md 2). */
static inline int64_t scale(int64_t x, int64_t ppm)
{
	int64_t r = x % 1000000 * ppm;
	return x / 1000000 * ppm + (r >= 0 ? r + 500000 : r - 500000) / 1000000;
}

static int64_t scale_twice(int64_t x, int64_t ppm, int64_t ppm2)
{
	const int64_t unit = INT64_C(1000000000000);
	__int128 p = (__int128)x * ppm * ppm2;
	return (int64_t)((p >= 0 ? p + unit / 2 : p - unit / 2) / unit);
}

static inline int64_t ratio(int64_t a, int64_t b, int64_t z)
{
	__int128 p = (__int128)a * b;
	return (int64_t)((p >= 0 ? p + z / 2 : p - z / 2) / z);
}

/* The part of x that `part` is of `whole`: never more than x, 0 of nothing. */
static int64_t portion(int64_t x, int64_t part, int64_t whole)
{
	return whole <= 0 || part <= 0 ? 0 : part >= whole ? x : ratio(x, part, whole);
}

static inline int64_t round_to(int64_t x, int64_t unit)
{
	return ratio(x, 1, unit) * unit;
}

int64_t policy_bracket(const struct dated *t, int64_t x)
{
	__int128 sum = 0;
	int64_t below = 0;
	for (unsigned i = 0; i < t->n_bands && x > below; i++) {
		int64_t upper = x < t->bands[i].upper ? x : t->bands[i].upper;
		sum += (__int128)(upper - below) * t->bands[i].ppm;
		below = upper;
	}
	return (int64_t)((sum + 500000) / 1000000);
}

#define RUN(A, B, C, TO)                                                                                               \
	switch ((enum code)o->code) {                                                                                  \
	case ADD: EACH(TO = A + B)                                                                                     \
	case SUB: EACH(TO = A - B)                                                                                     \
	case MUL: EACH(TO = A * B)                                                                                     \
	case SCALE: EACH(TO = scale(A, B))                                                                             \
	case SCALE2: EACH(TO = scale_twice(A, B, C))                                                                   \
	case MULDIV: EACH(TO = ratio(A, B, C))                                                                         \
	case PORTION: EACH(TO = portion(A, B, C))                                                                      \
	case MIN: EACH(TO = A < B ? A : B)                                                                             \
	case MAX: EACH(TO = A > B ? A : B)                                                                             \
	case LT: EACH(TO = A < B)                                                                                      \
	case LE: EACH(TO = A <= B)                                                                                     \
	case EQ: EACH(TO = A == B)                                                                                     \
	case NE: EACH(TO = A != B)                                                                                     \
	case AND: EACH(TO = A & B)                                                                                     \
	case OR: EACH(TO = A | B)                                                                                      \
	case NOT: EACH(TO = !A)                                                                                        \
	case IF: EACH(TO = A ? B : C)                                                                                  \
	case ROUND: EACH(TO = round_to(A, B))                                                                          \
	case BRACKET: EACH(TO = policy_bracket(f->used[o->b].v, A))                                                    \
	}

#define EACH(x)                                                                                                        \
	x;                                                                                                             \
	break;
void policy_run(const struct policy_form *f, const struct op *o, unsigned n, int64_t *s)
{
	for (const struct op *end = o + n; o < end; o++)
		RUN(s[o->a], s[o->b], s[o->c], s[o->to])
}
#undef EACH

err_t policy_evaluate(const struct policy_form *f, int64_t *s, int *slot)
{
	for (unsigned i = 0; i < f->n_inputs; i++)
		if (s[i] < f->lo[i] || s[i] > f->hi[i]) {
			*slot = (int)i;
			return E_INPUT;
		}
	policy_run(f, f->ops, f->n_ops, s);
	return OK;
}

err_t policy_evaluate_columns(
        const struct policy_form *f, struct arena *a, size_t n, const int64_t *const *inputs, int64_t *const *out)
{
	int64_t(*s)[POLICY_BLOCK] = arena_array(a, f->n_slots, sizeof *s);
	for (unsigned i = f->n_inputs; i < f->n_slots; i++)
		for (size_t k = 0; f->constant[i] && k < POLICY_BLOCK; k++)
			s[i][k] = f->init[i];
	for (size_t at = 0; at < n; at += POLICY_BLOCK) {
		size_t m = n - at < POLICY_BLOCK ? n - at : POLICY_BLOCK;
		for (unsigned i = 0; i < f->n_inputs; i++) {
			if (!inputs[i]) continue;
			memcpy(s[i], inputs[i] + at, m * sizeof(int64_t));
			for (size_t k = 0; k < m; k++)
				if (s[i][k] < f->lo[i] || s[i][k] > f->hi[i]) return E_INPUT;
		}
#define EACH(x)                                                                                                        \
	for (size_t k = 0; k < m; k++) {                                                                               \
		x;                                                                                                     \
	}                                                                                                              \
	break;
		for (const struct op *o = f->ops, *end = o + f->n_ops; o < end; o++)
			RUN(s[o->a][k], s[o->b][k], s[o->c][k], s[o->to][k])
		for (unsigned i = 0; i < f->n_lines; i++)
			if (out[i]) memcpy(out[i] + at, s[f->lines[i].slot], m * sizeof(int64_t));
	}
	return OK;
}

int64_t *policy_values(const struct policy_form *f, struct arena *a)
{
	return arena_dup(a, f->init, f->n_slots * sizeof(int64_t));
}

int policy_slot(const struct policy_form *f, struct str id)
{
	for (unsigned i = 0; i < f->n_lines; i++)
		if (str_eq(f->lines[i].id, id)) return f->lines[i].slot;
	for (unsigned i = 0; i < f->n_inputs; i++)
		if (str_eq(f->inputs[i].id, id)) return (int)i;
	return -1;
}

enum policy_unit policy_unit(const struct policy_form *f, int slot)
{
	return (enum policy_unit)f->unit[slot];
}

bool policy_input(const struct policy_form *f, unsigned i, struct str *id, enum policy_unit *unit)
{
	if (i >= f->n_inputs) return false;
	*id = f->inputs[i].id;
	*unit = f->inputs[i].unit;
	return true;
}

bool policy_limits(const struct policy_form *f, unsigned i, int64_t *min, int64_t *max)
{
	if (i >= f->n_inputs) return false;
	*min = f->lo[i];
	*max = f->hi[i];
	return true;
}

void policy_run_checks(const struct policy_form *f, int64_t *values)
{
	policy_run(f, f->ops + f->n_ops, f->n_all_ops - f->n_ops, values);
}

bool policy_check(
        const struct policy_form *f, unsigned i, const int64_t *values, struct str *at, struct str *title, bool *holds)
{
	if (i >= f->n_checks) return false;
	*at = f->checks[i].id;
	*title = f->checks[i].title;
	*holds = values[f->checks[i].slot] != 0;
	return true;
}

bool policy_line(const struct policy_form *f, unsigned i, struct str *id, struct str *title, int *slot)
{
	if (i >= f->n_lines) return false;
	*id = f->lines[i].id;
	*title = f->lines[i].title;
	*slot = f->lines[i].slot;
	return true;
}

struct str policy_hash(const struct policy_form *f)
{
	return f->hash;
}

struct str policy_form_title(const struct policy_form *f)
{
	return f->title;
}

struct str policy_form_law(const struct policy_form *f)
{
	return f->law;
}

struct str policy_slot_title(const struct policy_form *f, int slot)
{
	if (slot >= 0 && slot < (int)f->n_inputs) return f->inputs[slot].title;
	for (unsigned i = 0; i < f->n_lines; i++)
		if (f->lines[i].slot == slot) return f->lines[i].title;
	return STR_NONE;
}

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

/* Every operation once, for one set of values and for blocks of columns alike: x, y, z are its operands. */
#define OPERATIONS                                                                                                     \
	case ADD: EACH2(x + y)                                                                                         \
	case SUB: EACH2(x - y)                                                                                         \
	case MUL: EACH2(x *y)                                                                                          \
	case SCALE: EACH2(scale(x, y))                                                                                 \
	case SCALE2: EACH3(scale_twice(x, y, z))                                                                       \
	case MULDIV: EACH3(ratio(x, y, z))                                                                             \
	case PORTION: EACH3(portion(x, y, z))                                                                          \
	case MIN: EACH2(x < y ? x : y)                                                                                 \
	case MAX: EACH2(x > y ? x : y)                                                                                 \
	case LT: EACH2(x < y)                                                                                          \
	case LE: EACH2(x <= y)                                                                                         \
	case EQ: EACH2(x == y)                                                                                         \
	case NE: EACH2(x != y)                                                                                         \
	case AND: EACH2(x &y)                                                                                          \
	case OR: EACH2(x | y)                                                                                          \
	case NOT: EACH1(!x)                                                                                            \
	case IF: EACH3(x ? y : z)                                                                                      \
	case ROUND: EACH2(round_to(x, y))                                                                              \
	case BRACKET:                                                                                                  \
		EACH1(policy_bracket(f->used[o->b].v, x))

#define EACH1(e)                                                                                                       \
	{                                                                                                              \
		int64_t x = s[o->a];                                                                                   \
		s[o->to] = (e);                                                                                        \
		break;                                                                                                 \
	}
#define EACH2(e)                                                                                                       \
	{                                                                                                              \
		int64_t x = s[o->a], y = s[o->b];                                                                      \
		s[o->to] = (e);                                                                                        \
		break;                                                                                                 \
	}
#define EACH3(e)                                                                                                       \
	{                                                                                                              \
		int64_t x = s[o->a], y = s[o->b], z = s[o->c];                                                         \
		s[o->to] = (e);                                                                                        \
		break;                                                                                                 \
	}
void policy_run(const struct policy_form *f, const struct op *o, unsigned n, int64_t *s)
{
	for (const struct op *end = o + n; o < end; o++)
		switch ((enum code)o->code) {
			OPERATIONS
		}
}
#undef EACH1
#undef EACH2
#undef EACH3

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

/* --- columns: whole blocks, read where they lie and written where they are wanted --- */

#define EACH1(e)                                                                                                       \
	{                                                                                                              \
		const int64_t *restrict xs = from[o->a];                                                               \
		for (int k = 0; k < POLICY_BLOCK; k++) {                                                               \
			int64_t x = xs[k];                                                                             \
			to[k] = (e);                                                                                   \
		}                                                                                                      \
		break;                                                                                                 \
	}
#define EACH2(e)                                                                                                       \
	{                                                                                                              \
		const int64_t *restrict xs = from[o->a], *restrict ys = from[o->b];                                    \
		for (int k = 0; k < POLICY_BLOCK; k++) {                                                               \
			int64_t x = xs[k], y = ys[k];                                                                  \
			to[k] = (e);                                                                                   \
		}                                                                                                      \
		break;                                                                                                 \
	}
#define EACH3(e)                                                                                                       \
	{                                                                                                              \
		const int64_t *restrict xs = from[o->a], *restrict ys = from[o->b], *restrict zs = from[o->c];         \
		for (int k = 0; k < POLICY_BLOCK; k++) {                                                               \
			int64_t x = xs[k], y = ys[k], z = zs[k];                                                       \
			to[k] = (e);                                                                                   \
		}                                                                                                      \
		break;                                                                                                 \
	}

/* Range of the inputs, then the operations; from[] and into[] say where each slot lies. false: an input is beyond. */
static inline __attribute__((always_inline)) bool block(
        const struct policy_form *f, const int64_t *const *from, int64_t *const *into)
{
	int64_t beyond = 0;
	for (unsigned i = 0; i < f->n_inputs; i++) {
		const int64_t *v = from[i], lo = f->lo[i], hi = f->hi[i];
		for (int k = 0; k < POLICY_BLOCK; k++)
			beyond |= (v[k] < lo) | (v[k] > hi);
	}
	if (beyond) return false;
	for (const struct op *o = f->ops, *end = o + f->n_ops; o < end; o++) {
		int64_t *restrict to = into[o->to];
		switch ((enum code)o->code) {
			OPERATIONS
		}
	}
	return true;
}

static bool block_plain(const struct policy_form *f, const int64_t *const *from, int64_t *const *into)
{
	return block(f, from, into);
}

#ifdef __x86_64__
/* The same for processors with 256-bit integers: comparisons of 64 bits are one instruction there. */
__attribute__((target("avx2"))) static bool block_wide(
        const struct policy_form *f, const int64_t *const *from, int64_t *const *into)
{
	return block(f, from, into);
}
#endif

static bool run_block(const struct policy_form *f, const int64_t *const *from, int64_t *const *into)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2")) return block_wide(f, from, into);
#endif
	return block_plain(f, from, into);
}

struct columns {
	const int64_t **from; /* of each slot, in this block */
	int64_t **into;
	int64_t (*own)[POLICY_BLOCK]; /* room for slots that lie nowhere else: constants, intermediate values */
};

static void columns_open(struct columns *c, const struct policy_form *f, struct arena *a)
{
	c->from = arena_array(a, f->n_slots + 1, sizeof *c->from);
	c->into = arena_array(a, f->n_slots + 1, sizeof *c->into);
	c->own = arena_array(a, f->n_slots + 1, sizeof *c->own);
	for (unsigned i = 0; i < f->n_slots; i++) {
		c->from[i] = c->into[i] = c->own[i];
		for (size_t k = 0; f->constant[i] && k < POLICY_BLOCK; k++)
			c->own[i][k] = f->init[i];
	}
}

/* A whole block is read and written in place. */
static void in_place(
        struct columns *c, const struct policy_form *f, size_t at, const int64_t *const *inputs, int64_t *const *out)
{
	for (unsigned i = 0; i < f->n_inputs; i++)
		if (inputs[i]) c->from[i] = inputs[i] + at;
	for (unsigned i = 0; i < f->n_lines; i++)
		if (out[i]) c->from[f->lines[i].slot] = c->into[f->lines[i].slot] = out[i] + at;
}

/* The rest of less than a block goes through room of its own; values beyond it stay within the limits. */
static bool rest(struct columns *c, const struct policy_form *f, size_t at, size_t m, const int64_t *const *inputs,
        int64_t *const *out)
{
	for (unsigned i = 0; i < f->n_slots; i++)
		c->from[i] = c->into[i] = c->own[i];
	for (unsigned i = 0; i < f->n_inputs; i++)
		for (size_t k = 0; inputs[i] && k < POLICY_BLOCK; k++)
			c->own[i][k] = inputs[i][at + (k < m ? k : 0)];
	if (!run_block(f, c->from, c->into)) return false;
	for (unsigned i = 0; i < f->n_lines; i++)
		if (out[i]) memcpy(out[i] + at, c->own[f->lines[i].slot], m * sizeof(int64_t));
	return true;
}

err_t policy_evaluate_columns(
        const struct policy_form *f, struct arena *a, size_t n, const int64_t *const *inputs, int64_t *const *out)
{
	struct columns c;
	size_t at = 0;
	columns_open(&c, f, a);
	for (; n - at >= POLICY_BLOCK; at += POLICY_BLOCK) {
		in_place(&c, f, at, inputs, out);
		if (!run_block(f, c.from, c.into)) return E_INPUT;
	}
	return at == n || rest(&c, f, at, n - at, inputs, out) ? OK : E_INPUT;
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

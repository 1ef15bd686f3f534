/* Inside the policy room: the compiled form. */
#ifndef KERNEL_POLICY_INNER_H
#define KERNEL_POLICY_INNER_H
#include "kernel/policy/policy.h"

#define SLOTS_MAX 512
#define PARTS_MAX 128 /* inputs or lines of a form, parameters of a store */
#define USES_MAX 24

enum code { ADD, SUB, MUL, SCALE, MULDIV, MIN, MAX, LT, LE, EQ, NE, AND, OR, NOT, IF, ROUND, BRACKET };

struct op {
	uint8_t code;
	uint16_t to, a, b, c;
};
struct band {
	int64_t upper; /* INT64_MAX: the last */
	int64_t ppm;
};
struct dated {
	struct date from, to; /* to.year 2999: open */
	int64_t value;
	struct band *bands;
	unsigned n_bands;
	struct policy_citation cite;
};
struct parameter {
	struct str id, title;
	enum policy_unit unit;
	struct dated *values;
	unsigned n;
};
struct part { /* an input or a line */
	struct str id, title, formula;
	enum policy_unit unit;
	int64_t min, max;
	int slot;
	uint8_t state; /* 0 new, 1 being compiled, 2 done */
	uint16_t uses[USES_MAX];
	unsigned n_uses;
	uint16_t parameters[USES_MAX]; /* index into form->parameters */
	unsigned n_parameters;
};
struct used {
	const struct parameter *p;
	const struct dated *v;
	int slot;
};
struct policy_form {
	struct str id, title, law, hash;
	struct date from, to;
	struct part *inputs, *lines;
	unsigned n_inputs, n_lines;
	struct used used[PARTS_MAX];
	unsigned n_used;
	struct op *ops;
	unsigned n_ops, n_slots;
	int64_t init[SLOTS_MAX], lo[SLOTS_MAX], hi[SLOTS_MAX];
	uint8_t unit[SLOTS_MAX];
	bool constant[SLOTS_MAX];
	struct policy_form *next; /* in the store */
};
struct policy_store {
	struct arena *arena;
	struct parameter parameters[PARTS_MAX];
	unsigned n_parameters;
	struct policy_form *forms;
	struct str why;
};

bool policy_compile(struct policy_store *s, struct policy_form *f);
int64_t policy_bracket(const struct dated *t, int64_t x);
#endif

/* Inside the policy room: the compiled form. */
#ifndef KERNEL_POLICY_INNER_H
#define KERNEL_POLICY_INNER_H
#include "kernel/policy/policy.h"

#define SLOTS_MAX 768
#define PARTS_MAX 128 /* inputs or lines of a form */
#define PARAMETERS_MAX 256
#define VALUES_MAX 60 /* of a parameter in the course of time */
#define USES_MAX 40

enum code { ADD, SUB, MUL, SCALE, SCALE2, MULDIV, PORTION, MIN, MAX, LT, LE, EQ, NE, AND, OR, NOT, IF, ROUND, BRACKET };

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
	struct str id, title, hash; /* hash: of the package it stands in */
	enum policy_unit unit;
	struct dated *values;
	unsigned n;
};
struct part { /* an input, a line or a check */
	struct str id, title, formula;
	enum policy_unit unit;
	int64_t min, max;
	int slot;
	uint8_t state; /* 0 new, 1 being compiled, 2 done */
	uint16_t uses[USES_MAX];
	unsigned n_uses;
	uint16_t parameters[USES_MAX]; /* index into form->used */
	unsigned n_parameters;
};
struct used {
	const struct parameter *p;
	const struct dated *v;
	int slot;
};
struct piece { /* static text of a trace, then the value in a cell */
	uint32_t from, n;
	uint16_t cell;
};
struct policy_form {
	struct str id, title, law, hash;
	struct date from, to;
	struct part *inputs, *lines, *checks;
	unsigned n_inputs, n_lines, n_checks;
	struct used used[PARTS_MAX];
	unsigned n_used;
	struct op *ops;
	unsigned n_ops, n_all_ops, n_slots; /* ops of the lines, then those of the checks */
	int64_t *init, *lo, *hi;
	uint8_t *unit;
	bool *constant;
	/* The trace as JSON: what is known when the form is loaded, with holes for the values. */
	struct str text;
	struct piece *pieces;
	unsigned n_pieces, n_cells;
	uint16_t *cells;          /* slots that are shown, each once */
	struct policy_form *next; /* in the store */
};
struct policy_store {
	struct arena *arena;
	struct parameter parameters[PARAMETERS_MAX];
	unsigned n_parameters;
	struct policy_form *forms;
	struct folder_file *files;
	struct str why;
};

/* Data beside the packages, read when the process starts. */
struct folder_file {
	const char *path;
	struct value *data;
	struct folder_file *next;
};
/* false: no YAML, or nested too deep. */
bool policy_keep_file(struct policy_store *s, const char *path, struct str yaml);

/* Narrows f->to to the stretch in which no parameter of the form changes. */
bool policy_compile(struct policy_store *s, struct policy_form *f);
void policy_trace_prepare(struct policy_store *s, struct policy_form *f);
int64_t policy_bracket(const struct dated *t, int64_t x);
void policy_run(const struct policy_form *f, const struct op *ops, unsigned n, int64_t *s);
bool policy_amount(struct str s, enum policy_unit u, int64_t *out);
#endif

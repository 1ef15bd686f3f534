/* Policy: law as data (policy/ *.yaml). A package holds dated parameters with their citation and forms whose lines are
 * formulas in a closed language: + - * / (rounded half away from zero to the fen), comparison, and/or/not, min, max,
 * if, sum, round, bracket, and portion(x, part, whole) = x * part / whole with part kept between 0 and whole. There
 * are no loops, so evaluation ends. At load are refused: unknown names and keys, cycles, gaps and overlaps of dates,
 * missing citations, and formulas that could pass int64 for any input within its limits.
 * x * y / z and money * rate * rate are rounded once, each other product or quotient by itself. A form may use the
 * parameters of other packages. Units: money in fen, rate in ppm, count as it is, bool 0 or 1. */
#ifndef KERNEL_POLICY_H
#define KERNEL_POLICY_H
#include "base/date.h"
#include "base/error.h"
#include "kernel/value/value.h"

enum policy_unit { POLICY_MONEY, POLICY_RATE, POLICY_COUNT, POLICY_BOOL, POLICY_TABLE };
#define POLICY_BLOCK 64 /* rows evaluated together in columns: few enough for the nearest cache */

struct policy_store;
struct policy_form; /* one form as it stands on one date */

/* All packages of the assets under "policy/", checked and compiled. *why names the fault. */
MUST_USE err_t policy_load(struct arena *a, struct policy_store **out, struct str *why);
/* One package from text, for tests and for checking a draft before it is published. */
MUST_USE err_t policy_load_text(struct arena *a, struct str yaml, struct policy_store **out, struct str *why);
/* Runs the worked examples that stand in the packages (in this text; STR_NONE: in all packages of the assets). *n: how
 * many; E_INPUT: one is wrong, *why says which and how. Tests and publishing call it, starting does not. */
MUST_USE err_t policy_examples(const struct policy_store *s, struct str yaml, unsigned *n, struct str *why);
MUST_USE err_t policy_examples_of(const struct policy_store *s, struct str form, unsigned *n, struct str *why);

/* YAML of another shape (policy/FOLDER/ *.yaml: schemes, tables) as a tree: all scalars are texts. E_INPUT: is no YAML, or nested
 * too deep. */
MUST_USE err_t policy_data(struct arena *a, struct str yaml, struct value **out);
/* The same of an asset, read once by policy_load; NULL: there is none. Nobody changes it. */
const struct value *policy_file(const struct policy_store *s, const char *path);
/* All of them whose path begins so, in order of their paths. */
void policy_files(const struct policy_store *s, const char *prefix,
        void (*fn)(void *arg, const char *path, const struct value *data), void *arg);

/* The form in force on the date the liability arose; NULL: none. */
const struct policy_form *policy_form(const struct policy_store *s, const char *id, struct date liability);
struct str policy_hash(
        const struct policy_form *f); /* SHA-256, hex, of its package and those whose parameters it uses */
struct str policy_form_title(const struct policy_form *f);
struct str policy_form_law(const struct policy_form *f);
/* Value of a parameter on a date (money in fen, rate in ppm); false: none. citation may be NULL. */
struct policy_citation {
	struct str title, law, doc_no, article;
	bool verified;
};
bool policy_parameter(
        const struct policy_store *s, const char *id, struct date d, int64_t *value, struct policy_citation *citation);

/* A set of values of this form: inputs 0, constants set. Slots are found by the id of an input or line; -1: none. */
int64_t *policy_values(const struct policy_form *f, struct arena *a);
int policy_slot(const struct policy_form *f, struct str id);
enum policy_unit policy_unit(const struct policy_form *f, int slot);
struct str policy_slot_title(const struct policy_form *f, int slot); /* STR_NONE: a constant */
/* Inputs by number: id and unit; false past the last. Inputs stand in slots 0, 1, 2, ... */
bool policy_input(const struct policy_form *f, unsigned i, struct str *id, enum policy_unit *unit);
bool policy_limits(const struct policy_form *f, unsigned i, int64_t *min, int64_t *max); /* of input i */
/* Lines by number, in the order of the form. */
bool policy_line(const struct policy_form *f, unsigned i, struct str *id, struct str *title, int *slot);

/* Computes all lines; E_INPUT: an input is beyond its limits (*slot says which). */
MUST_USE err_t policy_evaluate(const struct policy_form *f, int64_t *values, int *slot);
/* Cross-rules of the form, over values that were evaluated: run once, then read by number; false past the last.
 * at: the input or line where a broken rule is shown. */
void policy_run_checks(const struct policy_form *f, int64_t *values);
bool policy_check(
        const struct policy_form *f, unsigned i, const int64_t *values, struct str *at, struct str *title, bool *holds);
/* Columns: inputs[i] is a column of n rows (NULL = all 0), out[i] receives line i (NULL = not wanted). */
MUST_USE err_t policy_evaluate_columns(
        const struct policy_form *f, struct arena *a, size_t n, const int64_t *const *inputs, int64_t *const *out);

/* How each line came about: value, title, formula, inputs, parameters with law; the same as JSON, by filling the values
 * into a text that was made at load. */
struct value *policy_trace(const struct policy_form *f, const int64_t *values, struct arena *a);
void policy_trace_json(const struct policy_form *f, const int64_t *values, struct buf *b);
#endif

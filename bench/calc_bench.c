/* ./dev bench calc: the general VAT return from its policy package on one core. Every figure stands beside its limit,
 * the same work written by hand in C, in the same run. First 20,000 random cases with edges against an exact oracle: a
 * fast wrong answer is no answer. Rates are by CPU time of this thread; wall time is printed too, for a machine that is
 * shared. */
#include "kernel/policy/policy.h"
#include "kernel/policy/tests/vat_oracle.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FIRMS 100000
#define REPEATS 9
#define COLUMNS 64

struct bench {
	struct arena *arena;
	const struct policy_form *form;
	int64_t *column[COLUMNS], *out[COLUMNS], *row, *values;
	int number[COLUMNS]; /* line number of an input, 0: the additional credit */
	unsigned n_in, n_out;
	struct buf text;
	int64_t sum; /* keeps results alive */
};

static double seconds(clockid_t id)
{
	struct timespec t;
	(void)clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

struct figure {
	double cpu, wall; /* a second, medians */
};

static struct figure measure(struct bench *b, void (*fn)(struct bench *), size_t n)
{
	double cpu[REPEATS], wall[REPEATS];
	fn(b);
	for (int i = 0; i < REPEATS; i++) {
		double c = seconds(CLOCK_THREAD_CPUTIME_ID), w = seconds(CLOCK_MONOTONIC);
		fn(b);
		cpu[i] = (double)n / (seconds(CLOCK_THREAD_CPUTIME_ID) - c);
		wall[i] = (double)n / (seconds(CLOCK_MONOTONIC) - w);
	}
	qsort(cpu, REPEATS, sizeof *cpu, ascending);
	qsort(wall, REPEATS, sizeof *wall, ascending);
	return (struct figure){ cpu[REPEATS / 2], wall[REPEATS / 2] };
}

/* --- the cases --- */

static void open_form(struct bench *b)
{
	struct policy_store *s;
	struct str why, id, title;
	enum policy_unit unit;
	int slot;
	int64_t n;
	if (policy_load(b->arena, &s, &why) != OK) {
		(void)fprintf(stderr, "%.*s\n", STR_FMT(why));
		exit(1);
	}
	b->form = policy_form(s, "vat-general", (struct date){ 2026, 11, 30 });
	for (; policy_input(b->form, b->n_in, &id, &unit); b->n_in++) {
		b->number[b->n_in] = str_to_int(str_sub(id, 1, 9), &n) ? (int)n : 0;
		b->column[b->n_in] = arena_array(b->arena, FIRMS, sizeof(int64_t));
	}
	for (; policy_line(b->form, b->n_out, &id, &title, &slot); b->n_out++)
		b->out[b->n_out] = arena_array(b->arena, FIRMS, sizeof(int64_t));
	b->row = arena_array(b->arena, (size_t)FIRMS * b->n_in, sizeof(int64_t));
	b->values = policy_values(b->form, b->arena);
	buf_init(&b->text, b->arena, 65536);
}

static void fill(struct bench *b, int64_t (*amount)(uint64_t *), size_t n)
{
	uint64_t seed = 20261124;
	for (size_t k = 0; k < n; k++)
		for (unsigned i = 0; i < b->n_in; i++) {
			int64_t v = amount(&seed);
			if (!b->number[i] && v < 0) v = -v;
			b->column[i][k] = b->row[k * b->n_in + i] = v;
		}
}

/* Of a firm's return most lines are filled with sums of up to a million yuan, a third are 0. */
static int64_t firm_amount(uint64_t *seed)
{
	uint64_t r = oracle_next(seed);
	return r % 3 == 0 ? 0 : (int64_t)(oracle_next(seed) % 100000000);
}

static size_t count_wrong(struct bench *b)
{
	struct str id, title;
	size_t wrong = 0;
	int slot;
	int64_t n;
	fill(b, oracle_amount, ORACLE_CASES);
	if (policy_evaluate_columns(b->form, b->arena, ORACLE_CASES, (const int64_t *const *)b->column, b->out) != OK)
		return ORACLE_CASES;
	for (size_t k = 0; k < ORACLE_CASES; k++) {
		int64_t in[ORACLE_LINES] = { 0 }, credit = 0;
		__int128 want[ORACLE_LINES];
		for (unsigned i = 0; i < b->n_in; i++)
			*(b->number[i] ? &in[b->number[i]] : &credit) = b->column[i][k];
		memcpy(b->values, b->row + k * b->n_in, b->n_in * sizeof(int64_t));
		bool good = policy_evaluate(b->form, b->values, &slot) == OK;
		vat_oracle(in, credit, want);
		for (unsigned i = 0; policy_line(b->form, i, &id, &title, &slot); i++) {
			good = good && b->values[slot] == b->out[i][k];
			if (str_to_int(str_sub(id, 1, 9), &n)) good = good && b->values[slot] == want[n];
		}
		wrong += !good;
	}
	return wrong;
}

/* --- what is measured --- */

static void single(struct bench *b)
{
	int slot;
	for (size_t k = 0; k < FIRMS; k++) {
		memcpy(b->values, b->row + k * b->n_in, b->n_in * sizeof(int64_t));
		if (policy_evaluate(b->form, b->values, &slot) != OK) abort();
		b->sum += b->values[b->n_in];
	}
}

static void traced(struct bench *b)
{
	int slot;
	for (size_t k = 0; k < FIRMS; k++) {
		memcpy(b->values, b->row + k * b->n_in, b->n_in * sizeof(int64_t));
		if (policy_evaluate(b->form, b->values, &slot) != OK) abort();
		b->text.n = 0;
		policy_trace_json(b->form, b->values, &b->text);
		b->sum += b->text.p[b->text.n / 2];
	}
}

static void columns(struct bench *b)
{
	struct arena *a = arena_new();
	if (policy_evaluate_columns(b->form, a, FIRMS, (const int64_t *const *)b->column, b->out) != OK) abort();
	b->sum += b->out[0][FIRMS / 2];
	arena_free(a);
}

static inline int64_t low(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t high(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* All lines of the form by hand, as the limit; x(n) is line n of the firm, y[i] line i of the answer. */
#define BY_HAND(x, y)                                                                                                  \
	do {                                                                                                           \
		int64_t l17 = x(12) + x(13) - x(14) - x(15) + x(16), l18 = low(l17, x(11)),                            \
		        used = low(x(0), high(0, x(11) - l18)), l19 = x(11) - l18 - used,                              \
		        cut = low(x(23), high(0, l19 + x(21))), l24 = l19 + x(21) - cut,                               \
		        l27 = x(28) + x(29) + x(30) + x(31);                                                           \
		y(0) = x(9) + x(10), y(1) = l17, y(2) = l18, y(3) = l19, y(4) = l17 - l18, y(5) = l24;                 \
		y(6) = x(23) - cut, y(7) = l27, y(8) = l24 + x(25) + x(26) - l27;                                      \
		y(9) = high(0, x(25) + x(26) - l27), y(10) = l24 - x(28) - x(29);                                      \
		y(11) = x(16) + x(22) + x(36) - x(37), y(12) = used, y(13) = x(0) - used;                              \
	} while (0)

static void single_by_hand(struct bench *b)
{
	int64_t y[16], at[ORACLE_LINES];
	for (unsigned i = 0; i < b->n_in; i++)
		at[b->number[i]] = i;
	for (size_t k = 0; k < FIRMS; k++) {
		memcpy(b->values, b->row + k * b->n_in, b->n_in * sizeof(int64_t));
		for (unsigned i = 0; i < b->n_in; i++)
			if (b->values[i] > MONEY_MAX_FEN || b->values[i] < -MONEY_MAX_FEN) abort();
#define X(n) b->values[at[n]]
#define Y(n) y[n]
		BY_HAND(X, Y);
#undef X
#undef Y
		for (int i = 0; i < 14; i++)
			b->sum += y[i];
	}
}

static void columns_by_hand(struct bench *b)
{
	const int64_t *c[ORACLE_LINES] = { 0 };
	for (unsigned i = 0; i < b->n_in; i++)
		c[b->number[i]] = b->column[i];
	for (size_t k = 0; k < FIRMS; k++) {
		for (unsigned i = 0; i < b->n_in; i++)
			if (b->column[i][k] > MONEY_MAX_FEN || b->column[i][k] < -MONEY_MAX_FEN) abort();
#define X(n) c[n][k]
#define Y(n) b->out[n][k]
		BY_HAND(X, Y);
#undef X
#undef Y
	}
	b->sum += b->out[0][FIRMS / 2];
}

/* The trace's bytes copied whole: no figure is put into it. */
static void copied(struct bench *b)
{
	static char to[65536];
	for (size_t k = 0; k < FIRMS; k++) {
		memcpy(to, b->text.p, b->text.n);
		__asm__ volatile("" ::"r"(to) : "memory");
	}
	b->sum += to[0];
}

/* --- the table --- */

static void machine(void)
{
	char line[256], model[128] = "?";
	double load = 0;
	FILE *f = fopen("/proc/cpuinfo", "r");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "model name : %127[^\n]", model) == 1) break;
	if (f) (void)fclose(f);
	f = fopen("/proc/loadavg", "r");
	if (f && fgets(line, sizeof line, f)) load = strtod(line, NULL);
	if (f) (void)fclose(f);
	(void)printf("machine: %s; compiler %s; load %.2f (the figures are by CPU time of one thread)\n\n", model,
	        __VERSION__, load);
}

static bool row(const char *name, double asked, struct figure f, const char *limit, struct figure by_hand)
{
	(void)printf("| %s | %.1f M/s | **%.2f M/s** | %.2f M/s | %s %.2f M/s | %.2f | %s |\n", name, asked,
	        f.cpu / 1e6, f.wall / 1e6, limit, by_hand.cpu / 1e6, f.cpu / by_hand.cpu,
	        f.cpu >= asked * 1e6 ? "yes" : "**no**");
	return f.cpu >= asked * 1e6;
}

int main(void)
{
	struct bench b = { .arena = arena_new() };
	open_form(&b);
	machine();
	size_t wrong = count_wrong(&b);
	(void)printf("%d random cases with edges against an exact oracle, one at a time and in columns: %zu wrong\n\n",
	        ORACLE_CASES, wrong);
	fill(&b, firm_amount, FIRMS);
	struct figure one = measure(&b, single, FIRMS), trace = measure(&b, traced, FIRMS),
	              many = measure(&b, columns, FIRMS), hand = measure(&b, single_by_hand, FIRMS),
	              hand_many = measure(&b, columns_by_hand, FIRMS), copy = measure(&b, copied, FIRMS);
	(void)printf("General VAT return: %u inputs, %u lines, trace of %zu bytes; median of %d runs over %d firms\n\n",
	        b.n_in, b.n_out, b.text.n, REPEATS, FIRMS);
	(void)printf("| bench | asked | by CPU time | by wall time | limit | share | reached "
	             "|\n|---|---|---|---|---|---|---|\n");
	bool good = row("one at a time", 5, one, "written by hand", hand);
	good &= row("with its trace as JSON", 0.8, trace, "copying the bytes", copy);
	good &= row("columns, 100,000 firms", 15, many, "written by hand", hand_many);
	(void)printf("\n(%lld)\n", (long long)(b.sum & 1));
	arena_free(b.arena);
	return good && !wrong ? 0 : 1;
}

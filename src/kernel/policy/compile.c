/* Formulas to bytecode: recursive descent, units and intervals checked as the code is made. */
#include "kernel/policy/inner.h"
#include <string.h>

struct compiler {
	struct policy_store *s;
	struct policy_form *f;
	struct part *line;
	const char *p, *end;
	int depth, chain; /* of parentheses; of lines that wait for each other */
	bool bad;
};
#define DEPTH_MAX 20
#define CHAIN_MAX 40          /* both bound the C stack for any package */
#define RATE_SMALL 1000000000 /* 1000 times: products of two such rates stay far inside 128 bits */

static int expression(struct compiler *c);
static void compile_line(struct compiler *outer, struct part *line);

static int fail(struct compiler *c, const char *why)
{
	if (!c->bad && c->s->why.n == 0)
		c->s->why = str_printf(c->s->arena, "%.*s.%.*s: %s near \"%.*s\"", STR_FMT(c->f->id),
		        STR_FMT(c->line->id), why, (int)(c->end - c->p > 20 ? 20 : c->end - c->p), c->p);
	c->bad = true;
	return 0;
}

static int slot_new(struct compiler *c, enum policy_unit unit, __int128 lo, __int128 hi)
{
	struct policy_form *f = c->f;
	if (f->n_slots >= SLOTS_MAX) return fail(c, "form too large");
	if (lo < -INT64_MAX || hi > INT64_MAX) return fail(c, "can overflow for inputs within their limits");
	int i = (int)f->n_slots++;
	f->unit[i] = (uint8_t)unit;
	f->lo[i] = (int64_t)lo;
	f->hi[i] = (int64_t)hi;
	return i;
}

static int constant(struct compiler *c, enum policy_unit unit, int64_t v)
{
	struct policy_form *f = c->f;
	for (unsigned k = f->n_inputs; k < f->n_slots; k++)
		if (f->constant[k] && f->init[k] == v && f->unit[k] == unit) return (int)k;
	int i = slot_new(c, unit, v, v);
	if (c->bad) return 0;
	c->f->init[i] = v;
	c->f->constant[i] = true;
	return i;
}

/* How many of the operands a, b, c are slots. */
static int operands(enum code code)
{
	return code == IF || code == MULDIV || code == SCALE2 || code == PORTION ? 3
	       : code == NOT || code == BRACKET                                  ? 1
	                                                                         : 2;
}

static bool all_constant(const struct policy_form *f, const struct op *o)
{
	int n = operands((enum code)o->code);
	return f->constant[o->a] && (n < 2 || f->constant[o->b]) && (n < 3 || f->constant[o->c]);
}

/* A known truth value decides at once: -1 it does not, else the slot. */
static int decided(struct compiler *c, const struct op *o)
{
	const struct policy_form *f = c->f;
	if (o->code == IF && f->constant[o->a]) return f->init[o->a] ? o->b : o->c;
	if (o->code != AND && o->code != OR) return -1;
	for (int i = 0; i < 2; i++) {
		int known = i ? o->b : o->a, other = i ? o->a : o->b;
		if (f->constant[known]) return (f->init[known] != 0) == (o->code == AND) ? other : known;
	}
	return -1;
}

/* An operation of constants is done now, one that stands there already is not made again. */
static int emit(
        struct compiler *c, enum code code, enum policy_unit unit, int a, int b, int z, __int128 lo, __int128 hi)
{
	struct policy_form *f = c->f;
	if (c->bad) return 0;
	struct op o = { (uint8_t)code, 0, (uint16_t)a, (uint16_t)b, (uint16_t)z };
	int known = decided(c, &o);
	if (known >= 0) return known;
	for (unsigned i = 0; i < f->n_all_ops; i++) {
		const struct op *p = &f->ops[i];
		if (p->code == o.code && p->a == o.a && p->b == o.b && p->c == o.c && f->unit[p->to] == unit)
			return p->to;
	}
	int to = slot_new(c, unit, lo, hi);
	if (c->bad) return 0;
	o.to = (uint16_t)to;
	if (!all_constant(f, &o)) {
		f->ops[f->n_all_ops++] = o;
		return to;
	}
	policy_run(f, &o, 1, f->init);
	f->n_slots--;
	return constant(c, unit, f->init[to]);
}

static void blank(struct compiler *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\n'))
		c->p++;
}

static bool word_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_' || ch == '.';
}

static bool take(struct compiler *c, const char *token)
{
	size_t n = strlen(token);
	blank(c);
	if ((size_t)(c->end - c->p) < n || memcmp(c->p, token, n) != 0) return false;
	if (word_char(token[0]) && c->p + n < c->end && word_char(c->p[n])) return false;
	c->p += n;
	return true;
}

static void need(struct compiler *c, const char *token)
{
	if (!c->bad && !take(c, token)) (void)fail(c, token);
}

/* A literal 0 fits every unit. */
static bool same_unit(struct compiler *c, int *a, int *b)
{
	struct policy_form *f = c->f;
	if (f->unit[*a] == f->unit[*b]) return true;
	int *zero = f->constant[*a] && f->init[*a] == 0 ? a : f->constant[*b] && f->init[*b] == 0 ? b : NULL;
	if (!zero) return fail(c, "units differ");
	*zero = constant(c, f->unit[zero == a ? *b : *a], 0);
	return !c->bad;
}

static __int128 least(const __int128 *v, int n)
{
	__int128 m = v[0];
	for (int i = 1; i < n; i++)
		m = v[i] < m ? v[i] : m;
	return m;
}

static __int128 most(const __int128 *v, int n)
{
	__int128 m = v[0];
	for (int i = 1; i < n; i++)
		m = v[i] > m ? v[i] : m;
	return m;
}

/* Interval of a*b/z by its corners, one unit wider for rounding. */
static int emit_ratio(struct compiler *c, enum code code, enum policy_unit unit, int a, int b, int z)
{
	struct policy_form *f = c->f;
	__int128 v[4] = { (__int128)f->lo[a] * f->lo[b], (__int128)f->lo[a] * f->hi[b], (__int128)f->hi[a] * f->lo[b],
		(__int128)f->hi[a] * f->hi[b] };
	__int128 lo = least(v, 4), hi = most(v, 4), limit = (__int128)INT64_MAX * 1000000000000;
	if (lo < -limit || hi > limit) return fail(c, "can overflow for inputs within their limits");
	if (code == MUL) return emit(c, MUL, unit, a, b, 0, lo, hi);
	__int128 least_z = code == SCALE ? 1000000 : f->lo[z], most_z = code == SCALE ? 1000000 : f->hi[z];
	if (least_z <= 0) return fail(c, "divisor must be above 0 for all inputs");
	__int128 w[4] = { lo / least_z, lo / most_z, hi / least_z, hi / most_z };
	return emit(c, code, unit, a, b, z, least(w, 4) - 1, most(w, 4) + 1);
}

/* money * rate * rate, rounded once. */
static int scale_twice(struct compiler *c, int x, int a, int b)
{
	struct policy_form *f = c->f;
	__int128 w[8];
	for (int i = 0; i < 8; i++)
		w[i] = (__int128)(i & 1 ? f->hi[x] : f->lo[x]) * (i & 2 ? f->hi[a] : f->lo[a]) *
		       (i & 4 ? f->hi[b] : f->lo[b]) / 1000000000000;
	return emit(c, SCALE2, POLICY_MONEY, x, a, b, least(w, 8) - 1, most(w, 8) + 1);
}

static bool small_rate(const struct policy_form *f, int slot)
{
	return f->unit[slot] == POLICY_RATE && f->lo[slot] >= -RATE_SMALL && f->hi[slot] <= RATE_SMALL;
}

static int multiply(struct compiler *c, int a, int b)
{
	uint8_t *u = c->f->unit;
	if (u[a] != POLICY_MONEY && u[b] == POLICY_MONEY) return multiply(c, b, a);
	if (u[b] == POLICY_BOOL || u[a] == POLICY_BOOL) return fail(c, "truth values do not multiply");
	if (u[b] == POLICY_COUNT) return emit_ratio(c, MUL, u[a], a, b, 0);
	if (u[b] == POLICY_RATE && u[a] == POLICY_COUNT) return emit_ratio(c, MUL, POLICY_RATE, a, b, 0);
	if (u[b] == POLICY_RATE) return emit_ratio(c, SCALE, u[a], a, b, 0);
	return fail(c, "money times money");
}

/* x * y / z keeps the exact product and rounds once; x / rate is x * 100% / rate. y < 0: there is none. */
static int divide(struct compiler *c, int x, int y, int z)
{
	uint8_t *u = c->f->unit;
	if (y >= 0 && u[y] == POLICY_MONEY) {
		int swap = x;
		x = y;
		y = swap;
	}
	if (y >= 0 && u[y] == u[z]) return emit_ratio(c, MULDIV, u[x], x, y, z);
	if (y >= 0) x = multiply(c, x, y);
	if (c->bad) return 0;
	if (u[z] == POLICY_COUNT) return emit_ratio(c, MULDIV, u[x], x, constant(c, POLICY_COUNT, 1), z);
	if (u[z] == POLICY_RATE && u[x] != POLICY_COUNT)
		return emit_ratio(c, MULDIV, u[x], x, constant(c, POLICY_RATE, 1000000), z);
	if (u[z] == u[x]) return emit_ratio(c, MULDIV, POLICY_RATE, x, constant(c, POLICY_RATE, 1000000), z);
	return fail(c, "these units do not divide");
}

static int number(struct compiler *c)
{
	int64_t whole = 0, part = 0, scale = 1;
	int decimals = 0;
	while (c->p < c->end && *c->p >= '0' && *c->p <= '9' && whole < 1000000000000)
		whole = whole * 10 + (*c->p++ - '0');
	if (c->p < c->end && *c->p == '.')
		for (c->p++; c->p < c->end && *c->p >= '0' && *c->p <= '9' && decimals < 4; decimals++, scale *= 10)
			part = part * 10 + (*c->p++ - '0');
	if (c->p < c->end && *c->p == '%') {
		c->p++;
		return whole > 1000000 ? fail(c, "rate too large")
		                       : constant(c, POLICY_RATE, whole * 10000 + part * (10000 / scale));
	}
	if (decimals == 0) return constant(c, POLICY_COUNT, whole);
	return decimals == 2 ? constant(c, POLICY_MONEY, whole * 100 + part) : fail(c, "money takes two decimals");
}

static void note(struct compiler *c, uint16_t *list, unsigned *n, int i)
{
	for (unsigned k = 0; k < *n; k++)
		if (list[k] == i) return;
	if (*n == USES_MAX)
		(void)fail(c, "too many names in one formula");
	else
		list[(*n)++] = (uint16_t)i;
}

static struct used *parameter_use(struct compiler *c, struct str id)
{
	struct policy_form *f = c->f;
	for (unsigned i = 0; i < c->s->n_parameters; i++) {
		const struct parameter *p = &c->s->parameters[i];
		if (!str_eq(p->id, id)) continue;
		for (unsigned k = 0; k < f->n_used; k++)
			if (f->used[k].p == p) return &f->used[k];
		for (unsigned k = 0; k < p->n; k++) {
			const struct dated *v = &p->values[k];
			if (date_cmp(v->from, f->from) > 0 || date_cmp(v->to, f->from) < 0) continue;
			if (f->n_used == PARTS_MAX) break;
			if (date_cmp(v->to, f->to) < 0) f->to = v->to; /* from the next day on it is another form */
			int slot = constant(c, p->unit, v->value);
			f->used[f->n_used] = (struct used){ p, v, slot };
			return c->bad ? NULL : &f->used[f->n_used++];
		}
		(void)fail(c, "parameter has no value at this date");
		return NULL;
	}
	(void)fail(c, "unknown name");
	return NULL;
}

static int name(struct compiler *c, struct str id)
{
	struct policy_form *f = c->f;
	for (unsigned i = 0; i < f->n_inputs; i++)
		if (str_eq(f->inputs[i].id, id)) {
			note(c, c->line->uses, &c->line->n_uses, (int)i);
			return (int)i;
		}
	for (unsigned i = 0; i < f->n_lines; i++)
		if (str_eq(f->lines[i].id, id)) {
			compile_line(c, &f->lines[i]);
			note(c, c->line->uses, &c->line->n_uses, (int)(f->n_inputs + i));
			return f->lines[i].slot;
		}
	struct used *u = parameter_use(c, id);
	if (!u) return 0;
	if (u->p->unit == POLICY_TABLE) return fail(c, "a table stands in bracket only");
	note(c, c->line->parameters, &c->line->n_parameters, (int)(u - f->used));
	return u->slot;
}

static int fold(struct compiler *c, enum code code, int a, int b)
{
	struct policy_form *f = c->f;
	if (!same_unit(c, &a, &b)) return 0;
	__int128 la = f->lo[a], ha = f->hi[a], lb = f->lo[b], hb = f->hi[b];
	enum policy_unit u = f->unit[a];
	switch ((int)code) {
	case ADD: return emit(c, ADD, u, a, b, 0, la + lb, ha + hb);
	case SUB: return emit(c, SUB, u, a, b, 0, la - hb, ha - lb);
	case MIN: return emit(c, MIN, u, a, b, 0, la < lb ? la : lb, ha < hb ? ha : hb);
	case MAX: return emit(c, MAX, u, a, b, 0, la > lb ? la : lb, ha > hb ? ha : hb);
	case ROUND: return lb <= 0 ? fail(c, "round to a unit above 0") : emit(c, ROUND, u, a, b, 0, la - hb, ha + hb);
	}
	return emit(c, code, POLICY_BOOL, a, b, 0, 0, 1); /* comparisons */
}

static int list_of(struct compiler *c, enum code code)
{
	need(c, "(");
	int a = expression(c);
	while (!c->bad && take(c, ",")) {
		int b = expression(c);
		if (!c->bad) a = fold(c, code, a, b);
	}
	need(c, ")");
	return a;
}

static int choose(struct compiler *c)
{
	need(c, "(");
	int t = expression(c);
	need(c, ",");
	int a = expression(c);
	need(c, ",");
	int b = expression(c);
	need(c, ")");
	struct policy_form *f = c->f;
	if (c->bad || !same_unit(c, &a, &b)) return 0;
	if (f->unit[t] != POLICY_BOOL) return fail(c, "condition is no truth value");
	return emit(c, IF, f->unit[a], t, a, b, f->lo[a] < f->lo[b] ? f->lo[a] : f->lo[b],
	        f->hi[a] > f->hi[b] ? f->hi[a] : f->hi[b]);
}

/* portion(x, part, whole): bounded by x itself, so that part and whole may be any amounts of one unit. */
static int portion(struct compiler *c)
{
	need(c, "(");
	int x = expression(c);
	need(c, ",");
	int part = expression(c);
	need(c, ",");
	int whole = expression(c);
	need(c, ")");
	struct policy_form *f = c->f;
	if (c->bad || !same_unit(c, &part, &whole)) return 0;
	if (f->unit[x] == POLICY_BOOL || f->unit[part] == POLICY_BOOL) return fail(c, "truth values have no shares");
	return emit(c, PORTION, (enum policy_unit)f->unit[x], x, part, whole, f->lo[x] < 0 ? f->lo[x] : 0,
	        f->hi[x] > 0 ? f->hi[x] : 0);
}

static struct str word(struct compiler *c)
{
	const char *begin = c->p;
	while (c->p < c->end && word_char(*c->p))
		c->p++;
	return (struct str){ begin, (size_t)(c->p - begin) };
}

static int bracket(struct compiler *c)
{
	need(c, "(");
	blank(c);
	struct used *u = c->bad ? NULL : parameter_use(c, word(c));
	if (!u || u->p->unit != POLICY_TABLE) return fail(c, "bracket needs a table");
	int index = (int)(u - c->f->used);
	note(c, c->line->parameters, &c->line->n_parameters, index);
	need(c, ",");
	int x = expression(c);
	need(c, ")");
	if (c->bad) return 0;
	return c->f->unit[x] != POLICY_MONEY
	               ? fail(c, "bracket of money only")
	               : emit(c, BRACKET, POLICY_MONEY, x, index, 0, 0, c->f->hi[x] > 0 ? c->f->hi[x] : 0);
}

static int primary(struct compiler *c)
{
	blank(c);
	if (take(c, "(")) {
		int v = expression(c);
		need(c, ")");
		return v;
	}
	if (take(c, "-")) {
		int v = primary(c);
		return c->bad ? 0 : fold(c, SUB, constant(c, c->f->unit[v], 0), v);
	}
	if (take(c, "if")) return choose(c);
	if (take(c, "min")) return list_of(c, MIN);
	if (take(c, "max")) return list_of(c, MAX);
	if (take(c, "sum")) return list_of(c, ADD);
	if (take(c, "round")) return list_of(c, ROUND);
	if (take(c, "bracket")) return bracket(c);
	if (take(c, "portion")) return portion(c);
	if (c->p < c->end && *c->p >= '0' && *c->p <= '9') return number(c);
	struct str w = word(c);
	return w.n ? name(c, w) : fail(c, "something is missing");
}

/* A product waits for the next operator, so that x * y / z and money * rate * rate are one exact step. */
static int product(struct compiler *c)
{
	int x = primary(c), y = -1;
	while (!c->bad) {
		if (take(c, "*")) {
			int next = primary(c);
			if (c->bad) return 0;
			if (y >= 0 && c->f->unit[x] == POLICY_MONEY && small_rate(c->f, y) && small_rate(c->f, next)) {
				x = scale_twice(c, x, y, next);
				next = -1;
			} else if (y >= 0)
				x = multiply(c, x, y);
			y = next;
		} else if (take(c, "/")) {
			int z = primary(c);
			if (!c->bad) x = divide(c, x, y, z);
			y = -1;
		} else
			break;
	}
	return c->bad ? 0 : y >= 0 ? multiply(c, x, y) : x;
}

static int addition(struct compiler *c)
{
	int a = product(c);
	while (!c->bad) {
		enum code code = ADD;
		if (take(c, "-"))
			code = SUB;
		else if (!take(c, "+"))
			break;
		int b = product(c);
		if (!c->bad) a = fold(c, code, a, b);
	}
	return a;
}

static int comparison(struct compiler *c)
{
	static const struct {
		const char *token;
		enum code code;
		bool swap;
	} table[] = { { "<=", LE, false }, { ">=", LE, true }, { "==", EQ, false }, { "!=", NE, false },
		{ "<", LT, false }, { ">", LT, true } };
	if (take(c, "not")) {
		int v = comparison(c);
		if (c->bad || c->f->unit[v] != POLICY_BOOL) return fail(c, "not of a truth value only");
		return emit(c, NOT, POLICY_BOOL, v, 0, 0, 0, 1);
	}
	int a = addition(c);
	for (size_t i = 0; !c->bad && i < sizeof table / sizeof table[0]; i++)
		if (take(c, table[i].token)) {
			int b = addition(c);
			return c->bad ? 0 : table[i].swap ? fold(c, table[i].code, b, a) : fold(c, table[i].code, a, b);
		}
	return a;
}

static int logic(struct compiler *c, bool or)
{
	int a = or ? logic(c, false) : comparison(c);
	while (!c->bad && take(c, or ? "or" : "and")) {
		int b = or ? logic(c, false) : comparison(c);
		if (c->bad || c->f->unit[a] != POLICY_BOOL || c->f->unit[b] != POLICY_BOOL)
			return fail(c, "and/or of truth values only");
		a = emit(c, or ? OR : AND, POLICY_BOOL, a, b, 0, 0, 1);
	}
	return a;
}

static int expression(struct compiler *c)
{
	if (c->bad || ++c->depth > DEPTH_MAX) return fail(c, "too deep");
	int v = logic(c, true);
	c->depth--;
	return v;
}

/* Every line has a slot of its own, so that a slot has one title. */
static int own_slot(struct compiler *c, int slot)
{
	struct policy_form *f = c->f;
	bool taken = slot < (int)f->n_inputs || f->constant[slot];
	for (unsigned i = 0; i < f->n_lines; i++)
		taken = taken || (f->lines[i].state == 2 && f->lines[i].slot == slot);
	if (!taken) return slot;
	int to = slot_new(c, (enum policy_unit)f->unit[slot], f->lo[slot], f->hi[slot]);
	if (c->bad) return 0;
	f->ops[f->n_all_ops++] = (struct op){ MIN, (uint16_t)to, (uint16_t)slot, (uint16_t)slot, 0 };
	return to;
}

static void compile_line(struct compiler *outer, struct part *line)
{
	if (line->state == 2) return;
	if (line->state == 1 || outer->chain >= CHAIN_MAX) {
		(void)fail(outer, line->state == 1 ? "lines need each other in a circle" : "too long a chain of lines");
		return;
	}
	line->state = 1;
	struct compiler c = { .s = outer->s,
		.f = outer->f,
		.line = line,
		.p = line->formula.p,
		.end = line->formula.p + line->formula.n,
		.chain = outer->chain + 1 };
	line->slot = expression(&c);
	blank(&c);
	if (!c.bad && c.p != c.end) (void)fail(&c, "text left over");
	if (!c.bad) line->slot = own_slot(&c, line->slot);
	if (c.bad) outer->bad = true;
	line->unit = (enum policy_unit)outer->f->unit[line->slot];
	line->state = 2;
}

static void compile_parts(struct compiler *c)
{
	struct policy_form *f = c->f;
	for (unsigned i = 0; i < f->n_inputs; i++) {
		f->inputs[i].slot = (int)i;
		(void)slot_new(c, f->inputs[i].unit, f->inputs[i].min, f->inputs[i].max);
	}
	for (unsigned i = 0; i < f->n_lines && !c->bad; i++)
		compile_line(c, &f->lines[i]);
	f->n_ops = f->n_all_ops;
	for (unsigned i = 0; i < f->n_checks && !c->bad; i++) {
		compile_line(c, &f->checks[i]);
		if (!c->bad && f->checks[i].unit != POLICY_BOOL) {
			c->line = &f->checks[i];
			(void)fail(c, "check is no truth value");
		}
	}
}

bool policy_compile(struct policy_store *s, struct policy_form *f)
{
	int64_t init[SLOTS_MAX] = { 0 }, lo[SLOTS_MAX], hi[SLOTS_MAX];
	uint8_t unit[SLOTS_MAX];
	bool fixed[SLOTS_MAX] = { false };
	struct op ops[SLOTS_MAX];
	f->init = init, f->lo = lo, f->hi = hi, f->unit = unit, f->constant = fixed, f->ops = ops;
	struct compiler c = { .s = s, .f = f, .line = f->lines, .p = "" };
	c.end = c.p;
	compile_parts(&c);
	f->init = arena_dup(s->arena, init, f->n_slots * sizeof *init);
	f->lo = arena_dup(s->arena, lo, f->n_slots * sizeof *lo);
	f->hi = arena_dup(s->arena, hi, f->n_slots * sizeof *hi);
	f->unit = arena_dup(s->arena, unit, f->n_slots * sizeof *unit);
	f->constant = arena_dup(s->arena, fixed, f->n_slots * sizeof *fixed);
	f->ops = arena_dup(s->arena, ops, f->n_all_ops * sizeof *ops);
	return !c.bad;
}

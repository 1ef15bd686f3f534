/* Packages from YAML: everything is named, dated and cited, or the package is refused with the reason. The parameters
 * of all packages are read before the forms, so that a form may use those of another package. */
#include "base/rate.h"
#include "kernel/assets/assets.h"
#include "kernel/crypto/crypto.h"
#include "kernel/policy/inner.h"
#include "kernel/policy/nodes.h"
#include <string.h>

struct package {
	struct policy_store *s;
	struct nodes n;
	struct str hash;
};

static bool refuse(struct policy_store *s, struct str where, const char *why)
{
	if (s->why.n == 0) s->why = str_printf(s->arena, "%.*s: %s", STR_FMT(where), why);
	return false;
}

static bool known_keys(struct package *p, struct str where, const yaml_node_t *map, const char *keys)
{
	struct str stray = node_stray(&p->n, map, keys);
	if (!stray.n) return true;
	return refuse(p->s, str_printf(p->s->arena, "%.*s.%.*s", STR_FMT(where), STR_FMT(stray)),
	        "unknown key, or one that stands twice");
}

static bool unit_of(struct str s, enum policy_unit *u)
{
	static const char *const names[] = { "money", "rate", "count", "bool", "table" };
	for (unsigned i = 0; i < 5; i++)
		if (str_is(s, names[i])) {
			*u = (enum policy_unit)i;
			return true;
		}
	return false;
}

bool policy_amount(struct str s, enum policy_unit u, int64_t *out)
{
	struct money m;
	struct rate r;
	if (u == POLICY_MONEY) return money_parse(s, &m) && (*out = m.fen, true);
	if (u == POLICY_RATE) return rate_parse(s, &r) && (*out = r.ppm, true);
	if (u == POLICY_BOOL) {
		*out = str_is(s, "true");
		return *out || str_is(s, "false");
	}
	return u == POLICY_COUNT && str_to_int(s, out);
}

static bool table(struct package *p, yaml_node_t *list, struct dated *v)
{
	size_t n = node_count(list);
	int64_t before = 0;
	if (n > 20) return false;
	v->bands = arena_array(p->s->arena, n + 1, sizeof *v->bands);
	for (yaml_node_t *row; (row = node_item(&p->n, list, v->n_bands)) != NULL; v->n_bands++) {
		struct band *b = &v->bands[v->n_bands];
		struct str upper = node_scalar(&p->n, node_item(&p->n, row, 0));
		if (!policy_amount(node_scalar(&p->n, node_item(&p->n, row, 1)), POLICY_RATE, &b->ppm)) return false;
		b->upper = INT64_MAX;
		if (!str_is(upper, "null") && !policy_amount(upper, POLICY_MONEY, &b->upper)) return false;
		if (b->upper <= before) return false;
		before = b->upper;
	}
	return before == INT64_MAX;
}

static bool dates(struct package *p, yaml_node_t *map, struct date *f, struct date *t)
{
	struct str from = node_text(&p->n, map, "from"), to = node_text(&p->n, map, "to");
	*t = (struct date){ 2999, 12, 31 };
	return date_parse(from, f) && (to.n == 0 || date_parse(to, t)) && date_cmp(*f, *t) <= 0;
}

static bool parameter_values(struct package *g, struct parameter *p, yaml_node_t *list)
{
	size_t n = node_count(list);
	if (n == 0 || n > VALUES_MAX) return refuse(g->s, p->id, "no values, or too many");
	p->values = arena_array(g->s->arena, n, sizeof *p->values);
	for (yaml_node_t *row; (row = node_item(&g->n, list, p->n)) != NULL; p->n++) {
		struct dated *v = &p->values[p->n];
		if (!known_keys(g, p->id, row, "from to value law doc_no article verified")) return false;
		if (!dates(g, row, &v->from, &v->to)) return refuse(g->s, p->id, "dates");
		if (p->n && date_days(v->from) != date_days(v[-1].to) + 1)
			return refuse(g->s, p->id, "gap or overlap of dates");
		v->cite = (struct policy_citation){ p->title, node_text(&g->n, row, "law"),
			node_text(&g->n, row, "doc_no"), node_text(&g->n, row, "article"),
			str_is(node_text(&g->n, row, "verified"), "true") };
		if (!v->cite.law.n) return refuse(g->s, p->id, "citation is missing");
		if (p->unit == POLICY_TABLE ? !table(g, node_get(&g->n, row, "value"), v)
		                            : !policy_amount(node_text(&g->n, row, "value"), p->unit, &v->value))
			return refuse(g->s, p->id, "value");
	}
	return true;
}

static bool parameter(struct package *g, yaml_node_t *n)
{
	struct policy_store *s = g->s;
	if (s->n_parameters == PARAMETERS_MAX) return refuse(s, S("parameters"), "too many");
	struct parameter *p = &s->parameters[s->n_parameters];
	*p = (struct parameter){
		.id = node_text(&g->n, n, "id"), .title = node_text(&g->n, n, "title"), .hash = g->hash
	};
	if (!known_keys(g, p->id, n, "id title unit values")) return false;
	if (!p->id.n || !p->title.n || !unit_of(node_text(&g->n, n, "unit"), &p->unit))
		return refuse(s, p->id, "id, title, unit");
	for (unsigned i = 0; i < s->n_parameters; i++)
		if (str_eq(s->parameters[i].id, p->id)) return refuse(s, p->id, "parameter stands twice");
	if (!parameter_values(g, p, node_get(&g->n, n, "values"))) return false;
	s->n_parameters++;
	return true;
}

static bool input_limits(struct package *g, yaml_node_t *row, struct part *p)
{
	struct str unit = node_text(&g->n, row, "unit"), min = node_text(&g->n, row, "min"),
	           max = node_text(&g->n, row, "max");
	if (unit.n && (!unit_of(unit, &p->unit) || p->unit == POLICY_TABLE)) return refuse(g->s, p->id, "unit");
	p->max = p->unit == POLICY_MONEY ? MONEY_MAX_FEN : p->unit == POLICY_BOOL ? 1 : 1000000;
	p->min = p->unit == POLICY_MONEY ? -MONEY_MAX_FEN : 0;
	if ((min.n && !policy_amount(min, p->unit, &p->min)) || (max.n && !policy_amount(max, p->unit, &p->max)) ||
	        p->min > p->max)
		return refuse(g->s, p->id, "limits");
	return true;
}

static bool id_taken(const struct policy_form *f, const struct part *p)
{
	for (unsigned i = 0; i < f->n_inputs && &f->inputs[i] != p; i++)
		if (str_eq(f->inputs[i].id, p->id)) return true;
	for (unsigned i = 0; i < f->n_lines && &f->lines[i] != p; i++)
		if (str_eq(f->lines[i].id, p->id)) return true;
	return false;
}

static bool reserved(struct str id)
{
	static const char *const words[] = { "if", "min", "max", "sum", "round", "bracket", "portion", "and", "or",
		"not" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_is(id, words[i])) return true;
	return false;
}

enum part_kind { INPUT, LINE, CHECK };

/* Inputs are read first, then lines, then checks: an id stands for one thing; a check carries the id of the input or
 * line at which it is shown. */
static bool parts(struct package *g, struct policy_form *f, yaml_node_t *list, enum part_kind kind)
{
	static const char *const keys[] = { "id title unit min max", "id title formula", "at title formula" };
	struct part **out = kind == INPUT ? &f->inputs : kind == LINE ? &f->lines : &f->checks;
	unsigned *n = kind == INPUT ? &f->n_inputs : kind == LINE ? &f->n_lines : &f->n_checks;
	size_t count = node_count(list);
	if (count > PARTS_MAX) return refuse(g->s, f->id, "too many lines or inputs");
	*out = arena_array(g->s->arena, count + 1, sizeof **out);
	for (yaml_node_t *row; (row = node_item(&g->n, list, *n)) != NULL; (*n)++) {
		struct part *p = &(*out)[*n];
		p->id = node_text(&g->n, row, kind == CHECK ? "at" : "id");
		p->title = node_text(&g->n, row, "title");
		p->formula = node_text(&g->n, row, "formula");
		if (!known_keys(g, p->id, row, keys[kind])) return false;
		if (!p->id.n || !p->title.n || (kind != INPUT && !p->formula.n))
			return refuse(g->s, p->id, "id, title, formula");
		if (reserved(p->id)) return refuse(g->s, p->id, "is a word of the language");
		if ((kind == CHECK) != id_taken(f, p))
			return refuse(g->s, p->id, kind == CHECK ? "check at an unknown line" : "twice");
		if (kind == INPUT && !input_limits(g, row, p)) return false;
	}
	return true;
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* What a form computes hangs on its package and on those whose parameters it uses. */
static struct str hash_all(struct policy_store *s, const struct policy_form *f)
{
	struct str list[PARTS_MAX + 1] = { f->hash };
	unsigned n = 1;
	for (unsigned i = 0; i < f->n_used; i++) {
		bool seen = false;
		for (unsigned k = 0; k < n; k++)
			seen = seen || str_eq(list[k], f->used[i].p->hash);
		if (!seen) list[n++] = f->used[i].p->hash;
	}
	if (n == 1) return f->hash;
	qsort(list + 1, n - 1, sizeof *list, by_text);
	struct buf b;
	unsigned char digest[32];
	buf_init(&b, s->arena, 64 * (size_t)n);
	for (unsigned i = 0; i < n; i++)
		buf_str(&b, list[i]);
	crypto_sha256(b.p, b.n, digest);
	return str_hex(s->arena, digest, sizeof digest);
}

static bool overlaps(const struct policy_store *s, struct str id, struct date from, struct date to)
{
	for (const struct policy_form *f = s->forms; f; f = f->next)
		if (str_eq(f->id, id) && date_cmp(f->from, to) <= 0 && date_cmp(from, f->to) <= 0) return true;
	return false;
}

/* A form is compiled once for each stretch of time in which none of its parameters changes. */
static bool form(struct package *g, yaml_node_t *n)
{
	struct policy_store *s = g->s;
	struct date at, last;
	struct str id = node_text(&g->n, n, "id"), title = node_text(&g->n, n, "title"),
	           law = node_text(&g->n, n, "law");
	if (!known_keys(g, id, n, "id title law from to inputs lines checks examples")) return false;
	if (!dates(g, n, &at, &last)) return refuse(s, id, "dates");
	if (!id.n || !title.n || !law.n) return refuse(s, id, "id, title or citation is missing");
	if (overlaps(s, id, at, last)) return refuse(s, id, "form stands twice for the same date");
	while (date_cmp(at, last) <= 0) {
		struct policy_form *f = arena_new_of(s->arena, struct policy_form);
		*f = (struct policy_form){
			.id = id, .title = title, .law = law, .hash = g->hash, .from = at, .to = last, .next = s->forms
		};
		if (!parts(g, f, node_get(&g->n, n, "inputs"), INPUT) ||
		        !parts(g, f, node_get(&g->n, n, "lines"), LINE) ||
		        !parts(g, f, node_get(&g->n, n, "checks"), CHECK) || !policy_compile(s, f))
			return refuse(s, id, "does not compile");
		f->hash = hash_all(s, f);
		policy_trace_prepare(s, f);
		s->forms = f;
		if (f->to.year == 2999) break;
		at = date_add_days(f->to, 1);
	}
	return true;
}

/* Reads one part of a package: "parameters" or "forms". */
static bool package(struct policy_store *s, struct str bytes, const char *part)
{
	struct package g = { .s = s };
	unsigned char digest[32];
	yaml_node_t *row;
	bool good = nodes_open(&g.n, s->arena, bytes);
	if (good) {
		yaml_node_t *root = nodes_root(&g.n), *list = node_get(&g.n, root, part);
		bool forms = strcmp(part, "forms") == 0;
		crypto_sha256(bytes.p, bytes.n, digest);
		g.hash = str_hex(s->arena, digest, sizeof digest);
		good = known_keys(&g, S("package"), root, "package parameters forms");
		for (size_t i = 0; good && (row = node_item(&g.n, list, i)) != NULL; i++)
			good = forms ? form(&g, row) : parameter(&g, row);
		nodes_close(&g.n);
	} else
		(void)refuse(s, S("package"), "is no YAML, or too large");
	return good;
}

struct all {
	struct policy_store *s;
	const char *part;
};

static void add(void *arg, const char *path, struct str bytes)
{
	const struct all *all = arg;
	struct policy_store *s = all->s;
	if (strchr(path + sizeof "policy/" - 1, '/')) return; /* folders hold data of another shape: policy_file() */
	if (s->why.n == 0 && !package(s, bytes, all->part))
		s->why = str_printf(s->arena, "%s: %.*s", path, STR_FMT(s->why));
}

static void keep_file(void *arg, const char *path, struct str bytes)
{
	struct policy_store *s = arg;
	if (strchr(path + sizeof "policy/" - 1, '/') && str_ends(str_c(path), ".yaml") && s->why.n == 0 &&
	        !policy_keep_file(s, path, bytes))
		s->why = str_printf(s->arena, "%s: is no YAML, or too large", path);
}

static struct policy_store *store_new(struct arena *a)
{
	struct policy_store *s = arena_new_of(a, struct policy_store);
	s->arena = a;
	return s;
}

err_t policy_load(struct arena *a, struct policy_store **out, struct str *why)
{
	struct all all = { store_new(a), "parameters" };
	*out = all.s;
	asset_each("policy/", add, &all);
	all.part = "forms";
	asset_each("policy/", add, &all);
	asset_each("policy/", keep_file, all.s);
	*why = (*out)->why;
	return why->n ? E_INPUT : OK;
}

err_t policy_load_text(struct arena *a, struct str yaml, struct policy_store **out, struct str *why)
{
	*out = store_new(a);
	bool good = package(*out, yaml, "parameters") && package(*out, yaml, "forms");
	*why = (*out)->why;
	return good ? OK : E_INPUT;
}

const struct policy_form *policy_form(const struct policy_store *s, const char *id, struct date at)
{
	for (const struct policy_form *f = s->forms; f; f = f->next)
		if (str_is(f->id, id) && date_cmp(f->from, at) <= 0 && date_cmp(at, f->to) <= 0) return f;
	return NULL;
}

bool policy_parameter(
        const struct policy_store *s, const char *id, struct date at, int64_t *value, struct policy_citation *citation)
{
	for (unsigned i = 0; i < s->n_parameters; i++)
		for (unsigned k = 0; str_is(s->parameters[i].id, id) && k < s->parameters[i].n; k++) {
			const struct dated *v = &s->parameters[i].values[k];
			if (date_cmp(v->from, at) > 0 || date_cmp(at, v->to) > 0) continue;
			*value = v->value;
			if (citation) *citation = v->cite;
			return true;
		}
	return false;
}

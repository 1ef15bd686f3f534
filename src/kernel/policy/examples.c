/* Worked examples that stand beside the rules: inputs on a date, and the lines that must come out. */
#include "kernel/assets/assets.h"
#include "kernel/policy/inner.h"
#include "kernel/policy/nodes.h"

struct run {
	const struct policy_store *s;
	struct nodes n;
	struct arena *arena;
	struct str only, form, title; /* only: examples of this form alone */
	unsigned count;
	struct str why;
};

static bool wrong(struct run *r, struct str at, const char *what)
{
	if (r->why.n == 0)
		r->why = str_printf(r->s->arena, "%.*s, example \"%.*s\", %.*s: %s", STR_FMT(r->form),
		        STR_FMT(r->title), STR_FMT(at), what);
	return false;
}

static bool fill(struct run *r, const struct policy_form *f, yaml_node_t *map, int64_t *v)
{
	struct str id;
	yaml_node_t *given;
	for (size_t i = 0; node_member(&r->n, map, i, &id, &given); i++) {
		int slot = policy_slot(f, id);
		if (slot < 0 || (unsigned)slot >= f->n_inputs) return wrong(r, id, "no such input");
		if (!policy_amount(node_scalar(&r->n, given), policy_unit(f, slot), &v[slot]))
			return wrong(r, id, "value");
	}
	return true;
}

static bool compare(struct run *r, const struct policy_form *f, yaml_node_t *map, const int64_t *v)
{
	struct str id;
	yaml_node_t *want;
	size_t i = 0;
	for (; node_member(&r->n, map, i, &id, &want); i++) {
		int slot = policy_slot(f, id);
		int64_t expected;
		if (slot < 0) return wrong(r, id, "no such line");
		if (!policy_amount(node_scalar(&r->n, want), policy_unit(f, slot), &expected))
			return wrong(r, id, "value");
		if (v[slot] != expected)
			return wrong(r, id,
			        str_printf(r->arena, "is %lld, should be %lld", (long long)v[slot], (long long)expected)
			                .p);
	}
	return i ? true : wrong(r, S("lines"), "none");
}

static bool example(struct run *r, yaml_node_t *e)
{
	struct date on;
	int slot;
	r->title = node_text(&r->n, e, "title");
	if (node_stray(&r->n, e, "title date inputs lines").n) return wrong(r, S("keys"), "title, date, inputs, lines");
	if (!date_parse(node_text(&r->n, e, "date"), &on)) return wrong(r, S("date"), "date");
	struct str id = str_dup(r->arena, r->form);
	const struct policy_form *f = policy_form(r->s, id.p, on);
	if (!f) return wrong(r, S("date"), "no form in force");
	int64_t *v = policy_values(f, r->arena);
	if (!fill(r, f, node_get(&r->n, e, "inputs"), v)) return false;
	if (policy_evaluate(f, v, &slot) != OK) return wrong(r, f->inputs[slot].id, "beyond its limits");
	r->count++;
	return compare(r, f, node_get(&r->n, e, "lines"), v);
}

static void package(void *arg, const char *path, struct str bytes)
{
	struct run *r = arg;
	yaml_node_t *form, *e;
	(void)path;
	if (r->why.n) return;
	if (!nodes_open(&r->n, r->arena, bytes)) {
		(void)wrong(r, S("package"), "is no YAML");
		return;
	}
	yaml_node_t *forms = node_get(&r->n, nodes_root(&r->n), "forms");
	for (size_t i = 0; !r->why.n && (form = node_item(&r->n, forms, i)) != NULL; i++) {
		yaml_node_t *list = node_get(&r->n, form, "examples");
		r->form = node_text(&r->n, form, "id");
		if (r->only.n && !str_eq(r->only, r->form)) continue;
		for (size_t k = 0; !r->why.n && (e = node_item(&r->n, list, k)) != NULL; k++)
			(void)example(r, e);
	}
	nodes_close(&r->n);
}

static err_t examples(const struct policy_store *s, struct str yaml, struct str only, unsigned *n, struct str *why)
{
	struct run r = { .s = s, .arena = arena_new(), .only = only };
	if (yaml.p)
		package(&r, "", yaml);
	else
		asset_each("policy/", package, &r);
	arena_free(r.arena);
	*n = r.count;
	*why = r.why;
	return r.why.n ? E_INPUT : OK;
}

err_t policy_examples(const struct policy_store *s, struct str yaml, unsigned *n, struct str *why)
{
	return examples(s, yaml, STR_NONE, n, why);
}

err_t policy_examples_of(const struct policy_store *s, struct str form, unsigned *n, struct str *why)
{
	return examples(s, STR_NONE, form, n, why);
}

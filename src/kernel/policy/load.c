/* Packages from YAML (libyaml): everything is named and dated, or the package is refused with the reason. */
#include "base/rate.h"
#include "kernel/assets/assets.h"
#include "kernel/crypto/crypto.h"
#include "kernel/policy/inner.h"
#include <string.h>
#include <yaml.h>

static bool refuse(struct policy_store *s, struct str where, const char *why)
{
	if (s->why.n == 0) s->why = str_printf(s->arena, "%.*s: %s", STR_FMT(where), why);
	return false;
}

static yaml_node_t *get(yaml_document_t *d, const yaml_node_t *map, const char *key)
{
	if (!map || map->type != YAML_MAPPING_NODE) return NULL;
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		yaml_node_t *k = yaml_document_get_node(d, p->key);
		if (k->type == YAML_SCALAR_NODE && strcmp((char *)k->data.scalar.value, key) == 0)
			return yaml_document_get_node(d, p->value);
	}
	return NULL;
}

static struct str text(struct policy_store *s, yaml_document_t *d, const yaml_node_t *map, const char *key)
{
	yaml_node_t *n = key ? get(d, map, key) : (yaml_node_t *)(uintptr_t)map;
	if (!n || n->type != YAML_SCALAR_NODE) return S("");
	return str_dup(s->arena, (struct str){ (char *)n->data.scalar.value, n->data.scalar.length });
}

static yaml_node_t *item(yaml_document_t *d, const yaml_node_t *list, size_t i)
{
	if (!list || list->type != YAML_SEQUENCE_NODE) return NULL;
	yaml_node_item_t *at = list->data.sequence.items.start + i;
	return at < list->data.sequence.items.top ? yaml_document_get_node(d, *at) : NULL;
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

static bool amount(struct str s, enum policy_unit u, int64_t *out)
{
	struct money m;
	struct rate r;
	if (u == POLICY_MONEY) return money_parse(s, &m) && (*out = m.fen, true);
	if (u == POLICY_RATE) return rate_parse(s, &r) && (*out = r.ppm, true);
	if (u == POLICY_BOOL) {
		*out = str_is(s, "true");
		return *out || str_is(s, "false");
	}
	return str_to_int(s, out);
}

static bool table(struct policy_store *s, yaml_document_t *d, yaml_node_t *n, struct dated *v)
{
	v->bands = arena_array(s->arena, 20, sizeof *v->bands);
	int64_t before = 0;
	for (yaml_node_t *row; (row = item(d, n, v->n_bands)) != NULL; v->n_bands++) {
		struct band *b = &v->bands[v->n_bands];
		struct str upper = text(s, d, item(d, row, 0), NULL);
		if (v->n_bands == 19 || !amount(text(s, d, item(d, row, 1), NULL), POLICY_RATE, &b->ppm)) return false;
		b->upper = INT64_MAX;
		if (!str_is(upper, "null") && !amount(upper, POLICY_MONEY, &b->upper)) return false;
		if (b->upper <= before) return false;
		before = b->upper;
	}
	return before == INT64_MAX;
}

static bool dates(struct str from, struct str to, struct date *f, struct date *t)
{
	*t = (struct date){ 2999, 12, 31 };
	return date_parse(from, f) && (to.n == 0 || date_parse(to, t)) && date_cmp(*f, *t) <= 0;
}

static bool parameter(struct policy_store *s, yaml_document_t *d, yaml_node_t *n)
{
	if (s->n_parameters == PARTS_MAX) return refuse(s, S("parameters"), "too many");
	struct parameter *p = &s->parameters[s->n_parameters++];
	p->id = text(s, d, n, "id");
	p->title = text(s, d, n, "title");
	if (!p->id.n || !p->title.n || !unit_of(text(s, d, n, "unit"), &p->unit))
		return refuse(s, p->id, "id, title, unit");
	p->values = arena_array(s->arena, 40, sizeof *p->values);
	yaml_node_t *list = get(d, n, "values");
	for (yaml_node_t *row; (row = item(d, list, p->n)) != NULL; p->n++) {
		if (p->n == 40) return refuse(s, p->id, "too many values");
		struct dated *v = &p->values[p->n];
		if (!dates(text(s, d, row, "from"), text(s, d, row, "to"), &v->from, &v->to))
			return refuse(s, p->id, "dates");
		if (p->n && date_days(v->from) != date_days(v[-1].to) + 1)
			return refuse(s, p->id, "gap or overlap of dates");
		v->cite = (struct policy_citation){ p->title, text(s, d, row, "law"), text(s, d, row, "doc_no"),
			text(s, d, row, "article"), str_is(text(s, d, row, "verified"), "true") };
		if (!v->cite.law.n) return refuse(s, p->id, "citation is missing");
		if (p->unit == POLICY_TABLE ? !table(s, d, get(d, row, "value"), v)
		                            : !amount(text(s, d, row, "value"), p->unit, &v->value))
			return refuse(s, p->id, "value");
	}
	return p->n ? true : refuse(s, p->id, "no values");
}

static bool parts(
        struct policy_store *s, yaml_document_t *d, yaml_node_t *list, struct part **out, unsigned *n, bool input)
{
	*out = arena_array(s->arena, PARTS_MAX, sizeof **out);
	for (yaml_node_t *row; (row = item(d, list, *n)) != NULL; (*n)++) {
		if (*n == PARTS_MAX) return refuse(s, S("form"), "too many lines or inputs");
		struct part *p = &(*out)[*n];
		p->id = text(s, d, row, "id");
		p->title = text(s, d, row, "title");
		p->formula = text(s, d, row, "formula");
		if (!p->id.n || !p->title.n || (!input && !p->formula.n)) return refuse(s, p->id, "id, title, formula");
		for (unsigned k = 0; k < *n; k++)
			if (str_eq((*out)[k].id, p->id)) return refuse(s, p->id, "twice");
		if (!input) continue;
		struct str unit = text(s, d, row, "unit"), min = text(s, d, row, "min"), max = text(s, d, row, "max");
		if (unit.n && !unit_of(unit, &p->unit)) return refuse(s, p->id, "unit");
		p->max = p->unit == POLICY_MONEY ? MONEY_MAX_FEN : p->unit == POLICY_BOOL ? 1 : 1000000;
		p->min = p->unit == POLICY_MONEY ? -MONEY_MAX_FEN : 0;
		if ((min.n && !amount(min, p->unit, &p->min)) || (max.n && !amount(max, p->unit, &p->max)))
			return refuse(s, p->id, "limits");
	}
	return true;
}

/* A form is compiled once for each stretch of time in which none of the parameters changes. */
static bool form(struct policy_store *s, yaml_document_t *d, yaml_node_t *n, struct str hash)
{
	struct date at, last;
	struct str id = text(s, d, n, "id");
	if (!dates(text(s, d, n, "from"), text(s, d, n, "to"), &at, &last)) return refuse(s, id, "dates");
	while (date_cmp(at, last) <= 0) {
		struct policy_form *f = arena_new_of(s->arena, struct policy_form);
		*f = (struct policy_form){ .id = id,
			.title = text(s, d, n, "title"),
			.law = text(s, d, n, "law"),
			.hash = hash,
			.from = at,
			.to = last,
			.next = s->forms };
		for (unsigned i = 0; i < s->n_parameters; i++)
			for (unsigned k = 1; k < s->parameters[i].n; k++) {
				struct date from = s->parameters[i].values[k].from;
				if (date_cmp(from, at) > 0 && date_cmp(from, f->to) <= 0)
					f->to = date_add_days(from, -1);
			}
		if (!f->title.n || !f->law.n) return refuse(s, id, "title or citation is missing");
		if (!parts(s, d, get(d, n, "inputs"), &f->inputs, &f->n_inputs, true) ||
		        !parts(s, d, get(d, n, "lines"), &f->lines, &f->n_lines, false) || !policy_compile(s, f))
			return refuse(s, id, "does not compile");
		s->forms = f;
		if (f->to.year == 2999) break;
		at = date_add_days(f->to, 1);
	}
	return true;
}

static bool package(struct policy_store *s, struct str bytes)
{
	yaml_parser_t parser;
	yaml_document_t d;
	unsigned char digest[32];
	if (bytes.n > 1000000 || !yaml_parser_initialize(&parser)) return refuse(s, S("package"), "too large");
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes.p, bytes.n);
	bool good = yaml_parser_load(&parser, &d) != 0;
	if (good) {
		yaml_node_t *root = yaml_document_get_root_node(&d), *row;
		crypto_sha256(bytes.p, bytes.n, digest);
		struct str hash = str_hex(s->arena, digest, sizeof digest);
		for (size_t i = 0; good && (row = item(&d, get(&d, root, "parameters"), i)) != NULL; i++)
			good = parameter(s, &d, row);
		for (size_t i = 0; good && (row = item(&d, get(&d, root, "forms"), i)) != NULL; i++)
			good = form(s, &d, row, hash);
		yaml_document_delete(&d);
	} else
		(void)refuse(s, S("package"), "is no YAML");
	yaml_parser_delete(&parser);
	return good;
}

static void add(void *store, const char *path, struct str bytes)
{
	struct policy_store *s = store;
	if (s->why.n == 0 && !package(s, bytes)) s->why = str_printf(s->arena, "%s: %.*s", path, STR_FMT(s->why));
}

static struct policy_store *store_new(struct arena *a)
{
	struct policy_store *s = arena_new_of(a, struct policy_store);
	s->arena = a;
	return s;
}

err_t policy_load(struct arena *a, struct policy_store **out, struct str *why)
{
	*out = store_new(a);
	asset_each("policy/", add, *out);
	*why = (*out)->why;
	return why->n ? E_INPUT : OK;
}

err_t policy_load_text(struct arena *a, struct str yaml, struct policy_store **out, struct str *why)
{
	*out = store_new(a);
	bool good = package(*out, yaml);
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

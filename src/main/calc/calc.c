#include "main/calc/calc.h"
#include "base/rate.h"
#include "kernel/assets/assets.h"
#include "main/calc/inner.h"
#include <stdlib.h>

/* --- reading --- */

bool complain(struct work *w, const char *code, const char *key, const char *detail)
{
	if (w->complaint.code) return false;
	w->complaint = (struct complaint){ code, key ? str_printf(w->arena, "/input/%s", key) : STR_NONE, detail };
	return false;
}

bool complain_choice(struct work *w, const char *key, const char *choices)
{
	(void)complain(w, "choice", key, N_("不是可选的值"));
	w->complaint.choices = choices;
	return false;
}

const struct value *given(struct work *w, struct str key)
{
	unsigned i = 0;
	for (const struct value_member *m = w->input->first; m; m = m->next, i++) {
		if (!str_eq(m->key, key)) continue;
		if (i < CALC_KEYS) w->read[i] = true;
		return m->value;
	}
	return NULL;
}

/* Keys of the input that nobody asked for: a slip of the pen should be seen. */
static void put_ignored(const struct work *w, struct value *reply)
{
	struct value *list = NULL;
	unsigned i = 0;
	for (const struct value_member *m = w->input->first; m; m = m->next, i++) {
		if (i < CALC_KEYS && w->read[i]) continue;
		if (!list) list = value_put_array(w->arena, reply, "ignored");
		value_push(w->arena, list, value_str(w->arena, m->key));
	}
}

bool read_date(struct work *w, const char *key, const char *otherwise, struct date *out)
{
	const struct value *v = key ? given(w, str_c(key)) : NULL;
	if (!v && otherwise) return date_parse(str_c(otherwise), out);
	if (!v) return complain(w, "missing", key, N_("缺少日期"));
	if (v->kind == VALUE_STR && date_parse(v->str, out)) return true;
	return complain(w, "date", key, N_("日期须写作 2026-11-24 的形式"));
}

static bool read_bool(const struct value *given, int64_t *out)
{
	static const char *const words[] = { "false", "true", "False", "True" };
	if (given->kind == VALUE_BOOL) {
		*out = given->boolean;
		return true;
	}
	for (int i = 0; given->kind == VALUE_STR && i < 4; i++)
		if (str_is(given->str, words[i])) {
			*out = i % 2;
			return true;
		}
	return false;
}

bool read_amount(struct work *w, const struct value *given, const char *key, enum policy_unit unit, int64_t *out)
{
	struct money m;
	struct rate r;
	bool text = given->kind == VALUE_STR;
	switch (unit) {
	case POLICY_MONEY:
		if (!text || !money_parse(given->str, &m))
			return complain(w, "amount", key, N_("金额须为字符串，最多两位小数"));
		*out = m.fen;
		return true;
	case POLICY_RATE:
		if (!text || !rate_parse(given->str, &r))
			return complain(w, "rate", key, N_("比率须为字符串，0 至 1，最多六位小数"));
		*out = r.ppm;
		return true;
	case POLICY_BOOL: return read_bool(given, out) || complain(w, "bool", key, N_("须为 true 或 false"));
	default: break;
	}
	*out = given->kind == VALUE_INT ? given->integer : 0;
	return given->kind == VALUE_INT || (text && str_to_int(given->str, out)) ||
	       complain(w, "count", key, N_("须为整数"));
}

const struct value *read_list(struct work *w, const char *key)
{
	const struct value *list = given(w, str_c(key));
	if (!list || list->kind != VALUE_ARRAY)
		(void)complain(w, "list", key, N_("须为列表"));
	else if (list->count > CALC_ITEMS_MAX)
		(void)complain(w, "list", key, N_("列表过长，最多 10000 项"));
	else
		return list;
	return NULL;
}

/* --- one form --- */

bool sheet_open(struct work *w, const char *form, struct date at, struct sheet *s)
{
	s->form = policy_form(w->calc->store, form, at);
	if (!s->form) {
		(void)complain(w, "no-rule", NULL, N_("该日期没有可用的规则"));
		return false;
	}
	s->v = policy_values(s->form, w->arena);
	return true;
}

void sheet_set(struct sheet *s, const char *input, int64_t v)
{
	int slot = policy_slot(s->form, str_c(input));
	if (slot >= 0) s->v[slot] = v;
}

int64_t sheet_get(const struct sheet *s, const char *line)
{
	int slot = policy_slot(s->form, str_c(line));
	return slot < 0 ? 0 : s->v[slot];
}

bool sheet_run(struct work *w, struct sheet *s)
{
	struct str id;
	enum policy_unit unit;
	int slot;
	if (policy_evaluate(s->form, s->v, &slot) == OK) return true;
	(void)policy_input(s->form, (unsigned)slot, &id, &unit);
	return complain(w, "range", str_dup(w->arena, id).p, N_("超出该项允许的范围"));
}

static void answer_line(struct work *w, const struct sheet *s, struct str line, const char *key)
{
	int slot = policy_slot(s->form, line);
	if (slot < 0) return;
	int64_t v = s->v[slot];
	enum policy_unit unit = policy_unit(s->form, slot);
	if (unit == POLICY_MONEY)
		value_put_money(w->arena, w->result, key, FEN(v));
	else if (unit == POLICY_RATE)
		value_put_str(w->arena, w->result, key, rate_format(w->arena, PPM((int32_t)v)));
	else if (unit == POLICY_BOOL)
		value_put_bool(w->arena, w->result, key, v != 0);
	else
		value_put_int(w->arena, w->result, key, v);
}

void sheet_answer(struct work *w, const struct sheet *s, const char *lines)
{
	struct str rest = str_c(lines), word, line;
	while (str_split(&rest, ' ', &word)) {
		struct str key = word;
		(void)str_split(&key, '=', &line);
		answer_line(w, s, line, str_dup(w->arena, key.n ? key : line).p);
	}
	if (!w->explain) return;
	struct value *o = value_object(w->arena);
	value_put_str(w->arena, o, "form", policy_form_title(s->form));
	value_put_str(w->arena, o, "law", policy_form_law(s->form));
	value_put_str(w->arena, o, "policy", policy_hash(s->form));
	value_put(w->arena, o, "lines", policy_trace(s->form, s->v, w->arena));
	value_push(w->arena, w->explain, o);
}

/* --- a topic that is one form --- */

static int64_t choice(struct str given, const char *choices)
{
	struct str rest = str_c(choices), word;
	for (int64_t i = 1; str_split(&rest, ' ', &word); i++)
		if (str_eq(word, given)) return i;
	return 0;
}

static bool fill_field(struct work *w, struct sheet *s, const struct field *f)
{
	const struct value *v = given(w, str_c(f->key));
	int slot = policy_slot(s->form, str_c(f->input));
	if (slot < 0) return complain(w, "no-rule", f->key, N_("规则中没有这一项"));
	if (!v && given(w, str_c(f->input))) return true; /* under its own name */
	if (!v) {
		s->v[slot] = f->otherwise;
		return !f->needed || complain(w, "missing", f->key, N_("缺少这一项"));
	}
	if (!f->choices) return read_amount(w, v, f->key, policy_unit(s->form, slot), &s->v[slot]);
	s->v[slot] = v->kind == VALUE_STR ? choice(v->str, f->choices) : 0;
	return s->v[slot] != 0 || complain_choice(w, f->key, f->choices);
}

static bool is_named(const struct plan *p, struct str key)
{
	for (const struct field *f = p->fields; f && f->key; f++)
		if (str_is(key, f->key)) return true;
	return p->date_key && str_is(key, p->date_key);
}

static bool fill_rest(struct work *w, const struct plan *p, struct sheet *s)
{
	struct str id;
	enum policy_unit unit;
	for (unsigned i = 0; policy_input(s->form, i, &id, &unit); i++) {
		const struct value *v = is_named(p, id) ? NULL : given(w, id);
		if (v && !read_amount(w, v, str_dup(w->arena, id).p, unit, &s->v[i])) return false;
	}
	return true;
}

bool run_plan(struct work *w, const struct plan *p)
{
	struct date at = { 0 };
	struct sheet s = { 0 };
	if (!read_date(w, p->date_key, p->date, &at) || !sheet_open(w, p->form, at, &s)) return false;
	if (!fill_rest(w, p, &s)) return false;
	for (const struct field *f = p->fields; f && f->key; f++)
		if (!fill_field(w, &s, f)) return false;
	if (!sheet_run(w, &s)) return false;
	sheet_answer(w, &s, p->lines);
	return true;
}

/* --- lines --- */

struct calc *calc_open(struct arena *a, struct str *why)
{
	struct policy_store *store;
	struct calc *c = arena_new_of(a, struct calc);
	unsigned row;
	if (policy_load(a, &store, why) != OK) return NULL;
	c->store = store;
	c->calendar = calendar_load(a, asset_get("data/holidays.csv"), asset_get("data/due-dates.csv"), &row);
	*why = S("data/holidays.csv");
	return c->calendar ? c : NULL;
}

/* The place behind a string that begins at `from`; the end of the text when it does not end. */
static size_t behind_string(struct str text, size_t from)
{
	size_t i = from + 1;
	while (i < text.n && text.p[i] != '"')
		i += text.p[i] == '\\' ? 2 : 1;
	return i < text.n ? i + 1 : text.n;
}

static size_t behind_space(struct str text, size_t i)
{
	while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t'))
		i++;
	return i;
}

/* The id of a line that is no JSON, so that its sender knows which it was: a text member "id" of the outer object. */
static struct str id_of_broken(struct arena *a, struct str text)
{
	int depth = 0;
	struct value *id;
	struct json_fault where;
	for (size_t i = 0, end; i < text.n; i = end) {
		end = i + 1;
		depth += (text.p[i] == '{' || text.p[i] == '[') - (text.p[i] == '}' || text.p[i] == ']');
		if (text.p[i] != '"') continue;
		end = behind_string(text, i);
		size_t colon = behind_space(text, end), value = behind_space(text, colon + 1);
		if (depth != 1 || !str_is(str_sub(text, i, end - i), "\"id\"") || value >= text.n) continue;
		if (text.p[colon] != ':' || text.p[value] != '"') continue;
		struct str token = str_sub(text, value, behind_string(text, value) - value);
		return json_parse(a, token, &id, &where) == OK ? id->str : STR_NONE;
	}
	return STR_NONE;
}

static bool complain_json(struct work *w, struct str text, const struct json_fault *where, struct value *reply)
{
	struct str id = id_of_broken(w->arena, text);
	if (id.p) value_put_str(w->arena, reply, "id", id);
	return complain(w, "json", NULL,
	        str_printf(w->arena, N_("这一行读不懂，第 %d 列：%s"), where->column, where->reason.p).p);
}

static bool answer(struct work *w, struct str text, struct value *reply)
{
	struct value *line = NULL;
	struct json_fault where;
	if (text.n > CALC_LINE_BYTES_MAX) return complain(w, "too-long", NULL, N_("一行过长，最多 1000000 字节"));
	if (json_parse(w->arena, text, &line, &where) != OK) return complain_json(w, text, &where, reply);
	if (line->kind != VALUE_OBJECT) return complain(w, "json", NULL, N_("这一行不是 JSON 对象"));
	value_put_str(w->arena, reply, "id", value_text(line, "id"));
	const struct value *explain = value_get(line, S("explain"));
	const struct plan *plan;
	bool (*run)(struct work * w) = calc_topic(value_text(line, "topic"), &plan);
	if (!run && !plan) return complain(w, "unknown-topic", NULL, N_("没有这个计算项目"));
	w->input = value_get(line, S("input"));
	if (!w->input || w->input->kind != VALUE_OBJECT) return complain(w, "input", NULL, N_("input 须为 JSON 对象"));
	if (explain && explain->kind == VALUE_BOOL && explain->boolean) w->explain = value_array(w->arena);
	return run ? run(w) : run_plan(w, plan);
}

void calc_line(const struct calc *c, struct arena *scratch, struct str line, struct buf *out)
{
	struct work w = { .calc = c, .arena = scratch, .result = value_object(scratch) };
	struct value *reply = value_object(scratch);
	if (answer(&w, line, reply)) {
		value_put(scratch, reply, "result", w.result);
		if (w.explain) value_put(scratch, reply, "explain", w.explain);
		put_ignored(&w, reply);
	} else {
		struct value *error = value_put_object(scratch, reply, "error");
		value_put_c(scratch, error, "code", w.complaint.code ? w.complaint.code : "input");
		if (w.complaint.pointer.p) value_put_str(scratch, error, "pointer", w.complaint.pointer);
		if (w.complaint.detail) value_put_c(scratch, error, "detail", w.complaint.detail);
		if (w.complaint.choices) value_put_c(scratch, error, "choices", w.complaint.choices);
	}
	value_write_json(out, reply);
	buf_char(out, '\n');
}

int calc_main(FILE *in, FILE *out)
{
	struct arena *a = arena_new(), *scratch = arena_new();
	struct str why;
	struct buf b;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	const struct calc *c = calc_open(a, &why);
	bool good = c != NULL;
	if (!good) (void)fprintf(stderr, "%.*s\n", STR_FMT(why));
	while (good && (n = getline(&line, &cap, in)) > 0) {
		struct str text = str_trim((struct str){ line, (size_t)n });
		if (!text.n) continue;
		buf_init(&b, scratch, 1024);
		calc_line(c, scratch, text, &b);
		good = fwrite(b.p, 1, b.n, out) == b.n;
		arena_reset(scratch);
	}
	free(line);
	arena_free(scratch);
	arena_free(a);
	return good && fflush(out) == 0 ? 0 : 1;
}

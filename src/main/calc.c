#include "main/calc.h"
#include "base/calendar.h"
#include "kernel/assets/assets.h"
#include "kernel/policy/policy.h"
#include <stdlib.h>
#include <string.h>

struct calc {
	struct arena *arena; /* of this line */
	const struct policy_store *store;
	const struct calendar *calendar;
	const struct value *input;
	struct value *result;
};

static bool truth(const struct value *v)
{
	return v && (v->kind == VALUE_BOOL ? v->boolean : v->kind == VALUE_STR && str_is(v->str, "True"));
}

/* Reads one amount or truth value of the input into its slot; absent stays 0. */
static bool read_input(
        const struct calc *c, const struct policy_form *f, struct str id, enum policy_unit unit, int64_t *v)
{
	const struct value *given = value_get(c->input, id);
	struct money m;
	if (!given || unit == POLICY_COUNT) return true;
	if (unit == POLICY_BOOL)
		v[policy_slot(f, id)] = truth(given);
	else if (given->kind != VALUE_STR || !money_parse(given->str, &m))
		return false;
	else
		v[policy_slot(f, id)] = m.fen;
	return true;
}

static bool run_form(struct calc *c, const char *form, struct date at, const char *count, int64_t n)
{
	const struct policy_form *f = policy_form(c->store, form, at);
	struct str id, title;
	enum policy_unit unit;
	int slot;
	if (!f) return false;
	int64_t *v = policy_values(f, c->arena);
	for (unsigned i = 0; policy_input(f, i, &id, &unit); i++)
		if (!read_input(c, f, id, unit, v)) return false;
	if (count) v[policy_slot(f, str_c(count))] = n;
	if (policy_evaluate(f, v, &slot) != OK) return false;
	for (unsigned i = 0; policy_line(f, i, &id, &title, &slot); i++)
		if (policy_unit(f, slot) == POLICY_MONEY) value_put_money(c->arena, c->result, id.p, FEN(v[slot]));
	return true;
}

static bool general(struct calc *c)
{
	return run_form(c, "vat-general", (struct date){ 2026, 11, 1 }, NULL, 0);
}

static bool surcharges(struct calc *c)
{
	struct str loc = value_text(c->input, "loc");
	int64_t n = str_is(loc, "city") ? 1 : str_is(loc, "town") ? 2 : str_is(loc, "other") ? 3 : 0;
	return run_form(c, "surcharges", (struct date){ 2026, 11, 1 }, "location", n);
}

static bool late(struct calc *c)
{
	struct date due, paid;
	struct money m;
	if (money_parse(value_text(c->input, "amount"),
	            &m)) { /* 税务总局公告2012年第25号: 1 yuan or less is not collected */
		value_put_money(c->arena, c->result, "collected", FEN(m.fen <= 100 ? 0 : m.fen));
		return true;
	}
	if (!date_parse(value_text(c->input, "due"), &due) || !date_parse(value_text(c->input, "paid"), &paid))
		return false;
	int64_t days = date_days(paid) > date_days(due) ? date_days(paid) - date_days(due) : 0;
	value_put_int(c->arena, c->result, "days", days);
	return run_form(c, "late-fee", due, "days", days);
}

static bool due(struct calc *c)
{
	struct date d;
	int64_t year = value_number(c->input, "year", 0), month = value_number(c->input, "month", 0);
	if (date_parse(value_text(c->input, "nominal"), &d))
		d = calendar_due_nominal(c->calendar, d);
	else if (year < 1900 || year > 2998 || month < 1 || month > 12)
		return false;
	else
		d = calendar_due(c->calendar, (int)year, (int)month);
	value_put_date(c->arena, c->result, "due", d);
	return true;
}

static bool small(struct calc *c)
{
	struct date end;
	return date_parse(value_text(c->input, "period_end"), &end) && run_form(c, "vat-small-levy", end, NULL, 0);
}

static const struct {
	const char *topic;
	bool (*run)(struct calc *c);
} topics[] = { { "VATG", general }, { "VATS", small }, { "SUR", surcharges }, { "LATE", late }, { "DUE", due } };

static const char *answer(struct calc *c, const struct value *line)
{
	struct str topic = value_text(line, "topic");
	c->input = value_get(line, S("input"));
	for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++)
		if (str_is(topic, topics[i].topic)) return c->input && topics[i].run(c) ? NULL : "input";
	return "unknown-topic";
}

static bool one(struct calc *c, struct str text, FILE *out)
{
	struct value *line = NULL, *reply = value_object(c->arena);
	struct json_fault where;
	struct buf b;
	const char *error = "json";
	c->result = value_object(c->arena);
	if (json_parse(c->arena, text, &line, &where) == OK) {
		value_put_str(c->arena, reply, "id", value_text(line, "id"));
		error = answer(c, line);
	}
	if (error)
		value_put_c(c->arena, value_put_object(c->arena, reply, "error"), "code", error);
	else
		value_put(c->arena, reply, "result", c->result);
	buf_init(&b, c->arena, 1024);
	value_write_json(&b, reply);
	buf_char(&b, '\n');
	return fwrite(b.p, 1, b.n, out) == b.n;
}

int calc_main(FILE *in, FILE *out)
{
	struct arena *a = arena_new();
	struct policy_store *store;
	struct str why;
	unsigned row;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	bool good = policy_load(a, &store, &why) == OK;
	struct calc c = { .arena = arena_new(), .store = store };
	c.calendar = calendar_load(a, asset_get("data/holidays.csv"), asset_get("data/due-dates.csv"), &row);
	good = good && c.calendar;
	while (good && (n = getline(&line, &cap, in)) > 0) {
		good = one(&c, (struct str){ line, (size_t)n }, out);
		arena_reset(c.arena);
	}
	free(line);
	arena_free(c.arena);
	arena_free(a);
	return good && fflush(out) == 0 ? 0 : 1;
}

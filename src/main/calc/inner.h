/* Inside calc: one line being answered, and how its input is read. */
#ifndef MAIN_CALC_INNER_H
#define MAIN_CALC_INNER_H
#include "base/calendar.h"
#include "kernel/policy/policy.h"
#include "main/calc/calc.h"

#define CALC_KEYS 64

struct calc {
	const struct policy_store *store;
	const struct calendar *calendar;
};

/* What is wrong with a line. The first fault counts. */
struct complaint {
	const char *code;
	struct str pointer; /* "/input/l11" */
	const char *detail, *choices;
};

struct work {
	const struct calc *calc;
	struct arena *arena;
	const struct value *input;
	struct value *result, *explain; /* explain: NULL unless asked for */
	struct complaint complaint;
	bool read[CALC_KEYS]; /* which members of the input somebody asked for */
};

/* How a key of the input fills an input of the form. Keys not named here fill the input of the same id. */
struct field {
	const char *key, *input; /* key NULL ends */
	const char *choices;     /* words; the number of the word, from 1, is the value */
	int64_t otherwise;       /* when the key is not there */
	bool needed;
};
struct plan {
	const char *form;
	const char *date_key; /* key with the date the liability arose; NULL: none */
	const char *date;     /* when the key is not there; NULL: it is needed */
	const struct field *fields;
	const char *lines; /* lines that are answered, in words; "line=key" gives it another key */
};

bool complain(struct work *w, const char *code, const char *key, const char *detail); /* false */
bool complain_choice(struct work *w, const char *key, const char *choices);
const struct value *given(struct work *w, struct str key); /* member of the input; NULL: not there */
bool read_date(struct work *w, const char *key, const char *otherwise, struct date *out);
bool read_amount(struct work *w, const struct value *given, const char *key, enum policy_unit unit, int64_t *out);
const struct value *read_list(struct work *w, const char *key);

/* A form to be filled by hand and run. */
struct sheet {
	const struct policy_form *form;
	int64_t *v;
};
bool sheet_open(struct work *w, const char *form, struct date at, struct sheet *s);
void sheet_set(struct sheet *s, const char *input, int64_t v);
int64_t sheet_get(const struct sheet *s, const char *line);
bool sheet_run(struct work *w, struct sheet *s);
void sheet_answer(struct work *w, const struct sheet *s, const char *lines);

bool run_plan(struct work *w, const struct plan *p);
bool (*calc_topic(struct str name, const struct plan **plan))(struct work *w);
#endif

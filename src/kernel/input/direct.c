/* JSON text, or a query, straight into a declared struct. It knows what is usual and right, and gives up on everything
 * else, so that it can be short: the careful reader (jansson, input.c) then decides. fuzz/input_direct_fuzz.c holds the
 * two against each other. */
#include "kernel/input/scalar.h"
#include <string.h>

enum { MEMBERS_MAX = 64, DEPTH_MAX = 8 };

struct text {
	struct ctx *c;
	const char *at, *end;
	int depth;
};

static bool read_object(struct text *t, const struct field *fields, char *out);

static void blanks(struct text *t)
{
	while (t->at < t->end && (*t->at == ' ' || *t->at == '\t' || *t->at == '\n' || *t->at == '\r'))
		t->at++;
}

static bool take(struct text *t, char ch)
{
	blanks(t);
	if (t->at == t->end || *t->at != ch) return false;
	t->at++;
	return true;
}

static bool take_word(struct text *t, const char *word)
{
	size_t n = strlen(word);
	if ((size_t)(t->end - t->at) < n || memcmp(t->at, word, n) != 0) return false;
	t->at += n;
	return true;
}

static bool unescape(char ch, char *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at = ch ? strchr(from, ch) : NULL;
	if (at) *out = to[at - from];
	return at != NULL; /* \uXXXX is left to the careful reader */
}

/* Without escapes the string is a slice of the text. */
static bool string(struct text *t, struct str *out)
{
	if (!take(t, '"')) return false;
	const char *from = t->at;
	while (t->at < t->end && *t->at != '"' && *t->at != '\\' && (unsigned char)*t->at >= 0x20)
		t->at++;
	if (t->at == t->end) return false;
	if (*t->at == '"') {
		*out = (struct str){ from, (size_t)(t->at++ - from) };
		return true;
	}
	struct buf b;
	buf_init(&b, t->c->arena, (size_t)(t->at - from) * 2 + 64);
	buf_add(&b, from, (size_t)(t->at - from));
	for (; t->at < t->end && *t->at != '"'; t->at++) {
		char ch = *t->at;
		if ((unsigned char)ch < 0x20) return false;
		if (ch == '\\' && (++t->at == t->end || !unescape(*t->at, &ch))) return false;
		buf_char(&b, ch);
	}
	*out = buf_done(&b);
	return take(t, '"');
}

/* A scalar that is not a string: null, true, false or an integer, where the field takes it. */
static bool other_scalar(struct text *t, const struct field *f, char *out, bool *given)
{
	*given = true;
	if (take_word(t, "null")) {
		*given = false;
		return true;
	}
	if (f->type == FIELD_BOOL) {
		bool yes = take_word(t, "true");
		if (!yes && !take_word(t, "false")) return false;
		*(bool *)(void *)(out + f->offset) = yes;
		return true;
	}
	if (f->type != FIELD_INT && f->type != FIELD_ID) return false;
	const char *from = t->at;
	while (t->at < t->end && (*t->at == '-' || (*t->at >= '0' && *t->at <= '9')))
		t->at++;
	struct str s = { from, (size_t)(t->at - from) };
	bool zeros = s.n > 1 && (s.p[0] == '0' || (s.p[0] == '-' && s.p[1] == '0')); /* no JSON, or minus zero */
	return s.n && s.n < 19 && !zeros && input_scalar(t->c, f, STR_NONE, s, out);
}

static bool scalar(struct text *t, const struct field *f, char *out, bool *given)
{
	struct str s;
	blanks(t);
	if (t->at < t->end && *t->at != '"') return other_scalar(t, f, out, given);
	if (!string(t, &s)) return false;
	if (f->type != FIELD_SECRET) s = str_trim(s);
	*given = s.n > 0; /* blanks alone are no text */
	return !*given || input_scalar(t->c, f, STR_NONE, s, out);
}

static bool list(struct text *t, const struct field *f, char *out)
{
	size_t n = 0, cap = 4;
	char *items = arena_array(t->c->arena, cap, f->size);
	if (!f->fields || !take(t, '[')) return false;
	if (!take(t, ']')) {
		do {
			if (f->max && (int64_t)n == f->max) return false;
			if (n + 1 == cap) { /* one item more than there are, as in the careful reader */
				char *more = arena_array(t->c->arena, cap * 2, f->size);
				memcpy(more, items, cap * f->size);
				items = more;
				cap *= 2;
			}
			if (!read_object(t, f->fields, items + n++ * f->size)) return false;
		} while (take(t, ','));
		if (!take(t, ']')) return false;
	}
	*(char **)(void *)(out + f->offset) = items;
	*(size_t *)(void *)(out + f->count) = n;
	return (int64_t)n >= f->min;
}

static bool member(struct text *t, const struct field *f, char *out, bool *given)
{
	*given = true;
	switch (f->type) {
	case FIELD_OBJECT: return read_object(t, f->fields, out + f->offset);
	case FIELD_LIST: return list(t, f, out);
	case FIELD_JSON:
	case FIELD_BYTES: return false;
	case FIELD_TEXT:
	case FIELD_LINES:
	case FIELD_INT:
	case FIELD_BOOL:
	case FIELD_MONEY:
	case FIELD_RATE:
	case FIELD_DECIMAL:
	case FIELD_DATE:
	case FIELD_INSTANT:
	case FIELD_PERIOD:
	case FIELD_USCC:
	case FIELD_RESID:
	case FIELD_TAX_ID:
	case FIELD_ID:
	case FIELD_ENUM:
	case FIELD_SECRET: break;
	}
	return scalar(t, f, out, given);
}

/* Members come in the order of the table nearly always: the search begins behind the last one. */
static size_t find(const struct field *fields, size_t n, size_t from, struct str name)
{
	for (size_t k = 0; k < n; k++) {
		size_t i = from + k < n ? from + k : from + k - n;
		if (str_is(name, fields[i].name)) return i;
	}
	return n;
}

static bool read_object(struct text *t, const struct field *fields, char *out)
{
	uint64_t seen = 0, got = 0;
	size_t n = 0, i = 0;
	while (fields[n].name)
		n++;
	if (n > MEMBERS_MAX || ++t->depth > DEPTH_MAX || !take(t, '{')) return false;
	if (!take(t, '}')) {
		do {
			struct str name;
			bool given;
			if (!string(t, &name)) return false;
			i = find(fields, n, i, name);
			if (i == n || seen >> i & 1 || !take(t, ':') || !member(t, &fields[i], out, &given))
				return false;
			seen |= UINT64_C(1) << i;
			if (given) got |= UINT64_C(1) << i;
			if (given && fields[i].present) *(bool *)(void *)(out + fields[i].present) = true;
			i = i + 1 < n ? i + 1 : 0;
		} while (take(t, ','));
		if (!take(t, '}')) return false;
	}
	t->depth--;
	for (i = 0; i < n; i++)
		if (fields[i].required && !(got >> i & 1)) return false;
	return true;
}

bool input_read_direct(struct ctx *c, const struct field *fields, struct str text, void *out)
{
	if (!text.p) return false;
	struct text t = { c, text.p, text.p + text.n, 0 };
	size_t faults = c->problem.n;
	bool good = read_object(&t, fields, out);
	blanks(&t);
	good = good && t.at == t.end && c->problem.n == faults;
	c->problem.n = faults;
	return good;
}

/* Letters, digits and the marks of numbers and dates: what stands in a query as it is meant. */
static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i], letter = ch | 0x20;
		bool plain = (ch >= '0' && ch <= '9') || (letter >= 'a' && letter <= 'z') || ch == '.' || ch == '-';
		if (!plain) return false;
	}
	return true;
}

static bool is_flat(const struct field *f)
{
	return f->type != FIELD_OBJECT && f->type != FIELD_LIST && f->type != FIELD_JSON && f->type != FIELD_BYTES;
}

struct pairs {
	struct ctx *c;
	const struct field *fields;
	size_t n_fields, next; /* the pair behind this one is mostly the next field */
	uint64_t seen, given;
	char *out;
};

static bool take_pair(struct pairs *p, struct str name, struct str value)
{
	size_t i = find(p->fields, p->n_fields, p->next, name);
	if (i == p->n_fields || p->seen >> i & 1 || !is_flat(&p->fields[i]) || !is_plain(value)) return false;
	p->next = i + 1;
	p->seen |= UINT64_C(1) << i;
	if (!value.n) return true;
	p->given |= UINT64_C(1) << i;
	if (p->fields[i].present) *(bool *)(void *)(p->out + p->fields[i].present) = true;
	return input_scalar(p->c, &p->fields[i], STR_NONE, value, p->out);
}

static bool take_query(struct pairs *p, struct str query)
{
	while (query.n) {
		const char *end = memchr(query.p, '&', query.n);
		struct str pair = { query.p, end ? (size_t)(end - query.p) : query.n };
		const char *mark = memchr(pair.p, '=', pair.n);
		if (!mark) return false;
		size_t n = (size_t)(mark - pair.p);
		if (!take_pair(p, (struct str){ pair.p, n }, (struct str){ mark + 1, pair.n - n - 1 })) return false;
		query = str_sub(query, pair.n + 1, query.n);
	}
	return true;
}

static bool take_all(struct pairs *p, struct str query, const struct input_pair *more, size_t n_more)
{
	while (p->fields[p->n_fields].name)
		p->n_fields++;
	if (p->n_fields > MEMBERS_MAX) return false;
	for (size_t i = 0; i < n_more; i++)
		if (!take_pair(p, more[i].name, more[i].value)) return false;
	if (!take_query(p, query)) return false;
	for (size_t i = 0; i < p->n_fields; i++)
		if (p->fields[i].required && !(p->given >> i & 1)) return false;
	return true;
}

bool input_read_pairs(struct ctx *c, const struct field *fields, struct str query, const struct input_pair *more,
        size_t n_more, void *out)
{
	struct pairs p = { .c = c, .fields = fields, .out = out };
	size_t faults = c->problem.n;
	bool good = take_all(&p, query, more, n_more) && c->problem.n == faults;
	c->problem.n = faults;
	return good;
}

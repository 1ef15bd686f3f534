#include "kernel/value/value.h"
#include <string.h>

static struct value *value_new(struct arena *a, enum value_kind kind)
{
	struct value *v = arena_new_of(a, struct value);
	v->kind = kind;
	return v;
}

struct value *value_null(struct arena *a)
{
	return value_new(a, VALUE_NULL);
}

struct value *value_bool(struct arena *a, bool b)
{
	struct value *v = value_new(a, VALUE_BOOL);
	v->boolean = b;
	return v;
}

struct value *value_int(struct arena *a, int64_t i)
{
	struct value *v = value_new(a, VALUE_INT);
	v->integer = i;
	return v;
}

struct value *value_str(struct arena *a, struct str s)
{
	if (!s.p) return value_null(a);
	struct value *v = value_new(a, VALUE_STR);
	v->str = s;
	return v;
}

struct value *value_numeral(struct arena *a, struct str digits)
{
	struct value *v = value_new(a, VALUE_NUMERAL);
	v->str = digits;
	return v;
}

struct value *value_array(struct arena *a)
{
	return value_new(a, VALUE_ARRAY);
}

struct value *value_object(struct arena *a)
{
	return value_new(a, VALUE_OBJECT);
}

static void append(struct arena *a, struct value *parent, struct str key, struct value *v)
{
	struct value_member *m = arena_new_of(a, struct value_member);
	m->key = key;
	m->value = v;
	if (parent->last)
		parent->last->next = m;
	else
		parent->first = m;
	parent->last = m;
	parent->count++;
}

void value_push(struct arena *a, struct value *array, struct value *item)
{
	append(a, array, STR_NONE, item);
}

void value_put(struct arena *a, struct value *object, const char *key, struct value *v)
{
	append(a, object, str_c(key), v);
}

void value_put_key(struct arena *a, struct value *object, struct str key, struct value *v)
{
	append(a, object, key, v);
}

void value_put_str(struct arena *a, struct value *object, const char *key, struct str v)
{
	value_put(a, object, key, value_str(a, v));
}

void value_put_c(struct arena *a, struct value *object, const char *key, const char *v)
{
	value_put(a, object, key, value_str(a, str_c(v)));
}

void value_put_int(struct arena *a, struct value *object, const char *key, int64_t v)
{
	value_put(a, object, key, value_int(a, v));
}

void value_put_bool(struct arena *a, struct value *object, const char *key, bool v)
{
	value_put(a, object, key, value_bool(a, v));
}

void value_put_money(struct arena *a, struct value *object, const char *key, struct money v)
{
	value_put(a, object, key, value_str(a, money_format(a, v)));
}

void value_put_date(struct arena *a, struct value *object, const char *key, struct date v)
{
	value_put(a, object, key, v.year ? value_str(a, date_format(a, v)) : value_null(a));
}

void value_put_instant(struct arena *a, struct value *object, const char *key, instant_us v)
{
	value_put(a, object, key, value_str(a, instant_format(a, v)));
}

static struct value_member *member(const struct value *object, struct str key)
{
	if (!object || object->kind != VALUE_OBJECT) return NULL;
	for (struct value_member *m = object->first; m; m = m->next)
		if (str_eq(m->key, key)) return m;
	return NULL;
}

void value_set(struct arena *a, struct value *object, struct str key, struct value *v)
{
	struct value_member *m = member(object, key);
	if (m)
		m->value = v;
	else
		append(a, object, str_dup(a, key), v);
}

struct value *value_put_object(struct arena *a, struct value *object, const char *key)
{
	struct value *v = value_object(a);
	value_put(a, object, key, v);
	return v;
}

struct value *value_put_array(struct arena *a, struct value *object, const char *key)
{
	struct value *v = value_array(a);
	value_put(a, object, key, v);
	return v;
}

const struct value *value_get(const struct value *object, struct str key)
{
	struct value_member *m = member(object, key);
	return m ? m->value : NULL;
}

const struct value *value_at(const struct value *array, size_t i)
{
	if (!array || array->kind != VALUE_ARRAY || i >= array->count) return NULL;
	struct value_member *m = array->first;
	while (i--)
		m = m->next;
	return m->value;
}

struct str value_text(const struct value *object, const char *key)
{
	const struct value *v = value_get(object, str_c(key));
	return v && v->kind == VALUE_STR ? v->str : STR_NONE;
}

int64_t value_number(const struct value *object, const char *key, int64_t otherwise)
{
	const struct value *v = value_get(object, str_c(key));
	return v && v->kind == VALUE_INT ? v->integer : otherwise;
}

/* One reference token of RFC 6901 against a key: ~1 is '/', ~0 is '~'. */
static bool token_is(struct str token, struct str key)
{
	size_t k = 0;
	for (size_t i = 0; i < token.n; i++, k++) {
		char c = token.p[i];
		if (c == '~' && i + 1 < token.n) c = token.p[++i] == '1' ? '/' : '~';
		if (k >= key.n || key.p[k] != c) return false;
	}
	return k == key.n;
}

static const struct value *step(const struct value *v, struct str token)
{
	if (v->kind == VALUE_ARRAY) {
		int64_t i;
		return str_to_int(token, &i) && i >= 0 ? value_at(v, (size_t)i) : NULL;
	}
	if (v->kind != VALUE_OBJECT) return NULL;
	for (struct value_member *m = v->first; m; m = m->next)
		if (token_is(token, m->key)) return m->value;
	return NULL;
}

const struct value *value_find(const struct value *root, struct str pointer)
{
	struct str token;
	if (pointer.n == 0) return root;
	if (pointer.p[0] != '/') return NULL;
	pointer = (struct str){ pointer.p + 1, pointer.n - 1 };
	while (root && str_split(&pointer, '/', &token))
		root = step(root, token);
	return root;
}

static bool members_equal(const struct value *a, const struct value *b)
{
	const struct value_member *m = a->first, *n = b->first;
	for (; m; m = m->next, n = n ? n->next : NULL) {
		const struct value *other = a->kind == VALUE_ARRAY ? (n ? n->value : NULL) : value_get(b, m->key);
		if (!other || !value_equal(m->value, other)) return false;
	}
	return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind) return false;
	switch (a->kind) {
	case VALUE_NULL: return true;
	case VALUE_BOOL: return a->boolean == b->boolean;
	case VALUE_INT: return a->integer == b->integer;
	case VALUE_STR:
	case VALUE_NUMERAL: return str_eq(a->str, b->str);
	case VALUE_ARRAY:
	case VALUE_OBJECT: return a->count == b->count && members_equal(a, b);
	}
	return false;
}

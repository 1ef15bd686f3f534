/* JSON is read by jansson and copied into the arena: its own tree is freed before we return. */
#include "kernel/value/value.h"
#include <jansson.h>
#include <string.h>

enum { MAX_DEPTH = 32 };

static struct value *copy(struct arena *a, const json_t *j, int depth);

static struct value *copy_array(struct arena *a, const json_t *j, int depth)
{
	struct value *v = value_array(a);
	size_t i;
	json_t *item;
	json_array_foreach(j, i, item)
	{
		struct value *c = copy(a, item, depth + 1);
		if (!c) return NULL;
		value_push(a, v, c);
	}
	return v;
}

static struct value *copy_object(struct arena *a, const json_t *j, int depth)
{
	struct value *v = value_object(a);
	for (void *i = json_object_iter((json_t *)(uintptr_t)j); i;
	        i = json_object_iter_next((json_t *)(uintptr_t)j, i)) {
		const char *key = json_object_iter_key(i);
		struct value *c = copy(a, json_object_iter_value(i), depth + 1);
		if (!c) return NULL;
		value_put(a, v, arena_dup(a, key, strlen(key)), c);
	}
	return v;
}

/* NULL: too deep, or a real number (amounts are strings, so that no double touches money). */
static struct value *copy(struct arena *a, const json_t *j, int depth)
{
	if (depth > MAX_DEPTH) return NULL;
	switch (json_typeof(j)) {
	case JSON_OBJECT: return copy_object(a, j, depth);
	case JSON_ARRAY: return copy_array(a, j, depth);
	case JSON_STRING: return value_str(a, str_dup(a, (struct str){ json_string_value(j), json_string_length(j) }));
	case JSON_INTEGER: return value_int(a, json_integer_value(j));
	case JSON_REAL: return NULL;
	case JSON_TRUE: return value_bool(a, true);
	case JSON_FALSE: return value_bool(a, false);
	case JSON_NULL: return value_null(a);
	}
	return NULL;
}

err_t json_parse(struct arena *a, struct str text, struct value **out, struct json_fault *where)
{
	json_error_t error;
	/* jansson takes a NUL behind the value for the end, whatever stands behind it. */
	if (text.n && memchr(text.p, 0, text.n)) {
		*where = (struct json_fault){ 0, 0, S("a NUL byte") };
		return E_INPUT;
	}
	json_t *j = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!j) {
		*where = (struct json_fault){ error.line, error.column, str_dup(a, str_c(error.text)) };
		return E_INPUT;
	}
	*out = copy(a, j, 0);
	json_decref(j);
	if (*out) return OK;
	*where = (struct json_fault){ 0, 0, S("number with a fraction, or nested too deeply") };
	return E_INPUT;
}

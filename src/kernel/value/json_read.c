/* Strict JSON (RFC 8259) straight into the arena: one pass, one buffer for all texts. jansson, which read it first,
 * made a tree of its own to be copied and freed: fifteen times the instructions, a quarter of what an invoice cost to
 * issue. It stays as the judge of this reader (tests/json_judge_test.c, fuzz/json_fuzz.c). */
#include "kernel/value/value.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 32, FEW_MEMBERS = 16 };

struct reader {
	struct arena *arena;
	const char *begin, *p, *end;
	char *out; /* texts, each with a NUL behind it: none is longer than it was between its quotes */
	const char *reason;
	bool numerals;
};

static struct value *read_value(struct reader *r, int depth);

static void *fail(struct reader *r, const char *reason)
{
	if (!r->reason) r->reason = reason;
	return NULL;
}

static void skip_blanks(struct reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
		r->p++;
}

static bool take(struct reader *r, char c)
{
	skip_blanks(r);
	if (r->p == r->end || *r->p != c) return false;
	r->p++;
	return true;
}

/* --- texts --- */

/* Bytes of the character at p (RFC 3629); 0: none. */
static size_t character(const char *text, const char *end)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	if (n == 0 || (size_t)(end - text) < n) return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80) return 0;
	bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
	bool outside = (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf4 && p[1] > 0x8f);
	return overlong || outside ? 0 : n;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* Four hex digits at p; -1: they are not there. */
static int32_t unit(struct reader *r)
{
	int32_t v = 0;
	if (r->end - r->p < 4) return -1;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(r->p[i]);
		if (digit < 0) return -1;
		v = v << 4 | digit;
	}
	r->p += 4;
	return v;
}

static void put_code_point(struct reader *r, uint32_t c)
{
	char *o = r->out;
	if (c < 0x80) {
		*o++ = (char)c;
	} else if (c < 0x800) {
		*o++ = (char)(0xc0 | c >> 6);
		*o++ = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		*o++ = (char)(0xe0 | c >> 12);
		*o++ = (char)(0x80 | (c >> 6 & 63));
		*o++ = (char)(0x80 | (c & 63));
	} else {
		*o++ = (char)(0xf0 | c >> 18);
		*o++ = (char)(0x80 | (c >> 12 & 63));
		*o++ = (char)(0x80 | (c >> 6 & 63));
		*o++ = (char)(0x80 | (c & 63));
	}
	r->out = o;
}

static bool read_unicode(struct reader *r)
{
	int32_t high = unit(r), low = 0;
	if (high == 0) return fail(r, N_("文字里不能有 NUL"));
	if (high < 0 || (high & 0xfc00) == 0xdc00) return fail(r, N_("\\u 后要有四位十六进制数，代理对要成对"));
	if ((high & 0xfc00) == 0xd800) {
		bool pair = r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u';
		if (pair) {
			r->p += 2;
			low = unit(r);
		}
		if (!pair || low < 0 || (low & 0xfc00) != 0xdc00)
			return fail(r, N_("\\u 后要有四位十六进制数，代理对要成对"));
		put_code_point(r, 0x10000 + (((uint32_t)high & 0x3ff) << 10) + ((uint32_t)low & 0x3ff));
		return true;
	}
	put_code_point(r, (uint32_t)high);
	return true;
}

static bool read_escape(struct reader *r)
{
	static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	r->p++;
	if (r->p == r->end) return fail(r, N_("文字没有结束，缺少引号"));
	if (*r->p == 'u') {
		r->p++;
		return read_unicode(r);
	}
	const char *at = *r->p ? strchr(letters, *r->p) : NULL;
	if (!at) return fail(r, N_("反斜杠后面的字符不对"));
	*r->out++ = bytes[at - letters];
	r->p++;
	return true;
}

/* Behind the opening quote. */
static bool read_text(struct reader *r, struct str *out)
{
	char *from = r->out;
	while (r->p < r->end) {
		unsigned char c = (unsigned char)*r->p;
		if (c == '"') {
			*out = (struct str){ from, (size_t)(r->out - from) };
			*r->out++ = 0;
			r->p++;
			return true;
		}
		if (c == '\\') {
			if (!read_escape(r)) return false;
		} else if (c < 0x20) {
			return fail(r, N_("文字里的控制字符要写成转义"));
		} else if (c < 0x80) {
			*r->out++ = *r->p++;
		} else {
			size_t n = character(r->p, r->end);
			if (n == 0) return fail(r, N_("不是 UTF-8 编码"));
			memcpy(r->out, r->p, n);
			r->out += n;
			r->p += n;
		}
	}
	return fail(r, N_("文字没有结束，缺少引号"));
}

/* --- numbers --- */

static bool digit_at(const struct reader *r)
{
	return r->p < r->end && *r->p >= '0' && *r->p <= '9';
}

static bool skip_digits(struct reader *r)
{
	if (!digit_at(r)) return false;
	while (digit_at(r))
		r->p++;
	return true;
}

static bool skip_one_of(struct reader *r, const char *these)
{
	if (r->p == r->end || !*r->p || !strchr(these, *r->p)) return false;
	r->p++;
	return true;
}

/* With a fraction or an exponent, or too large: kept as it is written, no double touches it. */
static struct value *read_numeral(struct reader *r, const char *from, const char *refusal)
{
	r->p = from;
	if (!r->numerals) return fail(r, refusal);
	(void)skip_one_of(r, "-");
	bool good = skip_digits(r);
	if (good && skip_one_of(r, ".")) good = skip_digits(r);
	if (good && skip_one_of(r, "eE")) {
		(void)skip_one_of(r, "+-");
		good = skip_digits(r);
	}
	if (!good) return fail(r, N_("这里应是一个值"));
	return value_numeral(r->arena, str_dup(r->arena, (struct str){ from, (size_t)(r->p - from) }));
}

static struct value *read_number(struct reader *r)
{
	const char *from = r->p;
	bool negative = *r->p == '-';
	int64_t v = 0;
	r->p += negative;
	if (!digit_at(r)) return fail(r, N_("这里应是一个值"));
	if (*r->p == '0' && r->end - r->p > 1 && r->p[1] >= '0' && r->p[1] <= '9')
		return fail(r, N_("数字前面不能有多余的 0"));
	for (; digit_at(r); r->p++) {
		int64_t digit = *r->p - '0';
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, negative ? -digit : digit, &v))
			return read_numeral(r, from, N_("整数太大"));
	}
	if (r->p < r->end && (*r->p == '.' || *r->p == 'e' || *r->p == 'E'))
		return read_numeral(r, from, N_("这里不能用小数，金额和数量请写成文字，如 \"12.50\""));
	return value_int(r->arena, v);
}

static bool take_word(struct reader *r, const char *word)
{
	size_t n = strlen(word);
	if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0) return false;
	r->p += n;
	return true;
}

/* --- objects and arrays --- */

static int by_key(const void *left, const void *right)
{
	return str_cmp(
	        (*(const struct value_member *const *)left)->key, (*(const struct value_member *const *)right)->key);
}

static bool has_key(const struct value *object, struct str key)
{
	for (const struct value_member *m = object->first; m; m = m->next)
		if (str_eq(m->key, key)) return true;
	return false;
}

/* Many members are compared sorted: hostile input must not make this quadratic. */
static bool keys_differ(struct reader *r, const struct value *object)
{
	const struct value_member **list;
	size_t n = 0;
	if (object->count <= FEW_MEMBERS) return true;
	list = malloc(object->count * sizeof *list);
	if (!list) abort();
	for (const struct value_member *m = object->first; m; m = m->next)
		list[n++] = m;
	qsort(list, n, sizeof *list, by_key);
	bool differ = true;
	for (size_t i = 1; i < n && differ; i++)
		differ = !str_eq(list[i - 1]->key, list[i]->key);
	free(list);
	return differ || fail(r, N_("同一个名称出现了两次"));
}

static struct value *read_object(struct reader *r, int depth)
{
	struct value *object = value_object(r->arena);
	if (take(r, '}')) return object;
	do {
		struct str key = STR_NONE;
		if (!take(r, '"')) return fail(r, N_("这里应是带引号的名称"));
		if (!read_text(r, &key)) return NULL;
		if (object->count < FEW_MEMBERS && has_key(object, key)) return fail(r, N_("同一个名称出现了两次"));
		if (!take(r, ':')) return fail(r, N_("名称后面应是冒号"));
		struct value *v = read_value(r, depth + 1);
		if (!v) return NULL;
		value_put_key(r->arena, object, key, v);
	} while (take(r, ','));
	if (!take(r, '}')) return fail(r, N_("这里应是逗号或右括号"));
	return keys_differ(r, object) ? object : NULL;
}

static struct value *read_array(struct reader *r, int depth)
{
	struct value *array = value_array(r->arena);
	if (take(r, ']')) return array;
	do {
		struct value *v = read_value(r, depth + 1);
		if (!v) return NULL;
		value_push(r->arena, array, v);
	} while (take(r, ','));
	return take(r, ']') ? array : fail(r, N_("这里应是逗号或右括号"));
}

static struct value *read_value(struct reader *r, int depth)
{
	struct str text = STR_NONE;
	if (depth > MAX_DEPTH) return fail(r, N_("括号嵌套太深"));
	skip_blanks(r);
	if (r->p == r->end) return fail(r, N_("内容没有结束"));
	switch (*r->p) {
	case '{': r->p++; return read_object(r, depth);
	case '[': r->p++; return read_array(r, depth);
	case '"': r->p++; return read_text(r, &text) ? value_str(r->arena, text) : NULL;
	case 't': return take_word(r, "true") ? value_bool(r->arena, true) : fail(r, N_("这里应是一个值"));
	case 'f': return take_word(r, "false") ? value_bool(r->arena, false) : fail(r, N_("这里应是一个值"));
	case 'n': return take_word(r, "null") ? value_null(r->arena) : fail(r, N_("这里应是一个值"));
	default: return read_number(r);
	}
}

/* Line and column (in characters) of where it went wrong, from 1. */
static void locate(const struct reader *r, struct json_fault *where)
{
	*where = (struct json_fault){ 1, 1, str_c(r->reason) };
	for (const char *p = r->begin; p < r->p; p++) {
		if (*p == '\n') {
			where->line++;
			where->column = 1;
		} else if (((unsigned char)*p & 0xc0) != 0x80) {
			where->column++;
		}
	}
}

static err_t parse(struct arena *a, struct str text, bool numerals, struct value **out, struct json_fault *where)
{
	const char *p = text.p ? text.p : "";
	struct reader r = { .arena = a, .begin = p, .p = p, .end = p + text.n, .numerals = numerals };
	r.out = arena_alloc(a, text.n + 1);
	*out = read_value(&r, 0);
	if (*out) {
		skip_blanks(&r);
		if (r.p == r.end) return OK;
		(void)fail(&r, N_("内容后面还有多余的字符"));
	}
	*out = NULL;
	locate(&r, where);
	return E_INPUT;
}

err_t json_parse(struct arena *a, struct str text, struct value **out, struct json_fault *where)
{
	return parse(a, text, false, out, where);
}

err_t json_parse_numerals(struct arena *a, struct str text, struct value **out, struct json_fault *where)
{
	return parse(a, text, true, out, where);
}

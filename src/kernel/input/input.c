#include "kernel/input/input.h"
#include "base/ids.h"
#include "base/utf8.h"
#include "kernel/input/scalar.h"
#include <string.h>

static const struct fault_def missing = { "required", N_("请填写{1}"), NULL, NULL };
static const struct fault_def unknown = { "unknown-field", N_("没有“{1}”这个项目，请核对名称"), NULL, NULL };
static const struct fault_def wrong_type = { "type", N_("{1}的格式不对，应为{2}"), NULL, NULL };
static const struct fault_def too_long = { "too-long", N_("{1}最多 {2} 个字，现在是 {3} 个"), NULL, NULL };
static const struct fault_def too_short = { "too-short", N_("{1}至少 {2} 个字"), NULL, NULL };
static const struct fault_def exact_short = { "too-short", N_("{1}应为 {2} 位，现在是 {3} 位"), NULL, NULL };
static const struct fault_def exact_long = { "too-long", N_("{1}应为 {2} 位，现在是 {3} 位"), NULL, NULL };
static const struct fault_def range_short = { "too-short", N_("{1}应为 {2} 到 {3} 位，现在是 {4} 位"), NULL, NULL };
static const struct fault_def range_long = { "too-long", N_("{1}应为 {2} 到 {3} 位，现在是 {4} 位"), NULL, NULL };
static const struct fault_def decimal_long = { "too-long", N_("{1}连小数点最多 16 位，现在是 {2} 位"), NULL, NULL };
static const struct fault_def decimal_fine = { "too-long", N_("{1}最多 13 位小数，现在是 {2} 位"), NULL, NULL };
static const struct fault_def too_small = { "too-small", N_("{1}不能小于 {2}"), NULL, NULL };
static const struct fault_def too_large = { "too-large", N_("{1}不能大于 {2}"), NULL, NULL };
static const struct fault_def too_many = { "too-many", N_("{1}最多 {2} 项，现在是 {3} 项"), NULL, NULL };
static const struct fault_def too_few = { "too-few", N_("{1}至少要有 {2} 项"), NULL, NULL };
static const struct fault_def too_big = { "too-long", N_("{1}最多 {2} 字节，现在是 {3} 字节"), NULL, NULL };
static const struct fault_def bad_text = { "text", N_("{1}里有不能显示的字符，请重新输入"), NULL, NULL };
static const struct fault_def not_choice = { "choice", N_("{1}只能是：{2}"), NULL, NULL };
static const struct fault_def uscc_check = { "uscc-check",
	N_("校验码不符：按前 17 位计算，第 18 位应为 {1}。请对照营业执照核对"), NULL, N_("GB 32100-2015") };
static const struct fault_def uscc_form = { "uscc",
	N_("{1}应为 18 位数字和大写字母（不含 I、O、S、V、Z）。请对照营业执照核对"), NULL, N_("GB 32100-2015") };
static const struct fault_def resident_check = { "resident-id", N_("{1}不对，请对照身份证核对 18 位号码"), NULL,
	N_("GB 11643-1999") };

enum { DECIMAL_PLACES = 13 };

static void read_object(struct ctx *c, const struct field *fields, const struct value *tree, struct str at, char *out);

/* "/lines/0" + "/" + name, with ~ and / escaped (RFC 6901). */
static struct str below(struct ctx *c, struct str at, struct str name)
{
	struct buf b;
	buf_init(&b, c->arena, at.n + name.n + 4);
	buf_str(&b, at);
	buf_char(&b, '/');
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '~' || name.p[i] == '/')
			buf_c(&b, name.p[i] == '~' ? "~0" : "~1");
		else
			buf_char(&b, name.p[i]);
	return buf_done(&b);
}

/* What no text needs and what misleads the eye: controls, line separators, marks that turn the direction of writing,
 * code points that are no characters. */
static bool hidden(int32_t v)
{
	return v < 0x20 || (v >= 0x7f && v < 0xa0) || v == 0x2028 || v == 0x2029 || (v >= 0x202a && v <= 0x202e) ||
	       (v >= 0x2066 && v <= 0x2069) || v == 0xfeff || (v >= 0xfdd0 && v <= 0xfdef) || (v & 0xfffe) == 0xfffe;
}

/* Code points of valid UTF-8 without hidden ones; -1 otherwise. Lines may hold tabs and line ends. */
static int64_t characters(struct str s, bool lines)
{
	size_t plain = 0;
	while (plain < s.n && s.p[plain] >= ' ' && s.p[plain] < 0x7f)
		plain++;
	int64_t n = (int64_t)plain;
	for (size_t at = plain; at < s.n; n++) {
		int32_t v = utf8_next(s, &at);
		if (v < 0 || (hidden(v) && !(lines && (v == '\n' || v == '\r' || v == '\t')))) return -1;
	}
	return n;
}

/* Identifiers typed on Chinese keyboards: full-width letters and digits become ASCII, letters upper case. */
static struct str folded(struct ctx *c, struct str s)
{
	struct str narrow = utf8_fold(c->arena, s);
	char *p = arena_dup(c->arena, narrow.p, narrow.n + 1);
	for (size_t i = 0; i < narrow.n; i++)
		if (p[i] >= 'a' && p[i] <= 'z') p[i] = (char)(p[i] - 32);
	return (struct str){ p, narrow.n };
}

static struct str number_text(struct ctx *c, int64_t v)
{
	return str_from_int(c->arena, v);
}

static bool wrong(struct ctx *c, const struct field *f, struct str at, const char *expected)
{
	FAULT(c, at, &wrong_type, str_c(f->label), str_c(expected));
	return false;
}

static bool within(struct ctx *c, const struct field *f, struct str at, int64_t v, bool money)
{
	if (f->min == 0 && f->max == 0) return true;
	if (v < f->min)
		FAULT(c, at, &too_small, str_c(f->label),
		        money ? money_format(c->arena, FEN(f->min)) : number_text(c, f->min));
	if (v > f->max)
		FAULT(c, at, &too_large, str_c(f->label),
		        money ? money_format(c->arena, FEN(f->max)) : number_text(c, f->max));
	return v >= f->min && v <= f->max;
}

enum { CODE_MIN = 10, CODE_SPREAD = 10 };

/* Numbers of documents have a length, or nearly one; of other texts only the limit that is missed counts. */
static void wrong_length(struct ctx *c, const struct field *f, struct str at, int64_t most, int64_t n)
{
	bool longer = n > most, near = f->min >= CODE_MIN && most - f->min <= CODE_SPREAD;
	struct str label = str_c(f->label), least = number_text(c, f->min), is = number_text(c, n);
	if (f->min == most)
		FAULT(c, at, longer ? &exact_long : &exact_short, label, least, is);
	else if (near)
		FAULT(c, at, longer ? &range_long : &range_short, label, least, number_text(c, most), is);
	else if (longer)
		FAULT(c, at, &too_long, label, number_text(c, most), is);
	else
		FAULT(c, at, &too_short, label, least);
}

/* Places behind the point of what is written as a number, whatever its size; -1: it is none. */
static int64_t places_of(struct str s)
{
	int64_t digits = 0, places = -1;
	for (size_t i = s.n && s.p[0] == '-' ? 1 : 0; i < s.n; i++) {
		if (s.p[i] == '.' && places < 0 && digits)
			places = 0;
		else if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		else if (places >= 0)
			places++;
		else
			digits++;
	}
	return !digits || places == 0 ? -1 : places < 0 ? 0 : places;
}

static bool wrong_decimal(struct ctx *c, const struct field *f, struct str at, struct str s)
{
	int64_t places = places_of(s);
	if (places < 0) return wrong(c, f, at, N_("数字，最多 13 位小数"));
	if (places > DECIMAL_PLACES)
		FAULT(c, at, &decimal_fine, str_c(f->label), number_text(c, places));
	else
		FAULT(c, at, &decimal_long, str_c(f->label), number_text(c, (int64_t)s.n));
	return false;
}

/* A number that the type has no room for is too large, not misspelt. */
static bool wrong_number(struct ctx *c, const struct field *f, struct str at, struct str s, int64_t most_places,
        int64_t most, const char *expected)
{
	int64_t places = places_of(s);
	if (places < 0 || places > most_places || s.p[0] == '-') return wrong(c, f, at, expected);
	if (f->max) most = f->max;
	FAULT(c, at, &too_large, str_c(f->label),
	        f->type == FIELD_MONEY ? money_format(c->arena, FEN(most)) : number_text(c, most));
	return false;
}

static bool read_text(struct ctx *c, const struct field *f, struct str at, struct str s, struct str *out)
{
	if (str_starts(s, "\xef\xbb\xbf")) s = str_sub(s, 3, s.n); /* of files, and of what was pasted from them */
	int64_t n = characters(s, f->type == FIELD_LINES);
	int64_t most = f->max ? f->max : 200;
	if (n < 0)
		FAULT(c, at, &bad_text, str_c(f->label));
	else if (n > most || n < f->min)
		wrong_length(c, f, at, most, n);
	*out = s;
	return n >= f->min && n <= most;
}

static bool read_choice(struct ctx *c, const struct field *f, struct str at, struct str s, struct str *out)
{
	struct buf known;
	for (const struct choice *o = f->choices; o->code; o++)
		if (str_is(s, o->code)) {
			*out = s;
			return true;
		}
	buf_init(&known, c->arena, 100);
	for (const struct choice *o = f->choices; o->code; o++)
		buf_printf(&known, "%s%s", known.n ? "、" : "", o->code);
	FAULT(c, at, &not_choice, str_c(f->label), buf_done(&known));
	return false;
}

static bool read_identifier(struct ctx *c, const struct field *f, struct str at, struct str s, struct str *out)
{
	struct str id = folded(c, s);
	*out = id;
	if (f->type == FIELD_RESID) {
		if (ids_resident(id, c->today) == IDS_OK) return true;
		FAULT(c, at, &resident_check, str_c(f->label));
		return false;
	}
	enum ids_fault e = f->type == FIELD_USCC ? ids_uscc(id) : ids_taxpayer(id);
	if (e == IDS_OK) return true;
	char right[2] = { ids_uscc_check(id), 0 };
	if (e == IDS_CHECK)
		FAULT(c, at, &uscc_check, str_dup(c->arena, str_c(right)));
	else
		FAULT(c, at, &uscc_form, str_c(f->label));
	return false;
}

static bool read_bytes(struct ctx *c, const struct field *f, struct str at, struct str bytes, struct str *out)
{
	bool fits = !f->max || (int64_t)bytes.n <= f->max;
	if (!fits) FAULT(c, at, &too_big, str_c(f->label), number_text(c, f->max), number_text(c, (int64_t)bytes.n));
	*out = bytes;
	return fits;
}

/* A scalar given as text: from a form, a query, a path, or a JSON string. */
bool input_scalar(struct ctx *c, const struct field *f, struct str at, struct str s, char *out)
{
	void *to = out + f->offset;
	int64_t *integer = to;
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_LINES: return read_text(c, f, at, s, to);
	case FIELD_SECRET: return read_text(c, f, at, s, to);
	case FIELD_ENUM: return read_choice(c, f, at, s, to);
	case FIELD_USCC:
	case FIELD_RESID:
	case FIELD_TAX_ID: return read_identifier(c, f, at, s, to);
	case FIELD_INT:
		return str_to_int(s, integer) ? within(c, f, at, *integer, false)
		                              : wrong_number(c, f, at, s, 0, INT64_MAX, N_("整数"));
	case FIELD_ID: return (str_to_int(s, integer) && *integer > 0) || wrong(c, f, at, N_("编号"));
	case FIELD_BOOL:
		*(bool *)to = str_is(s, "on") || str_is(s, "true");
		return *(bool *)to || str_is(s, "false") || str_is(s, "off") || wrong(c, f, at, "true/false");
	case FIELD_MONEY:
		return money_parse(s, to) ? within(c, f, at, ((struct money *)to)->fen, true)
		                          : wrong_number(c, f, at, s, 2, MONEY_MAX_FEN, N_("金额，如 1234.50"));
	case FIELD_RATE: return rate_parse(s, to) || wrong(c, f, at, N_("税率，如 0.13"));
	case FIELD_DECIMAL: return decimal_parse(s, DECIMAL_PLACES, to) || wrong_decimal(c, f, at, s);
	case FIELD_DATE: return date_parse(s, to) || wrong(c, f, at, N_("日期，如 2026-11-24"));
	case FIELD_INSTANT:
		return instant_parse(s, to) ||
		       wrong(c, f, at, N_("时间，如 2026-11-24T09:00:00+08:00（网页上 2026-11-24 09:00）"));
	case FIELD_PERIOD: return period_parse(s, to) || wrong(c, f, at, N_("税款所属期，如 2026-11 或 2026Q4"));
	case FIELD_BYTES: return read_bytes(c, f, at, s, to);
	case FIELD_OBJECT:
	case FIELD_LIST:
	case FIELD_JSON: break;
	}
	return wrong(c, f, at, N_("对象或列表"));
}

static void read_list(struct ctx *c, const struct field *f, const struct value *v, struct str at, char *out)
{
	size_t n = v->count;
	if (f->max && (int64_t)n > f->max) {
		FAULT(c, at, &too_many, str_c(f->label), number_text(c, f->max), number_text(c, (int64_t)n));
		return;
	}
	if ((int64_t)n < f->min) FAULT(c, at, &too_few, str_c(f->label), number_text(c, f->min));
	char *items = arena_array(c->arena, n + 1, f->size);
	size_t i = 0;
	for (const struct value_member *m = v->first; m; m = m->next, i++) {
		struct str here = below(c, at, number_text(c, (int64_t)i));
		if (f->fields)
			read_object(c, f->fields, m->value, here, items + i * f->size);
		else if (m->value->kind == VALUE_STR)
			(void)input_scalar(c, f->item, here, m->value->str, items + i * f->size);
		else
			(void)wrong(c, f->item, here, N_("文字"));
	}
	*(char **)(void *)(out + f->offset) = items;
	*(size_t *)(void *)(out + f->count) = n;
}

/* Empty texts count as not given: forms send every field. Blanks are nothing, except in secrets and raw bytes. */
static bool given(const struct field *f, const struct value *v)
{
	if (!v || v->kind == VALUE_NULL) return false;
	if (v->kind != VALUE_STR || f->type == FIELD_JSON) return true;
	return (f->type == FIELD_SECRET || f->type == FIELD_BYTES ? v->str.n : str_trim(v->str).n) > 0;
}

/* What is kept as JSON has a canonical form only without them. */
static void refuse_numerals(struct ctx *c, const struct field *f, struct str at, const struct value *v)
{
	if (v->kind == VALUE_NUMERAL) (void)wrong(c, f, at, N_("带引号的文字，如 \"12.50\""));
	if (v->kind != VALUE_ARRAY && v->kind != VALUE_OBJECT) return;
	int64_t i = 0;
	for (const struct value_member *m = v->first; m; m = m->next, i++)
		refuse_numerals(c, f, below(c, at, v->kind == VALUE_OBJECT ? m->key : number_text(c, i)), m->value);
}

static void read_json(
        struct ctx *c, const struct field *f, struct str at, const struct value *v, const struct value **out)
{
	struct buf text;
	struct str ignored;
	buf_init(&text, c->arena, 256);
	value_write_json(&text, v);
	(void)read_bytes(c, f, at, buf_done(&text), &ignored);
	refuse_numerals(c, f, at, v);
	*out = v;
}

static bool kind_fits(const struct field *f, const struct value *v)
{
	switch (f->type) {
	case FIELD_OBJECT: return v->kind == VALUE_OBJECT;
	case FIELD_LIST: return v->kind == VALUE_ARRAY;
	case FIELD_BOOL: return v->kind == VALUE_BOOL || v->kind == VALUE_STR;
	case FIELD_INT:
	case FIELD_ID: return v->kind == VALUE_INT || v->kind == VALUE_STR;
	case FIELD_JSON: return true;
	case FIELD_TEXT:
	case FIELD_LINES:
	case FIELD_MONEY:
	case FIELD_RATE:
	case FIELD_DECIMAL:
	case FIELD_DATE:
	case FIELD_INSTANT:
	case FIELD_PERIOD:
	case FIELD_USCC:
	case FIELD_RESID:
	case FIELD_TAX_ID:
	case FIELD_ENUM:
	case FIELD_SECRET:
	case FIELD_BYTES: return v->kind == VALUE_STR;
	}
	return false;
}

static const char *expected(const struct field *f, const struct value *v)
{
	bool number = v->kind == VALUE_INT || v->kind == VALUE_NUMERAL;
	bool figure = f->type == FIELD_MONEY || f->type == FIELD_RATE || f->type == FIELD_DECIMAL;
	if (f->type == FIELD_LIST) return N_("列表");
	if (f->type == FIELD_OBJECT) return N_("对象");
	if (f->type == FIELD_INT) return N_("整数");
	if (f->type == FIELD_ID) return N_("编号");
	if (f->type == FIELD_BOOL) return "true/false";
	return number && figure ? N_("带引号的文字，如 \"12.50\"") : N_("文字");
}

static void read_field(struct ctx *c, const struct field *f, const struct value *v, struct str at, char *out)
{
	if (!kind_fits(f, v)) {
		(void)wrong(c, f, at, expected(f, v));
		return;
	}
	if (f->present) *(bool *)(void *)(out + f->present) = true;
	if (f->type == FIELD_OBJECT) {
		read_object(c, f->fields, v, at, out + f->offset);
	} else if (f->type == FIELD_LIST) {
		read_list(c, f, v, at, out);
	} else if (f->type == FIELD_JSON) {
		read_json(c, f, at, v, (const struct value **)(void *)(out + f->offset));
	} else if (f->type == FIELD_BYTES) {
		(void)read_bytes(c, f, at, v->str, (struct str *)(void *)(out + f->offset));
	} else if (v->kind == VALUE_INT) {
		(void)input_scalar(c, f, at, number_text(c, v->integer), out);
	} else if (v->kind == VALUE_BOOL) {
		*(bool *)(void *)(out + f->offset) = v->boolean;
	} else {
		(void)input_scalar(c, f, at, f->type == FIELD_SECRET ? v->str : str_trim(v->str), out);
	}
}

static bool declared(const struct field *fields, struct str name)
{
	for (const struct field *f = fields; f->name; f++)
		if (str_is(name, f->name)) return true;
	return false;
}

static void read_object(struct ctx *c, const struct field *fields, const struct value *tree, struct str at, char *out)
{
	static const struct field document = { .name = "", .label = N_("内容") };
	if (tree->kind != VALUE_OBJECT) {
		(void)wrong(c, &document, at, N_("对象"));
		return;
	}
	for (const struct field *f = fields; f->name; f++) {
		const struct value *v = value_get(tree, str_c(f->name));
		if (given(f, v))
			read_field(c, f, v, below(c, at, str_c(f->name)), out);
		else if (f->required)
			FAULT(c, below(c, at, str_c(f->name)), &missing, str_c(f->label));
	}
	for (const struct value_member *m = tree->first; m; m = m->next)
		if (!declared(fields, m->key)) FAULT(c, below(c, at, m->key), &unknown, m->key);
}

err_t input_read(struct ctx *c, const struct field *fields, const struct value *tree, void *out)
{
	read_object(c, fields, tree, S(""), out);
	return problem_result(&c->problem);
}

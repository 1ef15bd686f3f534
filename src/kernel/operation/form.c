#include "kernel/operation/form.h"
#include "base/utf8.h"
#include <string.h>

static int unhex(char ch)
{
	return ch >= '0' && ch <= '9'   ? ch - '0'
	       : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10
	       : ch >= 'A' && ch <= 'F' ? ch - 'A' + 10
	                                : -1;
}

struct str form_decode(struct arena *a, struct str s)
{
	struct buf b;
	buf_init(&b, a, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && unhex(s.p[i + 1]) >= 0 && unhex(s.p[i + 2]) >= 0) {
			buf_char(&b, (char)(unhex(s.p[i + 1]) * 16 + unhex(s.p[i + 2])));
			i += 2;
		} else {
			buf_char(&b, s.p[i] == '+' ? ' ' : s.p[i]);
		}
	}
	return buf_done(&b);
}

struct str form_encode(struct arena *a, struct str s)
{
	struct buf b;
	buf_init(&b, a, s.n * 3 + 1);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		bool plain = (ch >= '0' && ch <= '9') || ((ch | 32) >= 'a' && (ch | 32) <= 'z') || ch == '-' ||
		             ch == '.' || ch == '_' || ch == '/';
		if (plain)
			buf_char(&b, (char)ch);
		else
			buf_printf(&b, "%%%02X", ch);
	}
	return buf_done(&b);
}

/* --- a pair finds its place in the tree --- */

static const struct field *field_named(const struct field *fields, struct str name)
{
	for (const struct field *f = fields; f && f->name; f++)
		if (str_is(name, f->name)) return f;
	return NULL;
}

static struct value *member(struct arena *a, struct value *object, struct str name, bool list)
{
	struct value *v = (struct value *)(uintptr_t)value_get(object, name);
	if (v && v->kind == (list ? VALUE_ARRAY : VALUE_OBJECT)) return v;
	v = list ? value_array(a) : value_object(a);
	value_set(a, object, name, v);
	return v;
}

/* The row that the page numbered so; pages number rows as they like, "_i" remembers it until the end. */
static struct value *row(struct arena *a, struct value *list, struct str number)
{
	struct value *last = list->last ? list->last->value : NULL;
	if (last && str_eq(value_text(last, "_i"), number)) return last;
	for (const struct value_member *m = list->first; m; m = m->next)
		if (str_eq(value_text(m->value, "_i"), number)) return m->value;
	if (list->count == FORM_ROWS_MAX) return NULL;
	struct value *v = value_object(a);
	value_put_str(a, v, "_i", number);
	value_push(a, list, v);
	return v;
}

/* People write 1,130.00 and ¥1,130.00 as they stand on paper. Only whole groups of three are taken: 1,5 may mean 1.5.
 */
static struct str plain_amount(struct arena *a, struct str text)
{
	struct str s = str_trim(text), whole, group;
	struct buf b;
	if (str_starts(s, "¥")) s = str_sub(s, sizeof "¥" - 1, s.n);
	if (str_starts(s, "￥")) s = str_sub(s, sizeof "￥" - 1, s.n);
	ptrdiff_t dot = str_find(s, ".");
	whole = dot < 0 ? s : str_sub(s, 0, (size_t)dot);
	buf_init(&b, a, s.n + 1);
	for (int n = 0; str_split(&whole, ',', &group); n++) {
		size_t digits = group.n - (n == 0 && str_starts(group, "-"));
		if (n ? digits != 3 : whole.p && (digits < 1 || digits > 3)) return text;
		buf_str(&b, group);
	}
	if (dot >= 0) buf_str(&b, str_sub(s, (size_t)dot, s.n));
	return buf_done(&b);
}

static bool digits_at(struct str s, size_t *i, size_t least, size_t most, int *out)
{
	size_t from = *i;
	for (*out = 0; *i < s.n && *i < from + most && s.p[*i] >= '0' && s.p[*i] <= '9'; ++*i)
		*out = *out * 10 + (s.p[*i] - '0');
	return *i - from >= least;
}

static bool sign_at(struct str s, size_t *i, const char *signs)
{
	if (*i >= s.n || !strchr(signs, s.p[*i])) return false;
	++*i;
	return true;
}

/* People write 2026-12-20 18:30 and mean the clock on their wall, which is China's everywhere (UTC+8). What is none is
 * left as it was typed. */
static struct str china_time(struct arena *a, struct str text)
{
	struct str s = str_trim(utf8_fold(a, text));
	int year, month, day, hour, minute, second = 0;
	size_t i = 0;
	bool date = digits_at(s, &i, 4, 4, &year) && sign_at(s, &i, "-/.") && digits_at(s, &i, 1, 2, &month) &&
	            sign_at(s, &i, "-/.") && digits_at(s, &i, 1, 2, &day) && sign_at(s, &i, " T");
	while (date && i < s.n && s.p[i] == ' ')
		i++;
	if (!date || !digits_at(s, &i, 1, 2, &hour) || !sign_at(s, &i, ":") || !digits_at(s, &i, 2, 2, &minute))
		return text;
	if (i < s.n && (!sign_at(s, &i, ":") || !digits_at(s, &i, 2, 2, &second) || i < s.n)) return text;
	return str_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d+08:00", year, month, day, hour, minute, second);
}

static err_t put(struct arena *a, struct value *tree, const struct field *fields, struct str name, struct str value)
{
	struct str rest = name, first, number;
	while (str_split(&rest, '.', &first)) {
		const struct field *f = field_named(fields, first);
		if (f && f->type == FIELD_LIST && f->item) {
			if (value.n) value_push(a, member(a, tree, first, true), value_str(a, value));
			return OK;
		}
		if (!rest.n || !f || (f->type != FIELD_OBJECT && f->type != FIELD_LIST)) {
			/* an unknown name keeps its dots, so that the fault names it as it was sent */
			if (!f && tree->count >= FORM_UNKNOWN_MAX) return E_TOO_LARGE;
			if (f && !rest.n && (f->type == FIELD_MONEY || f->type == FIELD_DECIMAL))
				value = plain_amount(a, value);
			if (f && !rest.n && f->type == FIELD_INSTANT) value = china_time(a, value);
			value_set(a, tree, f && !rest.n ? first : name, value_str(a, value));
			return OK;
		}
		if (f->type == FIELD_OBJECT) {
			tree = member(a, tree, first, false);
		} else {
			if (!str_split(&rest, '.', &number) || !(tree = row(a, member(a, tree, first, true), number)))
				return E_TOO_LARGE;
		}
		fields = f->fields;
	}
	return OK;
}

/* Filled in: something beside ticks and choices, which a row has from the start. */
static bool filled(const struct value *item, const struct field *fields)
{
	for (const struct value_member *m = item->first; m; m = m->next) {
		const struct field *f = field_named(fields, m->key);
		if (!f || f->type == FIELD_ENUM || f->type == FIELD_RATE || f->type == FIELD_BOOL) continue;
		if (m->value->kind == VALUE_ARRAY ? m->value->count : m->value->kind != VALUE_STR || m->value->str.n)
			return true;
	}
	return false;
}

static void finish(struct arena *a, struct value *tree, const struct field *fields);

static void drop_marks(struct arena *a, struct value *list, const struct field *fields)
{
	struct value kept = { .kind = VALUE_ARRAY };
	for (const struct value_member *m = list->first; m; m = m->next) {
		finish(a, m->value, fields);
		struct value *v = value_object(a);
		if (!filled(m->value, fields)) continue;
		for (const struct value_member *x = m->value->first; x; x = x->next)
			if (!str_is(x->key, "_i")) value_set(a, v, x->key, x->value);
		value_push(a, &kept, v);
	}
	*list = kept;
}

static void finish(struct arena *a, struct value *tree, const struct field *fields)
{
	for (const struct field *f = fields; f && f->name; f++) {
		struct value *v = (struct value *)(uintptr_t)value_get(tree, str_c(f->name));
		if (v && v->kind == VALUE_OBJECT && f->type == FIELD_OBJECT) finish(a, v, f->fields);
		if (v && v->kind == VALUE_ARRAY && f->type == FIELD_LIST && f->fields) drop_marks(a, v, f->fields);
	}
}

/* --- the two encodings --- */

static bool kernel_member(struct form *out, struct str name, struct str value)
{
	const struct {
		const char *name;
		struct str *to;
	} members[] = { { "_csrf", &out->csrf }, { "_key", &out->key }, { "_again", &out->again },
		{ "_resume", &out->resume } };
	if (!out->tree || !name.n || name.p[0] != '_') return false;
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (str_is(name, members[i].name)) *members[i].to = value;
	return true;
}

static err_t urlencoded(struct arena *a, struct str text, const struct field *fields, struct form *out)
{
	struct str pair, name;
	for (int n = 0; text.n && str_split(&text, '&', &pair); n++) {
		if (n == FORM_PAIRS_MAX) return E_TOO_LARGE;
		struct str value = pair;
		if (!pair.n || !str_split(&value, '=', &name)) continue;
		name = form_decode(a, name);
		value = form_decode(a, value.p ? value : S(""));
		if (!kernel_member(out, name, value)) TRY(put(a, out->tree, fields, name, value));
	}
	return OK;
}

/* name="…" of a Content-Disposition; STR_NONE: none. */
static struct str disposition_name(struct str head)
{
	for (size_t i = 0; i + 6 < head.n; i++) {
		if (memcmp(head.p + i, "name=\"", 6) != 0 || (i && head.p[i - 1] == 'e')) continue; /* filename= */
		const char *begin = head.p + i + 6, *end = memchr(begin, '"', head.n - i - 6);
		if (end) return (struct str){ begin, (size_t)(end - begin) };
	}
	return STR_NONE;
}

enum { FILE_NAME_MAX = 600 };

/* filename="…" without a path and control characters; "-": none that could be shown. */
static struct str disposition_file(struct arena *a, struct str head)
{
	ptrdiff_t at = str_find(head, "; filename=\"");
	struct str rest = at < 0 ? STR_NONE : str_sub(head, (size_t)at + sizeof "; filename=\"" - 1, FILE_NAME_MAX);
	ptrdiff_t end = rest.p ? str_find(rest, "\"") : -1;
	if (end <= 0) return S("-");
	struct str name = str_sub(rest, 0, (size_t)end);
	for (size_t i = name.n; i-- > 0;) {
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f) return S("-");
		if (name.p[i] != '/' && name.p[i] != '\\') continue;
		name = str_sub(name, i + 1, name.n);
		break;
	}
	return name.n && utf8_valid(name) ? str_dup(a, name) : S("-");
}

/* Beside a list of files NAME the names they came under, if there is a list NAME_names: one for each file that is kept.
 */
static void put_file_name(
        struct arena *a, struct value *tree, const struct field *fields, struct str name, struct str head)
{
	struct str beside = str_printf(a, "%.*s_names", STR_FMT(name));
	const struct field *f = field_named(fields, beside);
	if (f && f->type == FIELD_LIST && f->item)
		value_push(a, member(a, tree, beside, true), value_str(a, disposition_file(a, head)));
}

/* One file is sent as "file" by many programs: a list of files takes parts under the name of its item too. */
static struct str name_of_list(const struct field *fields, struct str name)
{
	if (field_named(fields, name)) return name;
	for (const struct field *f = fields; f && f->name; f++)
		if (f->type == FIELD_LIST && f->item && f->item->type == FIELD_BYTES && f->item->name &&
		        str_is(name, f->item->name))
			return str_c(f->name);
	return name;
}

static const char *search(const char *p, size_t n, struct str needle)
{
	return memmem(p, n, needle.p, needle.n);
}

static err_t multipart(
        struct arena *a, struct str boundary, struct str body, const struct field *fields, struct form *out)
{
	struct str line = str_printf(a, "--%.*s", STR_FMT(boundary));
	struct str next = str_printf(a, "\r\n--%.*s", STR_FMT(boundary));
	const char *end = body.p + body.n, *p = search(body.p, body.n, line);
	for (int n = 0; p; n++) {
		if (n == FORM_PAIRS_MAX) return E_TOO_LARGE;
		p += line.n;
		if (end - p >= 2 && memcmp(p, "--", 2) == 0) return OK;
		if (end - p < 2 || memcmp(p, "\r\n", 2) != 0) return E_INPUT;
		const char *gap = search(p, (size_t)(end - p), S("\r\n\r\n"));
		if (!gap) return E_INPUT;
		struct str head = { p, (size_t)(gap - p) }, name = disposition_name(head);
		const char *content = gap + 4, *stop = search(content, (size_t)(end - content), next);
		if (!stop || !name.p) return E_INPUT;
		name = name_of_list(fields, name);
		struct str value = str_dup(a, (struct str){ content, (size_t)(stop - content) });
		if (!kernel_member(out, name, value)) TRY(put(a, out->tree, fields, str_dup(a, name), value));
		if (value.n) put_file_name(a, out->tree, fields, name, head);
		p = stop + 2;
	}
	return E_INPUT;
}

err_t form_read(struct arena *a, struct str content_type, struct str body, const struct field *fields, struct form *out)
{
	*out = (struct form){ .tree = value_object(a) };
	if (str_starts(content_type, "multipart/form-data")) {
		ptrdiff_t at = str_find(content_type, "boundary=");
		struct str boundary = at < 0 ? STR_NONE : str_sub(content_type, (size_t)at + 9, 200);
		if (boundary.n >= 2 && boundary.p[0] == '"') boundary = str_sub(boundary, 1, boundary.n - 2);
		if (boundary.n < 1 || boundary.n > 70) return E_INPUT;
		TRY(multipart(a, boundary, body, fields, out));
	} else if (str_starts(content_type, "application/x-www-form-urlencoded")) {
		TRY(urlencoded(a, body, fields, out));
	} else if (body.n) {
		return E_MEDIA;
	}
	finish(a, out->tree, fields);
	return OK;
}

err_t form_pairs(struct arena *a, struct str text, const struct field *fields, struct value *tree)
{
	struct form f = { .tree = tree };
	TRY(urlencoded(a, text, fields, &f));
	finish(a, tree, fields);
	return OK;
}

/* "set lines.2.tax_code 2020000000000000000": one control gets a value. */
static void set_control(struct arena *a, struct value *tree, struct str name, struct str value)
{
	struct str rest = name, first;
	int64_t n;
	while (str_split(&rest, '.', &first) && rest.p) {
		struct value *v = (struct value *)(uintptr_t)(tree->kind == VALUE_ARRAY
		                                                      ? (str_to_int(first, &n) && n >= 0
		                                                                        ? value_at(tree, (size_t)n)
		                                                                        : NULL)
		                                                      : value_get(tree, first));
		if (!v || (v->kind != VALUE_OBJECT && v->kind != VALUE_ARRAY)) return;
		tree = v;
	}
	if (tree->kind == VALUE_OBJECT) value_set(a, tree, first, value_str(a, value));
}

void form_edit(struct arena *a, struct value *tree, struct str again)
{
	struct str rest = again, verb, list, number;
	int64_t n = 0;
	if (!str_split(&rest, ' ', &verb) || !str_split(&rest, ' ', &list)) return;
	if (str_is(verb, "set")) {
		set_control(a, tree, list, rest.p ? rest : S(""));
		return;
	}
	struct value *v = member(a, tree, list, true);
	if (str_is(verb, "add") && v->count < FORM_ROWS_MAX) value_push(a, v, value_object(a));
	if (!str_is(verb, "remove") || !str_split(&rest, ' ', &number) || !str_to_int(number, &n)) return;
	struct value kept = { .kind = VALUE_ARRAY };
	for (const struct value_member *m = v->first; m; m = m->next, n--)
		if (n != 0) value_push(a, &kept, m->value);
	*v = kept;
}

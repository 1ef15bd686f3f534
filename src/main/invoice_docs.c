#include "main/invoice_docs.h"
#include "kernel/value/value.h"
#include "services/invoice/issue/spec/codes.h"
#include "services/invoice/issue/spec/fields.h"

static struct value *group_schema(struct arena *a, enum spec_group group);

static struct value *pattern(struct arena *a, const char *expression)
{
	struct value *v = value_object(a);
	value_put_c(a, v, "type", "string");
	value_put_c(a, v, "pattern", expression);
	return v;
}

static struct value *choices_schema(struct arena *a, const char *choices)
{
	struct value *v = value_object(a), *list = value_put_array(a, v, "enum");
	struct str rest = str_c(choices), piece;
	while (str_split(&rest, ' ', &piece))
		value_push(a, list, value_str(a, piece));
	return v;
}

static struct value *bounded(struct arena *a, const char *type, const char *low, const char *high, int from, int to)
{
	struct value *v = value_object(a);
	value_put_c(a, v, "type", type);
	value_put_int(a, v, low, from);
	value_put_int(a, v, high, to);
	return v;
}

static struct value *field_schema(struct arena *a, const struct spec_field *f)
{
	struct value *v;
	switch (f->type) {
	case SPEC_IS_TEXT: return bounded(a, "string", "minLength", "maxLength", 1, f->max);
	case SPEC_IS_MONEY: return pattern(a, "^(-(?!0\\.00$))?(0|[1-9][0-9]{0,12})\\.[0-9]{2}$");
	case SPEC_IS_DECIMAL: return pattern(a, "^(?=.{1,16}$)(-(?!0$))?(0|[1-9][0-9]*)(\\.[0-9]{0,12}[1-9])?$");
	case SPEC_IS_RATE: return pattern(a, "^(0(\\.[0-9]{0,5}[1-9])?|1)$");
	case SPEC_IS_INSTANT:
		return pattern(a, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}\\+08:00$");
	case SPEC_IS_DIGITS: return pattern(a, str_printf(a, "^[0-9]{%d}$", f->max).p);
	case SPEC_IS_CHOICE: return choices_schema(a, f->choices);
	case SPEC_IS_BOOL:
		v = value_object(a);
		value_put_bool(a, v, "const", true);
		return v;
	case SPEC_IS_INT: return bounded(a, "integer", "minimum", "maximum", 1, f->max);
	case SPEC_IS_GROUP: return group_schema(a, f->inner);
	case SPEC_IS_LIST:
		v = bounded(a, "array", "minItems", "maxItems", 1, f->max);
		value_put(a, v, "items", group_schema(a, f->inner));
		return v;
	}
	return value_object(a);
}

static struct value *group_schema(struct arena *a, enum spec_group group)
{
	struct value *v = value_object(a), *required = value_array(a);
	value_put_c(a, v, "type", "object");
	struct value *properties = value_put_object(a, v, "properties");
	for (size_t i = 0; i < spec_n_fields; i++) {
		const struct spec_field *f = &spec_fields[i];
		if (f->group != group) continue;
		struct value *one = field_schema(a, f);
		value_put_str(a, one, "description", str_printf(a, "%s · %s", f->zh, f->en));
		value_put(a, properties, f->name, one);
		if (f->required) value_push(a, required, value_str(a, str_c(f->name)));
	}
	value_put(a, v, "required", required);
	value_put_bool(a, v, "additionalProperties", false);
	return v;
}

static struct str schema(struct arena *a)
{
	struct buf b;
	struct value *v = value_object(a), *core = group_schema(a, SPEC_ROOT);
	value_put_c(a, v, "$schema", "https://json-schema.org/draft/2020-12/schema");
	value_put_c(a, v, "$id", "urn:etax:invoice:1:core");
	value_put_c(a, v, "title", "etax invoice core, version 1");
	for (const struct value_member *m = core->first; m; m = m->next)
		value_put_key(a, v, m->key, m->value);
	buf_init(&b, a, 1 << 14);
	value_write_pretty(&b, v);
	buf_char(&b, '\n');
	return buf_done(&b);
}

static const char *type_words(const struct spec_field *f)
{
	static const char *const words[] = { [SPEC_IS_TEXT] = "text",
		[SPEC_IS_MONEY] = "amount",
		[SPEC_IS_DECIMAL] = "decimal",
		[SPEC_IS_RATE] = "rate",
		[SPEC_IS_INSTANT] = "time",
		[SPEC_IS_DIGITS] = "digits",
		[SPEC_IS_CHOICE] = "choice",
		[SPEC_IS_BOOL] = "true or absent",
		[SPEC_IS_INT] = "integer",
		[SPEC_IS_GROUP] = "object",
		[SPEC_IS_LIST] = "list" };
	return words[f->type];
}

static void field_row(struct buf *b, const struct spec_field *f)
{
	const char *group = spec_groups[f->group].name;
	buf_printf(b, "| `/%s%s%s%s` | %s · %s | %s", group, f->group == SPEC_LINE ? "/n" : "", *group ? "/" : "",
	        f->name, f->zh, f->en, type_words(f));
	if (f->choices) buf_printf(b, ": `%s`", f->choices);
	if (f->max) buf_printf(b, ", %s %d", f->type == SPEC_IS_DIGITS ? "exactly" : "at most", f->max);
	buf_printf(b, " | %s | ", f->required ? "yes" : "");
	for (const char *c = f->xml ? f->xml : ""; *c; c++)
		buf_c(b, *c == '|' ? " or " : (char[]){ *c, 0 });
	buf_c(b, " |\n");
}

static struct str fields(struct arena *a)
{
	struct buf b;
	buf_init(&b, a, 1 << 14);
	buf_c(&b, "# Fields · 字段\n\nMade by `etaxd invoice describe fields` from the table that the validator uses; "
	          "do not edit.\n"
	          "How values are written is in [canonical.md](canonical.md). XML: element below `EInvoice`, of "
	          "parties, red letter and "
	          "lines below their own element.\n");
	for (int g = 0; g < SPEC_GROUPS; g++) {
		buf_printf(&b,
		        "\n## %s · %s%s%s%s\n\n| pointer | field | type | required | XML |\n|---|---|---|---|---|\n",
		        spec_groups[g].zh, spec_groups[g].en, *spec_groups[g].xml ? " (`" : "", spec_groups[g].xml,
		        *spec_groups[g].xml ? "`)" : "");
		for (size_t i = 0; i < spec_n_fields; i++)
			if ((int)spec_fields[i].group == g) field_row(&b, &spec_fields[i]);
	}
	buf_c(&b, "\n## 发票种类 · kinds\n\n| `/kind` | label in the XML | name |\n|---|---|---|\n");
	for (size_t i = 0; i < spec_n_kinds; i++)
		buf_printf(&b, "| `%s` | %s | %s · %s |\n", spec_kinds[i].kind, spec_kinds[i].label, spec_kinds[i].zh,
		        spec_kinds[i].en);
	return buf_done(&b);
}

static struct str error_codes(struct arena *a)
{
	struct buf b;
	buf_init(&b, a, 1 << 14);
	buf_c(&b, "# Error codes · 错误代码\n\nMade by `etaxd invoice describe error-codes` from the table that the "
	          "validator uses; do not "
	          "edit. Codes are stable; `{1}` and `{2}` are what was found and what is right.\n\n"
	          "| code | rule | law | cure |\n|---|---|---|---|\n");
	for (size_t i = 0; i < SPEC_CODES; i++) {
		const struct spec_text *t = &spec_codes[i];
		buf_printf(&b, "| `%s` | %s<br>%s | %s | %s<br>%s |\n", t->code, t->zh, t->en, t->law ? t->law : "",
		        t->fix_zh, t->fix_en);
	}
	return buf_done(&b);
}

struct str invoice_docs(struct arena *a, struct str what)
{
	if (str_is(what, "schema")) return schema(a);
	if (str_is(what, "fields")) return fields(a);
	return str_is(what, "error-codes") ? error_codes(a) : STR_NONE;
}

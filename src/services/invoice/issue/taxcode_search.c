/* Looking for a tax code by words: the table of 4,205 rows is indexed once and found by name, short name, the heading
 * above it or the first digits. */
#include "services/invoice/issue/taxcode_search.h"
#include "kernel/assets/assets.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/search/search.h"
#include "services/invoice/issue/taxcode.h"
#include <string.h>

enum { ROWS_MAX = 10000, CODE_DIGITS = 19, LEVEL_DIGITS = 2, SELECTABLE_PREFER = 40 };
static const char *const source = "issue.taxcodes";

const struct field taxcode_fields[] = {
	{ "q", FIELD_TEXT, AT(struct taxcode_in, q), .max = 60, .label = N_("商品或服务名称、编码"),
	        .example = "车床" },
	{ "limit", FIELD_INT, AT(struct taxcode_in, limit), PRESENT_AT(struct taxcode_in, has_limit), .min = 1,
	        .max = 50, .label = N_("最多几条") },
	{ 0 },
};

/* The heading above: the last level that is not empty becomes empty. */
static bool parent(struct arena *a, struct str code, struct taxcode *out)
{
	char *p = arena_dup(a, code.p, code.n + 1);
	size_t i = CODE_DIGITS;
	while (i > 1 && p[i - 1] == '0' && p[i - 2] == '0')
		i -= LEVEL_DIGITS;
	if (i <= 1) return false;
	p[i - 1] = p[i - 2] = '0';
	return taxcode_find((struct str){ p, CODE_DIGITS }, out);
}

/* "1090105030000000000,车床,机床" */
static bool read_row(struct arena *a, struct str line, struct search_document *d)
{
	struct str rest = str_trim(line), code, name;
	struct taxcode own, above;
	if (!str_split(&rest, ',', &code) || code.n != CODE_DIGITS || !str_split(&rest, ',', &name)) return false;
	bool heading = parent(a, code, &above), usable = taxcode_find(code, &own) && taxcode_selectable(&own);
	*d = (struct search_document){ .kind = S("taxcode"),
		.id = str_dup(a, code),
		.lang = S(""),
		.title = name,
		.words = rest.p ? rest : S(""),
		.body = heading ? str_printf(a, "%.*s %.*s", STR_FMT(code), STR_FMT(above.name)) : code,
		.href = str_printf(a, "/tax-codes?q=%.*s", STR_FMT(code)),
		.prefer = usable ? SELECTABLE_PREFER : 0 };
	return true;
}

err_t taxcode_index(struct app *app)
{
	struct arena *a = arena_new();
	struct str table = asset_get("data/tax-codes.csv"), rest = table, line;
	unsigned char digest[32];
	crypto_sha256(table.p, table.n, digest);
	struct str version = str_hex(a, digest, 16);
	err_t e = OK;
	if (!search_has(app->search, source, version)) {
		struct search_document *list = arena_array(a, ROWS_MAX, sizeof *list);
		size_t n = 0;
		while (n < ROWS_MAX && str_split(&rest, '\n', &line))
			n += read_row(a, line, &list[n]);
		e = search_replace(app->search, source, version, list, n);
	}
	arena_free(a);
	return e;
}

static void put_code(struct ctx *c, struct value *list, const struct taxcode *t)
{
	struct value *v = value_object(c->arena);
	struct taxcode above;
	value_put_str(c->arena, v, "code", t->code);
	value_put_str(c->arena, v, "name", t->name);
	value_put_str(c->arena, v, "short_name", t->short_name.n ? t->short_name : STR_NONE);
	value_put_str(c->arena, v, "heading", parent(c->arena, t->code, &above) ? above.name : STR_NONE);
	value_put_bool(c->arena, v, "selectable", taxcode_selectable(t));
	value_push(c->arena, list, v);
}

err_t taxcode_search(struct ctx *c, const void *input, struct reply *out)
{
	const struct taxcode_in *in = input;
	const struct search_query q = {
		.text = in->q.p ? in->q : S(""), .kind = "taxcode", .limit = in->has_limit ? (size_t)in->limit : 0
	};
	struct search_hit *hits;
	size_t n;
	TRY(search_find(c->app->search, c->arena, &q, &hits, &n));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "q", q.text);
	struct value *list = value_put_array(c->arena, out->value, "tax_codes");
	for (size_t i = 0; i < n; i++) {
		struct taxcode t;
		if (taxcode_find(hits[i].id, &t)) put_code(c, list, &t);
	}
	value_put_bool(c->arena, out->value, "asked", q.text.n > 0);
	value_put_bool(c->arena, out->value, "any", list->count > 0);
	return OK;
}

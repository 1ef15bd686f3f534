/* Search: numbers are looked up where they belong, words in the index. Tasks come first, then documents, then tables.
 */
#include "base/ids.h"
#include "base/utf8.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/menu.h"
#include "kernel/operation/router.h"
#include "kernel/page/mustache.h"
#include "kernel/search/search.h"
#include "services/information/portal/parts.h"
#include "services/invoice/issue/issue.h"

enum { INVOICE_DIGITS = 20, TASKS_SHOWN = 10, CODES_SHOWN = 10, TAXPAYERS_SHOWN = 20, ELSEWHERE_SHOWN = 3 };

static void add(struct ctx *c, struct value *list, const char *kind, struct str id, struct str title, struct str detail,
        struct str href)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "kind", kind);
	value_put_str(c->arena, v, "id", id);
	value_put_str(c->arena, v, "title", title);
	value_put_str(c->arena, v, "detail", detail);
	value_put_str(c->arena, v, "href", href);
	value_push(c->arena, list, v);
}

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return s.n > 0;
}

/* --- numbers --- */

/* An invoice of the caller's own; of anybody else's only the way to verify it is told. */
static err_t by_invoice(struct ctx *c, struct str number, struct value *documents)
{
	struct invoice i = { 0 };
	bool found = false, own;
	if (c->caller.subject_id && access_has_scope(c, "invoice.read")) TRY(issue_find(c, number, &i, &found));
	own = found && (i.seller_id == c->caller.subject_id || i.buyer_id == c->caller.subject_id);
	if (own)
		add(c, documents, "invoice", number, words(c, N_("发票 {1}"), number, STR_NONE),
		        words(c, N_("价税合计 {1} 元"), money_grouped(c->arena, i.total), STR_NONE),
		        str_printf(c->arena, "/invoices/%.*s", STR_FMT(number)));
	if (tasks_page_at(c, S("/verify/invoices")))
		add(c, documents, "verification", number, words(c, N_("查验发票 {1}"), number, STR_NONE), STR_NONE,
		        str_printf(c->arena, "/verify/invoices?number=%.*s", STR_FMT(number)));
	return OK;
}

static err_t by_number(struct ctx *c, struct str q, struct value *documents)
{
	struct period p;
	struct str folded = utf8_fold(c->arena, q);
	if (folded.n == INVOICE_DIGITS && all_digits(folded)) return by_invoice(c, folded, documents);
	if (ids_uscc(folded) == IDS_OK)
		add(c, documents, "registration", folded, words(c, N_("{1} 的登记信息"), folded, STR_NONE), STR_NONE,
		        str_printf(c->arena, "/public/taxpayers/%.*s", STR_FMT(folded)));
	if (c->caller.subject_id && access_has_scope(c, "tax.read") && period_parse(folded, &p) &&
	        p.kind != PERIOD_YEAR)
		add(c, documents, "return", folded,
		        words(c, N_("{1} 增值税及附加税费申报"),
		                mustache_view(c->arena, folded, S("month"), c->lang != NULL), STR_NONE),
		        STR_NONE, str_printf(c->arena, "/returns/vat/%.*s", STR_FMT(folded)));
	return OK;
}

/* --- words --- */

static err_t ask(struct ctx *c, struct str q, const char *kind, size_t limit, struct search_hit **hits, size_t *n)
{
	const struct search_query query = { .text = q,
		.kind = kind,
		.lang = lang_code(c->lang),
		.owner = c->caller.subject_id,
		.officer = c->caller.officer,
		.limit = limit };
	return search_find(c->app->search, c->arena, &query, hits, n);
}

static bool may_begin(const struct ctx *c, const struct operation *op)
{
	if (!c->caller.person_id) return op->who.kind != WHO_OFFICER;
	switch (op->who.kind) {
	case WHO_PUBLIC:
	case WHO_PERSON: return true;
	case WHO_TAXPAYER: return !op->who.scope || access_has_scope(c, op->who.scope);
	case WHO_OFFICER: return c->caller.officer && (!op->who.scope || access_has_post(c, op->who.scope));
	}
	return false;
}

static struct str place_of(struct ctx *c, const struct operation *op)
{
	struct buf place;
	struct str rest = str_c(op->menu), piece;
	buf_init(&place, c->arena, 80);
	while (rest.n && str_split(&rest, '/', &piece)) {
		if (place.n) buf_c(&place, " › ");
		buf_str(&place, lang_text(c->lang, piece));
	}
	return buf_done(&place);
}

/* least: tasks that answer less well are left out. */
static err_t put_tasks(struct ctx *c, struct str q, int least, struct value *list)
{
	struct search_hit *hits;
	size_t n;
	TRY(ask(c, q, "task", 0, &hits, &n));
	for (size_t i = 0; i < n && list->count < TASKS_SHOWN; i++) {
		const struct operation *op = router_by_id(c->app->router, hits[i].id.p);
		if (!op || hits[i].score < least || !may_begin(c, op)) continue;
		add(c, list, "task", hits[i].id, tr(c, op->title), place_of(c, op), hits[i].href);
	}
	return OK;
}

/* Only what was asked for: half of a question is no reason to say that something can not be done here. */
static err_t put_elsewhere(struct ctx *c, struct str q, struct value *list)
{
	enum { PREFIX = sizeof "elsewhere." - 1 };
	struct search_hit *hits;
	size_t n;
	TRY(ask(c, q, "elsewhere", ELSEWHERE_SHOWN, &hits, &n));
	for (size_t i = 0; i < n && hits[i].score >= SEARCH_EXACT; i++) {
		const struct elsewhere *e = elsewhere_of(str_sub(hits[i].id, PREFIX, hits[i].id.n - PREFIX));
		if (e) add(c, list, "elsewhere", hits[i].id, tr(c, e->title), tr(c, e->where), STR_NONE);
	}
	return OK;
}

static err_t put_found(struct ctx *c, struct str q, const char *kind, size_t limit, struct value *list)
{
	struct search_hit *hits;
	size_t n;
	TRY(ask(c, q, kind, limit, &hits, &n));
	for (size_t i = 0; i < n; i++)
		add(c, list, kind, hits[i].id, hits[i].title, hits[i].id, hits[i].href);
	return OK;
}

/* Beside tasks only goods that are called just so: whoever asks for 改密码 does not mean 改装汽车. */
static err_t put_codes(struct ctx *c, struct str q, bool others, struct value *list)
{
	struct search_hit *hits;
	size_t n;
	TRY(ask(c, q, "taxcode", CODES_SHOWN, &hits, &n));
	struct str asked = utf8_fold(c->arena, str_trim(q));
	bool goods = !others || all_digits(asked) || (n && str_eq(hits[0].title, asked));
	for (size_t i = 0; goods && i < n; i++)
		add(c, list, "taxcode", hits[i].id, hits[i].title, hits[i].id, hits[i].href);
	return OK;
}

static err_t by_words(struct ctx *c, struct str q, struct value *tasks, struct value *elsewhere, struct value *codes)
{
	TRY(put_elsewhere(c, q, elsewhere));
	TRY(put_tasks(c, q, elsewhere->count ? SEARCH_ALL : 0, tasks));
	return put_codes(c, q, tasks->count || elsewhere->count, codes);
}

static void put_any(struct ctx *c, struct value *out, const char *name, const struct value *list)
{
	value_put_bool(c->arena, out, name, list->count > 0);
}

err_t find(struct ctx *c, const void *input, struct reply *out)
{
	const struct find_in *in = input;
	struct str q = in->q.p ? in->q : S("");
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "q", q);
	struct value *tasks = value_put_array(c->arena, out->value, "tasks"),
	             *elsewhere = value_put_array(c->arena, out->value, "elsewhere"),
	             *documents = value_put_array(c->arena, out->value, "documents"),
	             *codes = value_put_array(c->arena, out->value, "tax_codes"),
	             *taxpayers = value_put_array(c->arena, out->value, "taxpayers");
	if (q.n) {
		TRY(by_number(c, q, documents));
		TRY(by_words(c, q, tasks, elsewhere, codes));
		if (c->caller.officer) TRY(put_found(c, q, "taxpayer", TAXPAYERS_SHOWN, taxpayers));
	}
	uint32_t count = tasks->count + documents->count + codes->count + taxpayers->count;
	value_put_int(c->arena, out->value, "count", count);
	value_put_bool(c->arena, out->value, "asked", q.n > 0);
	value_put_bool(c->arena, out->value, "any", count + elsewhere->count > 0);
	put_any(c, out->value, "tasks_any", tasks);
	put_any(c, out->value, "elsewhere_any", elsewhere);
	put_any(c, out->value, "documents_any", documents);
	put_any(c, out->value, "codes_any", codes);
	put_any(c, out->value, "taxpayers_any", taxpayers);
	return OK;
}

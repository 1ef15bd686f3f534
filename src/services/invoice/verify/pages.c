/* What the pages need beside the answers: headings, marks, which advice fits, what was asked. */
#include "kernel/i18n/i18n.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/verify/asked.h"
#include "services/invoice/verify/files.h"
#include "services/invoice/verify/verify.h"

enum { GOOD_SHOWN = 100 };

/* bare: only the number was given, so nothing of the content was compared. */
static const struct {
	const char *verdict, *title, *mark, *flag;
} looks[] = {
	{ "bare", N_("有这个号码"), "warn", "is_bare" },
	{ "valid", N_("真实有效"), "ok", "is_valid" },
	{ "partly-reversed", N_("已部分红冲"), "warn", "is_partly" },
	{ "reversed", N_("已全额红冲"), "bad", "is_reversed" },
	{ "not-as-issued", N_("与开具内容不一致"), "bad", "is_mismatch" },
	{ "unknown", N_("没有查到"), "bad", "is_unknown" },
	{ "unreadable", N_("读不懂"), "bad", "is_unreadable" },
	{ "not-reported", N_("设备已签名，还没有上报"), "warn", "is_not_reported" },
	{ "rejected", N_("不能用"), "bad", "is_rejected" },
	{ "unproven", N_("内容没有证明"), "warn", "is_unproven" },
	{ "listed", N_("作废或遗失"), "bad", "is_listed" },
	{ "converted", N_("已换开电子发票"), "warn", "is_converted" },
	{ "too-often", N_("查得太多，没有核对"), "warn", "is_often" },
};

static const struct value *checked_of(const struct value *answer, const char *what)
{
	const struct value *list = value_get(answer, S("checked"));
	for (const struct value_member *m = list ? list->first : NULL; m; m = m->next)
		if (str_is(value_text(m->value, "what"), what)) return m->value;
	return NULL;
}

static bool is_same(const struct value *answer, const char *what)
{
	const struct value *one = checked_of(answer, what);
	return one && str_is(value_text(one, "outcome"), "same");
}

static size_t look_of(const struct value *answer)
{
	struct str verdict = value_text(answer, "verdict");
	if (str_is(verdict, "valid") && !is_same(answer, "total") && !is_same(answer, "date")) return 0;
	size_t i = COUNT(looks) - 1;
	while (i > 1 && !str_is(verdict, looks[i].verdict))
		i--;
	return i;
}

struct str verify_title(struct ctx *c, const struct value *answer)
{
	return tr(c, looks[look_of(answer)].title);
}

struct str verify_code_title(struct ctx *c, struct str code)
{
	size_t colon = 0, i = COUNT(looks) - 1;
	while (colon < code.n && code.p[colon] != ':')
		colon++;
	while (i > 0 && !str_is(str_sub(code, 0, colon), looks[i].verdict))
		i--;
	return i ? tr(c, looks[i].title) : code;
}

/* --- one invoice --- */

static const struct {
	const char *outcome, *mark, *icon;
} outcomes[] = {
	{ "found", "ok", "circle-check" },
	{ "same", "ok", "circle-check" },
	{ "valid", "ok", "circle-check" },
	{ "good", "ok", "circle-check" },
	{ "differs", "bad", "circle-x" },
	{ "reversed", "bad", "circle-x" },
	{ "partly-reversed", "bad", "circle-x" },
	{ "forged", "bad", "circle-x" },
	{ "unknown-key", "bad", "circle-x" },
	{ "forged-certificate", "bad", "circle-x" },
	{ "forged-signature", "bad", "circle-x" },
	{ "outside-block", "bad", "circle-x" },
	{ "suite", "bad", "circle-x" },
	{ "revoked", "bad", "circle-x" },
	{ "listed", "bad", "circle-x" },
	{ "converted", "bad", "circle-x" },
	{ "active", "ok", "circle-check" },
	{ "bad", "bad", "circle-x" },
};

static void put_outcome(struct ctx *c, struct value *one)
{
	static const struct {
		const char *what, *label;
	} labels[] = { { "number", N_("发票号码") }, { "total", N_("价税合计") }, { "date", N_("开票日期") },
		{ "state", N_("状态") }, { "content", N_("票面其他内容") }, { "signature", N_("二维码签名") },
		{ "text", N_("二维码内容") }, { "certificate", N_("设备证书") }, { "lane", N_("开票设备") } };
	const char *mark = str_is(value_text(one, "what"), "text") ? "bad" : "off", *label = NULL;
	for (size_t i = 0; i < COUNT(outcomes); i++)
		if (str_is(value_text(one, "outcome"), outcomes[i].outcome)) mark = outcomes[i].mark;
	for (size_t i = 0; i < COUNT(labels); i++)
		if (str_is(value_text(one, "what"), labels[i].what)) label = labels[i].label;
	value_put_str(c->arena, one, "label", label ? tr(c, label) : issue_check_label(c, value_text(one, "what")));
	value_put_c(c->arena, one, "mark", mark);
	value_put_bool(c->arena, one, "is_good", str_is(str_c(mark), "ok"));
	value_put_bool(c->arena, one, "is_bad", str_is(str_c(mark), "bad"));
	value_put_bool(c->arena, one, "is_open", str_is(str_c(mark), "off"));
}

/* The list is never empty on the page: an unknown number was looked for too. */
static void put_missing(struct ctx *c, struct value *v)
{
	struct value *one = value_object(c->arena);
	value_put_c(c->arena, one, "what", "number");
	value_put_c(c->arena, one, "outcome", "differs");
	value_put_str(c->arena, one, "detail", tr(c, N_("号码不在本局的开票记录里")));
	value_push(c->arena, (struct value *)(uintptr_t)value_get(v, S("checked")), one);
}

static void put_look(struct ctx *c, struct value *v)
{
	bool asked = value_text(v, "verdict").p != NULL;
	size_t look = look_of(v);
	value_put_bool(c->arena, v, "asked", asked);
	value_put_str(c->arena, v, "heading", asked ? tr(c, looks[look].title) : STR_NONE);
	value_put_c(c->arena, v, "mark", asked ? looks[look].mark : "off");
	for (size_t i = 0; i < COUNT(looks); i++)
		value_put_bool(c->arena, v, looks[i].flag, asked && i == look);
	value_put_instant(c->arena, v, "checked_at", c->now);
	const struct value *list = value_get(v, S("checked"));
	if (asked && !list->count) put_missing(c, v);
	for (const struct value_member *m = list->first; m; m = m->next)
		put_outcome(c, m->value);
}

/* What was asked stays in the form, to be corrected. */
err_t verify_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct verify_in *in = input;
	struct value *v = out->value;
	put_look(c, v);
	value_put_str(c->arena, v, "asked_total", in && in->has_total ? money_format(c->arena, in->total) : STR_NONE);
	value_put_str(c->arena, v, "asked_date", in && in->has_date ? date_format(c->arena, in->date) : STR_NONE);
	if (!in || value_get(v, S("form"))) return OK;
	struct value *form = value_put_object(c->arena, v, "form");
	if (in->number.p) value_put_str(c->arena, form, "number", in->number);
	if (in->has_total) value_put_money(c->arena, form, "total", in->total);
	if (in->has_date) value_put_date(c->arena, form, "date", in->date);
	return OK;
}

err_t verify_qr_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct verify_qr_in *in = input;
	struct value *v = out->value;
	put_look(c, v);
	if (!in || !in->text.p || value_get(v, S("form"))) return OK;
	struct value *form = value_put_object(c->arena, v, "form");
	value_put_str(c->arena, form, "text", in->text);
	return OK;
}

/* --- files --- */

/* Each file with its own checks; what is bad stands first. */
static void put_file(struct ctx *c, struct value *file, const struct value *checks)
{
	size_t look = COUNT(looks) - 1;
	struct str verdict = value_text(file, "verdict");
	struct value *mine = value_put_array(c->arena, file, "checked");
	while (look > 1 && !str_is(verdict, looks[look].verdict))
		look--;
	for (const struct value_member *m = checks->first; m; m = m->next)
		if (value_number(m->value, "file", 0) == value_number(file, "file", -1)) {
			put_outcome(c, m->value);
			value_push(c->arena, mine, m->value);
		}
	value_put_str(c->arena, file, "heading", tr(c, looks[look].title));
	value_put_c(c->arena, file, "mark", looks[look].mark);
	value_put_bool(c->arena, file, "is_reversed", value_text(file, "reversed_by").p != NULL);
}

err_t verify_files_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	const struct value *files = value_get(v, S("files")), *checks = value_get(v, S("checks"));
	int64_t fine = 0;
	(void)input;
	for (const struct value_member *m = files ? files->first : NULL; m; m = m->next) {
		put_file(c, m->value, checks);
		fine += str_is(value_text(m->value, "mark"), "ok");
	}
	if (!files) (void)value_put_array(c->arena, v, "files");
	int64_t count = files ? files->count : 0;
	value_put_bool(c->arena, v, "asked", count > 0);
	value_put_bool(c->arena, v, "is_one", count == 1);
	value_put_bool(c->arena, v, "all_good", count > 0 && fine == count);
	value_put_int(c->arena, v, "asked_count", count);
	value_put_int(c->arena, v, "bad_count", count - fine);
	value_put_instant(c->arena, v, "checked_at", c->now);
	return OK;
}

/* --- many --- */

static void put_row(struct ctx *c, struct value *row, struct value *bad, struct value *good)
{
	size_t look = look_of(row);
	bool fine = str_is(str_c(looks[look].mark), "ok");
	value_put_str(c->arena, row, "title", tr(c, looks[look].title));
	value_put_c(c->arena, row, "mark", looks[look].mark);
	if (!look)
		value_set(c->arena, row, S("detail"), value_str(c->arena, tr(c, N_("没有填合计和日期，内容没有核对"))));
	if (!fine || good->count < GOOD_SHOWN) value_push(c->arena, fine ? good : bad, row);
}

/* The lines again, so that they can be corrected and fetched as a file. */
static void put_lines(struct ctx *c, struct value *v, const struct value *results)
{
	struct buf b;
	buf_init(&b, c->arena, 4096);
	for (const struct value_member *m = results->first; m; m = m->next) {
		struct str total = value_text(m->value, "total"), date = value_text(m->value, "date");
		buf_str(&b, value_text(m->value, "number"));
		if (total.p || date.p) buf_char(&b, ',');
		if (total.p) buf_str(&b, total);
		if (date.p) buf_char(&b, ',');
		if (date.p) buf_str(&b, date);
		buf_char(&b, '\n');
	}
	struct value *form = value_put_object(c->arena, v, "form");
	value_put_str(c->arena, form, "text", buf_done(&b));
}

err_t verify_table_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	const struct value *results = value_get(v, S("results"));
	struct value *bad = value_put_array(c->arena, v, "bad"), *good = value_put_array(c->arena, v, "good");
	(void)input;
	for (const struct value_member *m = results ? results->first : NULL; m; m = m->next)
		put_row(c, m->value, bad, good);
	int64_t count = results ? results->count : 0, fine = count - bad->count;
	value_put_bool(c->arena, v, "asked", count > 0);
	value_put_int(c->arena, v, "asked_count", count);
	value_put_int(c->arena, v, "good_count", fine);
	value_put_int(c->arena, v, "bad_count", bad->count);
	value_put_bool(c->arena, v, "all_good", count > 0 && fine == count);
	value_put_bool(c->arena, v, "any_bad", bad->count > 0);
	value_put_bool(c->arena, v, "any_good", fine > 0);
	value_put_int(c->arena, v, "good_hidden", fine - good->count);
	value_put_bool(c->arena, v, "any_hidden", fine > good->count);
	value_put_instant(c->arena, v, "checked_at", c->now);
	if (results && !value_get(v, S("form"))) put_lines(c, v, results);
	return OK;
}

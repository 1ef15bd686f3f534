/* A return as a file, both ways (A05.e 3): CSV rows and XML elements of the same cells. What is read is compared with
 * the rules like a return that is filed, and answered as one canonical text with its digest, whichever file it came
 * from. */
#include "base/csv.h"
#include "base/utf8.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/xml/xml.h"
#include "services/tax/filing/work.h"

static const struct fault_def broken = { "file-unreadable", N_("第 {1} 行读不出来：{2}"),
	N_("请用本局导出的文件填写，或对照接口文档"), NULL };
static const struct fault_def no_text = { "file-encoding", N_("文件不是 UTF-8 编码"), N_("请另存为 UTF-8 后再传"),
	NULL };
static const struct fault_def no_cell = { "cell-unknown", N_("{2}没有“{1}”这一栏"), N_("栏次写作 l1 到 l41"), NULL };
static const struct fault_def no_amount = { "amount-unreadable", N_("{2}“{1}”不是金额，应如 1234.50"), NULL, NULL };
static const struct fault_def twice = { "cell-twice", N_("{2}“{1}”出现了两次"), NULL, NULL };
static const struct fault_def other_period = { "file-period", N_("文件的所属期是 {1}，不是 {2}"), NULL, NULL };
static const struct fault_def other_form = { "file-form", N_("文件的表是 {1}，您适用的是 {2}"), NULL, NULL };
static const struct fault_def nothing = { "file-empty", N_("文件里没有任何一栏"), NULL, NULL };
static const struct fault_def none = { "file-missing", N_("请选择申报表文件，或者把内容粘贴进来"), NULL, NULL };

enum { NAME_MAX_BYTES = 40 };

struct reading {
	struct ctx *c;
	struct sent sent;
	struct str form, period;
	int64_t line; /* under way; 0: not known (XML) */
	bool any;
};

/* "第 6 行：" before a fault, so that it is found in the file. */
static struct str place(const struct reading *r)
{
	const struct str arg[4] = { str_from_int(r->c->arena, r->line) };
	return r->line ? problem_fill(r->c->arena, tr(r->c, N_("第 {1} 行：")).p, arg) : S("");
}

static void take(struct reading *r, struct str name, struct str text)
{
	struct ctx *c = r->c;
	int n;
	/* What is no name or amount by its length is not repeated in the answer. */
	if (name.n > NAME_MAX_BYTES) name = S("…");
	if (text.n > NAME_MAX_BYTES) text = S("…");
	if (str_is(name, "form")) {
		r->form = text;
		return;
	}
	if (str_is(name, "period")) {
		r->period = text;
		return;
	}
	if (!form_cell_find(name, &n)) {
		FAULT(c, S("/file"), &no_cell, name, place(r));
		return;
	}
	struct str at = str_printf(c->arena, "/file/%.*s", STR_FMT(name));
	if (r->sent.has[n])
		FAULT(c, at, &twice, name, place(r));
	else if (!money_parse(text, &r->sent.cell[n]))
		FAULT(c, at, &no_amount, text, place(r));
	else
		r->any = r->sent.has[n] = true;
}

static void read_csv(struct reading *r, struct str text)
{
	struct csv_reader csv;
	struct str row[2];
	size_t n;
	enum csv_result result;
	csv_open(&csv, text);
	while ((result = csv_read(&csv, r->c->arena, row, COUNT(row), &n)) == CSV_ROW) {
		r->line = csv.line;
		bool head = csv.line == 1 && n == 2 && str_is(row[0], "name");
		if (n == 2 && !head) take(r, str_trim(row[0]), str_trim(row[1]));
		if (n != 2) FAULT(r->c, S("/file"), &broken, str_from_int(r->c->arena, csv.line), S("name,amount"));
	}
	if (result != CSV_END) FAULT(r->c, S("/file"), &broken, str_from_int(r->c->arena, csv.line), S("CSV"));
}

static void read_xml(struct reading *r, struct str text)
{
	struct xml_node *root;
	int64_t line;
	const char *why;
	if (xml_parse(r->c->arena, text, &root, &line, &why) != OK) {
		FAULT(r->c, S("/file"), &broken, str_from_int(r->c->arena, line), str_c(why));
		return;
	}
	for (const struct xml_node *n = root->first; n; n = n->next)
		if (!n->first)
			take(r, n->name, n->text);
		else
			for (const struct xml_node *k = n->first; k; k = k->next)
				take(r, k->name, k->text);
}

static void check(struct reading *r, struct draft *d)
{
	struct ctx *c = r->c;
	struct form_fault faults[FORM_FAULTS_MAX];
	if (r->period.p && !str_eq(r->period, d->period))
		FAULT(c, S("/file/period"), &other_period, r->period, d->period);
	if (r->form.p && !str_is(r->form, d->filled.form->id))
		FAULT(c, S("/file/form"), &other_form, r->form, str_c(d->filled.form->id));
	if (!r->any && !c->problem.n) FAULT(c, S("/file"), &nothing);
	if (c->problem.n) return;
	size_t n = form_take(c->app->policy, &d->facts, &r->sent, &d->filled, faults);
	for (size_t i = 0; i < n; i++)
		filing_line_fault(c, d, &faults[i]);
}

static struct value *cells(struct ctx *c, const struct sent *s, int from, int to)
{
	struct value *v = value_object(c->arena);
	for (int n = from; n <= to; n++)
		if (s->has[n]) value_put_money(c->arena, v, form_cell_name(c->arena, n).p, s->cell[n]);
	return v;
}

static struct value *content(struct ctx *c, const struct draft *d, const struct sent *s)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "form", d->filled.form->id);
	value_put_str(c->arena, v, "period", d->period);
	value_put(c->arena, v, "lines", cells(c, s, 1, FORM_LINES));
	value_put(c->arena, v, "inputs", cells(c, s, FORM_LINES + 1, FORM_CELLS));
	return v;
}

/* A file that was chosen counts before the text that still stands in the page. */
static struct str chosen(const struct file_in *in)
{
	return str_trim(in->file).n ? in->file : in->text;
}

err_t return_read(struct ctx *c, const void *input, struct reply *out)
{
	const struct file_in *in = input;
	struct str file = chosen(in);
	struct reading r = { .c = c };
	struct draft d;
	struct buf b;
	unsigned char digest[32];
	TRY(access_open(c, c->caller.subject_id, "return"));
	TRY(draft_open(c, in->period, &d));
	if (!str_trim(file).n) FAULT(c, S("/file"), &none);
	TRY(problem_result(&c->problem));
	if (!utf8_valid(file))
		FAULT(c, S("/file"), &no_text);
	else if (str_starts(str_trim(file), "<"))
		read_xml(&r, file);
	else
		read_csv(&r, file);
	check(&r, &d);
	TRY(problem_result(&c->problem));
	out->value = content(c, &d, &r.sent);
	buf_init(&b, c->arena, 4096);
	value_write_canonical(&b, out->value);
	struct str canonical = buf_done(&b);
	crypto_sha256(canonical.p, canonical.n, digest);
	value_put_str(c->arena, out->value, "canonical", canonical);
	value_put_str(c->arena, out->value, "digest", str_hex(c->arena, digest, sizeof digest));
	return OK;
}

/* --- out --- */

/* As it was filed; before that as it would be. */
static err_t open_for_export(struct ctx *c, const struct period_in *in, struct draft *d)
{
	TRY(access_open(c, c->caller.subject_id, "return"));
	TRY(draft_open(c, in->period, d));
	return d->filed ? draft_take_filed(c, d) : OK;
}

static bool exported(const struct filled *f, int n)
{
	return f->role[n] != CELL_NONE;
}

err_t return_csv(struct ctx *c, const void *input, struct reply *out)
{
	struct draft d;
	struct buf b;
	TRY(open_for_export(c, input, &d));
	buf_init(&b, c->arena, 4096);
	csv_write(&b, (struct str[]){ S("name"), S("amount") }, 2, true);
	csv_write(&b, (struct str[]){ S("form"), str_c(d.filled.form->id) }, 2, true);
	csv_write(&b, (struct str[]){ S("period"), d.period }, 2, true);
	for (int n = 1; n <= FORM_CELLS; n++)
		if (exported(&d.filled, n))
			csv_write(&b,
			        (struct str[]){ form_cell_name(c->arena, n), money_format(c->arena, d.filled.cell[n]) },
			        2, true);
	out->bytes = buf_done(&b);
	out->media = "text/csv; charset=utf-8";
	out->filename = str_printf(c->arena, "vat-%.*s.csv", STR_FMT(d.period));
	return OK;
}

err_t return_xml(struct ctx *c, const void *input, struct reply *out)
{
	struct draft d;
	struct buf b;
	TRY(open_for_export(c, input, &d));
	buf_init(&b, c->arena, 4096);
	buf_printf(&b,
	        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<VATReturn>\n<form>%s</form>\n<period>%.*s</period>\n",
	        d.filled.form->id, STR_FMT(d.period));
	for (int part = 0; part < 2; part++) {
		buf_printf(&b, "<%s>\n", part ? "inputs" : "lines");
		for (int n = part ? FORM_LINES + 1 : 1; n <= (part ? FORM_CELLS : FORM_LINES); n++) {
			if (!exported(&d.filled, n)) continue;
			struct str name = form_cell_name(c->arena, n),
			           amount = money_format(c->arena, d.filled.cell[n]);
			buf_printf(&b, "<%.*s>%.*s</%.*s>\n", STR_FMT(name), STR_FMT(amount), STR_FMT(name));
		}
		buf_printf(&b, "</%s>\n", part ? "inputs" : "lines");
	}
	buf_str(&b, S("</VATReturn>\n"));
	out->bytes = buf_done(&b);
	out->media = "application/xml";
	out->filename = str_printf(c->arena, "vat-%.*s.xml", STR_FMT(d.period));
	return OK;
}

#include "services/invoice/verify/verify.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/limit/guesses.h"
#include "kernel/metrics/metrics.h"
#include "kernel/operation/spelled.h"
#include "kernel/plane/plane.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/lane/lane.h"
#include "services/invoice/verify/asked.h"
#include "services/invoice/verify/fact.h"
#include "services/invoice/verify/feed.h"
#include "services/invoice/verify/files.h"
#include "services/invoice/verify/lane_qr.h"
#include "services/invoice/verify/paper_fact.h"
#include <string.h>

static const struct field verify_fields[] = {
	{ "number", FIELD_TEXT, AT(struct verify_in, number), .required = true, .min = 20, .max = 20,
	        .label = N_("发票号码") },
	{ "total", FIELD_MONEY, AT(struct verify_in, total), PRESENT_AT(struct verify_in, has_total),
	        .min = -MONEY_MAX_FEN, .max = MONEY_MAX_FEN, .label = N_("价税合计") },
	{ "date", FIELD_DATE, AT(struct verify_in, date), PRESENT_AT(struct verify_in, has_date),
	        .label = N_("开票日期") },
	{ 0 },
};

static const struct fault_def too_often = { "verify-too-often",
	N_("这个号码被查错的次数太多，一小时内不再核对金额和日期"),
	N_("请用有签名的二维码或原文件查验，它们不受限制；只填号码也可以查"), NULL };

/* The page that asks comes without a number first, and then with it: a form can not put it into the path. */
static const struct field form_fields[] = {
	{ "number", FIELD_TEXT, AT(struct verify_in, number), .min = 20, .max = 20, .label = N_("发票号码"),
	        .help = N_("票面右上角的 20 位数字") },
	{ "total", FIELD_MONEY, AT(struct verify_in, total), PRESENT_AT(struct verify_in, has_total),
	        .min = -MONEY_MAX_FEN, .max = MONEY_MAX_FEN, .label = N_("价税合计（元）") },
	{ "date", FIELD_DATE, AT(struct verify_in, date), PRESENT_AT(struct verify_in, has_date),
	        .label = N_("开票日期") },
	{ 0 },
};

static const struct fault_def no_items = { "required", N_("请填写要查的发票（items）"), NULL, NULL };
static const struct fault_def both_names = { "items-twice", N_("items 和 invoices 是同一项，只写一个"), NULL, NULL };

struct batch_in {
	struct verify_in *items, *invoices; /* two names of one list */
	size_t n_items, n_invoices;
};
static const struct field batch_fields[] = {
	{ "items", FIELD_LIST, AT(struct batch_in, items), COUNT_AT(struct batch_in, n_items), .min = 1,
	        .max = VERIFY_ITEMS_MAX, .fields = verify_fields, .size = sizeof(struct verify_in), .label = N_("发票"),
	        .help = N_("也可以写成 invoices，两个只写一个") },
	{ "invoices", FIELD_LIST, AT(struct batch_in, invoices), COUNT_AT(struct batch_in, n_invoices), .min = 1,
	        .max = VERIFY_ITEMS_MAX, .fields = verify_fields, .size = sizeof(struct verify_in), .label = N_("发票"),
	        .help = N_("items 的另一个名称") },
	{ 0 },
};

static const struct field table_fields[] = {
	{ "text", FIELD_LINES, AT(struct verify_table_in, text), .max = VERIFY_TEXT_MAX, .label = N_("要查的发票"),
	        .help = N_("一行一张：号码、价税合计、开票日期；合计和日期可以不填"),
	        .example = "26332000000000000001,1130.00,2026-12-03" },
	{ "file", FIELD_BYTES, AT(struct verify_table_in, file), .max = VERIFY_TEXT_MAX, .label = N_("或者选择文件"),
	        .help = N_("CSV 或文本，最多 1,000 行；第一行可以是标题") },
	{ 0 },
};
static const struct field file_item = { "file", FIELD_BYTES, .max = VERIFY_FILE_MAX, .label = N_("发票文件") };
static const struct field file_name_item = { "name", FIELD_TEXT, .max = 255, .label = N_("文件名") };
static const struct field files_fields[] = {
	{ "files", FIELD_LIST, AT(struct verify_files_in, files), COUNT_AT(struct verify_files_in, n_files),
	        .required = true, .min = 1, .max = VERIFY_FILES_MAX, .item = &file_item, .size = sizeof(struct str),
	        .label = N_("要查的文件"), .help = N_("XML、OFD 或 PDF，一次最多 20 个，每个最大 16 MB，共 32 MB") },
	{ "files_names", FIELD_LIST, AT(struct verify_files_in, names), COUNT_AT(struct verify_files_in, n_names),
	        .max = VERIFY_FILES_MAX, .item = &file_name_item, .size = sizeof(struct str), .label = N_("文件名") },
	{ 0 },
};
static const struct field qr_form_fields[] = {
	{ "text", FIELD_LINES, AT(struct verify_qr_in, text), .max = 1024, .label = N_("二维码内容"),
	        .help = N_("用手机扫票面左上角的二维码，把得到的文字粘贴在这里") },
	{ 0 },
};
static const struct field qr_fields[] = {
	{ "text", FIELD_LINES, AT(struct verify_qr_in, text), .required = true, .max = 1024, .label = N_("二维码内容"),
	        .example = "01,32,,26427000000375586818,10.70,20260430,,FAFB" },
	{ 0 },
};

static void checked(struct ctx *c, struct value *list, const char *what, const char *outcome, const char *words)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "what", what);
	value_put_c(c->arena, v, "outcome", outcome);
	value_put_str(c->arena, v, "detail", tr(c, words));
	value_push(c->arena, list, v);
}

static void compare(struct ctx *c, struct value *list, const char *what, bool given, bool same)
{
	checked(c, list, what,
	        !given ? "not-checked"
	        : same ? "same"
	               : "differs",
	        !given ? N_("您没有填，所以没有核对")
	        : same ? N_("和开具时一致")
	               : N_("和开具时不一致"));
}

/* The verdict in words, and each thing that was or was not checked. The true values are never told, and what is told of
 * a reversal is told only to who knows what was issued: otherwise the answer would be an oracle (domain/invoice.md
 * §2.5). */
static const struct {
	const char *verdict, *words, *state;
} verdicts[] = {
	[FACT_VALID] = { "valid", NULL, N_("没有被红冲") },
	[FACT_PARTLY] = { "partly-reversed", N_("这张发票是真的，但已被部分红冲，请向开票方要红字发票"),
	        N_("已被部分红冲") },
	[FACT_REVERSED] = { "reversed", N_("这张发票已被全额红冲，不能再用"), N_("已被全额红冲") },
	[FACT_RED] = { "valid", NULL, N_("红字发票") },
};

/* What is valid is so as far as it was compared: with neither total nor date, with the one, the other, both. */
static const char *const valid_words[] = { N_("这个号码开过票，没有被红冲；金额和日期没有核对"),
	N_("这张发票是真的，金额和开具时一致；日期没有核对"), N_("这个号码开过票，日期和开具时一致；金额没有核对"),
	N_("这张发票是真的，金额和日期和开具时一致") };
static const char *const red_words[] = { N_("这是一张红字发票；金额和日期没有核对"),
	N_("这是一张红字发票，金额和开具时一致；日期没有核对"), N_("这是一张红字发票，日期和开具时一致；金额没有核对"),
	N_("这是一张红字发票，金额和日期和开具时一致") };

static const char *words_of(const struct verify_in *in, enum fact_state state)
{
	unsigned compared = (in->has_total ? 1U : 0U) + (in->has_date ? 2U : 0U);
	return state == FACT_VALID ? valid_words[compared]
	       : state == FACT_RED ? red_words[compared]
	                           : verdicts[state].words;
}

/* What the plane says of what was asked. */
struct judged {
	struct fact f;
	bool found, total_same, date_same, same;
	bool often; /* too many were wrong about this number: nothing is said, be this one right or not */
};

/* Amounts and dates are not to be found by trying (domain/invoice.md §2.5). */
static void count_guess(struct ctx *c, const struct verify_in *in, struct judged *j)
{
	if (!j->found || in->proven || (!in->has_total && !in->has_date)) return;
	j->often = guess_wait(c, in->number, in->sender) > 0;
	if (!j->often && !j->same) guess_wrong(c, in->number, in->sender);
}

static err_t judge(struct ctx *c, const struct verify_in *in, struct judged *j)
{
	*j = (struct judged){ 0 };
	TRY(fact_find(c, in->number, &j->f, &j->found));
	j->total_same = j->found && j->f.total.fen == in->total.fen;
	j->date_same = j->found && date_cmp(j->f.date, in->date) == 0;
	j->same = j->found && (!in->has_total || j->total_same) && (!in->has_date || j->date_same);
	count_guess(c, in, j);
	return OK;
}

static bool tells_reversal(const struct verify_in *in, const struct judged *j)
{
	return j->same && in->has_total && (j->f.state == FACT_PARTLY || j->f.state == FACT_REVERSED);
}

static struct value *told_often(struct ctx *c, const struct verify_in *in)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "number", in->number);
	value_put_c(c->arena, v, "verdict", "too-often");
	value_put_str(c->arena, v, "detail",
	        tr(c, N_("这个号码被查错的次数太多，一小时内不再核对金额和日期；请用有签名的二维码或原文件查验")));
	checked(c, value_put_array(c->arena, v, "checked"), "content", "not-checked", N_("没有核对"));
	value_put_str(c->arena, v, "reversed_by", STR_NONE);
	return v;
}

static err_t raise_often(struct ctx *c)
{
	c->retry_after = GUESSES_WINDOW_SECONDS;
	return RAISE(c, E_LIMITED, &too_often);
}

err_t verify_not_too_often(struct ctx *c, const struct value *answer)
{
	return str_is(value_text(answer, "verdict"), "too-often") ? raise_often(c) : OK;
}

static struct value *told(struct ctx *c, const struct verify_in *in, const struct judged *j)
{
	struct value *v = value_object(c->arena), *list = value_array(c->arena);
	const char *verdict = "unknown", *words = N_("没有查到这张发票。请核对号码；刚开的票请过几秒再查");
	if (j->found) {
		checked(c, list, "number", "found", N_("号码在开票记录里"));
		compare(c, list, "total", in->has_total, j->total_same);
		compare(c, list, "date", in->has_date, j->date_same);
		if (j->same) checked(c, list, "state", verdicts[j->f.state].verdict, verdicts[j->f.state].state);
		checked(c, list, "content", "not-checked", N_("货物名称、购买方没有核对，请对照票面"));
		verdict = j->same ? verdicts[j->f.state].verdict : "not-as-issued";
		words = j->same ? words_of(in, j->f.state) : N_("查到这个号码，但您填的内容和开具时不一致");
	}
	value_put_str(c->arena, v, "number", in->number);
	value_put_c(c->arena, v, "verdict", verdict);
	value_put_str(c->arena, v, "detail", tr(c, words));
	value_put(c->arena, v, "checked", list);
	value_put_str(c->arena, v, "reversed_by", tells_reversal(in, j) ? fact_number(c->arena, &j->f.red) : STR_NONE);
	return v;
}

err_t verify_judge(struct ctx *c, const struct verify_in *in, struct value **out)
{
	struct judged j;
	TRY(judge(c, in, &j));
	*out = j.often ? told_often(c, in) : told(c, in, &j);
	return OK;
}

/* Each thread adds to a place of its own (kernel/metrics); the job report.statistics takes off what it has told. */
static void count(struct ctx *c, const struct judged *j)
{
	static const int of_state[] = { [FACT_VALID] = 0, [FACT_PARTLY] = 1, [FACT_REVERSED] = 2, [FACT_RED] = 0 };
	enum { NOT_AS_ISSUED = 3, UNKNOWN = 4 }; /* places in verify_counted */
	int verdict = !j->found ? UNKNOWN : !j->same ? NOT_AS_ISSUED : of_state[j->f.state];
	metric_add(verify_counter(c, verdict), 1);
}

/* All that told() looks at but the number. */
static unsigned outcome(const struct verify_in *in, const struct judged *j)
{
	unsigned total = in->has_total ? 1 + j->total_same : 0, date = in->has_date ? 1 + j->date_same : 0;
	return (j->found ? 1 + (unsigned)j->f.state : 0) * 9 + total * 3 + date;
}

/* The same answers are given all the time: only the number is new. */
static err_t spell_one(struct ctx *c, const struct verify_in *in, struct buf *b, bool *often)
{
	struct plane_key key;
	struct judged j;
	TRY(judge(c, in, &j));
	if (j.often) {
		*often = true;
		value_write_json(b, told_often(c, in));
		return OK;
	}
	count(c, &j);
	if (tells_reversal(in, &j) || !plane_key_digits(in->number, &key)) {
		value_write_json(b, told(c, in, &j));
		return OK;
	}
	unsigned state = outcome(in, &j);
	if (!spelled_add(c, state, in->number, b)) spelled_keep(c, state, in->number, told(c, in, &j), b);
	return OK;
}

enum { ANSWER_BYTES = 640 }; /* of most answers */

static err_t verify_spell(struct ctx *c, const void *input, struct reply *out)
{
	struct buf b;
	buf_init(&b, c->arena, ANSWER_BYTES);
	bool often = false;
	TRY(spell_one(c, input, &b, &often));
	if (often) return raise_often(c);
	out->bytes = buf_done(&b);
	return OK;
}

/* The list under either of its names. */
static err_t batch_list(struct ctx *c, const struct batch_in *in, const struct verify_in **list, size_t *n)
{
	if (in->n_items && in->n_invoices) FAULT(c, S("/invoices"), &both_names);
	if (!in->n_items && !in->n_invoices) FAULT(c, S("/items"), &no_items);
	*list = in->n_items ? in->items : in->invoices;
	*n = in->n_items ? in->n_items : in->n_invoices;
	return problem_result(&c->problem);
}

static err_t verify_spell_batch(struct ctx *c, const void *input, struct reply *out)
{
	const struct verify_in *list;
	struct buf b;
	size_t n;
	bool often = false; /* told in its place */
	TRY(batch_list(c, input, &list, &n));
	buf_init(&b, c->arena, n * ANSWER_BYTES + 64);
	buf_c(&b, "{\"results\":[");
	for (size_t i = 0; i < n; i++) {
		if (i) buf_char(&b, ',');
		TRY(spell_one(c, &list[i], &b, &often));
	}
	buf_c(&b, "]}");
	out->bytes = buf_done(&b);
	return OK;
}

/* --- the live feed: what was issued becomes verifiable; the position lies in the same LMDB transaction --- */

static err_t put_issued(struct ctx *c, struct feed_entries *out, struct str body)
{
	struct invoice_event e = { 0 };
	while (issue_event_next(&body, &e)) {
		struct fact f = { .state = e.original.n ? FACT_RED : FACT_VALID,
			.total = e.total,
			.date = date_of_instant(e.issued_at) };
		feed_put(c, out, e.number, &f);
	}
	return body.n ? E_INTERNAL : OK;
}

static err_t put_lane(struct ctx *c, struct feed_entries *out, struct str body)
{
	struct plane_entry e;
	if (!lane_fact_put(c->arena, body, &e)) return E_INTERNAL;
	feed_add(c, out, &e);
	return OK;
}

static err_t put_paper(struct ctx *c, struct feed_entries *out, struct str body)
{
	struct plane_entry e;
	if (!paper_fact_put(c->arena, body, &e)) return E_INTERNAL;
	feed_add(c, out, &e);
	return OK;
}

/* The blue invoice once more, with its red letter. */
static err_t put_reversed(struct ctx *c, struct feed_entries *out, struct str body)
{
	struct value *v;
	struct json_fault where;
	struct invoice blue;
	bool found;
	if (json_parse(c->arena, body, &v, &where) != OK) return E_INTERNAL;
	TRY(issue_find(c, value_text(v, "number"), &blue, &found));
	if (!found) return E_INTERNAL;
	struct fact f = { .state = value_number(v, "all", 0) ? FACT_REVERSED : FACT_PARTLY,
		.total = blue.total,
		.date = date_of_instant(blue.issued_at) };
	if (!plane_key_digits(value_text(v, "red_number"), &f.red)) return E_INTERNAL;
	feed_put(c, out, blue.number, &f);
	return OK;
}

static err_t feed(struct ctx *c, const struct event *events, size_t n)
{
	struct feed_entries out = { 0 };
	for (size_t i = 0; i < n; i++)
		TRY(str_is(events[i].kind, "invoice.issued")    ? put_issued(c, &out, events[i].body)
		        : str_is(events[i].kind, "lane.status") ? put_lane(c, &out, events[i].body)
		        : str_starts(events[i].kind, "paper.")  ? put_paper(c, &out, events[i].body)
		                                                : put_reversed(c, &out, events[i].body));
	feed_put_notes(c, &out);
	return plane_put_batch_after(c->app->plane, out.list, out.n, c->outbox_after, events[n - 1].position);
}

static err_t fed_to(struct ctx *c, int64_t *position)
{
	return plane_position(c->app->plane, position);
}

static err_t advance(struct ctx *c, int64_t position)
{
	return plane_put_batch_after(c->app->plane, NULL, 0, c->outbox_after, position);
}

static const struct subscription subscriptions[] = {
	{ .consumer = "verify.plane",
	        .kinds = "invoice.issued invoice.reversed lane.status paper.listed paper.converted",
	        .kind = CONSUMER_EXTERNAL,
	        .apply = feed,
	        .position = fed_to,
	        .advance = advance },
};

static err_t verify(struct ctx *c, const void *input, struct reply *out)
{
	TRY(verify_judge(c, input, &out->value));
	verify_count(c, out->value);
	return verify_not_too_often(c, out->value);
}

/* Nothing asked yet: the same members, empty. */
static err_t unasked(struct ctx *c, struct reply *out)
{
	static const char *const members[] = { "number", "verdict", "detail", "reversed_by" };
	out->value = value_object(c->arena);
	for (size_t i = 0; i < COUNT(members); i++)
		value_put(c->arena, out->value, members[i], value_null(c->arena));
	(void)value_put_array(c->arena, out->value, "checked");
	return OK;
}

static err_t verify_form(struct ctx *c, const void *input, struct reply *out)
{
	const struct verify_in *in = input;
	return in->number.p ? verify(c, input, out) : unasked(c, out);
}

/* No code of ours: misread, of an older kind, or an address, whose host is named so that its owner can be asked. */
static err_t unread(struct ctx *c, const struct issue_qr *q, struct value **out)
{
	struct value *list = value_array(c->arena), *v = *out = value_object(c->arena);
	bool url = q->fault && str_is(str_c(q->fault), "url");
	const struct str host[4] = { q->host };
	struct str what =
	        url        ? problem_fill(c->arena,
	                             tr(c, N_("这是网址（{1}），不是发票二维码的内容；本平台不打开外面的网址")).p, host)
	        : q->fault ? tr(c, N_("二维码内容读不懂或扫错了，请重新扫"))
	                   : tr(c, N_("这是旧式发票，不在本平台的开票记录里"));
	struct str detail = url ? tr(c, N_("扫到的是网址，不是发票二维码。请扫票面左上角的二维码，或者填 20 "
	                                   "位号码、金额和日期查验；旧式短票请到开票方所在地的税务局查"))
	                    : q->fault ? what
	                               : tr(c, N_("没有查到这张发票。请核对号码；刚开的票请过几秒再查"));
	value_put_str(c->arena, v, "number", q->fault ? STR_NONE : q->number);
	value_put_c(c->arena, v, "verdict", q->fault ? "unreadable" : "unknown");
	value_put_str(c->arena, v, "detail", detail);
	struct value *one = value_object(c->arena);
	value_put_c(c->arena, one, "what", "text");
	value_put_c(c->arena, one, "outcome", q->fault ? q->fault : "older-kind");
	value_put_str(c->arena, one, "detail", what);
	value_push(c->arena, list, one);
	value_put(c->arena, v, "checked", list);
	value_put_str(c->arena, v, "reversed_by", STR_NONE);
	verify_count(c, v);
	return OK;
}

/* What stands in the code, its signature if it has one, and then what the plane knows. */
err_t verify_qr_judge(struct ctx *c, const struct verify_qr_in *in, struct value **out)
{
	static const struct {
		const char *outcome, *words;
	} signatures[] = {
		[ISSUE_QR_UNSIGNED] = { "none", N_("二维码没有签名；校验码只能发现扫错字，不能证明真假") },
		[ISSUE_QR_SIGNED] = { "good", N_("签名是本平台的，内容没有改动") },
		[ISSUE_QR_FORGED] = { "forged", N_("签名和内容对不上，内容被改动过") },
		[ISSUE_QR_UNKNOWN_KEY] = { "unknown-key", N_("签名用的不是本平台的密钥") },
		[ISSUE_QR_UNCHECKED] = { "not-checked", N_("这里没有密钥，签名没有核对") },
	};
	struct str keys;
	struct issue_qr q;
	if (lane_qr_is(in->text)) return verify_lane_qr(c, in, out);
	TRY(note_verifiers(c, &keys));
	issue_qr_read_with(c, in->text, keys, &q);
	bool listed = false;
	if (!q.fault && !q.digital) TRY(verify_paper(c, q.code, q.number, out, &listed));
	if (listed) return OK;
	if (q.fault || !q.digital) return unread(c, &q, out);
	struct verify_in asked = { .number = q.number,
		.total = q.total,
		.date = q.date,
		.has_total = true,
		.has_date = true,
		.sender = in->sender,
		.proven = q.signature == ISSUE_QR_SIGNED };
	bool forged = q.signature == ISSUE_QR_FORGED || q.signature == ISSUE_QR_UNKNOWN_KEY;
	TRY(verify_judge(c, &asked, out));
	if (forged && !str_is(value_text(*out, "verdict"), "too-often")) {
		value_set(c->arena, *out, S("verdict"), value_str(c->arena, S("not-as-issued")));
		value_set(c->arena, *out, S("detail"), value_str(c->arena, tr(c, signatures[q.signature].words)));
	}
	struct value_member *list = (*out)->first;
	while (!str_is(list->key, "checked"))
		list = list->next;
	checked(c, list->value, "signature", signatures[q.signature].outcome, signatures[q.signature].words);
	verify_count(c, *out);
	return OK;
}

err_t verify_qr(struct ctx *c, const void *input, struct reply *out)
{
	TRY(verify_qr_judge(c, input, &out->value));
	return verify_not_too_often(c, out->value);
}

static err_t verify_qr_form(struct ctx *c, const void *input, struct reply *out)
{
	const struct verify_qr_in *in = input;
	return in->text.p ? verify_qr(c, input, out) : unasked(c, out);
}

static err_t verify_batch(struct ctx *c, const void *input, struct reply *out)
{
	const struct verify_in *asked;
	size_t n;
	TRY(batch_list(c, input, &asked, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "results"), *one;
	for (size_t i = 0; i < n; i++) {
		TRY(verify_judge(c, &asked[i], &one));
		verify_count(c, one);
		value_push(c->arena, list, one);
	}
	return OK;
}

static const struct operation operations[] = {
	{ .id = "verify.invoice",
	        .method = GET,
	        .path = "/verify/invoices/{number}",
	        .who = PUBLIC,
	        .in = verify_fields,
	        .in_size = sizeof(struct verify_in),
	        .run = verify,
	        .spell = verify_spell,
	        .view = verify_view,
	        .class = OP_FAST, /* the plane only: no database, no lock */
	        .page = "verify/check",
	        .form = "verify.form",
	        .title = N_("发票查验"),
	        .requirements = "A10.1 A10.3 A10.7 A10.8",
	        .words = "查验 真伪 verify invoice" },
	{ .id = "verify.invoices",
	        .method = POST,
	        .path = "/verify/invoices",
	        .who = PUBLIC,
	        .in = batch_fields,
	        .in_size = sizeof(struct batch_in),
	        .run = verify_batch,
	        .spell = verify_spell_batch,
	        .reads = true,
	        .class = OP_FAST, /* a thousand look-ups of a microsecond each; works without the core too */
	        .max_body = 256 << 10,
	        .per_minute = 120,
	        .title = N_("批量查验发票"),
	        .requirements = "A10.1 A10.7 A10.9",
	        .words = "批量查验 verify batch" },
	{ .id = "verify.form",
	        .method = GET,
	        .path = "/verify/invoices",
	        .who = PUBLIC,
	        .in = form_fields,
	        .in_size = sizeof(struct verify_in),
	        .run = verify_form,
	        .view = verify_view,
	        .class = OP_FAST,
	        .page = "verify/check",
	        .form = "verify.form",
	        .menu = "公众服务/查验/发票查验",
	        .title = N_("发票查验"),
	        .requirements = "A10.1 A10.3 A10.7 A10.8",
	        .words = "查验 查发票 发票真伪 真伪 发票状态 verify verify-invoice" },
	{ .id = "verify.table_form",
	        .method = GET,
	        .path = "/verify/batch",
	        .who = PUBLIC,
	        .run = verify_table_limits,
	        .view = verify_table_view,
	        .class = OP_FAST,
	        .page = "verify/batch",
	        .menu = "公众服务/查验/批量查验",
	        .title = N_("批量查验发票"),
	        .requirements = "A10.1 A10.7 A10.9",
	        .words = "批量查验 表格 csv verify batch" },
	{ .id = "verify.table",
	        .method = POST,
	        .path = "/verify/batch",
	        .who = PUBLIC,
	        .in = table_fields,
	        .in_size = sizeof(struct verify_table_in),
	        .run = verify_table,
	        .view = verify_table_view,
	        .reads = true,
	        .class = OP_FAST,
	        .max_body = 512 << 10,
	        .per_minute = 120,
	        .page = "verify/batch",
	        .form = "verify.table_form",
	        .title = N_("批量查验发票"),
	        .requirements = "A10.1 A10.7 A10.9" },
	{ .id = "verify.table_csv",
	        .method = POST,
	        .path = "/verify/batch.csv",
	        .who = PUBLIC,
	        .in = table_fields,
	        .in_size = sizeof(struct verify_table_in),
	        .run = verify_table_csv,
	        .reads = true,
	        .class = OP_FAST,
	        .max_body = 512 << 10,
	        .per_minute = 120,
	        .page = "verify/batch",
	        .form = "verify.table_form",
	        .title = N_("批量查验结果（CSV）"),
	        .requirements = "A10.1 A10.9" },
	{ .id = "verify.files_form",
	        .method = GET,
	        .path = "/verify/files",
	        .who = PUBLIC,
	        .run = verify_files_limits,
	        .view = verify_files_view,
	        .class = OP_FAST,
	        .page = "verify/files",
	        .menu = "公众服务/查验/文件查验",
	        .title = N_("文件查验"),
	        .requirements = "A10.1 A10.2 A10.7",
	        .words = "上传 文件 xml ofd pdf 签章 verify files" },
	{ .id = "verify.files",
	        .method = POST,
	        .path = "/verify/files",
	        .who = PUBLIC,
	        .in = files_fields,
	        .in_size = sizeof(struct verify_files_in),
	        .run = verify_files,
	        .view = verify_files_view,
	        .reads = true,
	        .detached = true, /* signatures take milliseconds: not on the threads that read requests */
	        .blind = true,
	        .raw_body = "application/octet-stream",
	        .max_body = VERIFY_FILES_BYTES_MAX + (64 << 10),
	        .per_minute = 60,
	        .page = "verify/files",
	        .form = "verify.files_form",
	        .title = N_("文件查验"),
	        .requirements = "A10.1 A10.2 A10.7 A10.9" },
	{ .id = "verify.qr_form",
	        .method = GET,
	        .path = "/verify/qr",
	        .who = PUBLIC,
	        .in = qr_form_fields,
	        .in_size = sizeof(struct verify_qr_in),
	        .run = verify_qr_form,
	        .view = verify_qr_view,
	        .class = OP_FAST,
	        .page = "verify/qr",
	        .menu = "公众服务/查验/扫码查验",
	        .title = N_("扫码查验"),
	        .requirements = "A10.1 A10.3 A10.4 A10.7 A10.8",
	        .words = "扫一扫 二维码 签名 scan qr" },
	{ .id = "verify.qr",
	        .method = POST,
	        .path = "/verify/qr",
	        .who = PUBLIC,
	        .in = qr_fields,
	        .in_size = sizeof(struct verify_qr_in),
	        .run = verify_qr,
	        .view = verify_qr_view,
	        .reads = true,
	        .class = OP_FAST,
	        .page = "verify/qr",
	        .form = "verify.qr_form",
	        .title = N_("扫码查验"),
	        .requirements = "A10.1 A10.3 A10.4 A10.7 A10.8",
	        .words = "扫一扫 二维码 scan" },
};

const struct service verify_service = {
	.name = "verify",
	.board = "invoice",
	.title = N_("发票查验"),
	.uses = "issue lane paper",
	.operations = operations,
	.n_operations = COUNT(operations),
	.subscriptions = subscriptions,
	.n_subscriptions = COUNT(subscriptions),
	.fsck = verify_fsck,
};

/* Receipts as their holders see them, and as anybody can check them. */
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/page/mustache.h"
#include "kernel/qr/qr.h"
#include "kernel/receipt/log.h"
#include "kernel/receipt/verify.h"
#include "services/foundation/transparency/handlers.h"
#include <string.h>

enum { PAGE = RECEIPT_LIST_MAX, DIGEST_HEX = 64, ROWS_MAX = 40, KEYS_MAX = 32 };

static const struct fault_def unknown = { "receipt-unknown", N_("没有查到这张回执，请核对编号"), NULL, NULL };
static const struct fault_def both_needed = { "receipt-digest", N_("请同时填回执编号和 64 位摘要，两样都印在回执上"),
	NULL, NULL };

static const char *const act_titles[] = { "", N_("开具发票"), N_("红字发票"), N_("红字发票申请"), N_("进项勾选确认"),
	N_("纳税申报"), N_("缴款申请"), N_("缴款完成"), N_("开具证明"), N_("登记"), N_("登记变更"),
	N_("人员和授权变更"), N_("导入取得的发票"), N_("发布计税规则"),
	N_("批量开具发票"), [ACT_LOTTERY_DRAW] = N_("有奖发票开奖"), [ACT_LOTTERY_PRIZE] = N_("有奖发票发奖"),
	[ACT_LANE] = N_("手机开票设备"), [ACT_LOTTERY_REPORT] = N_("拒开发票举报"),
	[ACT_PAPER_RECEIVED] = N_("纸质发票入库"), [ACT_PAPER_GRANTED] = N_("领用纸质发票"),
	[ACT_PAPER_DELIVERED] = N_("纸质发票交付"), [ACT_PAPER_REPORTED] = N_("纸质发票验旧"),
	[ACT_PAPER_LISTED] = N_("纸质发票作废或遗失"), [ACT_PAPER_CONVERTED] = N_("纸质发票换开电子发票"),
	[ACT_QUOTA_DECIDED] = N_("发票额度决定"), [ACT_AGENCY_REQUESTED] = N_("代开发票申请"),
	[ACT_FALSE_INVOICE_REPORTED] = N_("假发票举报"), [ACT_FALSE_INVOICE_DECIDED] = N_("假发票举报答复"),
	[ACT_INVOICE_BOOKED] = N_("发票入账"), [ACT_INVOICE_HANDED] = N_("把发票交给单位报销"),
	[ACT_PLATFORM_BATCH] = N_("平台批量开票"), [ACT_ORDERS_SETTLED] = N_("订单领票"),
	[ACT_WEBHOOK] = N_("平台通知地址"), [ACT_PAPER_COUNTED] = N_("纸质发票用量"),
	[ACT_PAPER_COURIER] = N_("快递公司的接入") };

const char *transparency_act_title(enum act_kind kind)
{
	return kind > 0 && (size_t)kind < COUNT(act_titles) && act_titles[kind] ? act_titles[kind] : N_("其他事项");
}

static struct value *line(struct ctx *c, const struct receipt_line *r)
{
	struct value *v = value_object(c->arena);
	struct str id = str_from_int(c->arena, r->id);
	value_put_str(c->arena, v, "id", id);
	value_put_str(c->arena, v, "title", tr(c, transparency_act_title(r->kind)));
	value_put_instant(c->arena, v, "at", r->at);
	value_put_str(c->arena, v, "href", str_printf(c->arena, "/receipts/%.*s", STR_FMT(id)));
	return v;
}

err_t transparency_recent(struct ctx *c, int64_t holder_id, size_t most, struct value **out)
{
	struct receipt_line *rows;
	size_t n;
	TRY(receipt_list(c, holder_id, INT64_MAX, most, &rows, &n));
	*out = value_array(c->arena);
	for (size_t i = 0; i < n; i++)
		value_push(c->arena, *out, line(c, &rows[i]));
	return OK;
}

err_t receipts(struct ctx *c, const void *input, struct reply *out)
{
	const struct receipts_in *in = input;
	struct receipt_line *rows;
	size_t n;
	TRY(access_open(c, c->caller.subject_id, "receipts"));
	TRY(receipt_list(c, c->caller.subject_id, in->after ? in->after : INT64_MAX, PAGE, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "receipts");
	for (size_t i = 0; i < n; i++)
		value_push(c->arena, list, line(c, &rows[i]));
	value_put_str(c->arena, out->value, "next", n == PAGE ? str_from_int(c->arena, rows[n - 1].id) : STR_NONE);
	value_put_bool(c->arena, out->value, "any", n > 0);
	return OK;
}

err_t receipt_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct receipt_in *in = input;
	struct receipt r;
	struct receipt_witnessed w;
	struct str note;
	int64_t size;
	struct value *act;
	struct json_fault where;
	bool found;
	TRY(receipt_find(c, in->id, &r, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	TRY(access_open_or(c, r.holder_id, "receipt", &unknown));
	TRY(receipt_sealed_checkpoint(c, &note, &size));
	TRY(receipt_witnessed(c, &w));
	bool witnessed = w.size > r.position;
	out->value = receipt_value(c, r.id, r.kind, r.at, r.leaf.b);
	value_put_str(c->arena, out->value, "title", tr(c, transparency_act_title(r.kind)));
	value_put_int(c->arena, out->value, "index", r.position);
	value_put_int(c->arena, out->value, "tree_size", size);
	value_put_int(c->arena, out->value, "witnesses", witnessed ? w.witnesses : 0);
	value_put_int(c->arena, out->value, "witnessed_size", witnessed ? w.size : 0);
	if (json_parse(c->arena, r.act, &act, &where) == OK) value_put(c->arena, out->value, "act", act);
	value_put_str(c->arena, out->value, "checkpoint", note);
	value_put_str(c->arena, out->value, "log_key", receipt_verifiers(c));
	value_put_str(
	        c->arena, out->value, "proof", str_printf(c->arena, "/v1/receipts/%lld.tlog-proof", (long long)r.id));
	return OK;
}

/* --- only for the page --- */

/* What acts are made of; what has no title here is shown under its own name. */
static const struct {
	const char *name, *title, *view;
} members[] = {
	{ "uscc", N_("统一社会信用代码"), NULL },
	{ "tax_id", N_("纳税人识别号"), NULL },
	{ "taxpayer", N_("纳税人"), NULL },
	{ "what", N_("项目"), NULL },
	{ "value", N_("内容"), NULL },
	{ "at", N_("时间"), "time" },
	{ "form_title", N_("申报表"), NULL },
	{ "period", N_("税款所属期"), "month" },
	{ "due_on", N_("截止日"), NULL },
	{ "amount", N_("金额（元）"), "money" },
	{ "tax", N_("税额（元）"), "money" },
	{ "total", N_("价税合计（元）"), "money" },
	{ "number", N_("号码"), NULL },
	{ "voucher", N_("税票号码"), NULL },
	{ "payment", N_("缴款单"), NULL },
	{ "payment_id", N_("缴款单"), NULL },
	{ "channel", N_("缴款方式"), NULL },
	{ "bank_no", N_("银行流水号"), NULL },
	{ "person", N_("人员"), NULL },
	{ "role", N_("角色"), NULL },
	{ "agent", N_("受托人"), NULL },
	{ "scopes", N_("权限"), NULL },
	{ "until", N_("有效期至"), NULL },
	{ "reason", N_("原因"), NULL },
	{ "version", N_("第几次申报"), NULL },
	{ "original", N_("原发票"), NULL },
	{ "count", N_("份数"), NULL },
};

static struct str text_of(struct ctx *c, const struct value *v)
{
	switch (v->kind) {
	case VALUE_STR: return v->str;
	case VALUE_INT: return str_from_int(c->arena, v->integer);
	case VALUE_BOOL: return tr(c, v->boolean ? N_("是") : N_("否"));
	case VALUE_NULL:
	case VALUE_NUMERAL:
	case VALUE_ARRAY:
	case VALUE_OBJECT: return STR_NONE;
	}
	return STR_NONE;
}

/* Single members as rows; lists and objects stand in the full text below. */
static void put_rows(struct ctx *c, const struct value *act, struct value *out)
{
	struct value *rows = value_put_array(c->arena, out, "rows");
	for (const struct value_member *m = act && act->kind == VALUE_OBJECT ? act->first : NULL;
	        m && rows->count < ROWS_MAX; m = m->next) {
		struct str text = text_of(c, m->value), title = m->key;
		if (!text.n) continue;
		for (size_t i = 0; i < COUNT(members); i++) {
			if (!str_is(m->key, members[i].name)) continue;
			struct str seen =
			        members[i].view ? mustache_view(c->arena, text, str_c(members[i].view), c->lang != NULL)
			                        : STR_NONE;
			title = tr(c, members[i].title);
			if (seen.p) text = seen;
		}
		struct value *row = value_object(c->arena);
		value_put_str(c->arena, row, "name", title);
		value_put_str(c->arena, row, "value", text);
		value_push(c->arena, rows, row);
	}
}

err_t receipt_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *root = out->value;
	const struct value *act = value_get(root, S("act"));
	struct qr qr;
	struct buf text;
	(void)input;
	put_rows(c, act, root);
	value_put_bool(c->arena, root, "witnessed", value_number(root, "witnesses", 0) > 0);
	buf_init(&text, c->arena, 1024);
	if (act) value_write_pretty(&text, act);
	value_put_str(c->arena, root, "full", buf_done(&text));
	struct str id = value_text(root, "id"), digest = value_text(root, "digest");
	struct str code = str_printf(c->arena, "etax-receipt:%.*s:%.*s", STR_FMT(id), STR_FMT(digest));
	value_put_str(c->arena, root, "qr_svg",
	        qr_make(c->arena, code, QR_MEDIUM, &qr) ? qr_svg(c->arena, &qr, tr(c, N_("回执编号和摘要的二维码")))
	                                                : S(""));
	return OK;
}

/* --- anybody --- */

static void checked(struct ctx *c, struct value *list, bool good, const char *what, const char *detail)
{
	struct value *v = value_object(c->arena);
	value_put_bool(c->arena, v, "good", good);
	value_put_str(c->arena, v, "what", tr(c, what));
	value_put_str(c->arena, v, "detail", tr(c, detail));
	value_push(c->arena, list, v);
}

static void answer(struct ctx *c, struct reply *out, const char *verdict, const char *words)
{
	value_put_c(c->arena, out->value, "verdict", verdict);
	value_put_str(c->arena, out->value, "detail", tr(c, words));
	value_put_bool(c->arena, out->value, "valid", strcmp(verdict, "valid") == 0);
	value_put_bool(c->arena, out->value, "asked", true);
}

/* By number and digest: a wrong digest and an unknown number get the same answer, so nobody learns which numbers exist.
 */
err_t receipt_check_public(struct ctx *c, const void *input, struct reply *out)
{
	const struct check_in *in = input;
	struct receipt r;
	bool found = false;
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "checked");
	if (!in->id && !in->digest.p) {
		value_put_bool(c->arena, out->value, "asked", false);
		return OK;
	}
	if (!in->id || in->digest.n != DIGEST_HEX) {
		FAULT(c, in->id ? S("/digest") : S("/id"), &both_needed);
		return problem_result(&c->problem);
	}
	TRY(receipt_find(c, in->id, &r, &found));
	bool same = found && str_eq_const_time(str_hex(c->arena, r.leaf.b, sizeof r.leaf.b), in->digest);
	if (!same) {
		answer(c, out, "unknown", N_("没有这样一张回执：编号和摘要对不上。请逐位核对"));
		return OK;
	}
	checked(c, list, true, N_("编号和摘要"), N_("和公开日志里的这一条一致"));
	checked(c, list, false, N_("办理的内容"), N_("这里不显示，只有持有人看得到；证明文件可以逐字核对"));
	value_put_str(c->arena, out->value, "title", tr(c, transparency_act_title(r.kind)));
	value_put_instant(c->arena, out->value, "at", r.at);
	value_put_int(c->arena, out->value, "index", r.position);
	answer(c, out, "valid", N_("这张回执是真的，写在公开日志里"));
	return OK;
}

static const char *const part_words[] = { N_("全部相符"), N_("这不是回执的证明文件"), N_("办理的内容被改过"),
	N_("随机数被改过"), N_("事项、时间或摘要被改过"), N_("路径通不到签名的根"), N_("日志的条数或根被改过"),
	N_("不是本局日志的签名"), N_("是另一个日志的证明") };

/* The proof file, checked as `etaxd receipt verify` does it offline. Nothing is looked up, nothing is kept. */
err_t receipt_check_file(struct ctx *c, const void *input, struct reply *out)
{
	const struct file_in *in = input;
	struct tlog_verifier keys[KEYS_MAX];
	struct receipt_facts facts;
	struct str rest = receipt_verifiers(c), text;
	size_t n = 0;
	while (n < KEYS_MAX && str_split(&rest, '\n', &text))
		if (tlog_verifier_parse(c->arena, text, &keys[n])) n++;
	enum receipt_part part = receipt_verify(c->arena, in->file, keys, n, &facts);
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "checked");
	value_put_c(c->arena, out->value, "part", receipt_part_names[part]);
	checked(c, list, part == RECEIPT_GOOD, N_("证明文件"), part_words[part]);
	if (part != RECEIPT_GOOD) {
		answer(c, out, "invalid", N_("没有通过：文件和日志对不上"));
		return OK;
	}
	value_put_str(c->arena, out->value, "title", tr(c, transparency_act_title(facts.kind)));
	value_put_instant(c->arena, out->value, "at", facts.at);
	value_put_int(c->arena, out->value, "index", facts.index);
	value_put_str(c->arena, out->value, "act", facts.act);
	answer(c, out, "valid", N_("这张回执是真的，写在公开日志里"));
	return OK;
}

err_t log_show(struct ctx *c, const void *input, struct reply *out)
{
	struct str note, rest, line_text;
	struct tlog_checkpoint cp = { 0 };
	int64_t size;
	(void)input;
	TRY(receipt_sealed_checkpoint(c, &note, &size));
	out->value = value_object(c->arena);
	ptrdiff_t end = note.p ? str_find(note, "\n\n") : -1;
	bool parsed = end > 0 && tlog_checkpoint_parse(c->arena, str_sub(note, 0, (size_t)end + 1), &cp);
	rest = receipt_verifier(c);
	(void)str_split(&rest, '+', &line_text);
	value_put_str(c->arena, out->value, "origin", line_text);
	value_put_int(c->arena, out->value, "size", size);
	value_put_str(c->arena, out->value, "root", parsed ? str_hex(c->arena, cp.root.b, sizeof cp.root.b) : STR_NONE);
	value_put_str(c->arena, out->value, "checkpoint", note.p ? note : STR_NONE);
	value_put_str(c->arena, out->value, "key", receipt_verifiers(c));
	return OK;
}

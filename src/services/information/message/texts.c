#include "services/information/message/texts.h"
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "kernel/page/mustache.h"
#include "services/foundation/ledger/ledger.h"
#include <string.h>

enum part_kind { PART_NONE, PART_TEXT, PART_TAX, PART_PERIOD, PART_DATE, PART_MONEY, PART_FIELD, PART_NUMBER };

/* {1} to {4} of title and text: members of the event's body. */
struct part {
	const char *member;
	enum part_kind kind;
};
struct words {
	const char *kind;
	enum message_area area;
	const char *when;                /* this case holds when the member is true; NULL: otherwise */
	const char *title, *text, *href; /* href: {member} of the body */
	struct part parts[4];
};

/* Wording: what happened, and whether anything remains to be done (design/ui §8). */
static const struct words table[] = {
	{ "obligation.due_soon", AREA_TAX, "to_file", N_("{1}（{2}）要在 {3}前申报"),
	        N_("申报表已按您的发票预填，核对后提交就可以。"), "/returns/vat/{period}",
	        { { "tax", PART_TAX }, { "period", PART_PERIOD }, { "due_on", PART_DATE } } },
	{ "obligation.due_soon", AREA_TAX, NULL, N_("{1}（{2}）要在 {3}前缴纳 {4} 元"),
	        N_("申报已经完成，还没有缴款。"), "/obligations",
	        { { "tax", PART_TAX }, { "period", PART_PERIOD }, { "due_on", PART_DATE }, { "amount", PART_MONEY } } },
	{ "obligation.overdue", AREA_TAX, "to_file", N_("{1}（{2}）已过申报期限"),
	        N_("截止日是 {3}。现在仍可以申报；逾期申报按税收征收管理法第六十二条处理。"), "/returns/vat/{period}",
	        { { "tax", PART_TAX }, { "period", PART_PERIOD }, { "due_on", PART_DATE } } },
	{ "obligation.overdue", AREA_TAX, NULL, N_("{1}（{2}）逾期未缴 {4} 元"),
	        N_("截止日是 {3}，从次日起按日加收万分之五的滞纳金（税收征收管理法第三十二条）。"), "/obligations",
	        { { "tax", PART_TAX }, { "period", PART_PERIOD }, { "due_on", PART_DATE }, { "amount", PART_MONEY } } },
	{ "return.filed", AREA_TAX, NULL, N_("{1}（{2}）申报成功"),
	        N_("应纳税额 {3} 元。申报的时间以回执为准，回执不联网也能核验。"), "/returns/{return_id}",
	        { { "tax", PART_TAX }, { "period", PART_PERIOD }, { "tax_due", PART_MONEY } } },
	{ "payment.settled", AREA_TAX, NULL, N_("缴款成功 {1} 元"), N_("税款已经扣缴，可以开具完税证明。缴款单 {2}。"),
	        "/payments/{payment_id}", { { "amount", PART_MONEY }, { "payment_id", PART_TEXT } } },
	{ "payment.failed", AREA_TAX, "reason", N_("扣款没有成功：{1} 元"),
	        N_("银行的原因：{3}。处理好后可以重新缴款。缴款单 {2}。"), "/payments/{payment_id}",
	        { { "amount", PART_MONEY }, { "payment_id", PART_TEXT }, { "reason", PART_TEXT } } },
	{ "payment.failed", AREA_TAX, NULL, N_("扣款没有成功：{1} 元"),
	        N_("银行没有说明原因，可以重新缴款。缴款单 {2}。"), "/payments/{payment_id}",
	        { { "amount", PART_MONEY }, { "payment_id", PART_TEXT } } },
	{ "certificate.issued", AREA_TAX, NULL, N_("完税证明已开具"), N_("编号 {1}，金额 {2} 元，可以下载、打印。"),
	        "/certificates/{number}", { { "number", PART_TEXT }, { "amount", PART_MONEY } } },
	{ "invoice.received", AREA_INVOICE, "count", N_("今天收到 {1} 张发票"),
	        N_("价税合计 {2} 元。请核对内容；用来抵扣的，申报前要勾选确认。"), "/invoices?side=received",
	        { { "count", PART_NUMBER }, { "total", PART_MONEY } } },
	{ "invoice.received", AREA_INVOICE, NULL, N_("收到 {2} 开来的发票"),
	        N_("发票号码 {1}，价税合计 {3} 元。请核对内容；用来抵扣的，申报前要勾选确认。"), "/invoices/{number}",
	        { { "number", PART_TEXT }, { "seller", PART_TEXT }, { "total", PART_MONEY } } },
	{ "invoice.reversal_requested", AREA_INVOICE, NULL, N_("{3}请您确认红冲一张发票"),
	        N_("发票 {1}，金额 {2} 元。72 小时内没有答复，申请自动作废。"), "/invoices/{number}/reversal",
	        { { "number", PART_TEXT }, { "amount", PART_MONEY }, { "by", PART_TEXT } } },
	{ "invoice.reversed", AREA_INVOICE, NULL, N_("发票 {1} 已红冲"),
	        N_("红字发票 {2}，金额 {3} 元。已经抵扣的进项税额要在本期转出。"), "/invoices/{red_number}",
	        { { "number", PART_TEXT }, { "red_number", PART_TEXT }, { "amount", PART_MONEY } } },
	{ "invoice.used_twice", AREA_INVOICE, NULL, N_("发票 {1} 被不止一方使用"),
	        N_("一共有 {2} 方用它入账、抵扣或抽奖。请核对您手里的原件；有疑问就举报。"),
	        "/reports/invoices/new?number={number}", { { "number", PART_TEXT }, { "holders", PART_NUMBER } } },
	{ "invoice.booked_again", AREA_INVOICE, NULL, N_("发票 {1} 又有人要入账，没有成功"),
	        N_("它已经在凭证 {2} 入账。请查一查是不是重复报销。"), "/bookings/cancellation",
	        { { "number", PART_TEXT }, { "voucher", PART_TEXT } } },
	{ "report.closed", AREA_REGISTRY, NULL, N_("您举报的发票 {1} 已办结"), N_("点开看核查结果和答复。"),
	        "/reports/invoices/{code}", { { "number", PART_TEXT } } },
	{ "lane.waiting", AREA_INVOICE, NULL, N_("手机上开的 {1} 张发票等您确认"),
	        N_("设备“{2}”停用以后、超出额度或次序不对时开的。是您开的才确认；7 天内没有确认就失效。"), "/mobile",
	        { { "count", PART_NUMBER }, { "device_name", PART_TEXT } } },
	{ "lottery.won", AREA_INVOICE, NULL, N_("中奖了：{1} 元"),
	        N_("发票 {2} 中奖。有收款账户的马上付；没有的请先填收款账户。"), "/lottery/prizes/{prize_id}",
	        { { "amount", PART_MONEY }, { "number", PART_TEXT } } },
	{ "lottery.paid", AREA_INVOICE, NULL, N_("奖金 {1} 元已到账"),
	        N_("发票 {2} 的奖金已经付到您的账户。您不需要再做什么。"), "/lottery/prizes/{prize_id}",
	        { { "net", PART_MONEY }, { "number", PART_TEXT } } },
	{ "lottery.failed", AREA_INVOICE, NULL, N_("奖金 {1} 元没有付成"),
	        N_("收款方拒收，奖金还在。请换一个收款账户，马上重付。"), "/lottery/prizes/{prize_id}",
	        { { "net", PART_MONEY } } },
	{ "lottery.expired", AREA_INVOICE, NULL, N_("奖金 {1} 元过期未领"),
	        N_("奖金已退回奖池。以后请先填好收款账户。"), "/lottery/prizes/{prize_id}",
	        { { "amount", PART_MONEY } } },
	{ "lottery.reclaim", AREA_INVOICE, NULL, N_("请退回奖金 {1} 元"),
	        N_("发票 {2} 已红冲，奖金要退回；退回以前不能再参加。"), "/lottery/prizes/{prize_id}",
	        { { "net", PART_MONEY }, { "number", PART_TEXT } } },
	{ "lottery.void", AREA_INVOICE, NULL, N_("奖票作废：发票 {1}"), N_("发票已红冲，不再参加抽奖。"), "/lottery",
	        { { "number", PART_TEXT } } },
	{ "lottery.case", AREA_INVOICE, "outcome", N_("举报 {1} 已办结"), N_("打开看处理结果。"),
	        "/lottery/reports/{case}", { { "case", PART_TEXT } } },
	{ "lottery.case", AREA_INVOICE, NULL, N_("举报 {1} 开始核查"), N_("有结果会马上告诉您。"),
	        "/lottery/reports/{case}", { { "case", PART_TEXT } } },
	{ "quota.decided", AREA_INVOICE, "granted", N_("发票额度申请通过"), N_("发票总额度调到 {1} 元。"),
	        "/quota/requests/{id}", { { "granted_sum", PART_MONEY } } },
	{ "quota.decided", AREA_INVOICE, NULL, N_("发票额度申请有进展"),
	        N_("申请调到 {1} 元，请看办理情况和税务人员的意见。"), "/quota/requests/{id}",
	        { { "amount", PART_MONEY } } },
	{ "agency.changed", AREA_INVOICE, "issued", N_("代开的发票已经开出：{1}"), N_("金额 {2} 元，发票号码 {3}。"),
	        "/invoices/{number}", { { "item", PART_TEXT }, { "total", PART_MONEY }, { "number", PART_TEXT } } },
	{ "agency.changed", AREA_INVOICE, NULL, N_("代开申请有进展：{1}"), N_("金额 {2} 元，请看要不要缴税或补充。"),
	        "/agency/requests/{id}", { { "item", PART_TEXT }, { "total", PART_MONEY } } },
	{ "paper.decided", AREA_INVOICE, "granted", N_("纸质发票领用申请通过"), N_("申请 {1}，发给 {2}。"),
	        "/paper/applications/{id}", { { "asked", PART_NUMBER }, { "count", PART_NUMBER } } },
	{ "paper.decided", AREA_INVOICE, NULL, N_("纸质发票领用申请没有通过"), N_("请看税务人员的意见。"),
	        "/paper/applications/{id}", { { NULL, PART_NONE } } },
	{ "paper.delivered", AREA_INVOICE, "delivered", N_("纸质发票已签收"), N_("如果不是您收的，请马上挂失。"),
	        "/paper/applications/{id}", { { NULL, PART_NONE } } },
	{ "paper.delivered", AREA_INVOICE, NULL, N_("纸质发票没有签收，已退回"), N_("号码已收回，可以重新申请。"),
	        "/paper/applications/{id}", { { NULL, PART_NONE } } },
	{ "registration.changed", AREA_REGISTRY, NULL, N_("登记信息有变更：{1}"),
	        N_("如果不是您办的，请联系主管税务机关。"), "/registration", { { "field", PART_FIELD } } },
};

static const struct {
	const char *scope;
	int area;
} scopes[] = { { "tax.read", AREA_TAX }, { "invoice.read", AREA_INVOICE }, { "registry.read", AREA_REGISTRY } };

int texts_areas_of(const struct ctx *c)
{
	int areas = 0;
	for (size_t i = 0; i < COUNT(scopes); i++)
		if (access_has_scope(c, scopes[i].scope)) areas |= scopes[i].area;
	return areas;
}

bool texts_area(struct str kind, int *area)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if (str_is(kind, table[i].kind)) return *area = (int)table[i].area, true;
	return false;
}

/* A large buyer receives thousands of invoices a day: that is one message, which counts. */
bool texts_bundled(struct str kind)
{
	return str_is(kind, "invoice.received");
}

/* --- the parts --- */

static const char *field_title(struct str code)
{
	static const struct {
		const char *code, *title;
	} titles[] = { { "name", N_("名称") }, { "address", N_("住所") }, { "scope", N_("经营范围") },
		{ "phone", N_("联系电话") }, { "industry", N_("行业") }, { "representative", N_("法定代表人") },
		{ "accounting_system", N_("会计制度") }, { "bank_account", N_("存款账户") } };
	for (size_t i = 0; i < COUNT(titles); i++)
		if (str_is(code, titles[i].code)) return titles[i].title;
	return N_("其他项目");
}

static struct str part_text(const struct ctx *c, const struct part *p, const struct value *body)
{
	struct str text = value_text(body, p->member);
	bool english = c->lang != NULL;
	if (!text.p) text = S("");
	switch (p->kind) {
	case PART_NONE: return STR_NONE;
	case PART_TEXT: return text;
	case PART_TAX: return tr(c, ledger_tax_title(text));
	case PART_PERIOD: return mustache_view(c->arena, text, S("month"), english);
	case PART_DATE: return mustache_view(c->arena, text, S("day"), english);
	case PART_MONEY: return mustache_view(c->arena, text, S("money"), english);
	case PART_FIELD: return tr(c, field_title(text));
	case PART_NUMBER: return str_from_int(c->arena, value_number(body, p->member, 0));
	}
	return text;
}

static bool holds(const struct words *w, const struct value *body)
{
	const struct value *v = w->when ? value_get(body, str_c(w->when)) : NULL;
	if (!w->when) return true;
	return v && v->kind != VALUE_NULL && !(v->kind == VALUE_BOOL && !v->boolean) &&
	       !(v->kind == VALUE_STR && !v->str.n);
}

/* Periods, numbers and ids: nothing that could lead elsewhere. */
static bool plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (!(ch >= '0' && ch <= '9') && !((ch | 32) >= 'a' && (ch | 32) <= 'z') && ch != '-') return false;
	}
	return s.n > 0;
}

/* "/returns/{return_id}", members of the body filled in. */
static struct str href(struct ctx *c, const char *pattern, const struct value *body)
{
	struct buf b;
	buf_init(&b, c->arena, 80);
	for (const char *p = pattern; *p;) {
		const char *open = strchr(p, '{'), *close = open ? strchr(open, '}') : NULL;
		if (!open || !close) {
			buf_c(&b, p);
			break;
		}
		buf_add(&b, p, (size_t)(open - p));
		struct str value = value_text(body, str_printf(c->arena, "%.*s", (int)(close - open - 1), open + 1).p);
		if (!plain(value)) return STR_NONE;
		buf_str(&b, value);
		p = close + 1;
	}
	return buf_done(&b);
}

struct value *texts_value(struct ctx *c, struct str kind, struct str text)
{
	struct value *body, *v = value_object(c->arena);
	struct json_fault where;
	struct str args[4] = { 0 };
	if (json_parse(c->arena, text, &body, &where) != OK) body = value_object(c->arena);
	const struct words *w = NULL;
	for (size_t i = 0; i < COUNT(table) && !w; i++)
		if (str_is(kind, table[i].kind) && holds(&table[i], body)) w = &table[i];
	for (size_t i = 0; w && i < COUNT(args); i++)
		args[i] = part_text(c, &w->parts[i], body);
	value_put_str(c->arena, v, "kind", kind);
	value_put_str(c->arena, v, "title", w ? problem_fill(c->arena, tr(c, w->title).p, args) : kind);
	value_put_str(c->arena, v, "text", w ? problem_fill(c->arena, tr(c, w->text).p, args) : S(""));
	value_put_str(c->arena, v, "href", w ? href(c, w->href, body) : STR_NONE);
	return v;
}

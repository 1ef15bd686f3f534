/* Certificate: the descriptor and its operations. */
#include "services/tax/certificate/certificate.h"
#include "certificate_sql.h"
#include "services/tax/certificate/issue.h"

static const struct choice types[] = { { "payment", N_("税收完税证明（表格式）") }, { 0 } };

static const struct field issue_fields[] = {
	{ "type", FIELD_ENUM, AT(struct certificate_in, type), .required = true, .max = 20, .choices = types,
	        .label = N_("证明种类") },
	{ "period", FIELD_PERIOD, AT(struct certificate_in, period), .required = true, .label = N_("税款所属期"),
	        .help = N_("月份如 2026-11，季度如 2026Q4，全年如 2026"), .example = "2026-11" },
	{ 0 },
};
static const struct field form_fields[] = {
	{ "period", FIELD_PERIOD, AT(struct certificate_form_in, period),
	        PRESENT_AT(struct certificate_form_in, has_period), .label = N_("税款所属期") },
	{ 0 },
};
static const struct field number_fields[] = {
	{ "number", FIELD_TEXT, AT(struct certificate_number_in, number), .required = true, .min = 18, .max = 18,
	        .label = N_("证明号码") },
	{ 0 },
};
static const struct field list_fields[] = {
	{ "before", FIELD_TEXT, AT(struct certificates_in, before), .max = 18, .label = N_("早于这个号码") },
	{ 0 },
};
static const struct field check_fields[] = {
	{ "number", FIELD_TEXT, AT(struct certificate_check_in, number), .required = true, .min = 18, .max = 18,
	        .label = N_("证明号码"), .help = N_("证明右上角的 18 位数字") },
	{ "code", FIELD_TEXT, AT(struct certificate_check_in, code), .max = 40, .label = N_("查验码"),
	        .help = N_("二维码旁的 16 位字母和数字，大小写、空格不影响") },
	{ 0 },
};
static const struct field check_form_fields[] = {
	{ "number", FIELD_TEXT, AT(struct certificate_check_in, number), .min = 18, .max = 18, .label = N_("证明号码"),
	        .help = N_("证明右上角的 18 位数字") },
	{ "code", FIELD_TEXT, AT(struct certificate_check_in, code), .max = 40, .label = N_("查验码"),
	        .help = N_("二维码旁的 16 位字母和数字，大小写、空格不影响") },
	{ 0 },
};

static const struct operation operations[] = {
	{ .id = "certificate.issue",
	        .method = POST,
	        .path = "/certificates",
	        .who = MANDATE("certificate.issue"),
	        .in = issue_fields,
	        .in_size = sizeof(struct certificate_in),
	        .run = certificate_issue,
	        .idempotent = true,
	        .receipt = true,
	        .page = "certificate/new",
	        .form = "certificate.form",
	        .then = "/certificates/{number}",
	        .title = N_("开具完税证明"),
	        .law = N_("税收征收管理法 第三十四条"),
	        .requirements = "A07.6 A07.7 A07.10",
	        .words = "完税证明 证明 certificate" },
	{ .id = "certificate.form",
	        .method = GET,
	        .path = "/certificates/new",
	        .who = MANDATE("certificate.issue"),
	        .in = form_fields,
	        .in_size = sizeof(struct certificate_form_in),
	        .run = certificate_form,
	        .view = certificate_form_view,
	        .page = "certificate/new",
	        .menu = "我要办税/证明开具/开具税收完税证明",
	        .title = N_("开具税收完税证明"),
	        .law = N_("税收征收管理法 第三十四条"),
	        .requirements = "A07.6 A07.7 A07.10",
	        .words = "完税证明 证明 开证明 开完税证明 纳税证明 certificate tax-certificate" },
	{ .id = "certificate.list",
	        .method = GET,
	        .path = "/certificates",
	        .who = MANDATE("tax.read"),
	        .in = list_fields,
	        .in_size = sizeof(struct certificates_in),
	        .run = certificate_list_own,
	        .view = certificate_list_view,
	        .page = "certificate/list",
	        .menu = "我要查询/证明",
	        .title = N_("证明"),
	        .requirements = "A07.7",
	        .words = "完税证明 开具过的证明" },
	{ .id = "certificate.show",
	        .method = GET,
	        .path = "/certificates/{number}",
	        .who = MANDATE("tax.read"),
	        .in = number_fields,
	        .in_size = sizeof(struct certificate_number_in),
	        .run = certificate_show,
	        .page = "certificate/show",
	        .title = N_("完税证明"),
	        .requirements = "A07.7" },
	{ .id = "certificate.pdf",
	        .method = GET,
	        .path = "/certificates/{number}.pdf",
	        .who = MANDATE("tax.read"),
	        .in = number_fields,
	        .in_size = sizeof(struct certificate_number_in),
	        .run = certificate_pdf,
	        .title = N_("完税证明（PDF）"),
	        .requirements = "A07.7 A07.10" },
	{ .id = "certificate.check",
	        .method = GET,
	        .path = "/verify/certificates/{number}",
	        .who = PUBLIC,
	        .in = check_fields,
	        .in_size = sizeof(struct certificate_check_in),
	        .run = certificate_check_public,
	        .view = certificate_check_view,
	        .page = "certificate/check",
	        .form = "certificate.check_form",
	        .per_minute = 30,
	        .title = N_("证明查验结果"),
	        .requirements = "A07.12" },
	{ .id = "certificate.check_form",
	        .method = GET,
	        .path = "/verify/certificates",
	        .who = PUBLIC,
	        .in = check_form_fields,
	        .in_size = sizeof(struct certificate_check_in),
	        .run = certificate_check_public,
	        .view = certificate_check_view,
	        .page = "certificate/check",
	        .form = "certificate.check_form",
	        .menu = "公众服务/证明查验",
	        .per_minute = 30,
	        .title = N_("证明查验"),
	        .requirements = "A07.12",
	        .words = "查验 真伪 完税证明 verify certificate" },
};

static err_t check(struct ctx *c, struct fsck *f)
{
	struct certificate_numberless_row strange;
	struct certificate_total_row total;
	bool found;
	TRY(certificate_numberless(c, &strange, &found));
	TRY(certificate_total(c, &total, &found));
	if (strange.n) FSCK_FAULT(f, "certificate: %lld can not be found by their number", (long long)strange.n);
	FSCK_INFO(f, "certificate: %lld issued", (long long)total.n);
	return OK;
}

const struct service certificate_service = {
	.name = "certificate",
	.board = "tax",
	.title = N_("证明开具"),
	.uses = "identity registry payment",
	.operations = operations,
	.n_operations = COUNT(operations),
	.fsck = check,
};

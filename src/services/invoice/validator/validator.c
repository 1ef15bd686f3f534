#include "services/invoice/validator/validator.h"
#include "kernel/assets/assets.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/issue/issue.h"

enum { FILE_MAX = 16 << 20, DAY_SECONDS = 86400 };

struct file_in {
	struct str file;
};
static const struct field file_fields[] = {
	{ "file", FIELD_BYTES, AT(struct file_in, file), .required = true, .max = FILE_MAX, .label = N_("发票文件"),
	        .help = N_("XML、OFD、PDF、JSON 或 XBRL，最大 16 MB") },
	{ 0 },
};

static err_t validator_form(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "bytes_max", FILE_MAX);
	return OK;
}

static err_t validate(struct ctx *c, const void *input, struct reply *out)
{
	const struct file_in *in = input;
	out->value = issue_validate(c, in->file);
	return OK;
}

static struct str in_language(struct ctx *c, const struct value *texts)
{
	return value_text(texts, c->lang != NULL ? "en" : "zh");
}

/* Each fault in the reader's language; what was checked, by its name. */
static void put_faults(struct ctx *c, struct value *v)
{
	struct value *list = value_put_array(c->arena, v, "shown");
	const struct value *faults = value_get(v, S("faults"));
	for (const struct value_member *m = faults ? faults->first : NULL; m; m = m->next) {
		struct value *one = value_object(c->arena);
		struct str pointer = value_text(m->value, "pointer");
		value_put_str(c->arena, one, "text", in_language(c, value_get(m->value, S("rule"))));
		value_put_str(c->arena, one, "cure", in_language(c, value_get(m->value, S("fix"))));
		value_put_str(c->arena, one, "statute", value_text(m->value, "law"));
		value_put_str(c->arena, one, "code", value_text(m->value, "code"));
		value_put_str(c->arena, one, "pointer", pointer.n ? pointer : S("/"));
		value_push(c->arena, list, one);
	}
	value_put_int(c->arena, v, "fault_count", faults ? faults->count : 0);
}

static void put_checks(struct ctx *c, struct value *v)
{
	struct value *list = value_put_array(c->arena, v, "named");
	const struct value *checks = value_get(v, S("checks"));
	for (const struct value_member *m = checks ? checks->first : NULL; m; m = m->next) {
		struct str outcome = value_text(m->value, "outcome");
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "label", issue_check_label(c, value_text(m->value, "what")));
		value_put_bool(c->arena, one, "is_good", str_is(outcome, "good"));
		value_put_bool(c->arena, one, "is_bad", str_is(outcome, "bad"));
		value_put_bool(c->arena, one, "is_open", str_is(outcome, "not-checked"));
		value_push(c->arena, list, one);
	}
}

static err_t validator_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	struct str verdict = value_text(v, "verdict");
	(void)input;
	value_put_bool(c->arena, v, "asked", verdict.p != NULL);
	if (!verdict.p) verdict = S("");
	value_put_bool(c->arena, v, "is_valid", str_is(verdict, "valid"));
	value_put_bool(c->arena, v, "is_unproven", str_is(verdict, "unproven"));
	value_put_bool(c->arena, v, "is_invalid", str_is(verdict, "invalid"));
	value_put_bool(c->arena, v, "is_unreadable", str_is(verdict, "unreadable"));
	if (!verdict.p) {
		value_put(c->arena, v, "format", value_null(c->arena));
		value_put(c->arena, v, "number", value_null(c->arena));
	}
	value_put_str(c->arena, v, "sm3", value_text(value_get(v, S("core_hash")), "sm2-sm3"));
	put_faults(c, v);
	put_checks(c, v);
	return OK;
}

static err_t published(const char *asset, const char *media, struct reply *out)
{
	out->bytes = asset_get(asset);
	out->media = media;
	out->max_age = DAY_SECONDS;
	return out->bytes.p ? OK : E_NOT_FOUND;
}

static err_t schema(struct ctx *c, const void *input, struct reply *out)
{
	(void)c, (void)input;
	return published("docs/spec/invoice/invoice-1.schema.json", "application/schema+json", out);
}

static err_t vectors_positive(struct ctx *c, const void *input, struct reply *out)
{
	(void)c, (void)input;
	return published("tests/vectors/invoice/positive.jsonl", "application/jsonl", out);
}

static err_t vectors_negative(struct ctx *c, const void *input, struct reply *out)
{
	(void)c, (void)input;
	return published("tests/vectors/invoice/negative.jsonl", "application/jsonl", out);
}

static const struct operation operations[] = {
	{ .id = "validator.form",
	        .method = GET,
	        .path = "/invoices/validator",
	        .who = PUBLIC,
	        .run = validator_form,
	        .view = validator_view,
	        .page = "validator/check",
	        .menu = "公众服务/查验/发票文件检查",
	        .csp = "connect-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
	        .title = N_("发票文件检查"),
	        .requirements = "A09.4 A09.7",
	        .words = "检查 校验 规范 格式 xml ofd 文件 validator specification" },
	{ .id = "validator.validate",
	        .method = POST,
	        .path = "/public/invoices/validate",
	        .who = PUBLIC,
	        .in = file_fields,
	        .in_size = sizeof(struct file_in),
	        .run = validate,
	        .view = validator_view,
	        .reads = true,
	        .raw_body = "application/octet-stream",
	        .max_body = FILE_MAX + (64 << 10),
	        .per_minute = 120,
	        .page = "validator/check",
	        .form = "validator.form",
	        .csp = "connect-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
	        .title = N_("检查发票文件"),
	        .requirements = "A09.4 A09.5 A09.7" },
	{ .id = "validator.schema",
	        .method = GET,
	        .path = "/public/invoices/schema.json",
	        .who = PUBLIC,
	        .run = schema,
	        .title = N_("发票的 JSON Schema"),
	        .requirements = "A09.4" },
	{ .id = "validator.positive",
	        .method = GET,
	        .path = "/public/invoices/vectors-positive.jsonl",
	        .who = PUBLIC,
	        .run = vectors_positive,
	        .title = N_("发票规范的正例"),
	        .requirements = "A09.4" },
	{ .id = "validator.negative",
	        .method = GET,
	        .path = "/public/invoices/vectors-negative.jsonl",
	        .who = PUBLIC,
	        .run = vectors_negative,
	        .title = N_("发票规范的反例"),
	        .requirements = "A09.4" },
};

const struct service validator_service = {
	.name = "validator",
	.board = "invoice",
	.title = N_("发票规范"),
	.uses = "issue",
	.operations = operations,
	.n_operations = COUNT(operations),
};

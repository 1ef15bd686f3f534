/* A file that somebody holds: is it as the bureau gave it out? The validator's report (spec/) as one answer. */
#include "kernel/i18n/i18n.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/issue/spec/verify.h"
#include <string.h>

enum { FAULTS_TOLD = 3 };

static const struct {
	const char *what, *label;
} labels[] = {
	{ "file", N_("文件格式") },
	{ "envelope", N_("JSON 外层（core、format、proof）") },
	{ "rules", N_("字段和规则") },
	{ "core-hash", N_("核心数据的哈希") },
	{ "xml-view", N_("数据文件和核心一致") },
	{ "signature-sm2", N_("核心签名（SM2）") },
	{ "signature-ed25519", N_("核心签名（Ed25519）") },
	{ "key", N_("签名密钥是本局的") },
	{ "xml-signature", N_("数据文件签名") },
	{ "pdf-signature", N_("PDF 票面签名") },
	{ "face", N_("票面和核心数据一致") },
	{ "xbrl-facts", N_("XBRL 各项和核心数据一致") },
	{ "xbrl-view", N_("XBRL 全部内容和核心数据一致") },
	{ "ofd-digests", N_("OFD 各部分摘要") },
	{ "ofd-data", N_("OFD 元数据和数据文件一致") },
	{ "ofd-container", N_("OFD 压缩包的文件头") },
	{ "ofd-seal-form", N_("电子签章可读") },
	{ "ofd-signature-file", N_("Signature.xml 摘要") },
	{ "ofd-signature", N_("电子签章的签名") },
	{ "ofd-seal", N_("印章的签名") },
	{ "ofd-certificate-list", N_("证书在印章的列表里") },
	{ "ofd-certificate", N_("签名证书由制章人签发") },
	{ "ofd-seal-period", N_("印章在有效期内") },
	{ "ofd-certificate-period", N_("证书在有效期内") },
	{ "ofd-key", N_("签章密钥是本局的") },
};

struct str issue_check_label(struct ctx *c, struct str what)
{
	for (size_t i = 0; i < COUNT(labels); i++)
		if (str_is(what, labels[i].what)) return tr(c, labels[i].label);
	return what;
}

/* --- what is told --- */

static void put(struct ctx *c, struct value *checks, const char *what, const char *outcome, struct str detail)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "what", what);
	value_put_c(c->arena, v, "outcome", outcome);
	value_put_str(c->arena, v, "detail", str_dup(c->arena, detail));
	value_push(c->arena, checks, v);
}

/* The first faults of [from, to) in one text. */
static struct str faults_text(struct ctx *c, const struct spec_report *r, size_t from, size_t to)
{
	int language = c->lang ? SPEC_EN : SPEC_ZH;
	struct buf b;
	buf_init(&b, r->arena, 400);
	for (size_t i = from; i < to && i < from + FAULTS_TOLD; i++) {
		const struct spec_fault *f = &r->faults[i];
		if (i > from) buf_c(&b, c->lang ? "; " : "；");
		buf_str(&b, spec_fault_text(r->arena, f, language));
		if (f->pointer.n) buf_printf(&b, " (%.*s)", STR_FMT(f->pointer));
	}
	if (to > from + FAULTS_TOLD) buf_c(&b, " …");
	return buf_done(&b);
}

/* Why a thing was not checked, where more can be said than that. */
static struct str skipped(struct ctx *c, const char *what, struct str otherwise)
{
	static const struct {
		const char *what, *words;
	} why[] = { { "xml-signature", N_("数据文件自身没有签名") }, { "pdf-signature", N_("PDF 自身没有签名") },
		{ "ofd-digests", N_("OFD 没有电子签章") }, { "ofd-seal", N_("OFD 没有电子签章") },
		{ "ofd-container", N_("压缩包里的时间和属性没有签名保护") },
		{ "face", N_("票面没有签名，不能证明它和核心数据一致") },
		{ "xbrl-facts", N_("文件里没有核心数据，各项内容没有签名保护") },
		{ "xbrl-view", N_("有签名没有盖住的内容") } };
	for (size_t i = 0; i < COUNT(why); i++)
		if (strcmp(what, why[i].what) == 0) return tr(c, why[i].words);
	return otherwise;
}

static void tell(struct ctx *c, const struct spec_report *r, struct value *checks)
{
	static const struct {
		const char *outcome, *words;
	} said[] = { [SPEC_GOOD] = { "good", N_("符合") },
		[SPEC_BAD] = { "bad", N_("不符合") },
		[SPEC_SKIPPED] = { "not-checked", N_("文件里没有，或者这里没有密钥，没有核对") } };
	size_t from = r->n_checks ? 0 : r->n_faults;
	struct str unread = faults_text(c, r, 0, r->core ? 0 : r->n_faults);
	put(c, checks, "file", r->core ? "good" : "bad",
	        r->core    ? tr(c, N_("可以读出发票数据"))
	        : unread.n ? unread
	                   : tr(c, said[SPEC_BAD].words));
	for (size_t i = 0; i < r->n_checks; i++) {
		const struct spec_check *k = &r->checks[i];
		struct str detail = k->outcome == SPEC_BAD ? faults_text(c, r, from, k->faults) : STR_NONE;
		struct str usual = tr(c, said[k->outcome].words);
		if (k->outcome == SPEC_SKIPPED) detail = skipped(c, k->what, usual);
		put(c, checks, k->what, said[k->outcome].outcome, detail.n ? detail : usual);
		from = k->faults;
	}
}

/* --- what it comes to --- */

static bool is_key(const char *what)
{
	return strcmp(what, "key") == 0 || strcmp(what, "ofd-key") == 0;
}

/* A rule that is broken under a good signature was another one when the invoice was made. */
static bool altered(const struct spec_report *r)
{
	bool fits = r->n_checks > 0 && r->checks[r->n_checks - 1].faults == r->n_faults && !r->more;
	for (size_t i = 0; i < r->n_checks; i++)
		if (r->checks[i].outcome == SPEC_BAD && !is_key(r->checks[i].what) &&
		        strcmp(r->checks[i].what, "rules") != 0)
			fits = false;
	return !fits;
}

static bool foreign(const struct spec_report *r)
{
	return spec_outcome(r, "key") == SPEC_BAD || spec_outcome(r, "ofd-key") == SPEC_BAD;
}

static enum issue_file_proof proof_of(const struct spec_report *r, const struct issue_file *f)
{
	if (!r->core || !f->number.n) return ISSUE_FILE_UNREADABLE;
	if (!r->has_proof) return spec_outcome(r, "envelope") == SPEC_BAD ? ISSUE_FILE_ALTERED : ISSUE_FILE_BARE;
	if (altered(r)) return ISSUE_FILE_ALTERED;
	if (foreign(r)) return ISSUE_FILE_FOREIGN;
	return spec_covered(r) && spec_outcome(r, "key") == SPEC_GOOD ? ISSUE_FILE_PROVEN : ISSUE_FILE_BARE;
}

/* Number, total and day, as the plane has them. */
static void read_core(struct ctx *c, const struct value *core, struct issue_file *out)
{
	instant_us at;
	struct str number = value_text(core, "number");
	if (!number.n || !money_parse(value_text(core, "total"), &out->total) ||
	        !instant_parse(value_text(core, "issued_at"), &at))
		return;
	out->number = str_dup(c->arena, number);
	out->date = date_of_instant(at);
}

void issue_file_check(struct ctx *c, struct str bytes, const struct tlog_verifier *known, size_t n_known,
        struct value *checks, struct issue_file *out)
{
	struct arena *own = arena_new(); /* packages grow when they are unpacked: one after the other */
	struct spec_report *r = arena_new_of(own, struct spec_report);
	spec_validate(own, bytes, r);
	spec_verify(r, bytes, known, n_known);
	*out = (struct issue_file){ .format = r->format };
	if (r->core) read_core(c, r->core, out);
	out->proof = proof_of(r, out);
	tell(c, r, checks);
	arena_free(own);
}

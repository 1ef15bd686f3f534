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
	{ "rules", N_("字段和规则") },
	{ "core-hash", N_("核心数据的哈希") },
	{ "xml-view", N_("数据文件和核心一致") },
	{ "signature-sm2", N_("核心签名（SM2）") },
	{ "signature-ed25519", N_("核心签名（Ed25519）") },
	{ "key", N_("签名密钥是本局的") },
	{ "xml-signature", N_("数据文件签名") },
	{ "pdf-signature", N_("PDF 票面签名") },
	{ "ofd-digests", N_("OFD 各部分摘要") },
	{ "ofd-data", N_("OFD 元数据和数据文件一致") },
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
		put(c, checks, k->what, said[k->outcome].outcome, detail.n ? detail : tr(c, said[k->outcome].words));
		from = k->faults;
	}
}

/* --- what it comes to --- */

static enum spec_outcome outcome_of(const struct spec_report *r, const char *what)
{
	for (size_t i = 0; i < r->n_checks; i++)
		if (strcmp(r->checks[i].what, what) == 0) return r->checks[i].outcome;
	return SPEC_SKIPPED;
}

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

/* What covers the whole of each form. */
static bool covered(const struct spec_report *r)
{
	static const struct {
		const char *format, *what;
	} covers[] = { { "xml", "xml-signature" }, { "pdf", "pdf-signature" }, { "ofd", "ofd-digests" },
		{ "json", "core-hash" } };
	for (size_t i = 0; i < COUNT(covers); i++)
		if (strcmp(r->format, covers[i].format) == 0) return outcome_of(r, covers[i].what) == SPEC_GOOD;
	return false;
}

static bool foreign(const struct spec_report *r)
{
	return outcome_of(r, "key") == SPEC_BAD || outcome_of(r, "ofd-key") == SPEC_BAD;
}

static enum issue_file_proof proof_of(const struct spec_report *r, const struct issue_file *f)
{
	if (!r->core || r->partial || !f->number.n) return ISSUE_FILE_UNREADABLE;
	if (!r->has_proof) return ISSUE_FILE_BARE;
	if (altered(r)) return ISSUE_FILE_ALTERED;
	if (foreign(r)) return ISSUE_FILE_FOREIGN;
	return covered(r) && outcome_of(r, "key") == SPEC_GOOD ? ISSUE_FILE_PROVEN : ISSUE_FILE_BARE;
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
	if (r->partial)
		put(c, checks, "content", "not-checked", tr(c, N_("这种格式只有部分内容，请用 XML、OFD 或 PDF 文件")));
	arena_free(own);
}

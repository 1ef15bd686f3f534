/* Files that somebody holds: each part of the proof by its name, and then what the plane says of number, total and day.
 */
#include "services/invoice/verify/files.h"
#include "kernel/i18n/i18n.h"
#include "kernel/tlog/tlog.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/verify/asked.h"
#include "services/invoice/verify/feed.h"
#include "services/invoice/verify/verify.h"

/* From good to bad: the whole is as bad as its worst file. */
static const char *const ranks[] = { "valid", "partly-reversed", "reversed", "unproven", "unknown", "unreadable",
	"not-as-issued" };

static size_t rank(struct str verdict)
{
	size_t i = COUNT(ranks) - 1;
	while (i && !str_is(verdict, ranks[i]))
		i--;
	return i;
}

struct told {
	struct str number, verdict, detail, reversed_by;
};

static bool is_picture(struct str bytes)
{
	return str_starts(bytes, "\x89PNG") || str_starts(bytes, "\xff\xd8\xff");
}

static const char *unreadable(struct str bytes)
{
	return is_picture(bytes)
	               ? N_("这是图片，里面没有签名的数据。请用“扫码查验”认图片里的二维码，或者上传 XML、OFD、PDF 文件")
	               : N_("这个文件里读不出发票，请向开票方要原来的 XML、OFD 或 PDF 文件");
}

/* What the file itself shows comes before what the plane says: a verdict of the plane holds for the whole file only
 * when the signatures do. A file under foreign keys is unknown here, unless it wears one of our numbers. */
static void conclude(struct ctx *c, const struct issue_file *f, struct str bytes, struct told *t)
{
	bool ours = !str_is(t->verdict, "unknown"), differs = str_is(t->verdict, "not-as-issued");
	const char *verdict = NULL, *words = NULL;
	switch (f->proof) {
	case ISSUE_FILE_UNREADABLE:
		verdict = "unreadable";
		words = unreadable(bytes);
		break;
	case ISSUE_FILE_ALTERED:
		verdict = "not-as-issued";
		words = N_("文件和开具时不一致：签名、摘要对不上，被改动过或是伪造的");
		break;
	case ISSUE_FILE_FOREIGN:
		verdict = ours ? "not-as-issued" : "unknown";
		words = ours ? N_("号码是本局的，签名却不是：是伪造的")
		             : N_("签名完整，但不是本局的密钥：请到开票方所在地的税务局查");
		break;
	case ISSUE_FILE_BARE:
		if (!ours || differs || str_is(t->verdict, "too-often")) break; /* nothing was compared */
		verdict = "unproven";
		words = N_(
		        "号码、合计、日期和开具时一致，但文件没有本局的签名，其他内容证明不了。请用本局发出的原文件");
		break;
	case ISSUE_FILE_PROVEN: break;
	}
	if (verdict) t->verdict = str_c(verdict);
	if (words) t->detail = tr(c, words);
	if (verdict) t->reversed_by = STR_NONE;
}

static void add_check(struct ctx *c, struct value *checks, const struct value *from, bool proven)
{
	struct value *one = value_object(c->arena);
	struct str what = value_text(from, "what");
	bool covered = proven && str_is(what, "content");
	value_put_str(c->arena, one, "what", what);
	value_put_str(c->arena, one, "outcome", covered ? S("good") : value_text(from, "outcome"));
	value_put_str(c->arena, one, "detail",
	        covered ? tr(c, N_("签名盖住文件的全部内容，和开具时一致")) : value_text(from, "detail"));
	value_push(c->arena, checks, one);
}

/* Number, total and day against the plane, each as one more check. */
static err_t ask_plane(struct ctx *c, const struct issue_file *f, struct value *checks, struct told *t)
{
	const struct verify_in asked = { .number = f->number,
		.total = f->total,
		.date = f->date,
		.has_total = true,
		.has_date = true,
		.proven = f->proof == ISSUE_FILE_PROVEN };
	struct value *answer;
	TRY(verify_judge(c, &asked, &answer));
	*t = (struct told){ f->number, value_text(answer, "verdict"), value_text(answer, "detail"),
		value_text(answer, "reversed_by") };
	const struct value *list = value_get(answer, S("checked"));
	for (const struct value_member *m = list->first; m; m = m->next)
		add_check(c, checks, m->value, f->proof == ISSUE_FILE_PROVEN);
	if (list->count) return OK;
	struct value *one = value_object(c->arena);
	value_put_c(c->arena, one, "what", "number");
	value_put_c(c->arena, one, "outcome", "differs");
	value_put_str(c->arena, one, "detail", tr(c, N_("号码不在本局的开票记录里")));
	value_push(c->arena, checks, one);
	return OK;
}

struct desk {
	const struct tlog_verifier *keys;
	size_t n_keys;
	struct value *files, *checks;
	size_t worst;
};

static err_t check_one(struct ctx *c, struct desk *d, int64_t place, struct str name, struct str bytes)
{
	struct issue_file f;
	struct told t = { 0 };
	struct value *checks = value_array(c->arena), *v = value_object(c->arena);
	issue_file_check(c, bytes, d->keys, d->n_keys, checks, &f);
	if (f.proof != ISSUE_FILE_UNREADABLE) TRY(ask_plane(c, &f, checks, &t));
	conclude(c, &f, bytes, &t);
	value_put_int(c->arena, v, "file", place);
	value_put_str(c->arena, v, "name", name);
	value_put_str(c->arena, v, "format", str_c(f.format));
	value_put_str(c->arena, v, "number", t.number);
	value_put_str(c->arena, v, "verdict", t.verdict);
	value_put_str(c->arena, v, "detail", t.detail);
	value_put_str(c->arena, v, "reversed_by", t.reversed_by);
	value_push(c->arena, d->files, v);
	verify_count(c, v);
	for (struct value_member *m = checks->first; m; m = m->next) {
		value_put_int(c->arena, m->value, "file", place);
		value_push(c->arena, d->checks, m->value);
	}
	if (rank(t.verdict) > d->worst) d->worst = rank(t.verdict);
	return OK;
}

err_t verify_files(struct ctx *c, const void *input, struct reply *out)
{
	const struct verify_files_in *in = input;
	struct tlog_verifier keys[ISSUE_KEYS_MAX];
	struct str lines;
	TRY(note_verifiers(c, &lines));
	struct desk d = { .keys = keys,
		.n_keys = issue_keys(c->arena, lines, keys),
		.files = value_array(c->arena),
		.checks = value_array(c->arena) };
	for (size_t i = 0; i < in->n_files; i++) {
		bool named = in->n_names == in->n_files && !str_is(in->names[i], "-");
		TRY(check_one(c, &d, (int64_t)i + 1, named ? in->names[i] : STR_NONE, in->files[i]));
	}
	out->value = value_object(c->arena);
	value_put_c(c->arena, out->value, "verdict", ranks[d.worst]);
	value_put(c->arena, out->value, "checks", d.checks);
	value_put(c->arena, out->value, "files", d.files);
	return OK;
}

err_t verify_files_limits(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "files_max", VERIFY_FILES_MAX);
	value_put_int(c->arena, out->value, "file_bytes_max", VERIFY_FILE_MAX);
	value_put_int(c->arena, out->value, "bytes_max", VERIFY_FILES_BYTES_MAX);
	return OK;
}

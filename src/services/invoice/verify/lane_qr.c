/* What the plane knows of a device, and what its QR texts are worth: issued is what counts; what was not yet reported
 * is told as such with its certificate; after a revocation only what was reported before counts. */
#include "services/invoice/verify/lane_qr.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/receipt/log.h"
#include "services/invoice/lane/lane.h"
#include <string.h>

enum { AT_STATE = 1, HEAD = 2, KEYS_MAX = 32 };

/* version, revoked, device's key in base64, blank, verifier of certificates */
bool lane_fact_put(struct arena *a, struct str event, struct plane_entry *out)
{
	struct lane_status s;
	if (!lane_status_read(a, event, &s) || !plane_key_digits(s.lane, &out->key)) return false;
	out->kind = PLANE_LANE;
	out->value = str_printf(a, "%c%c%.*s %.*s", 1, s.revoked ? 'r' : 'a', STR_FMT(s.key), STR_FMT(s.verifier));
	return out->value.n <= PLANE_VALUE_MAX;
}

struct lane_fact {
	bool found, revoked;
	struct str key, verifier;
};

static err_t find(struct ctx *c, struct str lane, struct lane_fact *out)
{
	struct plane_key key;
	struct plane_value v;
	*out = (struct lane_fact){ 0 };
	if (!plane_key_digits(lane, &key)) return OK;
	err_t e = plane_get(c->app->plane, PLANE_LANE, &key, &v);
	if (e == E_NOT_FOUND) return OK;
	if (e != OK) return e;
	struct str rest = str_dup(c->arena, (struct str){ (const char *)v.b, v.n });
	if (rest.n < HEAD || rest.p[0] != 1) return E_INTERNAL;
	*out = (struct lane_fact){ .found = true, .revoked = rest.p[AT_STATE] == 'r' };
	rest = str_sub(rest, HEAD, rest.n);
	if (!str_split(&rest, ' ', &out->key)) return E_INTERNAL;
	out->verifier = rest;
	return OK;
}

/* Those of this node, and where there are none (the plane alone) the one that the plane holds. */
static size_t keys_of(struct ctx *c, const struct lane_fact *f, struct tlog_verifier *keys)
{
	struct str lines = c->app->keys ? receipt_verifiers(c) : f->verifier, line;
	size_t n = 0;
	while (n < KEYS_MAX && lines.n && str_split(&lines, '\n', &line))
		if (str_trim(line).n && tlog_verifier_parse(c->arena, str_trim(line), &keys[n])) n++;
	return n;
}

static void note(struct ctx *c, struct value *list, const char *what, const char *outcome, struct str detail)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "what", what);
	value_put_c(c->arena, v, "outcome", outcome);
	value_put_str(c->arena, v, "detail", detail);
	value_push(c->arena, list, v);
}

/* Certificate and signature, each by its outcome. */
static void note_signatures(struct ctx *c, struct value *list, enum lane_qr_outcome o, const struct lane_qr *q)
{
	static const char *const words[] = {
		[LANE_QR_GOOD] = N_("证书是本平台签发的，有效期至 {1}，销售方 {2}"),
		[LANE_QR_BROKEN] = N_("二维码内容读不懂或扫错了，请重新扫"),
		[LANE_QR_UNCHECKED] = N_("这里没有密钥，签名没有核对"),
		[LANE_QR_UNKNOWN_KEY] = N_("证书不是本平台签发的"),
		[LANE_QR_FORGED_CERTIFICATE] = N_("证书是伪造的，或被改动过"),
		[LANE_QR_SUITE] = N_("签名方式不认识"),
		[LANE_QR_FORGED_SIGNATURE] = N_("证书是本平台签发的，有效期至 {1}，销售方 {2}"),
		[LANE_QR_OUTSIDE] = N_("号码或日期不在证书的号码段里"),
	};
	const struct lane_certificate *cert = &q->certificate;
	bool certified = o == LANE_QR_GOOD || o == LANE_QR_FORGED_SIGNATURE;
	const struct str arg[4] = { date_format(c->arena, cert->until),
		str_printf(c->arena, "%.*s（%.*s）", STR_FMT(cert->seller_name), STR_FMT(cert->seller_id)) };
	note(c, list, "certificate", certified ? "good" : lane_qr_word(o),
	        problem_fill(c->arena, tr(c, words[o]).p, arg));
	if (certified || o == LANE_QR_OUTSIDE)
		note(c, list, "signature", o == LANE_QR_FORGED_SIGNATURE ? "forged-signature" : "good",
		        tr(c, o == LANE_QR_FORGED_SIGNATURE ? N_("签名不是这台设备的，内容是伪造的或被改动过")
		                                            : N_("签名是销售方的设备做的，内容没有改动")));
}

static struct value *checks_of(struct value *answer)
{
	struct value_member *m = answer->first;
	while (m && !str_is(m->key, "checked"))
		m = m->next;
	return m ? m->value : NULL;
}

static void conclude(struct ctx *c, struct value *answer, const char *verdict, struct str detail)
{
	value_set(c->arena, answer, S("verdict"), value_str(c->arena, str_c(verdict)));
	value_set(c->arena, answer, S("detail"), value_str(c->arena, detail));
}

static err_t unreadable(struct ctx *c, struct value **out)
{
	struct value *v = *out = value_object(c->arena), *list;
	value_put_str(c->arena, v, "number", STR_NONE);
	value_put_c(c->arena, v, "verdict", "unreadable");
	value_put_str(c->arena, v, "detail", tr(c, N_("二维码内容读不懂或扫错了，请重新扫")));
	list = value_put_array(c->arena, v, "checked");
	note(c, list, "text", "broken", tr(c, N_("二维码内容读不懂或扫错了，请重新扫")));
	value_put_str(c->arena, v, "reversed_by", STR_NONE);
	return OK;
}

static struct str not_reported(struct ctx *c, const struct lane_certificate *cert)
{
	const struct str arg[4] = { cert->seller_name, date_format(c->arena, cert->until) };
	return problem_fill(
	        c->arena, tr(c, N_("由{1}的设备签名，还没有上报；证书有效期至 {2}。请过一会儿再查")).p, arg);
}

err_t verify_lane_qr(struct ctx *c, const struct verify_qr_in *in, struct value **out)
{
	struct str text = in->text;
	struct tlog_verifier keys[KEYS_MAX];
	struct lane_qr q;
	struct lane_fact f;
	struct issue_qr usual;
	enum lane_qr_outcome o = lane_qr_check(c->arena, text, NULL, 0, &q);
	if (o == LANE_QR_BROKEN) return unreadable(c, out);
	TRY(find(c, q.certificate.lane, &f));
	o = lane_qr_check(c->arena, text, keys, keys_of(c, &f, keys), &q);
	if (o == LANE_QR_GOOD && f.found && !str_eq(f.key, q.certificate.key)) o = LANE_QR_FORGED_CERTIFICATE;
	issue_qr_text_read(c->arena, q.text, &usual);
	struct verify_in asked = { .number = usual.number,
		.total = usual.total,
		.date = usual.date,
		.has_total = true,
		.has_date = true,
		.sender = in->sender,
		.proven = o == LANE_QR_GOOD };
	TRY(verify_judge(c, &asked, out));
	struct value *list = checks_of(*out);
	bool issued = !str_is(value_text(*out, "verdict"), "unknown");
	note_signatures(c, list, o, &q);
	note(c, list, "lane",
	        !f.found    ? "unknown"
	        : f.revoked ? "revoked"
	                    : "active",
	        tr(c, !f.found      ? N_("没有查到这台设备")
	                : f.revoked ? N_("这台设备已停用；停用前上报的发票仍然有效")
	                            : N_("这台设备可以开票")));
	if (o != LANE_QR_GOOD && o != LANE_QR_UNCHECKED)
		conclude(c, *out, "rejected", tr(c, N_("二维码的签名或证书有问题，不要按这张发票付款")));
	else if (!issued && f.revoked)
		conclude(c, *out, "rejected", tr(c, N_("这台设备已停用，这张发票没有在停用前上报，不能用")));
	else if (!issued && date_cmp(usual.date, c->today) > 0)
		conclude(c, *out, "rejected", tr(c, N_("开票日期还没有到，这样的发票上报时会被退回，不能用")));
	else if (!issued && f.found)
		conclude(c, *out, "not-reported", not_reported(c, &q.certificate));
	return OK;
}

#include "services/invoice/issue/files.h"
#include "issue_sql.h"
#include "kernel/ctx/app.h"
#include "kernel/keys/keys.h"
#include "services/invoice/issue/spec/verify.h"
#include "services/invoice/issue/write.h"

/* Signatures that never repeat (SM2) are made when they are first asked for and kept with the invoice, so that it stays
 * the same file (design/house §6). Whoever comes second at the same moment takes the one that was kept. */
struct signing {
	struct str number, format, signature;
	instant_us at;
};

static err_t keep_signature(struct ctx *c, void *arg)
{
	const struct signing *s = arg;
	return issue_file_insert(c, s->number, s->format, s->signature, s->at, NULL);
}

static err_t kept(struct ctx *c, struct str number, const char *format, struct issue_file_get_row *row, bool *there)
{
	return issue_file_get(c, number, str_c(format), row, there);
}

static err_t keep(struct ctx *c, struct str number, const char *format, struct str signature, instant_us at,
        struct issue_file_get_row *row)
{
	struct signing s = { number, str_c(format), signature, at };
	bool there;
	TRY(db_write(c, keep_signature, &s));
	TRY(kept(c, number, format, row, &there));
	return there ? OK : E_INTERNAL;
}

/* What every file of an invoice begins with. */
struct open {
	struct invoice invoice;
	struct face face;
	struct spec_proof proof;
};

static err_t prove(struct ctx *c, struct open *o)
{
	struct issue_file_get_row row;
	struct spec_proof *p = &o->proof;
	bool there;
	spec_sign(c->arena, o->invoice.document, o->invoice.number, keys_seal(c->app->keys), keys_log(c->app->keys), p);
	TRY(kept(c, o->invoice.number, "core", &row, &there));
	if (!there) TRY(keep(c, o->invoice.number, "core", p->signature[SPEC_SUITE_SM2], c->now, &row));
	p->signature[SPEC_SUITE_SM2] = row.signature;
	return OK;
}

static err_t open_face(struct ctx *c, const void *input, struct open *o)
{
	const struct number_in *in = input;
	TRY(issue_open(c, in->number, &o->invoice));
	TRY(face_read(c->arena, o->invoice.document, &o->face));
	o->face.qr_signed = issue_qr_sign(c, o->face.qr);
	return prove(c, o);
}

static err_t signed_xml(struct ctx *c, const struct open *o, struct str *out)
{
	struct issue_file_get_row row;
	struct xml_parts parts;
	bool there;
	TRY(kept(c, o->invoice.number, "xml2", &row, &there));
	if (!there) {
		files_xml_parts(c->arena, &o->face, &o->proof, c->now, &parts);
		struct str signature = keys_sm2_sign_base64(c->app->keys, c->arena, parts.covered);
		TRY(keep(c, o->invoice.number, "xml2", signature, c->now, &row));
	}
	files_xml_parts(c->arena, &o->face, &o->proof, row.signed_at, &parts);
	*out = files_xml(c->arena, &parts, row.signature, crypto_key_pem(c->arena, keys_seal(c->app->keys)));
	return OK;
}

static void named(struct ctx *c, const struct open *o, const char *ending, const char *media, struct reply *out)
{
	out->media = media;
	out->filename = str_printf(c->arena, "dzfp_%.*s.%s", STR_FMT(o->invoice.number), ending);
}

err_t issue_xml(struct ctx *c, const void *input, struct reply *out)
{
	struct open o;
	TRY(open_face(c, input, &o));
	TRY(signed_xml(c, &o, &out->bytes));
	named(c, &o, "xml", "application/xml", out);
	return OK;
}

/* The picture that the seal itself carries. */
static struct str seal_picture(struct ctx *c)
{
	return issue_seal_png(c->arena, c->app->sandbox != NULL);
}

/* The signed data file travels inside the face. */
static err_t answer_pdf(struct ctx *c, const struct open *o, struct reply *out)
{
	struct str xml;
	TRY(signed_xml(c, o, &xml));
	struct str pdf = files_face(c->arena, &o->face, seal_picture(c), NULL);
	if (!pdf.p) return E_INTERNAL;
	named(c, o, "xml", "application/pdf", out);
	struct str signature = spec_pdf_sign(c->arena, pdf, o->invoice.number, keys_log(c->app->keys));
	out->bytes = pdf_attach_described(c->arena, pdf, out->filename.p, "application/xml", signature, xml);
	if (!out->bytes.p) return E_INTERNAL;
	named(c, o, "pdf", "application/pdf", out);
	return OK;
}

err_t issue_pdf(struct ctx *c, const void *input, struct reply *out)
{
	struct open o;
	TRY(open_face(c, input, &o));
	return answer_pdf(c, &o, out);
}

err_t issue_pdf_for_holder(struct ctx *c, struct str number, struct reply *out)
{
	struct open o;
	bool found;
	TRY(issue_find(c, number, &o.invoice, &found));
	if (!found) return E_NOT_FOUND;
	TRY(face_read(c->arena, o.invoice.document, &o.face));
	TRY(prove(c, &o));
	return answer_pdf(c, &o, out);
}

/* The seal's value over what Signature.xml says today. If the face is drawn otherwise by now (another font), the kept
 * one does not fit and a new one is made. */
static err_t seal(struct ctx *c, const struct open *o, const struct files_ofd *parts, struct str kept_value,
        instant_us at, struct str *out)
{
	struct seal_value v;
	const struct seal_kit *kit = keys_seal_kit(c->app->keys);
	if (kept_value.p && seal_value_read(c->arena, kept_value, &v) &&
	        str_eq(v.hash, (struct str){ (const char *)parts->hash, sizeof parts->hash })) {
		*out = kept_value;
		return OK;
	}
	*out = seal_sign(c->arena, kit->seal, kit->certificate, keys_seal(c->app->keys), at, parts->hash,
	        S(FILES_OFD_SIGNATURE));
	if (kept_value.p) return OK;
	struct issue_file_get_row row;
	TRY(keep(c, o->invoice.number, "ofd", str_base64(c->arena, out->p, out->n), at, &row));
	return str_unbase64(c->arena, row.signature, out) ? OK : E_INTERNAL;
}

err_t issue_ofd(struct ctx *c, const void *input, struct reply *out)
{
	struct open o;
	struct files_pages pages;
	struct issue_file_get_row row;
	struct str xml, value = STR_NONE;
	struct files_ofd *parts = arena_new_of(c->arena, struct files_ofd);
	bool there;
	if (!keys_seal_kit(c->app->keys)) return E_INTERNAL;
	TRY(open_face(c, input, &o));
	TRY(signed_xml(c, &o, &xml));
	TRY(kept(c, o.invoice.number, "ofd", &row, &there));
	if (there && !str_unbase64(c->arena, row.signature, &value)) return E_INTERNAL;
	instant_us at = there ? row.signed_at : c->now;
	if (!files_face(c->arena, &o.face, STR_NONE, &pages).p) return E_INTERNAL;
	files_ofd_parts(c->arena, &o.face, &o.proof, xml, &pages, true, at, parts);
	TRY(seal(c, &o, parts, value, at, &value));
	out->bytes = files_ofd(c->arena, parts, value);
	named(c, &o, "ofd", "application/ofd", out);
	return OK;
}

err_t issue_xbrl(struct ctx *c, const void *input, struct reply *out)
{
	struct open o;
	TRY(open_face(c, input, &o));
	out->bytes = files_xbrl(c->arena, &o.face, &o.proof);
	named(c, &o, "xbrl", "application/xbrl+xml", out);
	return OK;
}

err_t issue_json(struct ctx *c, const void *input, struct reply *out)
{
	struct open o;
	TRY(open_face(c, input, &o));
	out->bytes = spec_json(c->arena, o.invoice.document, &o.proof);
	named(c, &o, "json", "application/json", out);
	return OK;
}

struct value *issue_validate(struct ctx *c, struct str bytes)
{
	struct spec_report *r = arena_new_of(c->arena, struct spec_report);
	struct tlog_verifier known[ISSUE_KEYS_MAX];
	spec_validate(c->arena, bytes, r);
	spec_verify(r, bytes, known, issue_keys(c->arena, issue_verifiers(c), known));
	return spec_report_value(r, STR_NONE);
}

#include "services/invoice/issue/files.h"
#include "issue_sql.h"
#include "kernel/keys/keys.h"
#include "kernel/pdf/pdf.h"
#include "services/invoice/issue/write.h"

struct signing {
	struct str number, signature;
	instant_us at;
};

static err_t keep_signature(struct ctx *c, void *arg)
{
	const struct signing *s = arg;
	return issue_file_insert(c, s->number, S("xml"), s->signature, s->at, NULL);
}

/* The file is signed when it is first asked for; the signature is kept with the invoice, so that it stays the same file
 * (design/house §6). Whoever comes second at the same moment takes the one that was kept. */
static err_t signed_xml(struct ctx *c, const struct invoice *i, const struct face *f, struct str *out)
{
	struct issue_file_get_row row;
	struct xml_parts parts;
	bool there;
	TRY(issue_file_get(c, i->number, S("xml"), &row, &there));
	if (!there) {
		struct signing s = { .number = i->number, .at = c->now };
		files_xml_parts(c->arena, f, s.at, &parts);
		s.signature = keys_sm2_sign_base64(c->app->keys, c->arena, parts.covered);
		TRY(db_write(c, keep_signature, &s));
		TRY(issue_file_get(c, i->number, S("xml"), &row, &there));
		if (!there) return E_INTERNAL;
	}
	files_xml_parts(c->arena, f, row.signed_at, &parts);
	*out = files_xml(c->arena, &parts, row.signature, crypto_key_pem(c->arena, keys_seal(c->app->keys)));
	return OK;
}

static err_t open_face(struct ctx *c, const void *input, struct invoice *i, struct face *f)
{
	const struct number_in *in = input;
	TRY(issue_open(c, in->number, i));
	return face_read(c->arena, i->document, f);
}

err_t issue_xml(struct ctx *c, const void *input, struct reply *out)
{
	struct invoice i;
	struct face f;
	TRY(open_face(c, input, &i, &f));
	TRY(signed_xml(c, &i, &f, &out->bytes));
	out->media = "application/xml";
	out->filename = str_printf(c->arena, "dzfp_%.*s.xml", STR_FMT(i.number));
	return OK;
}

/* The signed data file travels inside the face. */
err_t issue_pdf(struct ctx *c, const void *input, struct reply *out)
{
	struct invoice i;
	struct face f;
	struct str xml;
	TRY(open_face(c, input, &i, &f));
	TRY(signed_xml(c, &i, &f, &xml));
	struct str pdf = files_pdf(c->arena, &f, c->app->sandbox != NULL);
	if (!pdf.p) return E_INTERNAL;
	struct str name = str_printf(c->arena, "dzfp_%.*s.xml", STR_FMT(i.number));
	out->bytes = pdf_attach(c->arena, pdf, name.p, "application/xml", xml);
	if (!out->bytes.p) return E_INTERNAL;
	out->media = "application/pdf";
	out->filename = str_printf(c->arena, "dzfp_%.*s.pdf", STR_FMT(i.number));
	return OK;
}

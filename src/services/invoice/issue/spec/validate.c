#include "kernel/pdf/pdf.h"
#include "services/invoice/issue/files.h"
#include "services/invoice/issue/spec/ofd.h"
#include "services/invoice/issue/spec/spec.h"
#include <string.h>

enum { FILE_MAX = 16 << 20 };

/* The hash that the file carries is the hash of what it says, under each suite. */
static void check_core(struct spec_report *r)
{
	bool same = true;
	if (!r->has_proof || r->partial) {
		spec_check(r, "core-hash", SPEC_SKIPPED, STR_NONE);
		return;
	}
	for (int s = 0; s < SPEC_SUITES; s++)
		same = same && str_eq(spec_hash(r->arena, s, r->core_bytes), r->proof.hash[s]);
	if (!same) spec_fault(r, SPEC_CORE_HASH, S(""), STR_NONE, STR_NONE);
	spec_check(r, "core-hash", same ? SPEC_GOOD : SPEC_BAD, STR_NONE);
}

static struct str between(struct str s, const char *from, const char *to)
{
	ptrdiff_t at = str_find(s, from);
	if (at < 0) return STR_NONE;
	s = str_sub(s, (size_t)at + strlen(from), s.n);
	at = str_find(s, to);
	return at < 0 ? STR_NONE : str_sub(s, 0, (size_t)at);
}

struct part {
	struct str right;
	const char *name;
};

/* An XML of ours is a view: made once more from the core it is the same bytes. Else the first part that differs is
 * named. */
static void check_view(struct spec_report *r)
{
	struct face f;
	struct xml_parts p;
	instant_us at;
	struct arena *a = r->arena;
	struct str time = between(r->xml, "<SignatureTime>", "</SignatureTime>");
	struct str signature = between(r->xml, "<SignatureValue>", "</SignatureValue>");
	struct str key = between(r->xml, "<KeyInfo>", "</KeyInfo>");
	bool readable = face_read(a, r->core_bytes, &f) == OK && time.n == 19 && f.number.n == 20 &&
	                instant_parse(str_printf(a, "%.10sT%.8s+08:00", time.p, time.p + 11), &at);
	if (!readable) {
		spec_fault(r, SPEC_VIEW, S(""), S("TaxBureauSignature"), S("TaxBureauSignature"));
		spec_check(r, "xml-view", SPEC_BAD, S("TaxBureauSignature"));
		return;
	}
	files_xml_parts(a, &f, &r->proof, at, &p);
	struct str whole = files_xml(a, &p, signature, key);
	if (str_eq(whole, r->xml)) {
		spec_check(r, "xml-view", SPEC_GOOD, STR_NONE);
		return;
	}
	const struct part parts[] = { { p.header, "Header" }, { p.data, "EInvoiceData" },
		{ p.authentication, "SellerAuthentication" }, { p.supervision, "TaxSupervisionInfo" } };
	struct str rest = between(r->xml, "<EInvoice>", "</EInvoice>");
	const char *name = "TaxBureauSignature";
	for (size_t i = sizeof parts / sizeof *parts; i-- > 0;)
		if (!rest.p || str_find(rest, parts[i].right.p) < 0) name = parts[i].name;
	spec_fault(r, SPEC_VIEW, S(""), str_c(name), str_c(name));
	spec_check(r, "xml-view", SPEC_BAD, str_c(name));
}

static void check_content(struct spec_report *r)
{
	size_t before = r->n_faults;
	spec_check_fields(r);
	spec_check_rules(r);
	spec_check(r, "rules", r->n_faults == before ? SPEC_GOOD : SPEC_BAD, STR_NONE);
	check_core(r);
	if (r->xml.p && r->has_proof) check_view(r);
}

static void of_xml(struct spec_report *r, struct str bytes)
{
	if (spec_read_xml(r, bytes)) check_content(r);
}

static void of_ofd(struct spec_report *r, struct str bytes)
{
	struct spec_ofd o;
	if (!spec_ofd_open(r, bytes, &o)) return;
	spec_ofd_digests(r, &o);
	of_xml(r, o.xml);
	r->format = "ofd";
	if (r->core) spec_ofd_data(r, &o);
}

static void of_pdf(struct spec_report *r, struct str bytes)
{
	struct pdf_attached parts;
	r->format = "pdf";
	if (!pdf_attached(r->arena, bytes, &parts)) {
		spec_fault(r, SPEC_PDF, S(""), STR_NONE, STR_NONE);
		return;
	}
	of_xml(r, parts.bytes);
	r->format = "pdf";
}

static void of_json(struct spec_report *r, struct str bytes)
{
	if (spec_read_json(r, bytes)) check_content(r);
}

void spec_validate(struct arena *a, struct str bytes, struct spec_report *r)
{
	spec_report_init(r, a);
	struct str s = str_starts(bytes, "\xef\xbb\xbf") ? str_sub(bytes, 3, bytes.n) : bytes;
	s = str_trim(s);
	if (!s.n)
		spec_fault(r, SPEC_EMPTY, S(""), STR_NONE, STR_NONE);
	else if (bytes.n > FILE_MAX)
		spec_fault(r, SPEC_LIMIT, S(""), S("16 MB"), STR_NONE);
	else if (s.p[0] == '{' || s.p[0] == '[')
		of_json(r, s);
	else if (s.p[0] == '<')
		of_xml(r, bytes);
	else if (str_starts(bytes, "PK"))
		of_ofd(r, bytes);
	else if (str_starts(bytes, "%PDF-"))
		of_pdf(r, bytes);
	else
		spec_fault(r, SPEC_FORMAT, S(""), STR_NONE, STR_NONE);
}

/* Files that anybody can make of a core (etaxd invoice convert). The same core makes the same bytes, so that a checker
 * can make them again. */
#include "services/invoice/issue/files.h"

struct str files_plain_pdf(struct arena *a, const struct face *f, struct str xml)
{
	struct str pdf = files_face(a, f, STR_NONE, NULL);
	return pdf.p ? pdf_attach(a, pdf, str_printf(a, "dzfp_%.*s.xml", STR_FMT(f->number)).p, "application/xml", xml)
	             : pdf;
}

struct str files_plain_ofd(struct arena *a, const struct face *f, const struct spec_proof *proof, struct str xml)
{
	struct files_pages pages;
	struct files_ofd *parts = arena_new_of(a, struct files_ofd);
	if (!files_face(a, f, STR_NONE, &pages).p) return STR_NONE;
	files_ofd_parts(a, f, proof, xml, &pages, false, f->issued_at, parts);
	return files_ofd(a, parts, STR_NONE);
}

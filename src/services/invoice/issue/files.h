/* The files of an invoice: XML data file with its signature, PDF of the known face. Inner header. */
#ifndef ISSUE_FILES_H
#define ISSUE_FILES_H
#include "kernel/pdf/pdf.h"
#include "kernel/zip/zip.h"
#include "services/invoice/issue/face.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/issue/spec/spec.h"

/* EInvoice XML (domain/invoice.md §3.4). The parts that the signature covers are written in the form of exclusive C14N,
 * in the order of the Reference, so that the signed bytes stand in the file as they are. */
struct xml_parts {
	struct str header, data, authentication, supervision, time;
	struct str covered; /* all of them, one after the other: what SM2 signs */
};
/* proof: of the core, in AdditionalInformation; NULL: none (a file that was converted). */
void files_xml_parts(struct arena *a, const struct face *f, const struct spec_proof *proof, instant_us signed_at,
        struct xml_parts *out);
void files_xml_element(struct buf *b, const char *name, struct str text); /* <name>text</name>, escaped */
struct str files_xml(struct arena *a, const struct xml_parts *p, struct str signature, struct str key_pem);
/* The face as a PDF; pages: the same as objects of an OFD (may be NULL). STR_NONE: could not be drawn. */
enum { FILES_SEAL_X = 900, FILES_SEAL_Y = 150 }; /* tenths of a millimetre */
struct files_pages {
	const struct pdf_ofd_page *list;
	size_t n;
};
struct str files_face(struct arena *a, const struct face *f, struct str seal_png, struct files_pages *pages);

/* OFD (GB/T 33190-2016). Its Signature.xml is made first; what the seal signs of it, SignedValue.dat, comes from
 * outside, as SM2 signatures never repeat. */
struct files_ofd {
	struct zip_entry list[PDF_PAGES_MAX + 16];
	size_t n, signed_value; /* where SignedValue.dat goes; 0: an OFD without a seal */
	unsigned char hash[32]; /* SM3 of Signature.xml */
};
#define FILES_OFD_SIGNATURE "/Doc_0/Signs/Sign_0/Signature.xml"
void files_ofd_parts(struct arena *a, const struct face *f, const struct spec_proof *proof, struct str xml,
        const struct files_pages *pages, bool sealed, instant_us signed_at, struct files_ofd *out);
struct str files_ofd(struct arena *a, struct files_ofd *parts, struct str signed_value);
/* What is made without the bureau's keys: the face without seal, the data file inside, nothing signed. STR_NONE: could
 * not be drawn. */
struct str files_plain_pdf(struct arena *a, const struct face *f, struct str xml);
struct str files_plain_ofd(struct arena *a, const struct face *f, const struct spec_proof *proof, struct str xml);
struct str files_xbrl(struct arena *a, const struct face *f, const struct spec_proof *proof);

op_run issue_xml, issue_pdf, issue_ofd, issue_xbrl, issue_json;
#endif

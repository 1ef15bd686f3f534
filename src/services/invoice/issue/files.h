/* The files of an invoice: XML data file with its signature, PDF of the known face. Inner header. */
#ifndef ISSUE_FILES_H
#define ISSUE_FILES_H
#include "services/invoice/issue/face.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/issue/spec/spec.h"

/* EInvoice XML (domain/invoice.md §3.4). The parts that the signature covers are written in the form of exclusive C14N, in
 * the order of the Reference, so that the signed bytes stand in the file as they are. */
struct xml_parts {
	struct str header, data, authentication, supervision, time;
	struct str covered; /* all of them, one after the other: what SM2 signs */
};
/* proof: of the core, in AdditionalInformation; NULL: none (a file that was converted). */
void files_xml_parts(struct arena *a, const struct face *f, const struct spec_proof *proof, instant_us signed_at,
        struct xml_parts *out);
struct str files_xml(struct arena *a, const struct xml_parts *p, struct str signature, struct str key_pem);
/* STR_NONE: could not be drawn. sample: stamped as without legal force (sandbox). */
struct str files_pdf(struct arena *a, const struct face *f, bool sample);

op_run issue_xml, issue_pdf;
#endif

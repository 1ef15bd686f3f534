/* OFD packages: what is in them, and which of the checks of domain/invoice.md §7.4 hold. */
#ifndef ISSUE_SPEC_OFD_H
#define ISSUE_SPEC_OFD_H
#include "kernel/xml/xml.h"
#include "kernel/zip/zip.h"
#include "services/invoice/issue/spec/spec.h"

struct spec_ofd {
	struct zip zip;
	struct str xml; /* the attached data file */
	struct str signature_path, signature,
	        signed_value; /* Signature.xml and SignedValue.dat; STR_NONE: not sealed */
};
/* Opens the package and checks all that needs no key: paths, digests, that no part is unsigned, CustomDatas against the
 * data. */
bool spec_ofd_open(struct spec_report *r, struct str bytes, struct spec_ofd *out);
/* The digests that the signature names: what is to be hashed, and, when it was, whether they fit. */
struct crypto_sm3_work;
struct spec_digests {
	bool sealed;                       /* and its signature could be read */
	const struct xml_node *references; /* NULL: no part is named */
	struct crypto_sm3_work *work;      /* one a part of the package that is named */
	size_t n;
};
void spec_ofd_to_hash(struct spec_report *r, const struct spec_ofd *o, struct spec_digests *out);
void spec_ofd_digests(struct spec_report *r, const struct spec_ofd *o, const struct spec_digests *d);
/* What no signature covers: the headers of the package, and the list that names the signature. With our seal they are
 * as the bureau writes them. */
void spec_ofd_container(struct spec_report *r, const struct spec_ofd *o);
extern const char spec_ofd_signatures[];                             /* that list */
void spec_ofd_data(struct spec_report *r, const struct spec_ofd *o); /* after the data file was read */
#endif

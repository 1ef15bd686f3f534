/* OFD packages: what is in them, and which of the checks of domain/invoice.md §7.4 hold. */
#ifndef ISSUE_SPEC_OFD_H
#define ISSUE_SPEC_OFD_H
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
void spec_ofd_digests(struct spec_report *r, const struct spec_ofd *o);
void spec_ofd_data(struct spec_report *r, const struct spec_ofd *o); /* after the data file was read */
#endif

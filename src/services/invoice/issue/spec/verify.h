/* The checks that need keys: signatures of the core, of the XML, and of the seal on an OFD. Not in the browser. */
#ifndef ISSUE_SPEC_VERIFY_H
#define ISSUE_SPEC_VERIFY_H
#include "kernel/tlog/tlog.h"
#include "services/invoice/issue/spec/spec.h"

/* After spec_validate of the same bytes. known: keys that are trusted (may be none: then it is only said that the
 * file's parts agree with the key that it carries itself). */
void spec_verify(struct spec_report *r, struct str bytes, const struct tlog_verifier *known, size_t n_known);
/* The signature over the face of a PDF: over all bytes before the data file was attached (docs/spec/invoice/signature.md).
 * It stands in the description of the attached file, so that no byte of the PDF is outside. */
struct str spec_pdf_sign(struct arena *a, struct str pdf, struct str number, const struct crypto_key *ed25519);
/* Signs a core under both suites. */
struct crypto_key;
void spec_sign(struct arena *a, struct str core, struct str number, const struct crypto_key *sm2,
        const struct crypto_key *ed25519, struct spec_proof *out);
#endif

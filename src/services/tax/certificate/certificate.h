/* Certificate (证明, A07.7, .10, .12): the tax payment certificate (税收完税证明, 表格式) as a PDF that carries its own data and
 * an SM2 signature, so that it can be checked without the bureau (docs/adr/0004). */
#ifndef TAX_CERTIFICATE_H
#define TAX_CERTIFICATE_H
#include "kernel/operation/service.h"
#include "kernel/tlog/tlog.h"

enum certificate_part {
	CERTIFICATE_GOOD,
	CERTIFICATE_FILE,      /* no certificate of ours at all, or its proof can not be read */
	CERTIFICATE_KEY,       /* the signing key is not endorsed by the key that was given */
	CERTIFICATE_SIGNATURE, /* the signature is not over these words */
	CERTIFICATE_DATA,      /* the data inside were changed */
	CERTIFICATE_PAGE,      /* what one sees was changed */
	CERTIFICATE_REST,      /* something else in the file, or something was added to it */
};
extern const char *const certificate_part_names[]; /* "ok", "file", "key", … */

struct certificate_facts { /* filled as far as the check came */
	struct str data;   /* canonical JSON */
	struct str signer; /* name of the signing key */
};
/* Puts data and proof into a finished PDF. seal: SM2; log: Ed25519, endorses the seal's key under the log's name, so that
 * one who has the log's verifier key needs no other. STR_NONE: not a PDF of ours. */
MUST_USE struct str certificate_seal(struct arena *a, struct str pdf, struct str data, const struct crypto_key *seal,
        struct str log_name, const struct crypto_key *log);
/* Any bytes are safe. key: the log's verifier (Ed25519), or the seal's own (SM2). */
enum certificate_part certificate_verify(
        struct arena *a, struct str file, const struct tlog_verifier *key, struct certificate_facts *facts);
#endif

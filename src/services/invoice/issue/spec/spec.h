/* The specification of the invoice (docs/spec/invoice) as code: reads every form, checks every rule, says all faults at
 * once. No I/O, no database, no clock: the same code runs in the server, at the command line and in the browser
 * (WebAssembly). */
#ifndef ISSUE_SPEC_H
#define ISSUE_SPEC_H
#include "base/date.h"
#include "kernel/value/value.h"
#include "services/invoice/issue/spec/codes.h"

struct spec_fault {
	enum spec_code code;
	struct str pointer; /* JSON pointer in the core; "" = the whole document */
	struct str place;   /* where in the file: an element path, a part; STR_NONE: as the pointer */
	struct str arg[2];
};
enum spec_outcome { SPEC_GOOD, SPEC_BAD, SPEC_SKIPPED };
struct spec_check { /* one thing that was checked, by name: "rules", "core-hash", "sm2", "ofd-seal" … */
	const char *what;
	enum spec_outcome outcome;
	struct str detail;
	size_t faults; /* of the report, up to here: those behind the check before belong to this one */
};
enum { SPEC_FAULTS_MAX = 500, SPEC_CHECKS_MAX = 24 };

/* The proof that every form carries equally (docs/spec/invoice/signature.md). Texts: hex, base64. A suite that is not
 * there has no hash (STR_NONE). */
enum { SPEC_SUITE_SM2, SPEC_SUITE_ED25519, SPEC_SUITES };
struct spec_proof {
	struct str hash[SPEC_SUITES], key[SPEC_SUITES], signature[SPEC_SUITES];
};
extern const char *const spec_suites[SPEC_SUITES]; /* "sm2-sm3", "ed25519-sha256" */

struct spec_report {
	struct arena *arena;
	const char *format;            /* "json", "xml", "ofd", "pdf", "xbrl"; NULL: not recognised */
	const char *dialect;           /* of XML: "einvoice", "pinyin", "element" */
	struct value *core;            /* as read; NULL: could not be read */
	struct str core_bytes, number; /* canonical bytes; STR_NONE: not computable */
	struct spec_proof proof;
	bool has_proof, partial; /* partial: the form carries a part of the fields only (XBRL) */
	bool asked;              /* what needs keys was asked too (spec/verify.h) */
	struct str xml;          /* the XML data file: itself, the PDF's or the OFD's */
	struct spec_fault *faults;
	size_t n_faults, more; /* more: found beyond the list */
	struct spec_check checks[SPEC_CHECKS_MAX];
	size_t n_checks;
};
void spec_report_init(struct spec_report *r, struct arena *a);
void spec_fault(struct spec_report *r, enum spec_code code, struct str pointer, struct str arg, struct str arg2);
/* Of the envelope, not of the core: the pointer is "", place says where in the file. */
void spec_fault_at(struct spec_report *r, enum spec_code code, struct str place, struct str arg, struct str arg2);
void spec_check(struct spec_report *r, const char *what, enum spec_outcome outcome, struct str detail);
bool spec_valid(const struct spec_report *r);                                  /* nothing is wrong with it */
enum spec_outcome spec_outcome(const struct spec_report *r, const char *what); /* SPEC_SKIPPED: not among the checks */
bool spec_covered(const struct spec_report *r); /* signatures that hold cover all that the file says */
/* "valid", "unproven", "invalid", "unreadable". Unproven: nothing is wrong, but no signature vouches for it. Where keys
 * were not asked, a file that carries a proof counts by the rules alone. */
const char *spec_verdict(const struct spec_report *r);
enum { SPEC_ZH, SPEC_EN };
/* {file, format, verdict, number, core_hash, faults[], checks[]}; texts in both languages. */
struct value *spec_report_value(const struct spec_report *r, struct str file);
struct str spec_fault_text(struct arena *a, const struct spec_fault *f, int language);
struct str spec_fault_fix(struct arena *a, const struct spec_fault *f, int language);

/* Reads and checks one file of any form. Safe on hostile bytes. What needs keys is left as SPEC_SKIPPED
 * (spec/verify.h). */
void spec_validate(struct arena *a, struct str bytes, struct spec_report *out);

/* The same for many files: what is to be hashed is hashed together, which makes OFD three times as fast. At most
 * SPEC_MANY_MAX files. */
enum { SPEC_MANY_MAX = 64 };
void spec_validate_many(struct arena *a, const struct str *files, size_t n, struct spec_report *out);

/* The parts, for those who have the pieces in hand. */
void spec_check_fields(struct spec_report *r);               /* r->core: types, lengths, members */
void spec_check_rules(struct spec_report *r);                /* r->core: everything between fields */
bool spec_read_xml(struct spec_report *r, struct str bytes); /* fills core, proof */
bool spec_read_json(struct spec_report *r, struct str bytes);
struct str spec_hash(struct arena *a, int suite, struct str core); /* hex */
/* What the keys sign: the suite stands inside, and so does the number, so that a form with few fields can be checked.
 */
struct str spec_statement(struct arena *a, int suite, struct str number, struct str hash);
struct value *spec_proof_value(struct arena *a, const struct spec_proof *p);
struct str spec_json(struct arena *a, struct str core, const struct spec_proof *p); /* the JSON form */
#endif

/* Every error code of the specification, once: text, law and cure in both languages. docs/spec/invoice/error-codes.md
 * is made from this table (tools/spec_docs.py), the validator and the page in the browser show it. */
#ifndef ISSUE_SPEC_CODES_H
#define ISSUE_SPEC_CODES_H
#include "base/str.h"

enum spec_code {
	/* the file */
	SPEC_EMPTY,
	SPEC_FORMAT,
	SPEC_JSON,
	SPEC_XML,
	SPEC_XML_DIALECT,
	SPEC_XBRL,
	SPEC_PDF,
	SPEC_ZIP,
	SPEC_LIMIT,
	SPEC_OFD,
	SPEC_OFD_DATA,
	/* one field */
	SPEC_MISSING,
	SPEC_UNKNOWN,
	SPEC_TYPE,
	SPEC_TEXT_EMPTY,
	SPEC_TEXT_LONG,
	SPEC_TEXT_BLANKS,
	SPEC_TEXT_CONTROL,
	SPEC_MONEY,
	SPEC_DECIMAL,
	SPEC_RATE_FORM,
	SPEC_INSTANT,
	SPEC_CHOICE,
	SPEC_DIGITS,
	/* number, parties */
	SPEC_NUMBER_YEAR,
	SPEC_NUMBER_REGION,
	SPEC_ISSUED_EARLY,
	SPEC_TAX_ID,
	SPEC_BUYER_TAX_ID,
	SPEC_BUYER_PERSON,
	SPEC_SPECIAL_MISSING,
	SPEC_SPECIAL_OTHER,
	/* lines */
	SPEC_LINES_EMPTY,
	SPEC_LINES_MANY,
	SPEC_CODE_FORM,
	SPEC_CODE_UNKNOWN,
	SPEC_CODE_SUMMARY,
	SPEC_SHORT_NAME,
	SPEC_RATE,
	SPEC_TREATMENT_RATE,
	SPEC_TREATMENT_MISSING,
	SPEC_TREATMENT_CODE,
	SPEC_TREATMENT_NOT_TAXED,
	SPEC_SPECIAL_EXEMPT,
	SPEC_QUANTITY_PRICE,
	SPEC_NOT_POSITIVE,
	SPEC_PRODUCT,
	SPEC_TAX_SIGN,
	SPEC_TAX,
	SPEC_TAX_SUM,
	SPEC_AMOUNT_SIGN,
	SPEC_DISCOUNT_PLACE,
	SPEC_DISCOUNT_DIFFERS,
	SPEC_DISCOUNT_QUANTITY,
	SPEC_DISCOUNT_HIGH,
	SPEC_LINE_REFERENCE,
	/* sums */
	SPEC_SUM_AMOUNT,
	SPEC_SUM_TAX,
	SPEC_TOTAL,
	SPEC_WORDS,
	SPEC_TOTAL_POSITIVE,
	SPEC_TOTAL_NEGATIVE,
	/* red letter, QR text */
	SPEC_RED_MISSING,
	SPEC_RED_SELF,
	SPEC_QR,
	/* proof */
	SPEC_CORE_HASH,
	SPEC_VIEW,
	SPEC_SIGNATURE,
	SPEC_DIGEST,
	SPEC_SEAL,
	SPEC_CERTIFICATE,
	SPEC_PERIOD,
	SPEC_CODES
};
struct spec_text {
	const char *code;                  /* stable, for programs */
	const char *zh, *en;               /* {1}, {2}: what was found, what is right */
	const char *law, *fix_zh, *fix_en; /* law: NULL where only this specification says so */
};
extern const struct spec_text spec_codes[SPEC_CODES];
#endif

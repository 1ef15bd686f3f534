/* What people type and say instead of a form, read into a question. No I/O. */
#ifndef VERIFY_ASK_H
#define VERIFY_ASK_H
#include "services/invoice/verify/asked.h"

struct verify_words {
	struct verify_in in; /* number: of 20 digits */
	bool legacy;         /* an older kind: its code and number of 8 digits were given */
	struct str code;     /* then */
};
/* CY NUMBER [YYYYMMDD] [AMOUNT]; CY CODE NUMBER YYYYMMDD AMOUNT. Keyword, full-width forms, commas, '#', digits in
 * groups and Chinese digits (一二三, 幺, 两, 点) are taken as they come. false: can not be read. */
bool verify_words_read(struct arena *a, struct str text, struct verify_words *out);
#endif

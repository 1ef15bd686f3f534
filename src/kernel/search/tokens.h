/* Tokens: how text is cut for the index and for questions. Chinese has no blanks between words; measured on 18 million
 * characters of law, pairs of characters find 2-character words, which most are (domain/services §5.4).
 *
 *   Han       a run is cut into overlapping pairs 发票额度 -> 发票 票额 额度, and its last character alone: then every
 *             character begins a token, and one character can be asked as a beginning. In questions the last character
 *             alone is left out, unless the run is one character.
 *   letters   a run of letters and digits is one token, lower case, full-width forms folded (ＡＢＣ１２ -> abc12); the
 *             English plural is cut (invoices -> invoice, taxes -> tax). At most 48 bytes count.
 *   the rest  separates. Bytes that are not UTF-8 separate too. */
#ifndef SEARCH_TOKENS_H
#define SEARCH_TOKENS_H
#include "base/str.h"

enum { TOKEN_MAX = 48 };

struct token {
	char text[TOKEN_MAX + 1];
	size_t n;
	size_t from, to; /* bytes of the text that was cut */
	bool han;
	bool part; /* one Han character */
};
/* Calls fn for each; a value other than 0 ends the cutting and is given back. */
typedef int token_fn(void *arg, const struct token *t);
int tokens_each(struct str text, bool question, token_fn *fn, void *arg);
#endif

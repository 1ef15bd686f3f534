/* A question: what was typed becomes concepts; a concept is one thing that was asked, in one or several ways of saying
 * it (开票 = 开具发票 = 蓝字发票开具), each way a few tokens. Words that only wrap a question (我要, 怎么, how to) are
 * left out. */
#ifndef SEARCH_QUERY_H
#define SEARCH_QUERY_H
#include "base/arena.h"
#include "kernel/search/tokens.h"

enum { QUERY_TOKENS_MAX = 64, QUERY_CONCEPTS_MAX = 24, QUERY_WAYS_MAX = 12, WORDS_MAX = 2000 };

struct words; /* data/search-words.csv: rows "same,WORD WORD …" and "skip,WORD WORD …" */
/* NULL: a row is wrong, *line says which. */
struct words *words_load(struct arena *a, struct str csv, unsigned *line);

struct query_token {
	struct str text;
	bool beginning; /* a longer token that begins so will do */
};
struct query_way {
	unsigned from, n; /* tokens */
};
struct query_concept {
	struct query_way ways[QUERY_WAYS_MAX];
	unsigned n;
};
struct query {
	struct query_token tokens[QUERY_TOKENS_MAX];
	struct query_concept concepts[QUERY_CONCEPTS_MAX];
	unsigned n_tokens, n_concepts;
	struct str folded;     /* the whole text: small letters, half-width */
	struct str expression; /* for FTS5: quoted tokens joined by OR; STR_NONE: there is nothing to look for */
};
void query_make(struct query *q, struct arena *a, const struct words *w, struct str text);

/* How well a document answers. covered: share of the concepts it holds, in thousandths; the score adds to it where they
 * stand: a title that holds them all, or that is what was typed; one of the words (between blanks; red-letter is one)
 * that is what was asked and nothing more. */
struct query_match {
	int covered, score;
};
struct query_match query_match(
        const struct query *q, struct arena *a, struct str title, struct str words, struct str body);
#endif

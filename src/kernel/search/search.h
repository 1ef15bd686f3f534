/* Search: a full-text index of this process, SQLite FTS5 in DATA/search.db with a Chinese tokenizer of our own (tokens.h).
 * It is derived: whatever is in it can be fed again from the operation tables, from data/ and from the outbox, so a file
 * that is missing, damaged or of another version is begun anew. The same on SQLite and on a PostgreSQL deployment.
 *
 * What is asked is plain text, never FTS5 syntax: "我要开票" becomes concepts (开票, or what means the same by
 * data/search-words.csv), all their tokens are joined by OR, the best 60 by BM25 are ranked again by how much of what was
 * asked they hold, and those that hold little of it are left out. */
#ifndef KERNEL_SEARCH_H
#define KERNEL_SEARCH_H
#include "base/error.h"
#include "base/str.h"

struct search;

enum { SEARCH_TEXT_MAX = 100, SEARCH_HITS_MAX = 60, SEARCH_TITLE_MAX = 400, SEARCH_BODY_MAX = 20000 };
enum { SEARCH_ALL = 1000, SEARCH_EXACT = 1500 }; /* scores */
#define SEARCH_PUBLIC 0      /* owner of what anybody may find */
#define SEARCH_OFFICERS (-1) /* owner of what officers may find */

struct search_document {
	struct str kind;  /* "task", "taxcode", "taxpayer", … */
	struct str id;    /* with lang unique in its source */
	struct str lang;  /* "zh", "en", or "" for both */
	int64_t owner;    /* party id, SEARCH_PUBLIC or SEARCH_OFFICERS */
	struct str title, words, body; /* found in this order of weight; words are not shown */
	struct str href;
	int prefer;       /* 0..100: added to the rank of equal matches (a task before a tax code) */
};

struct search_query {
	struct str text;     /* at most SEARCH_TEXT_MAX characters count */
	const char *kind;    /* NULL: all */
	const char *lang;    /* "zh" or "en": documents of this language and those of both; NULL: all */
	int64_t owner;       /* its documents besides the public ones; 0: none */
	bool officer;        /* those of SEARCH_OFFICERS too */
	size_t limit;        /* 0 or more than SEARCH_HITS_MAX: SEARCH_HITS_MAX */
};

struct search_hit {
	struct str kind, id, title, body, href;
	int score; /* larger is better; from SEARCH_ALL on: holds all that was asked; from SEARCH_EXACT: a word is just that */
};

/* data_dir NULL: in memory (tests). words: text of data/search-words.csv, STR_NONE: none. */
MUST_USE err_t search_open(struct search **out, const char *data_dir, struct str words);
void search_close(struct search *s);

/* A source is a set of documents that one feeder owns. */
bool search_has(struct search *s, const char *source, struct str version); /* it is there in this version */
/* All of a source anew, in one step: what was of it before is gone. */
MUST_USE err_t search_replace(struct search *s, const char *source, struct str version,
        const struct search_document *documents, size_t n);
/* Adds or replaces some; position: how far the outbox has been read (kept in the same transaction). */
MUST_USE err_t search_put(struct search *s, const char *source, const struct search_document *documents, size_t n,
        int64_t position);
/* The outbox was read up to here and held nothing of it: kept in the file once in SEARCH_ADVANCE positions, because reading
 * some events again costs less than a write for each. */
enum { SEARCH_ADVANCE = 1000 };
MUST_USE err_t search_advance(struct search *s, const char *source, int64_t position);
MUST_USE err_t search_position(struct search *s, const char *source, int64_t *position); /* 0: nothing was fed yet */

/* Threads may ask at the same time. Nothing to look for (blank, only marks): no hits. */
MUST_USE err_t search_find(struct search *s, struct arena *a, const struct search_query *q, struct search_hit **hits,
        size_t *n);
#endif

#include "kernel/search/query.h"
#include "base/buf.h"
#include "base/csv.h"
#include "base/utf8.h"
#include <string.h>

enum {
	SKIP = -1,
	GROUP_BYTES_MAX = 1000,
	ALL = 1000,
	IN_TITLE = 300,
	IS_TITLE = 600,
	IS_WORD = 500,
	WHOLE_WORD_MIN = 2
};

struct one_word {
	struct str text;
	int group; /* words of one group mean the same; SKIP: left out of questions */
};
struct words {
	struct one_word list[WORDS_MAX];
	size_t n;
};

/* --- the words --- */

static struct str small(struct arena *a, struct str s)
{
	s = utf8_fold(a, s);
	char *p = arena_alloc(a, s.n + 1);
	if (s.n) memcpy(p, s.p, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] + ('a' - 'A'));
	return (struct str){ p, s.n };
}

struct words *words_load(struct arena *a, struct str csv, unsigned *line)
{
	struct words *w = arena_new_of(a, struct words);
	struct csv_reader r;
	struct str fields[2], rest, piece;
	size_t n;
	enum csv_result result;
	int group = 0;
	csv_open(&r, csv);
	while ((result = csv_read(&r, a, fields, 2, &n)) == CSV_ROW) {
		*line = r.line;
		if (r.line == 1) continue; /* head */
		bool same = str_is(fields[0], "same");
		if (n != 2 || (!same && !str_is(fields[0], "skip")) || fields[1].n > GROUP_BYTES_MAX) return NULL;
		rest = small(a, fields[1]);
		for (unsigned k = 0; str_split(&rest, ' ', &piece); k++) {
			if (!piece.n || w->n == WORDS_MAX || (same && k == QUERY_WAYS_MAX)) return NULL;
			w->list[w->n++] = (struct one_word){ piece, same ? group : SKIP };
		}
		group++;
	}
	return result == CSV_END ? w : NULL;
}

static bool letter(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

/* The longest word that stands at this place; words of letters stand alone. */
static const struct one_word *word_at(const struct words *w, struct str s, size_t at)
{
	const struct one_word *best = NULL;
	for (size_t i = 0; w && i < w->n; i++) {
		struct str t = w->list[i].text;
		if (t.n > s.n - at || memcmp(s.p + at, t.p, t.n) != 0 || (best && best->text.n >= t.n)) continue;
		if (letter(t.p[0]) && at > 0 && letter(s.p[at - 1])) continue;
		if (letter(t.p[t.n - 1]) && at + t.n < s.n && letter(s.p[at + t.n])) continue;
		best = &w->list[i];
	}
	return best;
}

/* --- making --- */

struct maker {
	struct query *q;
	struct arena *arena;
};

static int add_token(void *arg, const struct token *t)
{
	struct maker *m = arg;
	struct query *q = m->q;
	if (q->n_tokens == QUERY_TOKENS_MAX) return 1;
	/* One Han character or a word of letters is often only begun. */
	bool beginning = t->part || (!t->han && t->n >= WHOLE_WORD_MIN);
	q->tokens[q->n_tokens++] = (struct query_token){ str_dup(m->arena, (struct str){ t->text, t->n }), beginning };
	return 0;
}

/* Each token of plain text is a concept of its own. */
static int add_plain(void *arg, const struct token *t)
{
	struct query *q = ((struct maker *)arg)->q;
	for (unsigned i = 0; i < q->n_concepts; i++) {
		struct query_way way = q->concepts[i].ways[0];
		if (q->concepts[i].n == 1 && way.n == 1 && str_is(q->tokens[way.from].text, t->text)) return 0;
	}
	if (q->n_concepts == QUERY_CONCEPTS_MAX || q->n_tokens == QUERY_TOKENS_MAX) return 1;
	struct query_concept *concept = &q->concepts[q->n_concepts++];
	concept->ways[0] = (struct query_way){ q->n_tokens, 1 };
	concept->n = 1;
	return add_token(arg, t);
}

static void add_group(struct maker *m, const struct words *w, int group)
{
	struct query *q = m->q;
	if (q->n_concepts == QUERY_CONCEPTS_MAX) return;
	struct query_concept *concept = &q->concepts[q->n_concepts];
	for (size_t i = 0; i < w->n; i++) {
		if (w->list[i].group != group || concept->n == QUERY_WAYS_MAX) continue;
		unsigned from = q->n_tokens;
		bool whole = tokens_each(w->list[i].text, true, add_token, m) == 0;
		if (whole && q->n_tokens > from)
		concept->ways[concept->n++] = (struct query_way){ from, q->n_tokens - from };
		else q->n_tokens = from;
	}
	if (concept->n) q->n_concepts++;
}

static void cut(struct maker *m, const struct words *w, struct str s)
{
	size_t plain = 0;
	for (size_t at = 0; at < s.n;) {
		const struct one_word *word = word_at(w, s, at);
		if (!word) {
			if (utf8_next(s, &at) < 0) at++;
			continue;
		}
		(void)tokens_each(str_sub(s, plain, at - plain), true, add_plain, m);
		if (word->group != SKIP) add_group(m, w, word->group);
		plain = at += word->text.n;
	}
	(void)tokens_each(str_sub(s, plain, s.n - plain), true, add_plain, m);
}

/* Tokens hold letters, digits and Han only: nothing in them can end the quotes. */
static struct str expression(struct arena *a, const struct query *q)
{
	struct buf b;
	buf_init(&b, a, 512);
	for (unsigned i = 0; i < q->n_tokens; i++)
		buf_printf(&b, "%s\"%.*s\"%s", i ? " OR " : "", STR_FMT(q->tokens[i].text),
		        q->tokens[i].beginning ? "*" : "");
	return q->n_tokens ? buf_done(&b) : STR_NONE;
}

void query_make(struct query *q, struct arena *a, const struct words *w, struct str text)
{
	struct maker m = { q, a };
	memset(q, 0, sizeof *q);
	q->folded = small(a, str_trim(text));
	cut(&m, w, q->folded);
	if (!q->n_concepts) cut(&m, NULL, q->folded); /* nothing but wrapping: then that is what is meant */
	q->expression = expression(a, q);
}

/* --- matching --- */

struct seen {
	const struct query *q;
	uint64_t bits; /* of the query's tokens */
	bool more;     /* holds something that was not asked */
};

static int see(void *arg, const struct token *t)
{
	struct seen *s = arg;
	bool asked = t->part; /* the end of a run is in the pair before it */
	for (unsigned i = 0; i < s->q->n_tokens; i++) {
		const struct query_token *k = &s->q->tokens[i];
		if (k->text.n > t->n || (!k->beginning && k->text.n != t->n)) continue;
		if (memcmp(k->text.p, t->text, k->text.n) != 0) continue;
		s->bits |= UINT64_C(1) << i;
		if (k->text.n == t->n) asked = true;
	}
	if (!asked) s->more = true;
	return 0;
}

static int share(const struct query *q, uint64_t bits)
{
	int sum = 0;
	for (unsigned i = 0; i < q->n_concepts; i++) {
		int best = 0;
		for (unsigned k = 0; k < q->concepts[i].n; k++) {
			struct query_way way = q->concepts[i].ways[k];
			int there = 0;
			for (unsigned t = 0; t < way.n; t++)
				there += (int)(bits >> (way.from + t) & 1);
			there = way.n ? there * ALL / (int)way.n : 0;
			if (there > best) best = there;
		}
		sum += best;
	}
	return q->n_concepts ? sum / (int)q->n_concepts : 0;
}

/* One of the words of the document is what was asked, all of it and nothing else: 开票 of the page that issues
 * invoices, but not 批量开票 of another. */
static bool holds_word(const struct query *q, struct str words)
{
	struct str word;
	while (words.n && str_split(&words, ' ', &word)) {
		struct seen s = { .q = q };
		(void)tokens_each(word, false, see, &s);
		if (!s.more && share(q, s.bits) == ALL) return true;
	}
	return false;
}

struct query_match query_match(
        const struct query *q, struct arena *a, struct str title, struct str words, struct str body)
{
	struct seen s = { .q = q };
	(void)tokens_each(title, false, see, &s);
	int in_title = share(q, s.bits);
	(void)tokens_each(words, false, see, &s);
	(void)tokens_each(body, false, see, &s);
	struct query_match m = { .covered = share(q, s.bits) };
	m.score = m.covered + in_title * IN_TITLE / ALL;
	if (str_eq(small(a, title), q->folded)) m.score += IS_TITLE;
	if (holds_word(q, words)) m.score += IS_WORD;
	return m;
}

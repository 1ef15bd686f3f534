/* Any bytes as a document and as a question: cut within the text, and never an error of the index, whatever is asked.
 */
#include "kernel/search/search.h"
#include "kernel/search/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bounds {
	size_t n, last;
};

static int check(void *arg, const struct token *t)
{
	struct bounds *b = arg;
	if (t->n == 0 || t->n > TOKEN_MAX || t->to > b->n || t->from >= t->to || t->from < b->last) __builtin_trap();
	for (size_t i = 0; i < t->n; i++)
		if (t->text[i] == '"' || t->text[i] == 0) __builtin_trap();
	b->last = t->from;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct search *s;
	struct str text = { (const char *)data, size };
	struct search_hit *hits;
	size_t n;
	if (size > 4096) return 0;
	if (!s && search_open(&s, NULL, S("kind,words\nsame,开票 开发票 issue\nskip,我要 the\n")) != OK)
		__builtin_trap();
	for (int question = 0; question < 2; question++) {
		struct bounds b = { .n = size };
		(void)tokens_each(text, question == 1, check, &b);
	}
	struct arena *a = arena_new();
	const struct search_document d = { .kind = S("x"), .id = S("1"), .lang = S(""), .title = text, .href = S("/") };
	const struct search_query q = { .text = text };
	if (search_replace(s, "fuzz", S("1"), &d, 1) != OK || search_find(s, a, &q, &hits, &n) != OK) __builtin_trap();
	arena_free(a);
	return 0;
}

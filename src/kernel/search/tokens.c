#include "kernel/search/tokens.h"
#include "base/utf8.h"
#include <string.h>

enum { PLANE_OF_MARKS_FROM = 0x2000, PLANE_OF_MARKS_TO = 0x2fff };

/* Full-width ASCII becomes ASCII, capitals become small. */
static int32_t folded(int32_t cp)
{
	if (cp >= 0xff01 && cp <= 0xff5e) cp -= 0xfee0;
	return cp >= 'A' && cp <= 'Z' ? cp + ('a' - 'A') : cp;
}

static bool is_han(int32_t cp)
{
	return (cp >= 0x3400 && cp <= 0x9fff) || (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0x20000 && cp <= 0x3ffff) ||
	       cp == 0x3007; /* 〇 */
}

/* Letters and digits; outside ASCII all that is neither Han nor a block of marks. */
static bool is_word(int32_t cp)
{
	if (cp < 0x80) return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z');
	return cp >= 0xc0 && !(cp >= PLANE_OF_MARKS_FROM && cp <= PLANE_OF_MARKS_TO) &&
	       !(cp >= 0x3000 && cp <= 0x303f) && !(cp >= 0xfe00 && cp <= 0xfe6f) && cp < 0xfe70 && cp != 0xd7 &&
	       cp != 0xf7;
}

/* The code point at *at and how many bytes it takes; a broken byte is a separator of its own. */
static int32_t look(struct str s, size_t at, size_t *next)
{
	int32_t cp = utf8_next(s, &at);
	*next = cp < 0 ? at + 1 : at;
	return cp < 0 ? ' ' : folded(cp);
}

/* Plural off: taxes -> tax, invoices -> invoice, companies -> company; status and class stay. */
static void singular(struct token *t)
{
	char *w = t->text;
	size_t n = t->n;
	if (n < 4 || w[n - 1] != 's' || w[n - 2] == 's' || w[n - 2] == 'u' || w[n - 2] == 'i') return;
	bool es = w[n - 2] == 'e';
	if (es && n > 4 && w[n - 3] == 'i') {
		w[n - 3] = 'y';
		n -= 2;
	} else if (es && (w[n - 3] == 'x' || w[n - 3] == 'h' || (w[n - 3] == 's' && w[n - 4] == 's'))) {
		n -= 2;
	} else {
		n -= 1;
	}
	t->n = n;
	w[n] = 0;
}

static int word(struct str s, size_t *at, token_fn *fn, void *arg)
{
	struct token t = { .from = *at };
	bool ascii = true;
	size_t next;
	for (int32_t cp; *at < s.n && is_word(cp = look(s, *at, &next)) && !is_han(cp); *at = next) {
		size_t n = cp < 0x80 ? 1 : next - *at;
		ascii = ascii && cp < 0x80;
		if (t.n + n > TOKEN_MAX) continue; /* the rest of an endless word does not count */
		if (cp < 0x80)
			t.text[t.n] = (char)cp;
		else
			memcpy(t.text + t.n, s.p + *at, n);
		t.n += n;
	}
	t.to = *at;
	if (ascii) singular(&t);
	return fn(arg, &t);
}

static int emit_han(struct str s, size_t from, size_t to, bool part, token_fn *fn, void *arg)
{
	struct token t = { .n = to - from, .from = from, .to = to, .han = true, .part = part };
	memcpy(t.text, s.p + from, t.n);
	return fn(arg, &t);
}

static int han(struct str s, size_t *at, bool question, token_fn *fn, void *arg)
{
	size_t first = *at, last = *at, next;
	int result = 0;
	(void)look(s, *at, &next);
	*at = next;
	while (*at < s.n && is_han(look(s, *at, &next))) {
		result = emit_han(s, last, next, false, fn, arg);
		if (result) return result;
		last = *at;
		*at = next;
	}
	if (question && last != first) return 0;
	return emit_han(s, last, *at, true, fn, arg);
}

int tokens_each(struct str text, bool question, token_fn *fn, void *arg)
{
	size_t at = 0, next;
	int result = 0;
	while (at < text.n && !result) {
		int32_t cp = look(text, at, &next);
		if (is_han(cp))
			result = han(text, &at, question, fn, arg);
		else if (is_word(cp))
			result = word(text, &at, fn, arg);
		else
			at = next;
	}
	return result;
}

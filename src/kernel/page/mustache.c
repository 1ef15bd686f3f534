/* Compiler: one pass over the source; sections keep the index of the step behind their end. Lines that hold nothing
 * but a section tag, comment or partial leave no blank line (spec: standalone lines). */
#include "kernel/page/steps.h"
#include <string.h>

struct compiler {
	struct arena *arena;
	struct str source;
	size_t at;
	struct mustache *t;
	uint32_t cap, open[MUSTACHE_DEPTH_MAX], depth;
	struct mustache_fault *fault;
};

static err_t fail(struct compiler *c, struct str name, const char *why)
{
	unsigned line = 1;
	for (size_t i = 0; i < c->at && i < c->source.n; i++)
		line += c->source.p[i] == '\n';
	if (c->fault) *c->fault = (struct mustache_fault){ name, why, line };
	return E_INPUT;
}

static err_t add(struct compiler *c, enum step_kind kind, struct str text)
{
	if (c->t->n >= MUSTACHE_STEPS_MAX) return fail(c, text, "too many steps");
	if (c->t->n == c->cap) {
		uint32_t cap = c->cap ? c->cap * 2 : 32;
		struct step *steps = arena_array(c->arena, cap, sizeof *steps);
		if (c->t->n) memcpy(steps, c->t->steps, c->t->n * sizeof *steps);
		c->t->steps = steps;
		c->cap = cap;
	}
	c->t->steps[c->t->n++] = (struct step){ kind, text, 0 };
	return OK;
}

static struct str slice(struct compiler *c, size_t from, size_t to)
{
	return (struct str){ c->source.p + from, to - from };
}

static struct str trim(struct str s)
{
	while (s.n && strchr(" \t\r\n", s.p[0]))
		s.p++, s.n--;
	while (s.n && strchr(" \t\r\n", s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool name_valid(struct str s)
{
	if (s.n == 0 || s.n > 128) return false;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		bool good = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
		if (!good && !strchr("._-/", ch)) return false;
	}
	return true;
}

static size_t find(struct compiler *c, size_t from, const char *what)
{
	const char *p = from < c->source.n ? memmem(c->source.p + from, c->source.n - from, what, strlen(what)) : NULL;
	return p ? (size_t)(p - c->source.p) : SIZE_MAX;
}

/* Is the tag [from, to) alone on its line? Then *from and *to are widened to the whole line. */
static void standalone(struct compiler *c, size_t *from, size_t *to)
{
	size_t b = *from, e = *to;
	while (b > 0 && (c->source.p[b - 1] == ' ' || c->source.p[b - 1] == '\t'))
		b--;
	if (b > 0 && c->source.p[b - 1] != '\n') return;
	while (e < c->source.n && (c->source.p[e] == ' ' || c->source.p[e] == '\t'))
		e++;
	if (e + 1 < c->source.n && c->source.p[e] == '\r' && c->source.p[e + 1] == '\n') e++;
	if (e < c->source.n && c->source.p[e] != '\n') return;
	*from = b;
	*to = e < c->source.n ? e + 1 : e;
}

static err_t close_section(struct compiler *c, struct str name)
{
	if (c->depth == 0) return fail(c, name, "closes nothing");
	struct step *s = &c->t->steps[c->open[--c->depth]];
	if (!str_eq(s->text, name)) return fail(c, name, "closes another section");
	s->end = c->t->n;
	return OK;
}

static err_t open_section(struct compiler *c, enum step_kind kind, struct str name)
{
	if (c->depth == MUSTACHE_DEPTH_MAX) return fail(c, name, "too deep");
	c->open[c->depth++] = c->t->n;
	return add(c, kind, name);
}

static err_t tag(struct compiler *c, char sigil, struct str name)
{
	if (sigil == '!') return OK;
	if (sigil == '=') return fail(c, name, "delimiters can not be changed");
	if (!name_valid(name)) return fail(c, name, "not a name");
	switch (sigil) {
	case '#': return open_section(c, STEP_SECTION, name);
	case '^': return open_section(c, STEP_INVERTED, name);
	case '/': return close_section(c, name);
	case '>': return add(c, STEP_PARTIAL, name);
	case '{':
	case '&':
		if (!str_ends(name, "_svg") && !str_ends(name, "_html"))
			return fail(c, name, "raw needs _svg or _html");
		return add(c, STEP_RAW, name);
	default: return add(c, STEP_VARIABLE, name);
	}
}

/* The text itself is compiled too: it is what Chinese pages print. */
static err_t add_translation(struct compiler *c, struct str id)
{
	const struct mustache *own = NULL;
	TRY(mustache_compile(c->arena, id, &own, c->fault));
	TRY(add(c, STEP_TRANSLATE, id));
	c->t->steps[c->t->n - 1].own = own;
	return OK;
}

static err_t next(struct compiler *c)
{
	size_t from = find(c, c->at, "{{");
	if (from == SIZE_MAX) {
		struct str rest = slice(c, c->at, c->source.n);
		c->at = c->source.n;
		return rest.n ? add(c, STEP_TEXT, rest) : OK;
	}
	char sigil = from + 2 < c->source.n ? c->source.p[from + 2] : 0;
	bool has_sigil = sigil && strchr("#^/>!={&", sigil);
	size_t inside = from + (has_sigil ? 3 : 2);
	size_t close = find(c, inside, sigil == '{' ? "}}}" : "}}");
	if (close == SIZE_MAX) return fail(c, STR_NONE, "tag without end");
	size_t text_end = from, to = close + (sigil == '{' ? 3 : 2);
	struct str name = trim(slice(c, inside, close));
	bool translation = sigil == '#' && str_is(name, "t");
	if (has_sigil && !strchr("{&", sigil) && !translation) standalone(c, &text_end, &to);
	if (text_end < c->at) text_end = c->at;
	if (text_end > c->at) TRY(add(c, STEP_TEXT, slice(c, c->at, text_end)));
	c->at = to;
	if (!translation) return tag(c, has_sigil ? sigil : 0, name);
	size_t end = find(c, to, "{{/t}}");
	if (end == SIZE_MAX) return fail(c, name, "translation without {{/t}}");
	c->at = end + strlen("{{/t}}");
	return add_translation(c, trim(slice(c, to, end)));
}

err_t mustache_compile(struct arena *a, struct str source, const struct mustache **out, struct mustache_fault *fault)
{
	struct compiler c = { .arena = a, .source = source, .t = arena_new_of(a, struct mustache), .fault = fault };
	while (c.at < source.n)
		TRY(next(&c));
	if (c.depth) return fail(&c, c.t->steps[c.open[c.depth - 1]].text, "section without end");
	*out = c.t;
	return OK;
}

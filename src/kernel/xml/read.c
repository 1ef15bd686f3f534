/* XML without a library: UTF-8, no DTD, no entities but the five and characters by number. One pass; names and texts
 * are slices of the input where nothing has to be replaced. What is no well-formed XML is refused with its line. */
#include "base/buf.h"
#include "base/utf8.h"
#include "kernel/xml/xml.h"
#include <string.h>

enum { BYTES_MAX = 16 << 20, ATTRIBUTES_MAX = 64 };

struct cursor {
	struct arena *a;
	const char *from, *p, *end, *why;
	struct xml_node *root, *at;
	struct str names[XML_MAX_DEPTH]; /* as written, with prefix */
	int depth, nodes;
	struct str text; /* of the element so far: a slice, or what pieces holds */
	struct buf pieces;
	bool in_pieces;
};

static bool fail(struct cursor *c, const char *why)
{
	if (!c->why) c->why = why;
	return false;
}

static bool starts(const struct cursor *c, const char *word, size_t n)
{
	return (size_t)(c->end - c->p) >= n && memcmp(c->p, word, n) == 0;
}
#define STARTS(c, lit) starts((c), lit, sizeof lit - 1)

/* What a byte may be: one look-up instead of a chain of comparisons. */
enum { NAME_FIRST = 1, NAME_REST = 2, TEXT_PLAIN = 4, BLANK = 8 };
#define LETTER (NAME_FIRST | NAME_REST | TEXT_PLAIN)
#define INNER (NAME_REST | TEXT_PLAIN)
/* Not plain: controls, the marks < and &, and ], which may begin ]]> */
static const unsigned char classes[256] = { ['\t'] = TEXT_PLAIN | BLANK,
	['\n'] = TEXT_PLAIN | BLANK,
	['\r'] = TEXT_PLAIN | BLANK,
	[' '] = TEXT_PLAIN | BLANK,
	['!' ... '%'] = TEXT_PLAIN,
	['\'' ... ','] = TEXT_PLAIN,
	['-' ... '.'] = INNER,
	['/'] = TEXT_PLAIN,
	['0' ... '9'] = INNER,
	[':'] = LETTER,
	[';'] = TEXT_PLAIN,
	['=' ... '@'] = TEXT_PLAIN,
	['A' ... 'Z'] = LETTER,
	['['] = TEXT_PLAIN,
	['\\'] = TEXT_PLAIN,
	['^'] = TEXT_PLAIN,
	['_'] = LETTER,
	['`'] = TEXT_PLAIN,
	['a' ... 'z'] = LETTER,
	['{' ... 0x7f] = TEXT_PLAIN,
	[0x80 ... 0xff] = LETTER };

static bool is(char ch, int class)
{
	return classes[(unsigned char)ch] & class;
}

static bool is_blank(char ch)
{
	return is(ch, BLANK);
}

static void blanks(struct cursor *c)
{
	while (c->p < c->end && is_blank(*c->p))
		c->p++;
}

/* Behind the next `word`. */
static bool skip_to(struct cursor *c, const char *word, size_t n)
{
	for (; c->p < c->end; c->p++)
		if (starts(c, word, n)) return c->p += n, true;
	return fail(c, "not closed");
}

static bool name(struct cursor *c, struct str *out)
{
	const char *from = c->p, *p = from;
	if (p < c->end && is(*p, NAME_FIRST))
		while (++p < c->end && is(*p, NAME_REST))
			continue;
	c->p = p;
	*out = (struct str){ from, (size_t)(p - from) };
	return out->n > 0 || fail(c, "a name is expected");
}

static struct str local(struct str name)
{
	const char *colon = memchr(name.p, ':', name.n);
	return colon ? str_sub(name, (size_t)(colon - name.p) + 1, name.n) : name;
}

static size_t encode(uint32_t ch, char out[4])
{
	if (ch < 0x80) return out[0] = (char)ch, 1;
	if (ch < 0x800) return out[0] = (char)(0xc0 | ch >> 6), out[1] = (char)(0x80 | (ch & 63)), 2;
	if (ch < 0x10000) {
		out[0] = (char)(0xe0 | ch >> 12), out[1] = (char)(0x80 | (ch >> 6 & 63));
		return out[2] = (char)(0x80 | (ch & 63)), 3;
	}
	out[0] = (char)(0xf0 | ch >> 18), out[1] = (char)(0x80 | (ch >> 12 & 63));
	return out[2] = (char)(0x80 | (ch >> 6 & 63)), out[3] = (char)(0x80 | (ch & 63)), 4;
}

static bool number(struct str s, uint32_t *out)
{
	uint32_t base = 10, v = 0;
	if (s.n && s.p[0] == 'x') base = 16, s = str_sub(s, 1, s.n);
	if (!s.n || s.n > 7) return false;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		uint32_t digit = ch >= '0' && ch <= '9'                 ? (uint32_t)(ch - '0')
		                 : base == 16 && ch >= 'a' && ch <= 'f' ? (uint32_t)(ch - 'a' + 10)
		                 : base == 16 && ch >= 'A' && ch <= 'F' ? (uint32_t)(ch - 'A' + 10)
		                                                        : 99;
		if (digit >= base) return false;
		v = v * base + digit;
	}
	*out = v;
	bool control = v < 0x20 && v != '\t' && v != '\n' && v != '\r';
	return !control && v <= 0x10ffff && !(v >= 0xd800 && v <= 0xdfff) && v != 0xfffe && v != 0xffff;
}

/* &…; into the buffer. */
static bool reference(struct cursor *c, struct buf *b)
{
	static const struct {
		const char *name;
		char ch;
	} five[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' } };
	const char *semicolon = memchr(c->p, ';', c->end - c->p > 12 ? 12 : (size_t)(c->end - c->p));
	if (!semicolon) return fail(c, "an & that begins no reference");
	struct str body = { c->p + 1, (size_t)(semicolon - c->p - 1) };
	uint32_t ch;
	char bytes[4] = { 0 };
	c->p = semicolon + 1;
	if (body.n > 1 && body.p[0] == '#' && number(str_sub(body, 1, body.n), &ch)) {
		buf_add(b, bytes, encode(ch, bytes));
		return true;
	}
	for (size_t i = 0; i < sizeof five / sizeof *five; i++)
		if (str_is(body, five[i].name)) return buf_char(b, five[i].ch), true;
	return fail(c, "an entity that is not one of the five");
}

static bool control(unsigned char ch)
{
	return ch < 0x20 && ch != '\t' && ch != '\n' && ch != '\r';
}

static bool quoted(struct cursor *c, struct str *out)
{
	char quote = c->p < c->end ? *c->p : 0;
	if (quote != '"' && quote != '\'') return fail(c, "the value of an attribute is quoted");
	const char *from = ++c->p;
	struct buf b = { 0 };
	for (; c->p < c->end && *c->p != quote;) {
		if (*c->p == '<' || control((unsigned char)*c->p)) return fail(c, "not allowed in an attribute");
		if (*c->p != '&') {
			if (b.p) buf_char(&b, *c->p);
			c->p++;
			continue;
		}
		if (!b.p) {
			buf_init(&b, c->a, 64);
			buf_add(&b, from, (size_t)(c->p - from));
		}
		if (!reference(c, &b)) return false;
	}
	if (c->p == c->end) return fail(c, "not closed");
	*out = b.p ? buf_done(&b) : (struct str){ from, (size_t)(c->p - from) };
	c->p++;
	return true;
}

static bool attributes(struct cursor *c, struct xml_node *n)
{
	struct xml_attribute **last = &n->attributes;
	for (int count = 0;; count++) {
		const char *before = c->p;
		struct str full;
		blanks(c);
		if (c->p == c->end) return fail(c, "not closed");
		if (*c->p == '>' || *c->p == '/') return true;
		if (c->p == before) return fail(c, "a blank is missing before an attribute");
		if (count == ATTRIBUTES_MAX) return fail(c, "too many attributes");
		struct xml_attribute *x = arena_new_of(c->a, struct xml_attribute);
		if (!name(c, &full)) return false;
		blanks(c);
		if (c->p == c->end || *c->p != '=') return fail(c, "an attribute without a value");
		c->p++;
		blanks(c);
		if (!quoted(c, &x->value)) return false;
		if (str_starts(full, "xmlns:") || str_is(full, "xmlns")) continue;
		x->name = local(full);
		for (const struct xml_attribute *k = n->attributes; k; k = k->next)
			if (str_eq(k->name, x->name)) return fail(c, "an attribute twice");
		*last = x;
		last = &x->next;
	}
}

static void begin_text(struct cursor *c)
{
	c->text = STR_NONE;
	c->in_pieces = false;
}

static void add_text(struct cursor *c, const char *p, size_t n)
{
	if (!c->text.p && !c->in_pieces) {
		c->text = (struct str){ p, n };
		return;
	}
	if (!c->in_pieces) {
		buf_init(&c->pieces, c->a, c->text.n + n + 32);
		buf_str(&c->pieces, c->text);
		c->in_pieces = true;
	}
	buf_add(&c->pieces, p, n);
}

static void end_element(struct cursor *c)
{
	if (!c->at->first && (c->text.p || c->in_pieces))
		c->at->text = str_trim(c->in_pieces ? buf_done(&c->pieces) : c->text);
	else if (!c->at->text.p)
		c->at->text = S("");
	begin_text(c);
	c->at = c->at->parent;
	c->depth--;
}

static bool open_element(struct cursor *c)
{
	struct str full;
	c->p++;
	if (!name(c, &full)) return false;
	if (c->depth == XML_MAX_DEPTH || ++c->nodes > XML_MAX_NODES)
		return fail(c, "nested too deeply or too many elements");
	if (!c->at && c->root) return fail(c, "more than one root");
	struct xml_node *n = arena_new_of(c->a, struct xml_node);
	n->name = local(full);
	n->text = S("");
	if (!n->name.n) return fail(c, "an element without a name");
	n->parent = c->at;
	if (!c->at)
		c->root = n;
	else if (c->at->last)
		c->at->last->next = n;
	else
		c->at->first = n;
	if (c->at) c->at->last = n;
	c->at = n;
	c->names[c->depth++] = full;
	begin_text(c);
	if (!attributes(c, n)) return false;
	bool empty = *c->p == '/';
	if (empty) c->p++;
	if (c->p == c->end || *c->p != '>') return fail(c, "not closed");
	c->p++;
	if (empty) end_element(c);
	return true;
}

static bool close_element(struct cursor *c)
{
	struct str full, opened = c->at ? c->names[c->depth - 1] : STR_NONE;
	c->p += 2;
	/* Nearly always the very bytes of the opening tag and ">". */
	if (opened.n && (size_t)(c->end - c->p) > opened.n && c->p[opened.n] == '>' &&
	        memcmp(c->p, opened.p, opened.n) == 0) {
		c->p += opened.n + 1;
		end_element(c);
		return true;
	}
	if (!name(c, &full)) return false;
	blanks(c);
	if (c->p == c->end || *c->p != '>') return fail(c, "not closed");
	c->p++;
	if (!c->at || !str_eq(full, opened)) return fail(c, "the end of another element");
	end_element(c);
	return true;
}

static bool comment(struct cursor *c)
{
	c->p += 4;
	if (!skip_to(c, "--", 2)) return false;
	if (c->p == c->end || *c->p != '>') return fail(c, "-- inside a comment");
	c->p++;
	return true;
}

static bool cdata(struct cursor *c)
{
	if (!c->at) return fail(c, "text outside of the root");
	const char *from = c->p += 9;
	if (!skip_to(c, "]]>", 3)) return false;
	add_text(c, from, (size_t)(c->p - 3 - from));
	return true;
}

/* UTF-8 is the only encoding that a declaration may name. */
static bool instruction(struct cursor *c)
{
	const char *from = c->p;
	bool declaration = STARTS(c, "<?xml") && c->end - c->p > 5 && is_blank(c->p[5]);
	if (!skip_to(c, "?>", 2)) return false;
	if (!declaration) return true;
	struct str s = { from, (size_t)(c->p - from) };
	if (from != c->from) return fail(c, "the declaration stands at the beginning");
	ptrdiff_t at = str_find(s, "encoding");
	if (at < 0) return true;
	s = str_sub(s, (size_t)at, s.n);
	return str_find(s, "\"UTF-8\"") > 0 || str_find(s, "'UTF-8'") > 0 || str_find(s, "\"utf-8\"") > 0 ||
	       fail(c, "only UTF-8 is read");
}

static void skip_plain(struct cursor *c)
{
	const char *p = c->p;
	while (p < c->end && is(*p, TEXT_PLAIN))
		p++;
	c->p = p;
}

static bool characters(struct cursor *c)
{
	const char *from = c->p;
	if (c->at) skip_plain(c);
	while (c->p < c->end && *c->p != '<' && *c->p != '&') {
		if (control((unsigned char)*c->p)) return fail(c, "a control character");
		if (!c->at && !is_blank(*c->p)) return fail(c, "text outside of the root");
		if (*c->p == ']' && STARTS(c, "]]>")) return fail(c, "]]> outside of a CDATA section");
		c->p++;
		if (c->at) skip_plain(c);
	}
	if (c->at && c->p > from && !c->at->first) add_text(c, from, (size_t)(c->p - from));
	if (c->p == c->end || *c->p != '&') return true;
	if (!c->at) return fail(c, "text outside of the root");
	if (!c->in_pieces) {
		buf_init(&c->pieces, c->a, c->text.n + 64);
		buf_str(&c->pieces, c->text);
		c->in_pieces = true;
	}
	return reference(c, &c->pieces);
}

static bool step(struct cursor *c)
{
	if (*c->p != '<') return characters(c);
	char next = c->end - c->p > 1 ? c->p[1] : 0;
	if (next == '/') return close_element(c);
	if (next != '!' && next != '?') return open_element(c);
	if (STARTS(c, "<!--")) return comment(c);
	if (STARTS(c, "<![CDATA[")) return cdata(c);
	if (STARTS(c, "<?")) return instruction(c);
	return fail(c, "a DTD is not allowed");
}

static int64_t line_of(const struct cursor *c)
{
	int64_t line = 1;
	for (const char *p = c->from; p < c->p; p++)
		line += *p == '\n';
	return line;
}

err_t xml_read(struct arena *a, struct str bytes, struct xml_node **root, int64_t *line, const char **why)
{
	if (str_starts(bytes, "\xef\xbb\xbf")) bytes = str_sub(bytes, 3, bytes.n);
	struct cursor c = { .a = a, .from = bytes.p, .p = bytes.p, .end = bytes.p ? bytes.p + bytes.n : NULL };
	bool good = bytes.n <= BYTES_MAX || fail(&c, "too large");
	good = good && (utf8_valid(bytes) || fail(&c, "not UTF-8"));
	while (good && c.p < c.end)
		good = step(&c);
	if (good && (!c.root || c.at)) good = fail(&c, c.root ? "not closed" : "no element");
	*root = c.root;
	*why = good ? "" : c.why;
	*line = good ? 0 : line_of(&c);
	return good ? OK : E_INPUT;
}

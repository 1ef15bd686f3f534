#include "kernel/xml/xml.h"
#include "base/buf.h"
#include <expat.h>
#include <string.h>

struct reader {
	XML_Parser parser;
	struct arena *a;
	struct xml_node *root, *at;
	struct buf text;
	int depth, nodes;
	const char *why;
};

static void stop(struct reader *r, const char *why)
{
	r->why = why;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *r = arg;
	(void)attributes;
	if (++r->depth > XML_MAX_DEPTH || ++r->nodes > XML_MAX_NODES) {
		stop(r, "nested too deeply or too many elements");
		return;
	}
	const char *colon = strchr(name, ':');
	if (colon && !colon[1]) {
		stop(r, "an element without a name");
		return;
	}
	struct xml_node *n = arena_new_of(r->a, struct xml_node);
	n->name = str_dup(r->a, str_c(colon ? colon + 1 : name));
	n->parent = r->at;
	if (!r->at)
		r->root = n;
	else if (r->at->last)
		r->at->last->next = n;
	else
		r->at->first = n;
	if (r->at) r->at->last = n;
	r->at = n;
	r->text.n = 0;
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
	struct reader *r = arg;
	(void)name;
	if (r->why) return; /* the end of <x/> still comes after the parser was stopped at its start */
	if (!r->at->first) r->at->text = str_dup(r->a, str_trim(buf_done(&r->text)));
	r->text.n = 0;
	r->at = r->at->parent;
	r->depth--;
}

static void XMLCALL on_text(void *arg, const XML_Char *text, int n)
{
	struct reader *r = arg;
	buf_add(&r->text, text, (size_t)n);
}

static void XMLCALL on_doctype(
        void *arg, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	stop(arg, "a DTD is not allowed");
}

err_t xml_parse(struct arena *a, struct str bytes, struct xml_node **root, int64_t *line, const char **why)
{
	struct reader r = { .parser = XML_ParserCreate(NULL), .a = a };
	if (!r.parser || bytes.n > 16u << 20) {
		if (r.parser) XML_ParserFree(r.parser);
		*line = 0;
		*why = "too large";
		return E_INPUT;
	}
	buf_init(&r.text, a, 256);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	bool good = XML_Parse(r.parser, bytes.p ? bytes.p : "", (int)bytes.n, 1) == XML_STATUS_OK && r.root;
	*line = (int64_t)XML_GetCurrentLineNumber(r.parser);
	*why = good ? "" : r.why ? r.why : XML_ErrorString(XML_GetErrorCode(r.parser));
	*root = r.root;
	XML_ParserFree(r.parser);
	return good ? OK : E_INPUT;
}

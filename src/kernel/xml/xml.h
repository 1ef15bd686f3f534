/* XML reading (expat): a small tree in an arena. DTDs and entities are refused, depth, nodes and size have limits;
 * names are local names (prefixes are dropped), as real invoice files need (domain/invoice.md §3.4). */
#ifndef KERNEL_XML_H
#define KERNEL_XML_H
#include "base/error.h"
#include "base/str.h"

struct xml_attribute {
	struct str name, value;
	struct xml_attribute *next;
};
struct xml_node {
	struct str name, text;            /* text: of this element alone, trimmed */
	struct xml_attribute *attributes; /* of xml_read alone */
	struct xml_node *first, *last, *next, *parent;
};
enum { XML_MAX_DEPTH = 40, XML_MAX_NODES = 100000 };

/* E_INPUT: *line tells where, *why what. */
MUST_USE err_t xml_parse(struct arena *a, struct str bytes, struct xml_node **root, int64_t *line, const char **why);
/* The same tree from UTF-8 alone, with attributes (docs/adr/0012): no library, so that it also runs in the browser, and
 * several times faster. Texts without references lie in bytes, which must stay. */
MUST_USE err_t xml_read(struct arena *a, struct str bytes, struct xml_node **root, int64_t *line, const char **why);
struct str xml_attribute(const struct xml_node *n, const char *name);   /* by local name; STR_NONE: not there */
struct xml_node *xml_child(const struct xml_node *n, const char *name); /* first child of that name, NULL */
/* Text at a path of names: xml_text(root, "EInvoiceData/BasicInformation/TotalTaxAm"); STR_NONE: not there or empty. */
struct str xml_text(const struct xml_node *n, const char *path);
#endif

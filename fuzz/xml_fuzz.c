/* Invoice files from anywhere: a tree within its limits, or a line and a reason; every text is UTF-8. */
#include "base/utf8.h"
#include "kernel/xml/xml.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds) abort();
}

static int walk(const struct xml_node *n, int depth)
{
	int nodes = 1;
	must(depth <= XML_MAX_DEPTH && utf8_valid(n->name) && utf8_valid(n->text) && n->name.n > 0);
	must(n->text.n == 0 || !memchr(n->text.p, 0, n->text.n));
	for (const struct xml_node *k = n->first; k; k = k->next) {
		must(k->parent == n);
		nodes += walk(k, depth + 1);
	}
	return nodes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "", "EInvoiceData/BasicInformation/TotalTax-includedAmount",
		"TaxSupervisionInfo/InvoiceNumber", "Header/InherentLabel/GeneralOrSpecialVAT/LabelCode", "/", "a//b" };
	struct arena *a = arena_new();
	struct xml_node *root = NULL;
	int64_t line;
	const char *why;
	if (xml_parse(a, (struct str){ (const char *)data, size }, &root, &line, &why) == OK) {
		must(root && !root->parent && walk(root, 1) <= XML_MAX_NODES);
		for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
			must(utf8_valid(xml_text(root, paths[i])));
	} else {
		must(why && *why);
	}
	arena_free(a);
	return 0;
}

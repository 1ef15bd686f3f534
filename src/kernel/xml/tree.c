#include "kernel/xml/xml.h"

static struct xml_node *child(const struct xml_node *n, struct str name)
{
	for (struct xml_node *k = n ? n->first : NULL; k; k = k->next)
		if (str_eq(k->name, name)) return k;
	return NULL;
}

struct xml_node *xml_child(const struct xml_node *n, const char *name)
{
	return child(n, str_c(name));
}

struct str xml_text(const struct xml_node *n, const char *path)
{
	struct str rest = str_c(path), name;
	while (n && str_split(&rest, '/', &name))
		n = child(n, name);
	return n && n->text.n ? n->text : STR_NONE;
}

struct str xml_attribute(const struct xml_node *n, const char *name)
{
	for (const struct xml_attribute *x = n ? n->attributes : NULL; x; x = x->next)
		if (str_is(x->name, name)) return x->value;
	return STR_NONE;
}

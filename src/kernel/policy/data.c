/* Data beside the packages: schemes and tables whose owner checks them. */
#include "kernel/policy/inner.h"
#include "kernel/policy/nodes.h"
#include <string.h>

enum { DEEPEST = 16 };

static struct value *tree(struct nodes *n, yaml_node_t *node, int depth)
{
	struct arena *a = n->arena;
	struct str key;
	yaml_node_t *item;
	if (!node || depth > DEEPEST) return NULL;
	if (node->type == YAML_SCALAR_NODE) return value_str(a, node_scalar(n, node));
	struct value *v = node->type == YAML_SEQUENCE_NODE ? value_array(a) : value_object(a);
	for (size_t i = 0; v->kind == VALUE_ARRAY && (item = node_item(n, node, i)) != NULL; i++) {
		struct value *one = tree(n, item, depth + 1);
		if (!one) return NULL;
		value_push(a, v, one);
	}
	for (size_t i = 0; v->kind == VALUE_OBJECT && node_member(n, node, i, &key, &item); i++) {
		struct value *one = tree(n, item, depth + 1);
		if (!one) return NULL;
		value_put_key(a, v, key, one);
	}
	return v;
}

err_t policy_data(struct arena *a, struct str yaml, struct value **out)
{
	struct nodes n;
	n.arena = a;
	if (!nodes_open(&n, a, yaml)) return E_INPUT;
	*out = tree(&n, nodes_root(&n), 0);
	nodes_close(&n);
	return *out ? OK : E_INPUT;
}

bool policy_keep_file(struct policy_store *s, const char *path, struct str yaml)
{
	struct folder_file *f = arena_new_of(s->arena, struct folder_file), **at = &s->files;
	if (policy_data(s->arena, yaml, &f->data) != OK) return false;
	f->path = path;
	while (*at && strcmp((*at)->path, path) < 0)
		at = &(*at)->next;
	f->next = *at;
	*at = f;
	return true;
}

const struct value *policy_file(const struct policy_store *s, const char *path)
{
	for (const struct folder_file *f = s->files; f; f = f->next)
		if (strcmp(f->path, path) == 0) return f->data;
	return NULL;
}

void policy_files(const struct policy_store *s, const char *prefix,
        void (*fn)(void *arg, const char *path, const struct value *data), void *arg)
{
	for (const struct folder_file *f = s->files; f; f = f->next)
		if (strncmp(f->path, prefix, strlen(prefix)) == 0) fn(arg, f->path, f->data);
}

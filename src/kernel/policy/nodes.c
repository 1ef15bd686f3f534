#include "kernel/policy/nodes.h"
#include <string.h>

bool nodes_open(struct nodes *n, struct arena *a, struct str bytes)
{
	yaml_parser_t parser;
	n->arena = a;
	if (bytes.n > 1000000 || !yaml_parser_initialize(&parser)) return false;
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes.p, bytes.n);
	bool good = yaml_parser_load(&parser, &n->d) != 0;
	yaml_parser_delete(&parser);
	return good;
}

void nodes_close(struct nodes *n)
{
	yaml_document_delete(&n->d);
}

yaml_node_t *nodes_root(struct nodes *n)
{
	return yaml_document_get_root_node(&n->d);
}

struct str node_scalar(struct nodes *n, const yaml_node_t *s)
{
	if (!s || s->type != YAML_SCALAR_NODE) return S("");
	return str_dup(n->arena, (struct str){ (char *)s->data.scalar.value, s->data.scalar.length });
}

static bool is_key(const yaml_node_t *k, const char *key)
{
	return k && k->type == YAML_SCALAR_NODE && k->data.scalar.length == strlen(key) &&
	       memcmp(k->data.scalar.value, key, k->data.scalar.length) == 0;
}

yaml_node_t *node_get(struct nodes *n, const yaml_node_t *map, const char *key)
{
	if (!map || map->type != YAML_MAPPING_NODE) return NULL;
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++)
		if (is_key(yaml_document_get_node(&n->d, p->key), key)) return yaml_document_get_node(&n->d, p->value);
	return NULL;
}

struct str node_text(struct nodes *n, const yaml_node_t *map, const char *key)
{
	return node_scalar(n, node_get(n, map, key));
}

size_t node_count(const yaml_node_t *list)
{
	if (!list || list->type != YAML_SEQUENCE_NODE) return 0;
	return (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
}

yaml_node_t *node_item(struct nodes *n, const yaml_node_t *list, size_t i)
{
	return i < node_count(list) ? yaml_document_get_node(&n->d, list->data.sequence.items.start[i]) : NULL;
}

bool node_member(struct nodes *n, const yaml_node_t *map, size_t i, struct str *key, yaml_node_t **value)
{
	if (!map || map->type != YAML_MAPPING_NODE) return false;
	yaml_node_pair_t *p = map->data.mapping.pairs.start + i;
	if (p >= map->data.mapping.pairs.top) return false;
	*key = node_scalar(n, yaml_document_get_node(&n->d, p->key));
	*value = yaml_document_get_node(&n->d, p->value);
	return true;
}

static int word_number(const char *words, struct str key)
{
	struct str rest = str_c(words), word;
	for (int i = 0; str_split(&rest, ' ', &word); i++)
		if (str_eq(word, key)) return i;
	return -1;
}

struct str node_stray(struct nodes *n, const yaml_node_t *map, const char *keys)
{
	struct str key;
	yaml_node_t *value;
	unsigned seen = 0;
	for (size_t i = 0; node_member(n, map, i, &key, &value); i++) {
		int w = word_number(keys, key);
		unsigned bit = w < 0 ? 0 : 1u << (unsigned)w;
		if (!bit || (seen & bit)) return key.n ? key : S("?");
		seen |= bit;
	}
	return STR_NONE;
}

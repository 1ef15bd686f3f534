/* Inside the policy room: reading YAML documents (libyaml). Missing is "" or NULL, never a crash. */
#ifndef KERNEL_POLICY_NODES_H
#define KERNEL_POLICY_NODES_H
#include "base/str.h"
#include <yaml.h>

struct nodes {
	struct arena *arena;
	yaml_document_t d;
};
bool nodes_open(struct nodes *n, struct arena *a, struct str bytes); /* false: no YAML, or too large */
void nodes_close(struct nodes *n);
yaml_node_t *nodes_root(struct nodes *n);
yaml_node_t *node_get(struct nodes *n, const yaml_node_t *map, const char *key);
struct str node_scalar(struct nodes *n, const yaml_node_t *scalar);
struct str node_text(struct nodes *n, const yaml_node_t *map, const char *key);
yaml_node_t *node_item(struct nodes *n, const yaml_node_t *list, size_t i);
size_t node_count(const yaml_node_t *list);
/* Members of a mapping by number; false past the last. */
bool node_member(struct nodes *n, const yaml_node_t *map, size_t i, struct str *key, yaml_node_t **value);
/* A key of the mapping that is not among the words of `keys`, or one that stands twice; STR_NONE: none. */
struct str node_stray(struct nodes *n, const yaml_node_t *map, const char *keys);
#endif

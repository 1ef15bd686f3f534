#include "kernel/assets/assets.h"
#include <string.h>

static struct str bytes_of(const struct asset *a)
{
	return (struct str){ (const char *)a->begin, (size_t)(a->end - a->begin) };
}

struct str asset_get(const char *path)
{
	size_t low = 0, high = n_assets;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(path, assets[middle].path);
		if (order == 0) return bytes_of(&assets[middle]);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return STR_NONE;
}

void asset_each(const char *prefix, void (*fn)(void *arg, const char *path, struct str bytes), void *arg)
{
	for (size_t i = 0; i < n_assets; i++)
		if (strncmp(assets[i].path, prefix, strlen(prefix)) == 0) fn(arg, assets[i].path, bytes_of(&assets[i]));
}

/* Files inside the binary: templates, migrations, policy packages, data, translations, built web pieces. */
#ifndef KERNEL_ASSETS_H
#define KERNEL_ASSETS_H
#include "base/str.h"

struct asset {
	const char *path; /* as in the source tree: "policy/vat.yaml" */
	const unsigned char *begin, *end;
};
extern const struct asset assets[]; /* sorted by path */
extern const size_t n_assets;

struct str asset_get(const char *path);                    /* STR_NONE: not there */
/* Calls fn for each asset whose path starts with prefix, in order of path. */
void asset_each(const char *prefix, void (*fn)(void *arg, const char *path, struct str bytes), void *arg);
#endif

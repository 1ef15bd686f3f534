/* The pages and files of the app: the same for everybody, so that the phone may keep them. */
#include "kernel/assets/assets.h"
#include "services/invoice/lane/inner.h"
#include <string.h>

static const struct {
	const char *ending, *media;
} kinds[] = { { ".js", "text/javascript; charset=utf-8" }, { ".svg", "image/svg+xml" }, { ".png", "image/png" },
	{ ".webmanifest", "application/manifest+json" } };

/* /mobile/sw.js is web/dist/mobile-sw.js */
err_t lane_file(struct ctx *c, const void *input, struct reply *out)
{
	const char *name = strrchr(c->op->path, '/') + 1;
	(void)input;
	out->bytes = asset_get(str_printf(c->arena, "web/dist/mobile-%s", name).p);
	out->packed = asset_get(str_printf(c->arena, "web/dist/mobile-%s.gz", name).p);
	if (!out->bytes.p) return E_NOT_FOUND;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (str_ends(str_c(name), kinds[i].ending)) out->media = kinds[i].media;
	return OK;
}

static err_t shell(struct ctx *c, struct reply *out)
{
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "scope", S("/mobile/"));
	return OK;
}

err_t lane_app(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	return shell(c, out);
}

err_t lane_check(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	return shell(c, out);
}

#include "kernel/operation/static.h"
#include "kernel/assets/assets.h"

enum { YEAR_SECONDS = 31536000 };

const struct field static_fields[] = {
	{ "version", FIELD_TEXT, AT(struct static_in, version), .required = true, .max = 40, .label = N_("版本") },
	{ "name", FIELD_TEXT, AT(struct static_in, name), .required = true, .max = 60, .label = N_("文件") },
	{ 0 },
};

static const struct {
	const char *ending, *media;
} kinds[] = { { ".css", "text/css; charset=utf-8" }, { ".js", "text/javascript; charset=utf-8" },
	{ ".svg", "image/svg+xml" }, { ".png", "image/png" }, { ".webmanifest", "application/manifest+json" },
	{ ".wasm", "application/wasm" } };

/* Any version gets today's file: a page from before a deployment still finds its style sheet. */
err_t static_file(struct ctx *c, const void *input, struct reply *out)
{
	const struct static_in *in = input;
	struct str bytes = asset_get(str_printf(c->arena, "web/dist/%.*s", STR_FMT(in->name)).p);
	if (!bytes.p) return E_NOT_FOUND;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_ends(in->name, kinds[i].ending)) out->media = kinds[i].media;
	if (!out->media) return E_NOT_FOUND;
	out->bytes = bytes;
	out->packed = asset_get(str_printf(c->arena, "web/dist/%.*s.gz", STR_FMT(in->name)).p);
	out->max_age = YEAR_SECONDS;
	return OK;
}

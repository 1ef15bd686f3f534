/* The specification in the browser: the same C as in the server, without keys and without anything to send. The page
 * puts a file into memory and gets the report as JSON. */
#include "base/buf.h"
#include "kernel/assets/assets.h"
#include "services/invoice/issue/spec/spec.h"
#include <stdlib.h>
#include <string.h>

#define EXPORT(name) __attribute__((export_name(name), used))

struct str asset_get(const char *path)
{
	extern const char tax_codes[], tax_codes_end[];
	if (strcmp(path, "data/tax-codes.csv") != 0) return STR_NONE;
	return (struct str){ tax_codes, (size_t)(tax_codes_end - tax_codes) };
}

unsigned char *etax_room(size_t n);
unsigned etax_check(unsigned char *bytes, size_t n);
size_t etax_length(void);
void etax_done(void);

/* One file at a time: the page calls room, check, length, done. */
static struct arena *arena;
static unsigned char *file;
static size_t length;

EXPORT("room") unsigned char *etax_room(size_t n)
{
	free(file);
	return file = malloc(n + 1);
}

/* Address of the report; its length is told by etax_length. */
EXPORT("check") unsigned etax_check(unsigned char *bytes, size_t n)
{
	struct spec_report *r;
	struct buf b;
	if (!arena) arena = arena_new();
	arena_reset(arena);
	bytes[n] = 0;
	r = arena_new_of(arena, struct spec_report);
	spec_validate(arena, (struct str){ (const char *)bytes, n }, r);
	buf_init(&b, arena, 1 << 14);
	value_write_json(&b, spec_report_value(r, S("")));
	length = b.n;
	return (unsigned)(size_t)b.p;
}

EXPORT("length") size_t etax_length(void)
{
	return length;
}

EXPORT("done") void etax_done(void)
{
	if (arena) arena_reset(arena);
	free(file);
	file = NULL;
}

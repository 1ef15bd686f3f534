/* ZIP packages in memory (OFD): read within limits, written stored. No library and no files, so that it also runs in
 * the browser; every size that a header claims is checked before anything is made of it. */
#ifndef KERNEL_ZIP_H
#define KERNEL_ZIP_H
#include "base/error.h"
#include "base/str.h"

enum {
	ZIP_ENTRIES_MAX = 512,
	ZIP_NAME_MAX = 200,
	ZIP_ENTRY_MAX = 8 << 20,  /* unpacked */
	ZIP_TOTAL_MAX = 24 << 20, /* all entries, unpacked */
	ZIP_RATIO_MAX = 200       /* unpacked to packed, of an entry above 64 kB */
};
struct zip_entry {
	struct str name, bytes;
};
struct zip {
	struct zip_entry *list;
	size_t n;
	bool plain; /* each byte around the parts is as zip_write puts it */
};
enum zip_fault { ZIP_GOOD, ZIP_BROKEN, ZIP_LIMIT };
/* All entries, unpacked and checked (CRC): both headers of each say the same, and they fill the file from its first
 * byte to the directory, which ends it. Folders are left out. *why: what is wrong, in English. Stored entries lie in
 * bytes, which must stay. */
enum zip_fault zip_read(struct arena *a, struct str bytes, struct zip *out, const char **why);
struct str zip_find(
        const struct zip *z, struct str name); /* a leading '/' of the asked name is ignored; STR_NONE: not there */
struct str zip_write(struct arena *a, const struct zip_entry *list, size_t n);
/* Raw deflate (RFC 1951) into exactly n bytes; false: broken, or another size. */
bool zip_inflate(struct str packed, unsigned char *out, size_t n);
#endif

/* Key files. Inner header. */
#ifndef KEYS_FILES_H
#define KEYS_FILES_H
#include "kernel/keys/keys.h"

MUST_USE err_t keys_file_read(struct arena *a, const char *path, struct str *out); /* STR_NONE: there is none yet */
MUST_USE err_t keys_file_write(struct arena *a, const char *path, struct str bytes);
/* The seal of this node under dir/keys, made anew when its certificate is about to end. */
MUST_USE err_t keys_kit_load(struct arena *a, const char *dir, const struct crypto_key *seal,
        const struct seal_design *d, const char *prefix, struct seal_kit *out);
#endif

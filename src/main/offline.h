/* What the offline verifiers share: files and keys from the command line. */
#ifndef MAIN_OFFLINE_H
#define MAIN_OFFLINE_H
#include "kernel/tlog/tlog.h"

enum { OFFLINE_FILE_MAX = 16 * 1024 * 1024, OFFLINE_KEYS_MAX = 80 };

/* Verifier lines: the log's key, its seal, its keys before. */
struct offline_keys {
	struct tlog_verifier list[OFFLINE_KEYS_MAX];
	size_t n;
};

bool offline_read(struct arena *a, const char *path, struct str *out); /* "-": standard input */
/* The same; false: what is wrong with the file is told on standard error. */
bool offline_read_or_tell(struct arena *a, const char *path, struct str *out);
/* From a verifier key itself, or a file with one a line. false: told on standard error. */
bool offline_keys_read(struct arena *a, const char *key, struct offline_keys *keys);
/* `VERB verify FILE --key K ...`: K is a verifier key (name+id+base64) or a file with one a line. false: told on
 * standard error. */
bool offline_arguments(
        struct arena *a, int argc, char **argv, const char *verb, struct str *file, struct offline_keys *keys);
/* The same with any number of `--witness W` among them, W as K; a key given twice counts once. */
bool offline_arguments_witnessed(struct arena *a, int argc, char **argv, const char *verb, struct str *file,
        struct offline_keys *keys, struct offline_keys *witnesses);
#endif

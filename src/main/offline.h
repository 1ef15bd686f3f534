/* What the offline verifiers share: files and keys from the command line. */
#ifndef MAIN_OFFLINE_H
#define MAIN_OFFLINE_H
#include "kernel/tlog/tlog.h"

enum { OFFLINE_FILE_MAX = 16 * 1024 * 1024 };

bool offline_read(struct arena *a, const char *path, struct str *out); /* "-": standard input */
/* `VERB verify FILE --key K`: K is a verifier key (name+id+base64) or a file that holds one. false: told on standard error. */
bool offline_arguments(
        struct arena *a, int argc, char **argv, const char *verb, struct str *file, struct tlog_verifier *key);
#endif

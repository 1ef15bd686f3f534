#include "main/offline.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

bool offline_read(struct arena *a, const char *path, struct str *out)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	if (!f) return false;
	char piece[65536];
	struct buf b;
	size_t n;
	buf_init(&b, a, sizeof piece);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0 && b.n <= OFFLINE_FILE_MAX)
		buf_add(&b, piece, n);
	bool good = !ferror(f) && b.n <= OFFLINE_FILE_MAX;
	if (f != stdin) (void)fclose(f);
	*out = buf_done(&b);
	return good;
}

bool offline_read_or_tell(struct arena *a, const char *path, struct str *out)
{
	*out = STR_NONE;
	errno = 0;
	if (offline_read(a, path, out)) return true;
	char why[128] = "cannot be read";
	if (out->n > OFFLINE_FILE_MAX)
		(void)snprintf(why, sizeof why, "larger than %d MB", OFFLINE_FILE_MAX >> 20);
	else if (errno)
		(void)snprintf(why, sizeof why, "%m");
	(void)fprintf(stderr, "etaxd: %s: %s\n", path, why);
	return false;
}

/* false: there is none, or one is broken. */
static bool parse_keys(struct arena *a, struct str text, struct offline_keys *keys)
{
	struct str line;
	keys->n = 0;
	while (str_split(&text, '\n', &line)) {
		line = str_trim(line);
		if (!line.n) continue;
		if (keys->n == OFFLINE_KEYS_MAX || !tlog_verifier_parse(a, line, &keys->list[keys->n++])) return false;
	}
	return keys->n > 0;
}

bool offline_keys_read(struct arena *a, const char *key, struct offline_keys *keys)
{
	struct str text = str_c(key);
	if (parse_keys(a, text, keys) || (offline_read(a, key, &text) && parse_keys(a, text, keys))) return true;
	(void)fprintf(stderr, "etaxd: %s is no verifier key (name+id+base64) and no file with one\n", key);
	return false;
}

static bool add_keys(struct arena *a, const char *text, struct offline_keys *all)
{
	struct offline_keys *more = arena_new_of(a, struct offline_keys);
	if (!offline_keys_read(a, text, more)) return false;
	for (size_t i = 0; i < more->n; i++) {
		bool known = false;
		for (size_t k = 0; k < all->n; k++)
			known |= str_eq(all->list[k].key_bytes, more->list[i].key_bytes);
		if (!known && all->n < OFFLINE_KEYS_MAX) all->list[all->n++] = more->list[i];
	}
	return true;
}

bool offline_arguments_witnessed(struct arena *a, int argc, char **argv, const char *verb, struct str *file,
        struct offline_keys *keys, struct offline_keys *witnesses)
{
	const char *path = NULL;
	bool good = argc > 2 && strcmp(argv[2], "verify") == 0;
	keys->n = 0;
	if (witnesses) witnesses->n = 0;
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--key") == 0 && i + 1 < argc) {
			if (!add_keys(a, argv[++i], keys)) return false;
		} else if (witnesses && strcmp(argv[i], "--witness") == 0 && i + 1 < argc) {
			if (!add_keys(a, argv[++i], witnesses)) return false;
		} else if (!path) {
			path = argv[i];
		} else {
			good = false;
		}
	}
	if (!good || !path || !keys->n) {
		(void)fprintf(
		        stderr, "etaxd %s verify FILE --key K ...%s\n", verb, witnesses ? " [--witness W ...]" : "");
		return false;
	}
	if (offline_read(a, path, file)) return true;
	(void)fprintf(stderr, "etaxd: cannot read %s\n", path);
	return false;
}

bool offline_arguments(
        struct arena *a, int argc, char **argv, const char *verb, struct str *file, struct offline_keys *keys)
{
	return offline_arguments_witnessed(a, argc, argv, verb, file, keys, NULL);
}

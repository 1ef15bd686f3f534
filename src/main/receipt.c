#include "main/receipt.h"
#include "kernel/receipt/verify.h"
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 4 * 1024 * 1024, KEYS_MAX = 80 };

static bool read_file(struct arena *a, const char *path, struct str *out)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	if (!f) return false;
	char *p = arena_alloc(a, FILE_MAX + 1);
	size_t n = fread(p, 1, FILE_MAX + 1, f);
	bool good = !ferror(f) && n <= FILE_MAX;
	if (f != stdin) (void)fclose(f);
	p[good ? n : 0] = 0;
	*out = (struct str){ p, n };
	return good;
}

static const char *explain(enum receipt_part part)
{
	switch (part) {
	case RECEIPT_GOOD: return "the act is in the log, at this time, unchanged";
	case RECEIPT_FILE: return "this is not a receipt file";
	case RECEIPT_ACT: return "the act is not the one that was logged";
	case RECEIPT_SALT: return "the salt was changed";
	case RECEIPT_LEAF: return "kind, time or commitment of the log entry were changed";
	case RECEIPT_PATH: return "the path does not lead from the act to the signed root";
	case RECEIPT_ROOT: return "size or root of the checkpoint were changed";
	case RECEIPT_SIGNATURE: return "the checkpoint is not signed by this key";
	case RECEIPT_ORIGIN: return "the checkpoint belongs to another log";
	}
	return "";
}

/* One verifier line after another: the log's key, its seal, its keys before. 0: there is none, or one is broken. */
static size_t parse_keys(struct arena *a, struct str text, struct tlog_verifier keys[KEYS_MAX])
{
	struct str line;
	size_t n = 0;
	while (str_split(&text, '\n', &line)) {
		line = str_trim(line);
		if (line.n && (n == KEYS_MAX || !tlog_verifier_parse(a, line, &keys[n++]))) return 0;
	}
	return n;
}

static int verify(struct arena *a, const char *path, const char *key)
{
	struct str file, text = str_c(key);
	struct tlog_verifier *keys = arena_array(a, KEYS_MAX, sizeof *keys);
	struct receipt_facts facts;
	size_t n = parse_keys(a, text, keys);
	if (!n && (!read_file(a, key, &text) || !(n = parse_keys(a, text, keys)))) {
		(void)fprintf(stderr, "etaxd: %s is no verifier key (name+id+base64) and no file with one\n", key);
		return 2;
	}
	if (!read_file(a, path, &file)) {
		(void)fprintf(stderr, "etaxd: cannot read %s\n", path);
		return 2;
	}
	enum receipt_part part = receipt_verify(a, file, keys, n, &facts);
	if (part != RECEIPT_GOOD) {
		(void)printf("FAILED %s: %s\n", receipt_part_names[part], explain(part));
		return 1;
	}
	struct str at = instant_format(a, facts.at);
	(void)printf("ok: %s\nlog %.*s, entry %lld of %lld\nat %.*s\nact %.*s\n", explain(part), STR_FMT(facts.origin),
	        (long long)facts.index + 1, (long long)facts.size, STR_FMT(at), STR_FMT(facts.act));
	return 0;
}

int receipt_main(int argc, char **argv)
{
	const char *path = NULL, *key = NULL;
	bool good = argc > 2 && strcmp(argv[2], "verify") == 0;
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--key") == 0 && i + 1 < argc)
			key = argv[++i];
		else if (!path)
			path = argv[i];
		else
			good = false;
	}
	if (!good || !path || !key) {
		(void)fputs("etaxd receipt verify FILE --key K\n", stderr);
		return 2;
	}
	struct arena *a = arena_new();
	int rc = verify(a, path, key);
	arena_free(a);
	return rc;
}

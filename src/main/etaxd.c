/* etaxd: the one program. */
#include "main/compose.h"
#include "main/receipt.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(FILE *to)
{
	(void)fputs("etaxd serve [--sandbox] [--listen 127.0.0.1:8080] --data DIR [--db URL] [--workers N]\n"
	            "etaxd fsck --data DIR [--db URL]\n"
	            "etaxd receipt verify FILE --key K\n"
	            "etaxd version\n",
	        to);
	return to == stdout ? 0 : 2;
}

static bool value_of(int argc, char **argv, int *i, const char *name, const char **out)
{
	if (strcmp(argv[*i], name) != 0) return false;
	if (*i + 1 < argc) *out = argv[++*i];
	return true;
}

/* All faults of the command line are told at once. */
static bool parse(int argc, char **argv, struct options *o)
{
	const char *workers = NULL;
	bool good = true;
	*o = (struct options){ .listen = "127.0.0.1:8080", .db = getenv("ETAX_DB") };
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--sandbox") == 0)
			o->sandbox = true;
		else if (value_of(argc, argv, &i, "--listen", &o->listen) ||
		         value_of(argc, argv, &i, "--data", &o->data) || value_of(argc, argv, &i, "--db", &o->db) ||
		         value_of(argc, argv, &i, "--workers", &workers))
			continue;
		else
			good = fprintf(stderr, "etaxd: unknown option %s\n", argv[i]) < 0;
	}
	int64_t n = 0;
	if (workers && (!str_to_int(str_c(workers), &n) || n < 1 || n > 128))
		good = fprintf(stderr, "etaxd: --workers takes 1 to 128\n") < 0;
	if (!o->data) good = fprintf(stderr, "etaxd: --data DIR is missing\n") < 0;
	o->workers = (unsigned)n;
	return good;
}

int main(int argc, char **argv)
{
	struct options o;
	const char *command = argc > 1 ? argv[1] : "help";
	if (strcmp(command, "version") == 0) return printf("etaxd 0.1.0\n") < 0;
	if (strcmp(command, "help") == 0 || strcmp(command, "--help") == 0) return usage(stdout);
	if (strcmp(command, "serve") == 0) return parse(argc, argv, &o) ? serve_main(&o) : 2;
	if (strcmp(command, "fsck") == 0) return parse(argc, argv, &o) ? fsck_main(&o) : 2;
	if (strcmp(command, "receipt") == 0) return receipt_main(argc, argv);
	return usage(stderr);
}

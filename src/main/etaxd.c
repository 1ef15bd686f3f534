/* etaxd: the one program. */
#include "kernel/keys/keys.h"
#include "kernel/limit/limit.h"
#include "main/answer.h"
#include "main/calc/calc.h"
#include "main/certificate.h"
#include "main/channel.h"
#include "main/check.h"
#include "main/compose.h"
#include "main/draw.h"
#include "main/invoice.h"
#include "main/memory.h"
#include "main/officer.h"
#include "main/plane.h"
#include "main/qr.h"
#include "main/receipt.h"
#include "main/status.h"
#include "main/witness.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool value_of(int argc, char **argv, int *i, const char *name, const char **out)
{
	if (strcmp(argv[*i], name) != 0) return false;
	*out = *i + 1 < argc ? argv[++*i] : "";
	return true;
}

static bool empty(const char *name, const char *value)
{
	return value && !*value && fprintf(stderr, "etaxd: %s needs a value\n", name) > 0;
}

/* Calls a minute and caller. Trying out and measuring in the sandbox are not to be held up unless asked for. */
static bool rate_limit(const char *text, struct options *o)
{
	o->rate_limit = o->sandbox || o->plane_alone ? LIMIT_OFF : 0; /* before a plane alone, nginx counts */
	if (!text) return true;
	if (strcmp(text, "off") == 0 || strcmp(text, "on") == 0) {
		o->rate_limit = strcmp(text, "off") == 0 ? LIMIT_OFF : 0;
		return true;
	}
	return str_to_int(str_c(text), &o->rate_limit) && o->rate_limit >= 1 && o->rate_limit <= 1000000;
}

/* All faults of the command line are told at once. */
static bool parse(int argc, char **argv, struct options *o)
{
	const char *workers = NULL, *rate = NULL;
	bool good = true;
	*o = (struct options){
		.listen = "127.0.0.1:8080", .db = getenv("ETAX_DB"), .plane_alone = strcmp(argv[1], "verify") == 0
	};
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--sandbox") == 0)
			o->sandbox = true;
		else if (value_of(argc, argv, &i, "--listen", &o->listen) ||
		         value_of(argc, argv, &i, "--data", &o->data) || value_of(argc, argv, &i, "--db", &o->db) ||
		         value_of(argc, argv, &i, "--workers", &workers) ||
		         value_of(argc, argv, &i, "--witnesses", &o->witnesses) ||
		         value_of(argc, argv, &i, "--rate-limit", &rate))
			continue;
		else
			good = fprintf(stderr, "etaxd: unknown option %s\n", argv[i]) < 0;
	}
	int64_t n = 0;
	if (workers && (!str_to_int(str_c(workers), &n) || n < 1 || n > 128))
		good = fprintf(stderr, "etaxd: --workers takes 1 to 128\n") < 0;
	if (empty("--listen", o->listen) || empty("--db", o->db) || empty("--witnesses", o->witnesses)) good = false;
	if (!o->data || !*o->data) good = fprintf(stderr, "etaxd: --data DIR is missing\n") < 0;
	o->workers = (unsigned)n;
	if (!rate_limit(rate, o)) good = fprintf(stderr, "etaxd: --rate-limit takes on, off or 1 to 1000000\n") < 0;
	return good;
}

static int run_serve(int argc, char **argv)
{
	struct options o;
	return parse(argc, argv, &o) ? serve_main(&o) : 2;
}

static int run_verify(int argc, char **argv)
{
	struct options o;
	return parse(argc, argv, &o) ? verify_main(&o) : 2;
}

static int run_fsck(int argc, char **argv)
{
	struct options o;
	return parse(argc, argv, &o) ? fsck_main(&o) : 2;
}

static int run_check(int argc, char **argv)
{
	(void)argc, (void)argv;
	return check_main(stdin, stdout);
}

static int run_calc(int argc, char **argv)
{
	(void)argc, (void)argv;
	return calc_main(stdin, stdout);
}

static int run_key(int argc, char **argv)
{
	unsigned number = 0;
	bool good = argc == 5 && strcmp(argv[2], "rotate-log") == 0 && strcmp(argv[3], "--data") == 0;
	if (!good) return fprintf(stderr, "etaxd key rotate-log --data DIR\n") < 0 ? 1 : 2;
	if (keys_rotate_log(argv[4], &number) != OK) {
		(void)fprintf(stderr, "etaxd: the log key could not be changed\n");
		return 1;
	}
	return printf("new log key; the old one is kept as retired key %u\n", number) < 0;
}

static int run_version(int argc, char **argv)
{
	(void)argc, (void)argv;
	return printf("etaxd 0.1.0\n") < 0;
}

struct command {
	const char *name, *usage;
	int (*run)(int argc, char **argv);
};
static const struct command commands[] = {
	{ "serve",
	        "serve [--sandbox] [--listen 127.0.0.1:8080|unix:PATH] --data DIR [--db URL] [--workers N] "
	        "[--rate-limit on|off|N] [--witnesses FILE]   (FILE: a line each, \"URL VERIFIER-KEY\")",
	        run_serve },
	{ "verify", "verify [--listen …] --data DIR", run_verify },
	{ "fsck", "fsck --data DIR [--db URL]", run_fsck },
	{ "officer", "officer add --data DIR [--db URL] --person ID --name NAME --office CODE --posts \"registration\"",
	        officer_main },
	{ "channel", "channel set --data DIR [--db URL] NAME < VALUE   (wechat.token, sms.key …)", channel_main },
	{ "key", "key rotate-log --data DIR   (while the server is stopped)", run_key },
	{ "witness", "witness --data DIR --log K --name NAME [--listen 127.0.0.1:8090|unix:PATH]", witness_main },
	{ "receipt", "receipt verify FILE --key K … [--witness W …]", receipt_main },
	{ "certificate", "certificate verify FILE --key K", certificate_main },
	{ "answer", "answer verify FILE --keys KEYS   (KEYS: the answer of /v1/keys)", answer_main },
	{ "invoice", "invoice validate FILE… | invoice convert --to xml|json|ofd|pdf|xbrl FILE…", invoice_main },
	{ "qr", "qr verify TEXT|FILE --key K", qr_main },
	{ "plane",
	        "plane rebuild --data DIR | export --data DIR --to DIR [--every S] | import --data DIR --from DIR|URL "
	        "--key K [--every S]",
	        plane_main },
	{ "status", "status check --list FILE [--delta FILE …] --qr TEXT --key K | status export --data DIR --to DIR",
	        status_main },
	{ "draw", "draw verify DIR [--key K]   (the public files of a lottery draw)", draw_main },
	{ "check", "check < CASES.jsonl", run_check },
	{ "calc", "calc < CASES.jsonl", run_calc },
	{ "version", "version", run_version },
};

static int usage(FILE *to)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		(void)fprintf(to, "etaxd %s\n", commands[i].usage);
	(void)fputs("ETAX_DB gives the database's URL when --db does not; without both, SQLite in DIR.\n", to);
	return to == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
	memory_keep();
	const char *name = argc > 1 ? argv[1] : "help";
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || (argc > 2 && strcmp(argv[2], "--help") == 0))
		return usage(stdout);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(name, commands[i].name) == 0) return commands[i].run(argc, argv);
	return usage(stderr);
}

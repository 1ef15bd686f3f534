#include "main/status.h"
#include "kernel/db/db.h"
#include "main/compose.h"
#include "main/offline.h"
#include "services/invoice/issue/qr_signed.h"
#include "services/invoice/issue/qr_text.h"
#include "services/invoice/status/list.h"
#include "services/invoice/status/status.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DELTAS_MAX = 1000 };

struct arguments {
	const char *list, *qr, *key, *data, *db, *to;
	const char *deltas[DELTAS_MAX];
	size_t n_deltas;
};

static bool read_arguments(int argc, char **argv, struct arguments *in)
{
	for (int i = 3; i < argc; i += 2) {
		const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
		if (!value) return false;
		if (strcmp(name, "--delta") == 0 && in->n_deltas < DELTAS_MAX) {
			in->deltas[in->n_deltas++] = value;
			continue;
		}
		const char **to = strcmp(name, "--list") == 0   ? &in->list
		                  : strcmp(name, "--qr") == 0   ? &in->qr
		                  : strcmp(name, "--key") == 0  ? &in->key
		                  : strcmp(name, "--data") == 0 ? &in->data
		                  : strcmp(name, "--db") == 0   ? &in->db
		                  : strcmp(name, "--to") == 0   ? &in->to
		                                                : NULL;
		if (!to) return false;
		*to = value;
	}
	return true;
}

static bool load(struct arena *a, const char *path, const struct offline_keys *keys, struct status_list *out)
{
	static const char *const faults[] = { "", "is no status list, or was changed", "has no signature by this key",
		"has a wrong signature" };
	struct str file;
	if (!offline_read(a, path, &file)) return fprintf(stderr, "etaxd: cannot read %s\n", path) < 0;
	enum status_fault f = status_list_read(a, file, keys->list, keys->n, out);
	return f == STATUS_GOOD || fprintf(stderr, "etaxd: %s %s\n", path, faults[f]) < 0;
}

/* The signature of the code when it has one; without one, its text proves nothing. */
static const char *signature_of(struct arena *a, struct str qr, const struct offline_keys *keys, struct str *text)
{
	enum qr_signature s = QR_UNKNOWN_KEY;
	for (size_t i = 0; i < keys->n && s == QR_UNKNOWN_KEY; i++)
		s = qr_signed_check(a, qr, &keys->list[i], text);
	static const char *const words[] = { [QR_UNSIGNED] = "none",
		[QR_SIGNED] = "good",
		[QR_FORGED] = "forged",
		[QR_UNKNOWN_KEY] = "unknown-key",
		[QR_BROKEN] = "broken" };
	return words[s];
}

static int check(struct arena *a, const struct arguments *in)
{
	struct offline_keys keys;
	struct status_list list = { 0 }, delta = { 0 };
	struct qr_text q = { 0 };
	struct str text = STR_NONE;
	if (!offline_keys_read(a, in->key, &keys) || !load(a, in->list, &keys, &list)) return 2;
	for (size_t i = 0; i < in->n_deltas; i++) {
		if (!load(a, in->deltas[i], &keys, &delta)) return 2;
		if (!status_list_apply(&list, &delta)) {
			(void)fprintf(
			        stderr, "etaxd: %s does not follow: a delta before it is missing\n", in->deltas[i]);
			return 2;
		}
	}
	const char *signature = signature_of(a, str_trim(str_c(in->qr)), &keys, &text);
	if (strcmp(signature, "broken") == 0 || qr_text_parse(a, text, &q) != QR_TEXT_OK) {
		(void)printf("unreadable\n");
		return 1;
	}
	bool forged = strcmp(signature, "forged") == 0 || strcmp(signature, "unknown-key") == 0;
	enum status_verdict v = status_judge(&list, q.number, q.date);
	struct str as_of = instant_format(a, list.as_of);
	/* What became of the number is on the list; what the text says of it, only a signature proves. */
	bool unproven = !forged && strcmp(signature, "good") != 0 && v == STATUS_IS_VALID;
	(void)printf("%s\nas of %.*s\nnumber %.*s\nsignature %s\n",
	        forged     ? "not-as-issued"
	        : unproven ? "unproven"
	                   : status_words[v],
	        STR_FMT(as_of), STR_FMT(q.number), signature);
	if (unproven) (void)puts("the number is on the list and not reversed; nothing proves amount and day");
	return !forged && !unproven && v == STATUS_IS_VALID ? 0 : 1;
}

/* --- to be served as files --- */

static bool make_folders(char *path)
{
	for (char *p = path + 1; *p; p++) {
		if (*p != '/') continue;
		*p = 0;
		bool good = mkdir(path, 0755) == 0 || errno == EEXIST;
		*p = '/';
		if (!good) return false;
	}
	return true;
}

/* In one step, so that a reader never sees half of it. */
static err_t write_file(void *arg, struct str path, struct str bytes)
{
	char name[4096], draft[4100];
	int n = snprintf(name, sizeof name, "%s/%.*s", (const char *)arg, STR_FMT(path));
	if (n < 0 || (size_t)n >= sizeof name || !make_folders(name)) return E_INTERNAL;
	(void)snprintf(draft, sizeof draft, "%s~", name);
	int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) return E_INTERNAL;
	bool good = write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n && fsync(fd) == 0;
	return close(fd) == 0 && good && rename(draft, name) == 0 ? OK : E_INTERNAL;
}

static int export_all(struct arena *a, const struct arguments *in)
{
	struct app app;
	struct ctx c;
	struct options o = { .listen = "", .data = in->data, .db = in->db ? in->db : getenv("ETAX_DB") };
	if (!compose_exists(&o)) return 2;
	err_t e = compose_open(&app, &o);
	if (e == OK) {
		ctx_init(&c, &app, a);
		c.db = db_open(&app, a);
		e = c.db ? status_each(&c, write_file, (void *)(uintptr_t)in->to) : E_INTERNAL;
		db_close(c.db);
	}
	compose_close(&app);
	if (e != OK) (void)fputs("etaxd: the lists could not be written\n", stderr);
	return e == OK ? 0 : 1;
}

int status_main(int argc, char **argv)
{
	struct arguments in = { 0 };
	struct arena *a = arena_new();
	bool good = argc > 2 && read_arguments(argc, argv, &in);
	int rc = 2;
	if (good && strcmp(argv[2], "check") == 0 && in.list && in.qr && in.key)
		rc = check(a, &in);
	else if (good && strcmp(argv[2], "export") == 0 && in.data && in.to)
		rc = export_all(a, &in);
	else
		(void)fputs("etaxd status check --list FILE [--delta FILE …] --qr TEXT --key K\n"
		            "etaxd status export --data DIR [--db URL] --to DIR\n",
		        stderr);
	arena_free(a);
	return rc;
}

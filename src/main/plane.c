#include "main/plane.h"
#include "kernel/db/db.h"
#include "kernel/keys/keys.h"
#include "kernel/outbox/outbox.h"
#include "kernel/plane/segment.h"
#include "kernel/receipt/log.h"
#include "main/compose.h"
#include "main/offline.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/verify/feed.h"
#include "services/invoice/verify/lane_qr.h"
#include "services/invoice/verify/paper_fact.h"
#include "services/invoice/verify/rebuild.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART = 200000 };

struct arguments {
	const char *data, *db, *to, *from, *key;
	bool full;
};

static bool read_arguments(int argc, char **argv, struct arguments *in)
{
	for (int i = 3; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;
		const char **to = strcmp(argv[i], "--data") == 0   ? &in->data
		                  : strcmp(argv[i], "--db") == 0   ? &in->db
		                  : strcmp(argv[i], "--to") == 0   ? &in->to
		                  : strcmp(argv[i], "--from") == 0 ? &in->from
		                  : strcmp(argv[i], "--key") == 0  ? &in->key
		                                                   : NULL;
		if (strcmp(argv[i], "--full") == 0) {
			in->full = true;
			continue;
		}
		if (!to || !value) return false;
		*to = value;
		i++;
	}
	return in->data != NULL;
}

/* Beside a running server, as fsck. */
static int with_store(const struct arguments *in, err_t (*fn)(struct ctx *c, const struct arguments *in))
{
	struct app app;
	struct ctx c;
	struct arena *a = arena_new();
	struct options o = {
		.listen = "", .data = in->data, .db = in->db ? in->db : getenv("ETAX_DB"), .checking = true
	};
	err_t e = compose_open(&app, &o);
	if (e == OK) {
		ctx_init(&c, &app, a);
		c.db = db_open(&app, a);
		e = c.db ? fn(&c, in) : E_INTERNAL;
		db_close(c.db);
	}
	compose_close(&app);
	arena_free(a);
	if (e != OK) (void)fputs("etaxd: the plane could not be read or written\n", stderr);
	return e == OK ? 0 : 1;
}

static err_t rebuild(struct ctx *c, const struct arguments *in)
{
	int64_t n, position;
	(void)in;
	TRY(verify_rebuild(c, c->app->plane, &n, &position));
	return printf("%lld invoices up to event %lld\n", (long long)n, (long long)position) > 0 ? OK : E_INTERNAL;
}

/* --- out --- */

struct writer {
	struct ctx *c;
	const char *dir;
	struct arena *arena; /* of one part */
	struct buf body;
	struct segment head;
	err_t e;
};

static err_t put_file(const char *dir, const char *name, struct str bytes)
{
	char path[4096], draft[4100];
	if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path) return E_INTERNAL;
	(void)snprintf(draft, sizeof draft, "%s~", path);
	int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) return E_INTERNAL;
	bool good = write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n && fsync(fd) == 0;
	return close(fd) == 0 && good && rename(draft, path) == 0 ? OK : E_INTERNAL;
}

static err_t flush(struct writer *w, bool last)
{
	struct tlog_verifier who;
	char name[80];
	struct arena *a = w->arena;
	w->head.part++;
	w->head.last = last;
	w->head.body = buf_done(&w->body);
	struct str text = segment_text(a, &w->head);
	if (!tlog_verifier_parse(a, receipt_verifier(w->c), &who)) return E_INTERNAL;
	struct str line = tlog_signature_line(a, text, who.name, TLOG_ED25519, keys_log(w->c->app->keys), 0);
	if (w->head.from == w->head.to)
		(void)snprintf(name, sizeof name, "now.plane");
	else
		(void)snprintf(name, sizeof name, "%012lld-%012lld.%04lld.plane", (long long)w->head.from,
		        (long long)w->head.to, (long long)w->head.part);
	return put_file(w->dir, name, segment_file(a, &w->head, text, line));
}

static void fresh(struct writer *w)
{
	arena_reset(w->arena);
	buf_init(&w->body, w->arena, 1 << 20);
	w->head.n = 0;
}

static bool add(void *arg, enum plane_kind kind, const struct plane_key *key, struct str value)
{
	struct writer *w = arg;
	if (w->head.n == PART) {
		w->e = flush(w, false);
		fresh(w);
	}
	segment_add(&w->body, kind, key, value);
	w->head.n++;
	return w->e == OK;
}

static void add_notes(struct writer *w)
{
	struct plane_entry notes[NOTES_MAX];
	size_t n = feed_notes(w->c, notes);
	for (size_t i = 0; i < n; i++)
		segment_add(&w->body, PLANE_NOTE, &notes[i].key, notes[i].value);
	w->head.n += (int64_t)n;
}

static err_t write_all(struct writer *w)
{
	TRY(plane_dump(w->c->app->plane, add, w, &w->head.to));
	TRY(w->e);
	return w->head.to > 0 ? flush(w, true) : OK;
}

static err_t add_number(struct writer *w, struct str number)
{
	struct plane_key key, group;
	struct plane_value v;
	if (!plane_key_digits(number, &key)) return OK;
	err_t e = plane_get(w->c->app->plane, PLANE_INVOICE, &key, &v);
	if (e == E_NOT_FOUND) return OK;
	TRY(e);
	(void)add(w, PLANE_INVOICE, &key, (struct str){ (const char *)v.b, v.n });
	if (group_key(number, &group)) (void)add(w, PLANE_GROUP, &group, str_sub(number, 0, GROUP_DIGITS));
	return w->e;
}

/* What the events since the last segment touched, as it stands now. */
static err_t write_changes(struct writer *w)
{
	struct event *events;
	size_t n = 1;
	for (int64_t at = w->head.from; n && at < w->head.to;) {
		TRY(outbox_read(w->c, at, &events, &n));
		for (size_t i = 0; i < n && events[i].position <= w->head.to; i++) {
			struct invoice_event e = { 0 };
			struct str body = events[i].body;
			struct value *v;
			struct json_fault where;
			at = events[i].position;
			if (str_is(events[i].kind, "invoice.issued"))
				while (issue_event_next(&body, &e))
					TRY(add_number(w, e.number));
			if (str_is(events[i].kind, "invoice.reversed") &&
			        json_parse(w->c->arena, body, &v, &where) == OK)
				TRY(add_number(w, value_text(v, "number")));
			struct plane_entry device;
			if (str_is(events[i].kind, "lane.status") && lane_fact_put(w->c->arena, body, &device))
				(void)add(w, PLANE_LANE, &device.key, device.value);
			if ((str_is(events[i].kind, "paper.listed") || str_is(events[i].kind, "paper.converted")) &&
			        paper_fact_put(w->c->arena, body, &device))
				(void)add(w, PLANE_PAPER, &device.key, device.value);
		}
		if (n && events[n - 1].position > w->head.to) break;
	}
	add_notes(w);
	return flush(w, true);
}

static bool parse_name(const char *name, int64_t *from, int64_t *to, int64_t *part)
{
	struct str rest = str_c(name), first, second, third;
	return str_split(&rest, '-', &first) && str_split(&rest, '.', &second) && str_split(&rest, '.', &third) &&
	       str_is(rest, "plane") && str_to_int(first, from) && str_to_int(second, to) && str_to_int(third, part);
}

static int64_t newest_in(const char *dir)
{
	int64_t newest = 0, from, to, part;
	DIR *d = opendir(dir);
	for (struct dirent *e; d && (e = readdir(d));)
		if (parse_name(e->d_name, &from, &to, &part) && to > newest) newest = to;
	if (d) (void)closedir(d);
	return newest;
}

static err_t export(struct ctx *c, const struct arguments *in)
{
	struct writer w = { .c = c, .dir = in->to, .arena = arena_new() };
	int64_t position;
	if (mkdir(in->to, 0755) != 0 && errno != EEXIST) return E_INTERNAL;
	err_t e = plane_position(c->app->plane, &position);
	int64_t before = in->full ? 0 : newest_in(in->to);
	w.head = (struct segment){ .from = before, .to = position, .as_of = c->now };
	fresh(&w);
	if (e == OK && !before) e = write_all(&w);
	if (e == OK && before && position > before) e = write_changes(&w);
	int64_t shipped = before && position <= before ? before : w.head.to;
	w.head = (struct segment){ .from = shipped, .to = shipped, .as_of = c->now };
	fresh(&w);
	add_notes(&w);
	if (e == OK) e = flush(&w, true);
	arena_free(w.arena);
	if (e == OK) (void)printf("from %lld to %lld\n", (long long)before, (long long)shipped);
	return e;
}

/* --- in --- */

struct reader {
	struct plane *plane;
	const char *dir;
	struct offline_keys keys;
	struct arena *arena;
	int64_t position;
};

static bool load(struct reader *r, const char *name, struct segment *s)
{
	char path[4096];
	const char *why = "cannot be read";
	struct str file;
	arena_reset(r->arena);
	(void)snprintf(path, sizeof path, "%s/%s", r->dir, name);
	if (offline_read(r->arena, path, &file) && segment_read(r->arena, file, r->keys.list, r->keys.n, s, &why))
		return true;
	(void)fprintf(stderr, "etaxd: %s %s\n", path, why);
	return false;
}

/* All parts of everything, from the first: a build beside the one that serves. */
static bool take_all(struct reader *r, int64_t to)
{
	struct plane_rebuild *build;
	struct segment s = { 0 };
	if (plane_rebuild_begin(r->plane, &build) != OK) return false;
	bool good = true;
	for (int64_t part = 1; good && !s.last; part++) {
		char name[80];
		struct plane_entry e;
		(void)snprintf(name, sizeof name, "%012d-%012lld.%04lld.plane", 0, (long long)to, (long long)part);
		good = load(r, name, &s) && s.from == 0 && s.to == to && s.part == part;
		struct str rest = s.body;
		while (good && segment_next(&rest, &e))
			good = plane_rebuild_append(build, e.kind, &e.key, e.value) == OK;
	}
	if (!good) {
		plane_rebuild_abort(build);
		return false;
	}
	r->position = to;
	return plane_rebuild_commit(build, to) == OK;
}

static bool take_some(struct reader *r, const char *name)
{
	struct segment s;
	struct plane_entry *list;
	size_t n = 0;
	if (!load(r, name, &s)) return false;
	if (s.from != r->position || s.from == 0) return true; /* not the next one */
	list = arena_array(r->arena, (size_t)s.n + 1, sizeof *list);
	while (n < (size_t)s.n && segment_next(&s.body, &list[n]))
		n++;
	/* The position moves with the last part: a copy that was broken off takes them all again. */
	int64_t to = s.last ? s.to : s.from;
	if (plane_put_batch_after(r->plane, list, n, r->position, to) != OK) return false;
	r->position = to;
	return true;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The newest complete set is needed only where no chain leads on from here. */
static bool take_folder(struct reader *r)
{
	struct dirent **names;
	int64_t from, to, part, all = 0, next = 0;
	int n = scandir(r->dir, &names, NULL, by_name);
	if (n < 0) return fprintf(stderr, "etaxd: cannot read %s\n", r->dir) < 0;
	for (int i = 0; i < n; i++) {
		if (!parse_name(names[i]->d_name, &from, &to, &part)) continue;
		if (from == 0 && to > all) all = to;
		if (from > 0 && from == r->position) next = to;
	}
	bool good = r->position >= all || next ? true : take_all(r, all);
	for (int i = 0; i < n && good; i++)
		if (parse_name(names[i]->d_name, &from, &to, &part) && from > 0 && from == r->position)
			good = take_some(r, names[i]->d_name);
	if (good) good = take_some(r, "now.plane");
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return good;
}

static int import(const struct arguments *in)
{
	struct reader r = { .dir = in->from, .arena = arena_new() };
	struct arena *a = arena_new();
	bool good = offline_keys_read(a, in->key, &r.keys) && (mkdir(in->data, 0700) == 0 || errno == EEXIST) &&
	            plane_open(&r.plane, in->data, false) == OK;
	if (good) {
		good = plane_position(r.plane, &r.position) == OK && take_folder(&r);
		plane_close(r.plane);
	}
	if (good) (void)printf("at event %lld\n", (long long)r.position);
	arena_free(r.arena);
	arena_free(a);
	return good ? 0 : 1;
}

static const char usage[] = "etaxd plane rebuild --data DIR [--db URL]\n"
                            "etaxd plane export --data DIR [--db URL] --to DIR [--full]\n"
                            "etaxd plane import --data DIR --from DIR --key K\n";

int plane_main(int argc, char **argv)
{
	struct arguments in = { 0 };
	bool good = argc > 2 && read_arguments(argc, argv, &in);
	if (good && strcmp(argv[2], "rebuild") == 0) return with_store(&in, rebuild);
	if (good && strcmp(argv[2], "export") == 0 && in.to) return with_store(&in, export);
	if (good && strcmp(argv[2], "import") == 0 && in.from && in.key) return import(&in);
	(void)fputs(usage, stderr);
	return 2;
}

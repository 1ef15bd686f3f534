#include "main/plane_out.h"
#include "kernel/keys/keys.h"
#include "kernel/outbox/outbox.h"
#include "kernel/plane/segment.h"
#include "kernel/receipt/log.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/verify/feed.h"
#include "services/invoice/verify/lane_qr.h"
#include "services/invoice/verify/paper_fact.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART = 200000, CHAIN_MAX = 4000, CHAIN_KEPT = 2000 };

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

static err_t add_event(struct writer *w, const struct event *event)
{
	struct arena *a = w->c->arena;
	struct invoice_event e = { 0 };
	struct str body = event->body;
	struct value *v;
	struct json_fault where;
	struct plane_entry fact;
	if (str_is(event->kind, "invoice.issued"))
		while (issue_event_next(&body, &e))
			TRY(add_number(w, e.number));
	if (str_is(event->kind, "invoice.reversed") && json_parse(a, body, &v, &where) == OK)
		TRY(add_number(w, value_text(v, "number")));
	if (str_is(event->kind, "lane.status") && lane_fact_put(a, body, &fact))
		(void)add(w, PLANE_LANE, &fact.key, fact.value);
	if ((str_is(event->kind, "paper.listed") || str_is(event->kind, "paper.converted")) &&
	        paper_fact_put(a, body, &fact))
		(void)add(w, PLANE_PAPER, &fact.key, fact.value);
	return w->e;
}

static err_t add_window(struct writer *w, int64_t *at, bool *more)
{
	struct event *events;
	size_t n;
	TRY(outbox_read(w->c, *at, &events, &n));
	for (size_t i = 0; i < n && events[i].position <= w->head.to; i++) {
		TRY(add_event(w, &events[i]));
		*at = events[i].position;
	}
	*more = n > 0 && *at < w->head.to && events[n - 1].position <= w->head.to;
	return OK;
}

/* What the events since the last segment touched, as it stands now. */
static err_t write_changes(struct writer *w)
{
	struct arena *own = w->c->arena;
	bool more = true;
	err_t e = OK;
	w->c->arena = arena_new();
	for (int64_t at = w->head.from; more && e == OK;) {
		arena_reset(w->c->arena);
		e = add_window(w, &at, &more);
	}
	arena_free(w->c->arena);
	w->c->arena = own;
	TRY(e);
	add_notes(w);
	return flush(w, true);
}

/* --- the folder: its index, and what is too old --- */

static bool is_older(const struct segment_name *s, const struct segment_name *complete, int64_t chain_from)
{
	return s->from == 0 ? s->to < complete->to : s->to < chain_from;
}

static err_t write_index(const char *dir, char *const *names, size_t n)
{
	struct arena *a = arena_new();
	struct buf b;
	buf_init(&b, a, 64 * (n + 1));
	for (size_t i = 0; i < n; i++) {
		buf_c(&b, names[i]);
		buf_char(&b, '\n');
	}
	buf_c(&b, "now.plane\n");
	err_t e = put_file(dir, SEGMENT_INDEX, buf_done(&b));
	arena_free(a);
	return e;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct folder {
	char **names; /* sorted: complete sets first, then the chain in order */
	size_t n, chain, cap;
	struct segment_name complete; /* the newest complete set */
	int64_t chain_end;
};

static void folder_add(struct folder *f, const char *name)
{
	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 256;
		f->names = realloc(f->names, f->cap * sizeof *f->names);
		if (!f->names) abort();
	}
	f->names[f->n] = strdup(name);
	if (!f->names[f->n++]) abort();
}

static void folder_read(struct folder *f, const char *dir)
{
	struct segment_name s;
	DIR *d = opendir(dir);
	*f = (struct folder){ 0 };
	for (struct dirent *e; d && (e = readdir(d));) {
		if (!segment_name_read(str_c(e->d_name), &s)) continue;
		folder_add(f, e->d_name);
		f->chain += s.from > 0;
		if (s.from == 0 && s.to > f->complete.to) f->complete = s;
		if (s.from > 0 && s.to > f->chain_end) f->chain_end = s.to;
	}
	if (d) (void)closedir(d);
	if (f->n) qsort(f->names, f->n, sizeof *f->names, by_name);
}

static void folder_free(struct folder *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->names[i]);
	free(f->names);
}

/* The index first, so that nobody is sent to what goes away next; who reads a file already, reads it to its end. */
static err_t tidy(const char *dir)
{
	struct folder f;
	size_t kept = 0;
	int64_t chain_from = 0;
	struct segment_name s;
	folder_read(&f, dir);
	if (f.chain > CHAIN_KEPT && segment_name_read(str_c(f.names[f.n - CHAIN_KEPT]), &s) && s.from < f.complete.to)
		chain_from = s.from;
	char **old = calloc(f.n + 1, sizeof *old);
	if (!old) abort();
	size_t n_old = 0;
	for (size_t i = 0; i < f.n; i++) {
		bool gone = segment_name_read(str_c(f.names[i]), &s) && is_older(&s, &f.complete, chain_from);
		if (gone)
			old[n_old++] = f.names[i];
		else
			f.names[kept++] = f.names[i];
	}
	err_t e = write_index(dir, f.names, kept);
	for (size_t i = 0; i < n_old; i++) {
		char path[4096];
		(void)snprintf(path, sizeof path, "%s/%s", dir, old[i]);
		if (e == OK) (void)unlink(path);
		f.names[kept++] = old[i];
	}
	free(old);
	folder_free(&f);
	return e;
}

/* --- one round --- */

/* All is known up to now, unless events wait that the plane has not taken in. */
static err_t known_until(struct ctx *c, int64_t position, instant_us *out)
{
	instant_us next;
	bool waits;
	TRY(outbox_next(c, position, &next, &waits));
	*out = waits && next < c->now ? next : c->now;
	return OK;
}

static struct segment head_of(const struct writer *w, int64_t from, int64_t to)
{
	return (struct segment){ .from = from, .to = to, .as_of = w->c->now };
}

static err_t ship_changes(struct writer *w, int64_t from, int64_t to)
{
	w->head = head_of(w, from, to);
	fresh(w);
	return to > from ? write_changes(w) : OK;
}

static err_t ship_all(struct writer *w, int64_t *to)
{
	w->head = head_of(w, 0, 0);
	fresh(w);
	err_t e = write_all(w);
	*to = w->head.to;
	return e;
}

/* Nothing new, but known up to now. */
static err_t ship_now(struct writer *w, int64_t at)
{
	w->head = head_of(w, at, at);
	fresh(w);
	add_notes(w);
	return flush(w, true);
}

/* A chain that has grown long is shortened behind a new complete set; the chain itself never breaks, so that who
 * follows it needs no complete set again. */
static err_t ship(struct writer *w, const struct folder *there, bool full, int64_t position, int64_t *from, int64_t *to)
{
	int64_t end = there->chain ? there->chain_end : there->complete.to, all = 0;
	*from = full ? 0 : end;
	if (end && !full) TRY(ship_changes(w, end, position));
	if (end && !full && position > end) end = position;
	if (full || !end || there->chain > CHAIN_MAX) TRY(ship_all(w, &all));
	*to = full || !end ? all : end;
	return ship_now(w, *to);
}

err_t plane_out(struct ctx *c, const char *dir, bool full, int64_t *from, int64_t *to)
{
	struct writer w = { .c = c, .dir = dir, .arena = arena_new() };
	struct folder there;
	int64_t position = 0;
	if (mkdir(dir, 0755) != 0 && errno != EEXIST) return E_INTERNAL;
	folder_read(&there, dir);
	err_t e = plane_position(c->app->plane, &position);
	if (e == OK) e = known_until(c, position, &c->now);
	if (e == OK) e = ship(&w, &there, full, position, from, to);
	folder_free(&there);
	arena_free(w.arena);
	return e == OK ? tidy(dir) : e;
}

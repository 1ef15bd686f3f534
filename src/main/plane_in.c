#include "main/plane_in.h"
#include "kernel/fetch/fetch.h"
#include "kernel/plane/plane.h"
#include "kernel/plane/segment.h"
#include "main/offline.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FETCH_MS = 60000 };

struct reader {
	struct plane *plane;
	struct offline_keys keys;
	const char *from; /* a folder, or an address */
	struct fetch_target target;
	bool remote;
	struct arena *lifetime, *arena; /* arena: of one file */
	int64_t position;
};

/* --- where the files are --- */

static bool fetched(struct reader *r, struct arena *a, const char *name, struct str *out)
{
	struct fetch f = { .base = r->target.base, .timeout_ms = FETCH_MS };
	f.path = str_printf(a, "%.*s%s%s", STR_FMT(r->target.path), str_ends(r->target.path, "/") ? "" : "/", name).p;
	struct fetched got = fetch_call(a, &f);
	*out = got.body;
	return got.status == 200;
}

static bool read_file(struct reader *r, struct arena *a, const char *name, struct str *out)
{
	char path[4096];
	if (r->remote) return fetched(r, a, name, out);
	(void)snprintf(path, sizeof path, "%s/%s", r->from, name);
	return offline_read(a, path, out);
}

/* Names of all segments there, in order; the folder of an older program has no index. */
static bool read_names(struct reader *r, struct arena *a, struct str *out)
{
	struct dirent **found;
	struct buf b;
	if (r->remote) return fetched(r, a, SEGMENT_INDEX, out);
	int n = scandir(r->from, &found, NULL, alphasort);
	if (n < 0) return false;
	buf_init(&b, a, 1024);
	for (int i = 0; i < n; i++) {
		buf_c(&b, found[i]->d_name);
		buf_char(&b, '\n');
		free(found[i]);
	}
	free(found);
	*out = buf_done(&b);
	return true;
}

/* --- taking in --- */

static bool load(struct reader *r, const char *name, struct segment *s)
{
	const char *why = "cannot be read";
	struct str file;
	arena_reset(r->arena);
	if (read_file(r, r->arena, name, &file) && segment_read(r->arena, file, r->keys.list, r->keys.n, s, &why))
		return true;
	(void)fprintf(stderr, "etaxd: %s/%s %s\n", r->from, name, why);
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
		char name[SEGMENT_NAME_MAX];
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

/* A segment holds what its events touched as it stands afterwards: it may begin before where we are. "now" only where
 * we are. */
static bool is_next(const struct reader *r, int64_t from, int64_t to)
{
	return from > 0 && from <= r->position && (from == to ? to == r->position : to > r->position);
}

static bool take_some(struct reader *r, const char *name)
{
	struct segment s;
	struct plane_entry *list;
	size_t n = 0;
	if (!load(r, name, &s)) return false;
	if (!is_next(r, s.from, s.to)) return true;
	list = arena_array(r->arena, (size_t)s.n + 1, sizeof *list);
	while (n < (size_t)s.n && segment_next(&s.body, &list[n]))
		n++;
	/* The position moves with the last part: a copy that was broken off takes them all again. */
	int64_t to = s.last ? s.to : r->position;
	if (plane_put_batch_after(r->plane, list, n, r->position, to) != OK) return false;
	r->position = to;
	return true;
}

/* Whether the chain leads on from here; *all: the newest complete set. */
static bool leads_on(const struct reader *r, struct str names, int64_t *all)
{
	char name[SEGMENT_NAME_MAX];
	struct segment_name s;
	bool on = false;
	*all = 0;
	while (segment_index_next(&names, &s, name)) {
		if (s.from == 0 && s.to > *all) *all = s.to;
		on |= is_next(r, s.from, s.to);
	}
	return on;
}

/* The newest complete set is needed only where no chain leads on from here. */
static bool take(struct reader *r, struct arena *a)
{
	char name[SEGMENT_NAME_MAX];
	struct segment_name s;
	struct str names, rest;
	int64_t all;
	if (!read_names(r, a, &names)) return fprintf(stderr, "etaxd: cannot read %s\n", r->from) < 0;
	if (!leads_on(r, names, &all) && r->position < all && !take_all(r, all)) return false;
	for (rest = names; segment_index_next(&rest, &s, name);)
		if (is_next(r, s.from, s.to) && !take_some(r, name)) return false;
	return take_some(r, "now.plane");
}

struct reader *plane_in_open(const char *data, const char *from, const char *key)
{
	struct reader *r = calloc(1, sizeof *r);
	if (!r) abort();
	r->arena = arena_new();
	r->from = from;
	r->remote = strstr(from, "://") != NULL;
	r->lifetime = arena_new();
	if (r->remote && !fetch_target_read(r->lifetime, str_c(from), &r->target))
		(void)fprintf(stderr, "etaxd: %s is no folder and no http(s) address\n", from);
	else if (offline_keys_read(r->lifetime, key, &r->keys) && (mkdir(data, 0700) == 0 || errno == EEXIST) &&
	         plane_open(&r->plane, data, false) == OK)
		return r;
	plane_in_close(r);
	return NULL;
}

void plane_in_close(struct reader *r)
{
	if (r->plane) plane_close(r->plane);
	arena_free(r->arena);
	arena_free(r->lifetime);
	free(r);
}

bool plane_in(struct reader *r, int64_t *position)
{
	struct arena *a = arena_new();
	bool good = plane_refresh(r->plane) == OK && plane_position(r->plane, &r->position) == OK && take(r, a);
	*position = r->position;
	arena_free(a);
	return good;
}

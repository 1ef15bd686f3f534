#include "services/invoice/verify/feed.h"
#include "kernel/ctx/app.h"
#include "services/invoice/issue/issue.h"
#include <stdlib.h>
#include <string.h>

void feed_add(struct ctx *c, struct feed_entries *e, const struct plane_entry *entry)
{
	if (e->n == e->cap) {
		struct plane_entry *more = arena_array(c->arena, e->cap = e->cap ? e->cap * 2 : 1024, sizeof *more);
		if (e->n) memcpy(more, e->list, e->n * sizeof *more);
		e->list = more;
	}
	e->list[e->n++] = *entry;
}

static void add(
        struct ctx *c, struct feed_entries *e, enum plane_kind kind, const struct plane_key *key, struct str value)
{
	feed_add(c, e, &(struct plane_entry){ .kind = kind, .key = *key, .value = value });
}

bool group_key(struct str number, struct plane_key *out)
{
	if (number.n < GROUP_DIGITS) return false;
	plane_key_text(str_sub(number, 0, GROUP_DIGITS), out);
	return true;
}

void note_key(const char *name, struct plane_key *out)
{
	plane_key_text(str_c(name), out);
}

void feed_put(struct ctx *c, struct feed_entries *e, struct str number, const struct fact *f)
{
	struct plane_key key, group;
	unsigned char *bytes = arena_alloc(c->arena, FACT_SIZE);
	fact_pack(f, bytes);
	if (!plane_key_digits(number, &key)) return;
	add(c, e, PLANE_INVOICE, &key, (struct str){ (const char *)bytes, FACT_SIZE });
	if (!group_key(number, &group) || (e->any_group && memcmp(group.b, e->group.b, sizeof group.b) == 0)) return;
	e->group = group;
	e->any_group = true;
	add(c, e, PLANE_GROUP, &group, str_dup(c->arena, str_sub(number, 0, GROUP_DIGITS)));
}

static void key_note_key(struct arena *a, size_t i, struct plane_key *out)
{
	note_key(str_printf(a, "key-%zu", i).p, out);
}

static int by_key(const void *a, const void *b)
{
	const struct plane_entry *x = a, *y = b;
	return memcmp(x->key.b, y->key.b, sizeof x->key.b);
}

size_t feed_notes(struct ctx *c, struct plane_entry out[NOTES_MAX])
{
	struct str lines = issue_verifiers(c), line;
	size_t n = 1;
	out[0] = (struct plane_entry){ .kind = PLANE_NOTE, .value = str_from_int(c->arena, c->now) };
	note_key("as-of", &out[0].key);
	while (n < NOTES_MAX && lines.n && str_split(&lines, '\n', &line)) {
		line = str_trim(line);
		if (!line.n || line.n > PLANE_VALUE_MAX) continue;
		out[n] = (struct plane_entry){ .kind = PLANE_NOTE, .value = line };
		key_note_key(c->arena, n - 1, &out[n].key);
		n++;
	}
	qsort(out, n, sizeof *out, by_key);
	return n;
}

void feed_put_notes(struct ctx *c, struct feed_entries *e)
{
	struct plane_entry notes[NOTES_MAX];
	size_t n = feed_notes(c, notes);
	for (size_t i = 0; i < n; i++)
		feed_add(c, e, &notes[i]);
}

err_t note_verifiers(struct ctx *c, struct str *lines)
{
	struct buf b;
	*lines = issue_verifiers(c);
	if (c->app->keys) return OK;
	buf_init(&b, c->arena, 512);
	for (size_t i = 0; i + 1 < NOTES_MAX; i++) {
		struct plane_key key;
		struct plane_value v;
		key_note_key(c->arena, i, &key);
		err_t e = plane_get(c->app->plane, PLANE_NOTE, &key, &v);
		if (e == E_NOT_FOUND) break;
		TRY(e);
		buf_add(&b, (const char *)v.b, v.n);
		buf_char(&b, '\n');
	}
	*lines = buf_done(&b);
	return OK;
}

err_t note_as_of(struct plane *p, instant_us *out)
{
	struct plane_key key;
	struct plane_value v;
	*out = 0;
	note_key("as-of", &key);
	err_t e = plane_get(p, PLANE_NOTE, &key, &v);
	if (e == E_NOT_FOUND) return OK;
	return e == OK && str_to_int((struct str){ (const char *)v.b, v.n }, out) ? OK : E_INTERNAL;
}

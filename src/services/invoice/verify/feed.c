#include "services/invoice/verify/feed.h"
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

void feed_put_notes(struct ctx *c, struct feed_entries *e)
{
	struct plane_key key;
	note_key("as-of", &key);
	add(c, e, PLANE_NOTE, &key, str_from_int(c->arena, c->now));
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

/* What says nothing of one invoice alone: whole groups of numbers by the hash of their group, and how far the plane is.
 */
#include "kernel/ctx/app.h"
#include "services/invoice/verify/feed.h"
#include "services/invoice/verify/verify.h"
#include <string.h>

enum { GROUP = 1000, GROUPS_MAX = 64, NIBBLES_MAX = 8 };

static const struct fault_def bad_prefix = { "hash-prefix", N_("哈希前缀是 2 到 8 位十六进制数字"), NULL, NULL };
static const struct fault_def too_many = { "hash-prefix-short", N_("这个前缀下的发票太多，请多给一位"), NULL, NULL };

struct found {
	struct plane_key from, to;
	struct str groups[GROUPS_MAX];
	size_t n;
	struct arena *arena;
};

/* "a3f" covers a3f000… to a3ffff… */
static bool bounds(struct str prefix, struct found *f)
{
	if (prefix.n < 2 || prefix.n > NIBBLES_MAX) return false;
	memset(f->from.b, 0, sizeof f->from.b);
	memset(f->to.b, 0xff, sizeof f->to.b);
	for (size_t i = 0; i < prefix.n; i++) {
		char ch = prefix.p[i];
		int v = ch >= '0' && ch <= '9' ? ch - '0' : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
		if (v < 0) return false;
		int shift = i % 2 ? 0 : 4;
		f->from.b[i / 2] = (unsigned char)(f->from.b[i / 2] | v << shift);
		f->to.b[i / 2] = (unsigned char)((f->to.b[i / 2] & ~(15 << shift)) | v << shift);
	}
	return true;
}

static bool take_group(void *arg, enum plane_kind kind, const struct plane_key *key, struct str value)
{
	struct found *f = arg;
	(void)kind;
	if (memcmp(key->b, f->to.b, sizeof key->b) > 0) return false;
	if (f->n < GROUPS_MAX) f->groups[f->n] = str_dup(f->arena, value);
	return f->n++ < GROUPS_MAX;
}

struct states {
	struct plane_key first;
	char digits[GROUP];
};

static int place_of(const struct plane_key *first, const struct plane_key *key)
{
	int n = (key->b[8] & 15) * 100 + (key->b[9] >> 4) * 10 + (key->b[9] & 15);
	bool same = memcmp(first->b, key->b, 8) == 0 && first->b[8] >> 4 == key->b[8] >> 4;
	return same ? n : -1;
}

static bool take_state(void *arg, enum plane_kind kind, const struct plane_key *key, struct str value)
{
	struct states *s = arg;
	struct fact f;
	int at = place_of(&s->first, key);
	(void)kind;
	if (at < 0) return false;
	if (fact_read(value, &f))
		s->digits[at] = (char)(f.state == FACT_REVERSED ? '3' : f.state == FACT_PARTLY ? '2' : '1');
	return true;
}

err_t verify_groups(struct ctx *c, struct str prefix, struct value **out)
{
	struct found f = { .arena = c->arena };
	if (!bounds(prefix, &f)) return RAISE(c, E_INPUT, &bad_prefix);
	TRY(plane_range(c->app->plane, PLANE_GROUP, &f.from, take_group, &f));
	if (f.n > GROUPS_MAX) return RAISE(c, E_TOO_LARGE, &too_many);
	*out = value_object(c->arena);
	value_put_str(c->arena, *out, "hash", prefix);
	value_put_int(c->arena, *out, "numbers", GROUP);
	struct value *list = value_put_array(c->arena, *out, "groups");
	for (size_t i = 0; i < f.n; i++) {
		struct states s;
		struct value *v = value_object(c->arena);
		struct str first = str_printf(c->arena, "%.*s000", STR_FMT(f.groups[i]));
		memset(s.digits, '0', sizeof s.digits);
		if (!plane_key_digits(first, &s.first)) return E_INTERNAL;
		TRY(plane_range(c->app->plane, PLANE_INVOICE, &s.first, take_state, &s));
		value_put_str(c->arena, v, "first", first);
		value_put_str(c->arena, v, "states", str_dup(c->arena, (struct str){ s.digits, sizeof s.digits }));
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t verify_plane(struct ctx *c, struct value **out)
{
	int64_t position, invoices;
	instant_us as_of;
	TRY(plane_position(c->app->plane, &position));
	TRY(plane_count(c->app->plane, PLANE_INVOICE, &invoices));
	TRY(note_as_of(c->app->plane, &as_of));
	*out = value_object(c->arena);
	value_put_int(c->arena, *out, "position", position);
	value_put_int(c->arena, *out, "invoices", invoices);
	value_put_str(c->arena, *out, "as_of", as_of ? instant_format(c->arena, as_of) : STR_NONE);
	value_put_int(c->arena, *out, "age_seconds", as_of ? (c->now - as_of) / 1000000 : -1);
	return OK;
}

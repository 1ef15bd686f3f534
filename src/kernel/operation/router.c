#include "kernel/operation/router.h"
#include <string.h>

struct node {
	const struct operation *op;
	size_t fixed; /* bytes of the pattern before its first parameter: most patterns are told apart by them */
	bool literal; /* no parameter */
	bool ending;  /* one parameter, and nothing behind it */
	struct node *next;
};
/* Few hundred patterns: bucketed by the first segment, which is always literal. */
enum { BUCKETS = 64 };
struct router {
	struct arena *arena;
	struct node *buckets[BUCKETS];
};

struct router *router_new(struct arena *a)
{
	struct router *r = arena_new_of(a, struct router);
	r->arena = a;
	return r;
}

static unsigned bucket(const char *p, size_t n)
{
	unsigned h = 5381;
	for (size_t i = 1; i < n && p[i] != '/'; i++)
		h = h * 33 + (unsigned char)p[i];
	return h % BUCKETS;
}

/* A literal pattern goes before one with parameters: "/invoices/batch" wins over "/invoices/{number}". */
static bool literal(const char *pattern)
{
	return !strchr(pattern, '{');
}

void router_add(struct router *r, const struct operation *ops, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct node **at = &r->buckets[bucket(ops[i].path, strlen(ops[i].path))];
		struct node *node = arena_new_of(r->arena, struct node);
		node->op = &ops[i];
		node->fixed = strcspn(ops[i].path, "{");
		node->literal = literal(ops[i].path);
		node->ending = !node->literal &&
		               strcspn(ops[i].path + node->fixed, "}") + 1 == strlen(ops[i].path + node->fixed);
		/* more specific (longer) patterns first, so that {number}.pdf is tried before {number} */
		while (*at && (literal((*at)->op->path) > literal(ops[i].path) ||
		                      (literal((*at)->op->path) == literal(ops[i].path) &&
		                              strlen((*at)->op->path) >= strlen(ops[i].path))))
			at = &(*at)->next;
		node->next = *at;
		*at = node;
	}
}

/* One segment: literal text, or prefix{name}suffix. */
static bool segment(struct str pattern, struct str path, struct route *out)
{
	const char *open = pattern.n ? memchr(pattern.p, '{', pattern.n) : NULL;
	if (!open) return str_eq(pattern, path);
	const char *close = memchr(open, '}', pattern.n - (size_t)(open - pattern.p));
	size_t before = (size_t)(open - pattern.p), after = pattern.n - (size_t)(close + 1 - pattern.p);
	if (path.n <= before + after || memcmp(path.p, pattern.p, before) != 0 ||
	        memcmp(path.p + path.n - after, close + 1, after) != 0)
		return false;
	if (out->n_params == 8) return false;
	out->params[out->n_params++] = (struct str){ path.p + before, path.n - before - after };
	return true;
}

/* The first `fixed` bytes are the same already: the segment in which they end is the first to look at. */
static bool matches(const char *pattern, size_t fixed, struct str path, struct route *out)
{
	while (fixed && pattern[fixed - 1] != '/')
		fixed--;
	struct str p = str_c(pattern + fixed), a, b;
	path = str_sub(path, fixed, path.n);
	out->n_params = 0;
	for (;;) {
		bool more = str_split(&p, '/', &a), also = str_split(&path, '/', &b);
		if (!more || !also) return more == also;
		if (!segment(a, b, out)) return false;
	}
}

/* The first `fixed` bytes are the same. */
static bool fits(const struct node *n, struct str path, struct route *out)
{
	struct str rest = str_sub(path, n->fixed, path.n);
	if (!n->ending) return matches(n->op->path, n->fixed, path, out);
	out->n_params = 1;
	out->params[0] = rest;
	return rest.n > 0 && !memchr(rest.p, '/', rest.n);
}

enum route_result router_find(const struct router *r, enum op_method method, struct str path, struct route *out)
{
	enum route_result result = ROUTE_UNKNOWN;
	for (const struct node *n = r->buckets[bucket(path.p, path.n)]; n; n = n->next) {
		if (n->literal ? path.n != n->fixed : path.n <= n->fixed) continue;
		if (memcmp(path.p, n->op->path, n->fixed) != 0) continue;
		if (n->literal)
			out->n_params = 0;
		else if (!fits(n, path, out))
			continue;
		out->op = n->op;
		if (n->op->method == method) return ROUTE_FOUND;
		result = ROUTE_METHOD;
	}
	return result;
}

struct str router_allow(
        const struct router *r, struct arena *a, struct str path, bool (*counts)(const struct operation *op))
{
	static const char *const names[] = { "GET, HEAD", "POST", "PUT", "PATCH", "DELETE" };
	struct buf b;
	struct route route;
	buf_init(&b, a, 40);
	for (size_t m = 0; m < sizeof names / sizeof *names; m++)
		if (router_find(r, (enum op_method)m, path, &route) == ROUTE_FOUND && (!counts || counts(route.op)))
			buf_printf(&b, "%s%s", b.n ? ", " : "", names[m]);
	return buf_done(&b);
}

const struct operation *router_by_id(const struct router *r, const char *id)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct node *n = r->buckets[i]; n; n = n->next)
			if (strcmp(n->op->id, id) == 0) return n->op;
	return NULL;
}

struct str router_param_name(const char *pattern, size_t i)
{
	for (const char *open = strchr(pattern, '{'); open; open = strchr(open + 1, '{'))
		if (i-- == 0) return (struct str){ open + 1, (size_t)(strchr(open, '}') - open - 1) };
	return STR_NONE;
}

void router_each(const struct router *r, void (*fn)(void *arg, const struct operation *op), void *arg)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct node *n = r->buckets[i]; n; n = n->next)
			fn(arg, n->op);
}

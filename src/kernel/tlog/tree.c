/* The tree of RFC 6962 §2.1; verification as in RFC 9162 §2.1.3.2 and §2.1.4.2. */
#include "kernel/tlog/tlog.h"
#include <string.h>

void tlog_leaf_hash(const void *entry, size_t n, struct tlog_hash *out)
{
	crypto_sha256_two("\0", 1, entry, n, out->b);
}

void tlog_node_hash(const struct tlog_hash *left, const struct tlog_hash *right, struct tlog_hash *out)
{
	unsigned char bytes[65];
	bytes[0] = 1;
	memcpy(bytes + 1, left->b, 32);
	memcpy(bytes + 33, right->b, 32);
	crypto_sha256(bytes, sizeof(bytes), out->b);
}

bool tlog_hash_equal(const struct tlog_hash *a, const struct tlog_hash *b)
{
	return memcmp(a->b, b->b, 32) == 0;
}

void tlog_stack_append(struct tlog_stack *s, const struct tlog_hash *leaf)
{
	struct tlog_hash h = *leaf;
	for (int64_t bit = s->size; bit & 1; bit >>= 1)
		tlog_node_hash(&s->h[--s->n], &h, &h);
	s->h[s->n++] = h;
	s->size++;
}

void tlog_stack_root(const struct tlog_stack *s, struct tlog_hash *out)
{
	if (!s->n) {
		crypto_sha256("", 0, out->b);
		return;
	}
	*out = s->h[s->n - 1];
	for (unsigned i = s->n - 1; i > 0; i--)
		tlog_node_hash(&s->h[i - 1], out, out);
}

static unsigned log2_floor(int64_t n)
{
	return 63u - (unsigned)__builtin_clzll((unsigned long long)n);
}

/* Largest power of two below n, n >= 2. */
static int64_t split(int64_t n)
{
	return INT64_C(1) << log2_floor(n - 1);
}

/* Root of the leaves lo..hi-1 where lo is aligned as the tree's own splits leave it. */
static bool range_root(int64_t lo, int64_t hi, tlog_read *read, void *arg, struct tlog_hash *out)
{
	struct tlog_hash part[64];
	unsigned n = 0;
	while (lo < hi) {
		unsigned level = log2_floor(hi - lo);
		if (!read(arg, level, lo >> level, &part[n++])) return false;
		lo += INT64_C(1) << level;
	}
	if (!n) return false;
	*out = part[n - 1];
	for (unsigned i = n - 1; i > 0; i--)
		tlog_node_hash(&part[i - 1], out, out);
	return true;
}

bool tlog_root_at(int64_t size, tlog_read *read, void *arg, struct tlog_hash *out)
{
	if (size < 0) return false;
	if (size == 0) {
		crypto_sha256("", 0, out->b);
		return true;
	}
	return range_root(0, size, read, arg, out);
}

static void reverse(struct tlog_path *p)
{
	for (size_t i = 0, j = p->n; i + 1 < j; i++) {
		struct tlog_hash h = p->h[i];
		p->h[i] = p->h[--j];
		p->h[j] = h;
	}
}

bool tlog_prove_inclusion(int64_t index, int64_t size, tlog_read *read, void *arg, struct tlog_path *out)
{
	int64_t lo = 0, hi = size;
	out->n = 0;
	if (index < 0 || index >= size) return false;
	while (hi - lo > 1) {
		int64_t middle = lo + split(hi - lo);
		bool left = index < middle;
		if (!range_root(left ? middle : lo, left ? hi : middle, read, arg, &out->h[out->n])) return false;
		out->n++;
		if (left)
			hi = middle;
		else
			lo = middle;
	}
	reverse(out); /* the leaf's sibling first */
	return true;
}

bool tlog_prove_consistency(int64_t old_size, int64_t size, tlog_read *read, void *arg, struct tlog_path *out)
{
	int64_t lo = 0, hi = size;
	bool whole = true; /* is the old tree still the left part as a whole: its root is known to the verifier */
	out->n = 0;
	if (old_size < 0 || old_size > size) return false;
	if (old_size == 0 || old_size == size) return true;
	while (old_size != hi) {
		int64_t middle = lo + split(hi - lo);
		bool left = old_size <= middle;
		if (!range_root(left ? middle : lo, left ? hi : middle, read, arg, &out->h[out->n])) return false;
		out->n++;
		if (left) {
			hi = middle;
		} else {
			lo = middle;
			whole = false;
		}
	}
	if (!whole) {
		if (!range_root(lo, hi, read, arg, &out->h[out->n])) return false;
		out->n++;
	}
	reverse(out);
	return true;
}

bool tlog_inclusion_root(int64_t index, int64_t size, const struct tlog_hash *leaf, const struct tlog_hash *path,
        size_t n, struct tlog_hash *root)
{
	if (index < 0 || index >= size) return false;
	int64_t at = index, last = size - 1;
	*root = *leaf;
	for (size_t i = 0; i < n; i++) {
		if (last == 0) return false;
		if ((at & 1) || at == last) {
			tlog_node_hash(&path[i], root, root);
			while (!(at & 1) && at) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			tlog_node_hash(root, &path[i], root);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0;
}

bool tlog_verify_inclusion(int64_t index, int64_t size, const struct tlog_hash *leaf, const struct tlog_hash *root,
        const struct tlog_hash *path, size_t n)
{
	struct tlog_hash computed;
	return tlog_inclusion_root(index, size, leaf, path, n, &computed) && tlog_hash_equal(&computed, root);
}

bool tlog_verify_consistency(int64_t old_size, int64_t size, const struct tlog_hash *old_root,
        const struct tlog_hash *root, const struct tlog_hash *path, size_t n)
{
	if (old_size < 0 || old_size > size) return false;
	if (old_size == size) return n == 0 && tlog_hash_equal(old_root, root);
	if (old_size == 0) {
		struct tlog_hash empty;
		crypto_sha256("", 0, empty.b);
		return n == 0 && tlog_hash_equal(old_root, &empty);
	}
	int64_t at = old_size - 1, last = size - 1;
	while (at & 1) {
		at >>= 1;
		last >>= 1;
	}
	/* A power of two: the old root itself begins the path. */
	bool own = at == 0;
	if (!own && n == 0) return false;
	struct tlog_hash old = own ? *old_root : path[0], now = old;
	for (size_t i = own ? 0 : 1; i < n; i++) {
		if (last == 0) return false;
		if ((at & 1) || at == last) {
			tlog_node_hash(&path[i], &old, &old);
			tlog_node_hash(&path[i], &now, &now);
			while (!(at & 1) && at) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			tlog_node_hash(&now, &path[i], &now);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0 && tlog_hash_equal(&old, old_root) && tlog_hash_equal(&now, root);
}

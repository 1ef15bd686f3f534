/* The order of a draw over ten million tickets: chunks of lines are hashed and ranked by several threads; only the best
 * are kept. Roots of equal chunks are leaves of a tree above them, so that the root is that of RFC 6962 over all lines.
 */
#include "kernel/crypto/crypto.h"
#include "kernel/tlog/tlog.h"
#include "services/invoice/lottery/draw.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 65536, THREADS_MAX = 16 };

struct best {
	unsigned char rank[32];
	const char *number;
};
struct job {
	struct str text;
	const size_t *chunks; /* where each begins; one more: the end */
	size_t n_chunks;
	struct crypto_hmac_key key;
	struct tlog_hash *roots;
	size_t most;
	_Atomic size_t next;
	_Atomic size_t broken; /* chunk of the first bad line + 1 */
};
struct part {
	struct job *job;
	pthread_t thread;
	struct best *heap; /* the worst of the best is on top */
	size_t n;
};

static int rank_order(const void *a, const void *b)
{
	int d = memcmp(((const struct best *)a)->rank, ((const struct best *)b)->rank, 32);
	return d ? d : memcmp(((const struct best *)a)->number, ((const struct best *)b)->number, DRAW_NUMBER);
}

static void sink(struct best *h, size_t n, size_t i)
{
	for (;;) {
		size_t big = i, l = 2 * i + 1, r = l + 1;
		if (l < n && rank_order(&h[l], &h[big]) > 0) big = l;
		if (r < n && rank_order(&h[r], &h[big]) > 0) big = r;
		if (big == i) return;
		struct best t = h[i];
		h[i] = h[big];
		h[big] = t;
		i = big;
	}
}

static void rise(struct best *h, size_t i)
{
	while (i && rank_order(&h[i], &h[(i - 1) / 2]) > 0) {
		struct best t = h[i];
		h[i] = h[(i - 1) / 2];
		h[(i - 1) / 2] = t;
		i = (i - 1) / 2;
	}
}

/* A rank has just been written word by word: read in another width it would have to wait for its bytes. */
static uint32_t first_word(const struct best *b)
{
	uint32_t w;
	memcpy(&w, b->rank, sizeof w);
	return __builtin_bswap32(w);
}

static void offer(struct part *p, const struct best *b)
{
	if (p->n < p->job->most) {
		p->heap[p->n] = *b;
		rise(p->heap, p->n++);
		return;
	}
	if (p->n && first_word(b) > first_word(&p->heap[0])) return; /* nearly always */
	if (p->n && memcmp(b->rank, p->heap[0].rank, 32) < 0) {
		p->heap[0] = *b;
		sink(p->heap, p->n, 0);
	}
}

static bool all_digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9') return false;
	return true;
}

static bool other_line(struct str line)
{
	struct draw_line l;
	return draw_line_read(line, &l);
}

/* Some lines on their way through the hash, two at a time: as many leaves as a power of two, so that their root is a
 * leaf of the tree above. */
enum { BATCH = 256 };
_Static_assert(CHUNK % BATCH == 0, "only the last batch of all may be smaller");
struct batch {
	struct str line[BATCH];
	const char *number[BATCH]; /* of those that take part */
	struct tlog_hash leaf[BATCH];
	size_t n, n_numbers;
};

/* "+ 20 digits": the common line, without the general reader. */
static bool take_line(struct part *p, struct batch *b, struct str line)
{
	if (line.n > DRAW_LINE_MAX) return false;
	bool plain = line.n == DRAW_NUMBER + 2 && line.p[0] == '+' && line.p[1] == ' ' &&
	             all_digits(line.p + 2, DRAW_NUMBER);
	if (!plain && !other_line(line)) return false;
	b->line[b->n++] = line;
	if (line.p[0] == '+' && p->job->most) b->number[b->n_numbers++] = line.p + 2;
	return true;
}

static void leaf_bytes(unsigned char bytes[DRAW_LINE_MAX + 1], struct str line)
{
	bytes[0] = 0;
	memcpy(bytes + 1, line.p, line.n);
}

static void hash_leaves(struct batch *b)
{
	__attribute__((uninitialized)) unsigned char one[DRAW_LINE_MAX + 1], two[DRAW_LINE_MAX + 1];
	for (size_t i = 0; i < b->n; i++) {
		size_t n = b->line[i].n + 1;
		leaf_bytes(one, b->line[i]);
		if (i + 1 == b->n || b->line[i + 1].n + 1 != n) {
			crypto_sha256_short(one, n, b->leaf[i].b);
			continue;
		}
		leaf_bytes(two, b->line[i + 1]);
		crypto_sha256_short_two(one, two, n, b->leaf[i].b, b->leaf[i + 1].b);
		i++;
	}
}

static void rank_numbers(struct part *p, const struct batch *b)
{
	struct best one, two;
	for (size_t i = 0; i + 1 < b->n_numbers; i += 2) {
		one.number = b->number[i];
		two.number = b->number[i + 1];
		crypto_hmac_short_two(&p->job->key, one.number, two.number, DRAW_NUMBER, one.rank, two.rank);
		offer(p, &one);
		offer(p, &two);
	}
	if (b->n_numbers % 2 == 0) return;
	one.number = b->number[b->n_numbers - 1];
	crypto_hmac_short(&p->job->key, one.number, DRAW_NUMBER, one.rank);
	offer(p, &one);
}

enum { NODE = 65 };

static void node_bytes(unsigned char bytes[NODE], const struct tlog_hash *l, const struct tlog_hash *r)
{
	bytes[0] = 1;
	memcpy(bytes + 1, l->b, 32);
	memcpy(bytes + 33, r->b, 32);
}

static void node(const struct tlog_hash *l, const struct tlog_hash *r, struct tlog_hash *out)
{
	unsigned char bytes[NODE];
	node_bytes(bytes, l, r);
	crypto_sha256_short(bytes, sizeof bytes, out->b);
}

/* Level by level; a last one without a neighbour goes up as it is, which is the tree of RFC 6962. */
static void root_of(struct batch *b, struct tlog_hash *out)
{
	__attribute__((uninitialized)) unsigned char one[NODE], two[NODE];
	struct tlog_hash *h = b->leaf;
	for (size_t n = b->n; n > 1; n = (n + 1) / 2) {
		size_t pairs = n / 2, i = 0;
		for (; i + 1 < pairs; i += 2) {
			node_bytes(one, &h[2 * i], &h[2 * i + 1]);
			node_bytes(two, &h[2 * i + 2], &h[2 * i + 3]);
			crypto_sha256_short_two(one, two, NODE, h[i].b, h[i + 1].b);
		}
		if (i < pairs) node(&h[2 * i], &h[2 * i + 1], &h[i]);
		if (n % 2) h[pairs] = h[n - 1];
	}
	*out = h[0];
}

static void append(struct tlog_stack *s, const struct tlog_hash *leaf)
{
	struct tlog_hash h = *leaf;
	for (int64_t bit = s->size; bit & 1; bit >>= 1)
		node(&s->h[--s->n], &h, &h);
	s->h[s->n++] = h;
	s->size++;
}

static void end_batch(struct part *p, struct batch *b, struct tlog_stack *s)
{
	struct tlog_hash root;
	if (!b->n) return;
	hash_leaves(b);
	rank_numbers(p, b);
	root_of(b, &root);
	append(s, &root);
	b->n = b->n_numbers = 0;
}

static bool take_chunk(struct part *p, size_t i)
{
	struct job *j = p->job;
	struct str rest = { j->text.p + j->chunks[i], j->chunks[i + 1] - j->chunks[i] }, line;
	struct tlog_stack s = { 0 };
	__attribute__((uninitialized)) struct batch b;
	b.n = b.n_numbers = 0;
	while (rest.n && str_split(&rest, '\n', &line)) {
		if (!take_line(p, &b, line)) return false;
		if (b.n == BATCH) end_batch(p, &b, &s);
	}
	end_batch(p, &b, &s);
	tlog_stack_root(&s, &j->roots[i]);
	return true;
}

static void *work(void *arg)
{
	struct part *p = arg;
	struct job *j = p->job;
	for (size_t i; (i = atomic_fetch_add(&j->next, 1)) < j->n_chunks;)
		if (!take_chunk(p, i)) {
			size_t none = 0;
			(void)atomic_compare_exchange_strong(&j->broken, &none, i + 1);
		}
	return NULL;
}

/* Where each chunk begins; false: the last line has no end. */
static bool cut(struct arena *a, struct str text, struct job *j, int64_t *lines, size_t *voids)
{
	size_t room = text.n / ((size_t)CHUNK * 22) + 3;
	size_t *at = arena_array(a, room, sizeof *at), n = 0;
	*lines = 0;
	*voids = 0;
	for (const char *p = text.p, *end = p + text.n; p < end;) {
		if (*lines % CHUNK == 0) {
			if (n + 2 >= room) return false; /* lines shorter than any ticket */
			at[n++] = (size_t)(p - text.p);
		}
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl) return false;
		*voids += *p == '-';
		(*lines)++;
		p = nl + 1;
	}
	at[n] = text.n;
	j->chunks = at;
	j->n_chunks = n;
	return true;
}

/* The line that is wrong, for the message. */
static int64_t bad_line(struct str text)
{
	struct draw_line l;
	struct str line;
	int64_t n = 1;
	while (text.n && str_split(&text, '\n', &line) && draw_line_read(line, &l))
		n++;
	return n;
}

static int by_number(const void *a, const void *b)
{
	return memcmp(*(const char *const *)a, *(const char *const *)b, DRAW_NUMBER);
}

/* Void numbers, sorted; room: how many lines begin with a minus. */
static const char **voids(struct arena *a, struct str text, size_t room, size_t *n)
{
	const char **list = arena_array(a, room + 1, sizeof *list);
	*n = 0;
	for (const char *p = text.p, *end = p + text.n; room && p && p < end;) {
		if (*p == '-' && (size_t)(end - p) > DRAW_NUMBER + 2) list[(*n)++] = p + 2;
		p = memchr(p, '\n', (size_t)(end - p));
		if (p) p++;
	}
	qsort(list, *n, sizeof *list, by_number);
	return list;
}

static bool is_void(const char *number, const char **list, size_t n)
{
	return n && bsearch(&number, list, n, sizeof *list, by_number);
}

static void run(struct job *j, struct part *parts, unsigned threads)
{
	unsigned started = 1;
	for (unsigned i = 0; i < threads; i++)
		parts[i].job = j;
	while (started < threads && pthread_create(&parts[started].thread, NULL, work, &parts[started]) == 0)
		started++;
	(void)work(&parts[0]);
	for (unsigned i = 1; i < started; i++)
		(void)pthread_join(parts[i].thread, NULL);
}

static bool merge(struct arena *a, const struct part *parts, unsigned threads, const char **gone, size_t n_gone,
        size_t most, struct draw_sorted *out)
{
	size_t n = 0, all = 0;
	for (unsigned i = 0; i < threads; i++)
		all += parts[i].n;
	struct best *list = arena_array(a, all + 1, sizeof *list);
	for (unsigned i = 0; i < threads; i++)
		if (parts[i].n) {
			memcpy(list + n, parts[i].heap, parts[i].n * sizeof *list);
			n += parts[i].n;
		}
	qsort(list, n, sizeof *list, rank_order);
	out->winners = arena_array(a, most + 1, sizeof *out->winners);
	for (size_t i = 0; i < n && out->n < most; i++) {
		if (is_void(list[i].number, gone, n_gone)) continue;
		if (i && memcmp(list[i].rank, list[i - 1].rank, 32) == 0) return false;
		out->winners[out->n++] = (struct str){ list[i].number, DRAW_NUMBER };
	}
	return true;
}

bool draw_sort(struct arena *a, struct str text, const unsigned char seed[32], size_t most, unsigned threads,
        struct draw_sorted *out)
{
	struct job j = { .text = text };
	struct part parts[THREADS_MAX] = { 0 };
	struct tlog_stack top = { 0 };
	struct tlog_hash root;
	size_t n_gone, room;
	*out = (struct draw_sorted){ 0 };
	if (threads < 1) threads = 1;
	if (threads > THREADS_MAX) threads = THREADS_MAX;
	if (!text.p) text = S("");
	if (!cut(a, text, &j, &out->lines, &room)) return out->line = bad_line(text), false;
	const char **gone = voids(a, text, room, &n_gone);
	crypto_hmac_key_set(&j.key, (struct str){ (const char *)seed, 32 });
	j.roots = arena_array(a, j.n_chunks + 1, sizeof *j.roots);
	/* So many that as many as were asked for are left when void ones are taken out; never more than there are. */
	j.most = most ? most + n_gone : 0;
	if (j.most > (size_t)out->lines) j.most = (size_t)out->lines;
	for (unsigned i = 0; i < threads; i++)
		parts[i].heap = arena_array(a, j.most + 1, sizeof *parts[i].heap);
	run(&j, parts, threads);
	if (atomic_load(&j.broken)) return out->line = bad_line(text), false;
	for (size_t i = 0; i < j.n_chunks; i++)
		append(&top, &j.roots[i]);
	tlog_stack_root(&top, &root);
	memcpy(out->root, root.b, 32);
	return merge(a, parts, threads, gone, n_gone, most, out);
}

/* What a witness signs and what it refuses, over a real tree of leaves. */
#include "kernel/tlog/witness.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { OLD = 5, NEW = 13 };
#define ORIGIN S("log.example/1")

/* Perfect subtrees of leaves "0", "1" …; fork: leaves differ from there on. */
static bool read_tree(void *arg, unsigned level, int64_t index, struct tlog_hash *out)
{
	const int64_t *fork = arg;
	struct tlog_hash left, right;
	char text[32];
	if (level > 0) {
		(void)read_tree(arg, level - 1, index * 2, &left);
		(void)read_tree(arg, level - 1, index * 2 + 1, &right);
		tlog_node_hash(&left, &right, out);
		return true;
	}
	int n = snprintf(text, sizeof text, "%s%lld", index >= *fork ? "other " : "", (long long)index);
	tlog_leaf_hash(text, (size_t)n, out);
	return true;
}

struct bench {
	struct arena *a;
	struct crypto_key *log, *witness;
	struct tlog_verifier known;
};

static void bench_open(struct bench *b)
{
	static const unsigned char seed[32] = "log key", seed2[32] = "witness key";
	b->a = arena_new();
	b->log = crypto_ed25519_from_seed(seed);
	b->witness = crypto_ed25519_from_seed(seed2);
	assert_true(tlog_verifier_parse(b->a, tlog_verifier_string(b->a, ORIGIN, TLOG_ED25519, b->log), &b->known));
}

static void bench_close(struct bench *b)
{
	arena_free(b->a);
	crypto_key_free(b->log);
	crypto_key_free(b->witness);
}

static struct str request(struct bench *b, int64_t old, int64_t size, int64_t fork, const struct crypto_key *signer)
{
	struct witness_request q = { .old = old };
	struct tlog_hash root;
	assert_true(tlog_root_at(size, read_tree, &fork, &root));
	struct str text = tlog_checkpoint_text(b->a, ORIGIN, size, &root);
	q.note = tlog_note(b->a, text, tlog_signature_line(b->a, text, ORIGIN, TLOG_ED25519, signer, 0));
	if (old > 0 && old < size) assert_true(tlog_prove_consistency(old, size, read_tree, &fork, &q.proof));
	return witness_request_write(b->a, &q);
}

static int status(struct bench *b, struct str body, const struct witness_state *state)
{
	return witness_judge(b->a, body, &b->known, 1, state).status;
}

static void it_signs_what_goes_on(void **state)
{
	struct bench b;
	struct witness_state now = { 0 };
	(void)state;
	bench_open(&b);
	struct witness_verdict v = witness_judge(b.a, request(&b, 0, OLD, INT64_MAX, b.log), &b.known, 1, &now);
	assert_int_equal(v.status, 200);
	assert_int_equal(v.next.size, OLD);
	now = v.next;
	v = witness_judge(b.a, request(&b, OLD, NEW, INT64_MAX, b.log), &b.known, 1, &now);
	assert_int_equal(v.status, 200);
	now = v.next;
	assert_int_equal(status(&b, request(&b, NEW, NEW, INT64_MAX, b.log), &now), 200); /* once more: a new time */
	/* Its line is a good signature on the log's note. */
	struct str name = S("witness.example/a");
	struct str line = tlog_signature_line(b.a, v.text, name, TLOG_COSIGNATURE, b.witness, 1760000000), text;
	struct tlog_verifier key;
	unsigned good;
	assert_true(tlog_verifier_parse(b.a, tlog_verifier_string(b.a, name, TLOG_COSIGNATURE, b.witness), &key));
	assert_int_equal(tlog_note_open(b.a, tlog_note(b.a, v.text, line), &key, 1, &text, &good), TLOG_OPENED);
	struct str other =
	        tlog_signature_line(b.a, S("log.example/1\n9\nAAAA\n"), name, TLOG_COSIGNATURE, b.witness, 1);
	assert_int_equal(tlog_note_open(b.a, tlog_note(b.a, v.text, other), &key, 1, &text, &good), TLOG_BAD_SIGNATURE);
	bench_close(&b);
}

static void it_refuses_the_rest(void **state)
{
	struct bench b;
	struct witness_state none = { 0 }, old, new;
	(void)state;
	bench_open(&b);
	old = witness_judge(b.a, request(&b, 0, OLD, INT64_MAX, b.log), &b.known, 1, &none).next;
	new = witness_judge(b.a, request(&b, 0, NEW, INT64_MAX, b.log), &b.known, 1, &none).next;
	assert_int_equal(status(&b, request(&b, OLD, NEW, 2, b.log), &old), 422); /* a split view */
	assert_int_equal(status(&b, request(&b, NEW, NEW, 2, b.log), &new), 409); /* the same size, another root */
	assert_int_equal(status(&b, request(&b, 0, NEW, INT64_MAX, b.log), &old), 409);   /* not what it signed last */
	assert_int_equal(status(&b, request(&b, OLD, OLD, INT64_MAX, b.log), &new), 409); /* backwards */
	assert_int_equal(status(&b, request(&b, NEW, OLD, INT64_MAX, b.log), &new), 400); /* old above the size */
	assert_int_equal(status(&b, request(&b, OLD, NEW, INT64_MAX, b.witness), &old), 403);
	struct str good = request(&b, OLD, NEW, INT64_MAX, b.log);
	for (size_t i = 0; i < good.n; i++) { /* one byte less, anywhere at the end, or a byte changed: never signed */
		char *changed = arena_dup(b.a, good.p, good.n);
		changed[i] = (char)(changed[i] ^ 1);
		assert_int_not_equal(status(&b, (struct str){ changed, good.n }, &old), 200);
		assert_int_not_equal(status(&b, str_sub(good, 0, i), &old), 200);
	}
	b.known.name = S("log.example/2");
	assert_int_equal(status(&b, good, &old), 404);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_signs_what_goes_on),
		cmocka_unit_test(it_refuses_the_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

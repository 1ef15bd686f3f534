/* RFC 6962 example tree; every inclusion and consistency proof of trees of 1..300 leaves against an independent
 * re-computation by the recursive definition; notes and proof files with each part tampered. */
#include "kernel/tlog/tlog.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define N 300

static struct tlog_hash leaves[N];

/* The definition of RFC 6962 §2.1, word for word. */
static void mth(int lo, int n, struct tlog_hash *out)
{
	if (n == 1) {
		*out = leaves[lo];
		return;
	}
	int k = 1;
	while (k * 2 < n)
		k *= 2;
	struct tlog_hash left, right;
	mth(lo, k, &left);
	mth(lo + k, n - k, &right);
	tlog_node_hash(&left, &right, out);
}

static bool read_leaves(void *arg, unsigned level, int64_t index, struct tlog_hash *out)
{
	int lo = (int)(index << level), n = 1 << level;
	if (lo + n > *(int *)arg) return false;
	mth(lo, n, out);
	return true;
}

static void rfc6962(void **state)
{
	(void)state;
	/* The eight inputs that the certificate-transparency implementations share as test tree. */
	static const char *const in[] = { "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
		"606162636465666768696a6b6c6d6e6f" };
	static const char *const roots[] = { "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" };
	struct arena *a = arena_new();
	struct tlog_stack s = { 0 };
	struct tlog_hash root;
	tlog_stack_root(&s, &root);
	assert_string_equal(
	        str_hex(a, root.b, 32).p, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (int i = 0; i < 8; i++) {
		struct str bytes;
		struct tlog_hash leaf;
		assert_true(str_unhex(a, str_c(in[i]), &bytes));
		tlog_leaf_hash(bytes.p, bytes.n, &leaf);
		tlog_stack_append(&s, &leaf);
		tlog_stack_root(&s, &root);
		assert_string_equal(str_hex(a, root.b, 32).p, roots[i]);
	}
	arena_free(a);
}

static void all_proofs(void **state)
{
	(void)state;
	static struct tlog_hash roots[N + 1];
	struct tlog_stack s = { 0 };
	for (int i = 0; i < N; i++) {
		unsigned char entry[2] = { (unsigned char)i, (unsigned char)(i >> 8) };
		tlog_leaf_hash(entry, 2, &leaves[i]);
		tlog_stack_append(&s, &leaves[i]);
		tlog_stack_root(&s, &roots[i + 1]);
	}
	for (int n = 1; n <= N; n++) {
		struct tlog_hash root;
		struct tlog_path path;
		mth(0, n, &root);
		assert_true(tlog_hash_equal(&root, &roots[n]));
		assert_true(tlog_root_at(n, read_leaves, &n, &root));
		assert_true(tlog_hash_equal(&root, &roots[n]));
		for (int i = 0; i < n; i++) {
			assert_true(tlog_prove_inclusion(i, n, read_leaves, &n, &path));
			assert_true(tlog_verify_inclusion(i, n, &leaves[i], &roots[n], path.h, path.n));
			if (n > 1) {
				assert_false(
				        tlog_verify_inclusion((i + 1) % n, n, &leaves[i], &roots[n], path.h, path.n));
				assert_false(tlog_verify_inclusion(i, n, &leaves[i], &roots[n], path.h, path.n - 1));
				path.h[(unsigned)i % path.n].b[i % 32] ^= 1;
				assert_false(tlog_verify_inclusion(i, n, &leaves[i], &roots[n], path.h, path.n));
			}
		}
		for (int m = 0; m <= n; m++) {
			struct tlog_hash old = roots[m];
			if (m == 0) crypto_sha256("", 0, old.b);
			assert_true(tlog_prove_consistency(m, n, read_leaves, &n, &path));
			assert_true(tlog_verify_consistency(m, n, &old, &roots[n], path.h, path.n));
			if (m > 0 && m < n) {
				old.b[0] ^= 1;
				assert_false(tlog_verify_consistency(m, n, &old, &roots[n], path.h, path.n));
				old.b[0] ^= 1;
				assert_false(tlog_verify_consistency(m, n, &old, &roots[n], path.h, path.n - 1));
				path.h[(unsigned)m % path.n].b[5] ^= 1;
				assert_false(tlog_verify_consistency(m, n, &old, &roots[n], path.h, path.n));
			}
		}
		assert_false(tlog_prove_inclusion(n, n, read_leaves, &n, &path));
		assert_false(tlog_prove_inclusion(-1, n, read_leaves, &n, &path));
		assert_false(tlog_prove_consistency(n + 1, n, read_leaves, &n, &path));
	}
}

static const struct tlog_hash *fetch(void *arg, unsigned level, int64_t n, unsigned width)
{
	static struct tlog_hash top[2];
	(void)arg;
	(void)width;
	if (level == 0) return n == 0 ? leaves : leaves + 256;
	mth(0, 256, &top[0]);
	return n == 0 && level == 1 ? top : NULL;
}

static void tiles(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct tlog_tiles t = { fetch, NULL, N };
	struct tlog_path path;
	struct tlog_hash root;
	mth(0, N, &root);
	for (int i = 0; i < N; i += 7) {
		assert_true(tlog_prove_inclusion(i, N, tlog_read_tiles, &t, &path));
		assert_true(tlog_verify_inclusion(i, N, &leaves[i], &root, path.h, path.n));
	}
	assert_int_equal(tlog_tile_width(N, 0, 0), 256);
	assert_int_equal(tlog_tile_width(N, 0, 1), 44);
	assert_int_equal(tlog_tile_width(N, 0, 2), 0);
	assert_int_equal(tlog_tile_width(N, 1, 0), 1);
	assert_int_equal(tlog_tile_width(256, 0, 1), 0);
	assert_int_equal(tlog_tile_width(N, 7, 0), 0);

	assert_string_equal(tlog_tile_path(a, (struct tlog_tile_name){ 0, 1234067, 256 }).p, "tile/0/x001/x234/067");
	assert_string_equal(tlog_tile_path(a, (struct tlog_tile_name){ -1, 7, 3 }).p, "tile/entries/007.p/3");
	int64_t n;
	unsigned w;
	assert_true(tlog_tile_number_parse(S("x001/x234/067"), &n, &w) && n == 1234067 && w == 256);
	assert_true(tlog_tile_number_parse(S("000.p/255"), &n, &w) && n == 0 && w == 255);
	static const char *const bad[] = { "", "1", "0001", "x000/001", "x001", "001.p/0", "001.p/256", "001.p/01",
		"001.p/", "001/002", "x1/002", "001.p/-1", "x001/", "001 ", "x999/x999/x999/x999/x999/x999/x999/999" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(tlog_tile_number_parse(str_c(bad[i]), &n, &w));
	struct buf b;
	buf_init(&b, a, 16);
	tlog_bundle_add(&b, S("first"));
	tlog_bundle_add(&b, S(""));
	struct str rest = buf_done(&b), entry;
	assert_true(tlog_bundle_next(&rest, &entry) && str_is(entry, "first"));
	assert_true(tlog_bundle_next(&rest, &entry) && entry.n == 0);
	assert_false(tlog_bundle_next(&rest, &entry));
	assert_int_equal(rest.n, 0);
	arena_free(a);
}

static void notes(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	/* Note and key of the signed-note specification's Go implementation (golang.org/x/mod/sumdb/note). */
	struct tlog_verifier known;
	struct str text;
	unsigned good = 0;
	assert_true(tlog_verifier_parse(
	        a, S("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"), &known));
	struct str go =
	        S("If you think cryptography is the answer to your problem,\n"
	          "then you don't know what your problem is.\n\n\xe2\x80\x94 PeterNeumann "
	          "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n");
	assert_int_equal(tlog_note_open(a, go, &known, 1, &text, &good), TLOG_OPENED);
	assert_int_equal(good, 1);
	assert_false(tlog_verifier_parse(
	        a, S("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"), &known));

	struct crypto_key *k = crypto_ed25519_new(), *k2 = crypto_ed25519_new(), *sm2 = crypto_sm2_new();
	struct tlog_hash root = { { 1, 2, 3 } };
	struct tlog_verifier v[3];
	struct str origin = S("etax.example/log/33");
	assert_true(tlog_verifier_parse(a, tlog_verifier_string(a, origin, TLOG_ED25519, k), &v[0]));
	assert_true(tlog_verifier_parse(a, tlog_verifier_string(a, S("w.example"), TLOG_COSIGNATURE, k2), &v[1]));
	assert_true(tlog_verifier_parse(a, tlog_verifier_string(a, origin, TLOG_SM2, sm2), &v[2]));
	struct str cp = tlog_checkpoint_text(a, origin, 1291102, &root);
	struct str l1 = tlog_signature_line(a, cp, origin, TLOG_ED25519, k, 0);
	struct str l2 = tlog_signature_line(a, cp, S("w.example"), TLOG_COSIGNATURE, k2, 1700000000);
	struct str l3 = tlog_signature_line(a, cp, origin, TLOG_SM2, sm2, 0);
	struct str note = tlog_note(a, cp, str_printf(a, "%s%s%s", l1.p, l2.p, l3.p));
	assert_int_equal(tlog_note_open(a, note, v, 3, &text, &good), TLOG_OPENED);
	assert_int_equal(good, 3);
	assert_true(str_eq(text, cp));
	assert_int_equal(tlog_note_open(a, note, &known, 0, &text, &good), TLOG_UNSIGNED);
	struct tlog_checkpoint parsed;
	assert_true(tlog_checkpoint_parse(a, text, &parsed));
	assert_int_equal(parsed.size, 1291102);
	assert_true(str_eq(parsed.origin, origin) && tlog_hash_equal(&parsed.root, &root));
	/* Every single byte matters when every signer is known. */
	char *p = arena_dup(a, note.p, note.n);
	for (size_t i = 0; i < note.n; i++) {
		p[i] ^= 1;
		assert_int_not_equal(
		        tlog_note_open(a, (struct str){ p, note.n }, v, 3, &text, &good) == TLOG_OPENED && good == 3,
		        1);
		p[i] ^= 1;
	}
	assert_false(tlog_checkpoint_parse(a, S("o\n01\nAAAA\n"), &parsed));
	assert_false(tlog_checkpoint_parse(a, S("o\n1\nAAAA\n"), &parsed));
	assert_false(tlog_checkpoint_parse(a, S("a b\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), &parsed));
	assert_true(tlog_checkpoint_parse(a, S("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), &parsed));
	crypto_key_free(k);
	crypto_key_free(k2);
	crypto_key_free(sm2);
	arena_free(a);
}

static void proof_files(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct tlog_proof p = { .extra = S("{}"), .index = 12, .checkpoint = S("o\n1\nx\n\nsig\n") }, q;
	p.path.n = 2;
	p.path.h[1].b[31] = 9;
	struct str file = tlog_proof_write(a, &p);
	assert_true(tlog_proof_parse(a, file, &q));
	assert_int_equal(q.index, 12);
	assert_int_equal(q.path.n, 2);
	assert_true(tlog_hash_equal(&q.path.h[1], &p.path.h[1]));
	assert_true(str_eq(q.extra, p.extra) && str_eq(q.checkpoint, p.checkpoint));
	p.extra = STR_NONE;
	p.path.n = 0;
	assert_true(tlog_proof_parse(a, tlog_proof_write(a, &p), &q));
	assert_null(q.extra.p);
	assert_false(tlog_proof_parse(a, S("c2sp.org/tlog-proof@v2\nindex 1\n\nx"), &q));
	assert_false(tlog_proof_parse(a, S("c2sp.org/tlog-proof@v1\nindex 01\n\nx"), &q));
	assert_false(tlog_proof_parse(a, S("c2sp.org/tlog-proof@v1\nindex 1\n"), &q));
	assert_false(tlog_proof_parse(a, S("c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx"), &q));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc6962),
		cmocka_unit_test(all_proofs),
		cmocka_unit_test(tiles),
		cmocka_unit_test(notes),
		cmocka_unit_test(proof_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

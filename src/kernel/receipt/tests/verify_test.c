/* A receipt of a small log: every byte of the file is changed in turn; the part that fails must be the changed one. */
#include "kernel/receipt/verify.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { LEAVES = 5, MINE = 3 };

static struct tlog_hash leaves[LEAVES];
static struct tlog_verifier verifier;
static struct str file;
static struct arena *a;

static bool read_leaves(void *arg, unsigned level, int64_t index, struct tlog_hash *out)
{
	struct tlog_stack s = { 0 };
	(void)arg;
	for (int64_t i = index << level; i < (index + 1) << level && i < LEAVES; i++)
		tlog_stack_append(&s, &leaves[i]);
	tlog_stack_root(&s, out);
	return true;
}

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	struct str salt = S("0123456789abcdef"), act = S("{\"amount\":\"58240.00\",\"kind\":\"return\"}");
	struct tlog_stack tree = { 0 };
	struct tlog_hash root;
	unsigned char entry[RECEIPT_ENTRY_SIZE];
	for (int i = 0; i < LEAVES; i++) {
		receipt_entry(ACT_RETURN_FILED, 1000 + i, salt, i == MINE ? act : S("{}"), entry);
		tlog_leaf_hash(entry, sizeof entry, &leaves[i]);
		tlog_stack_append(&tree, &leaves[i]);
	}
	tlog_stack_root(&tree, &root);
	struct crypto_key *k = crypto_ed25519_new();
	struct str origin = S("etax.example/log/33"), text = tlog_checkpoint_text(a, origin, LEAVES, &root);
	struct tlog_proof p = { .index = MINE,
		.extra = receipt_extra(a, ACT_RETURN_FILED, 1000 + MINE, salt, act),
		.checkpoint = tlog_note(a, text, tlog_signature_line(a, text, origin, TLOG_ED25519, k, 0)) };
	if (!tlog_prove_inclusion(MINE, LEAVES, read_leaves, NULL, &p.path)) return -1;
	file = tlog_proof_write(a, &p);
	if (!tlog_verifier_parse(a, tlog_verifier_string(a, origin, TLOG_ED25519, k), &verifier)) return -1;
	crypto_key_free(k);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void good(void **state)
{
	(void)state;
	struct receipt_facts facts;
	assert_int_equal(receipt_verify(a, file, &verifier, 1, &facts), RECEIPT_GOOD);
	assert_int_equal(facts.kind, ACT_RETURN_FILED);
	assert_int_equal(facts.at, 1000 + MINE);
	assert_int_equal(facts.size, LEAVES);
	assert_true(str_is(facts.act, "{\"amount\":\"58240.00\",\"kind\":\"return\"}"));
}

static enum receipt_part with_byte(size_t at)
{
	struct receipt_facts facts;
	char *p = arena_dup(a, file.p, file.n);
	p[at] ^= 1;
	return receipt_verify(a, (struct str){ p, file.n }, &verifier, 1, &facts);
}

static void every_byte(void **state)
{
	(void)state;
	size_t index = (size_t)str_find(file, "\nindex "), note = (size_t)str_find(file, "\n\n") + 2;
	size_t origin_end = note + sizeof("etax.example/log/33") - 1;
	struct str after = str_sub(file, note, file.n);
	size_t signature = note + (size_t)str_find(after, "\n\n") + 2;
	for (size_t i = 0; i < file.n; i++) {
		enum receipt_part part = with_byte(i);
		assert_int_not_equal(part, RECEIPT_GOOD);
		if (i < 22)
			assert_int_equal(part, RECEIPT_FILE);
		else if (i > index + 7 && i < note - 2)
			assert_int_equal(part, RECEIPT_PATH);
		else if (i >= note && i < origin_end)
			assert_int_equal(part, RECEIPT_ORIGIN);
		else if (i > origin_end && i < signature - 2)
			assert_int_equal(part, RECEIPT_ROOT);
		else if (i >= signature)
			assert_int_equal(part, RECEIPT_SIGNATURE);
	}
}

/* Changes one byte of the decoded extra. */
static enum receipt_part with_extra(size_t at)
{
	struct tlog_proof p;
	struct receipt_facts facts;
	assert_true(tlog_proof_parse(a, file, &p));
	char *extra = arena_dup(a, p.extra.p, p.extra.n);
	extra[at] ^= 64;
	p.extra.p = extra;
	return receipt_verify(a, tlog_proof_write(a, &p), &verifier, 1, &facts);
}

static void extra_parts(void **state)
{
	(void)state;
	assert_int_equal(with_extra(0), RECEIPT_SALT);
	assert_int_equal(with_extra(15), RECEIPT_SALT);
	assert_int_equal(with_extra(16), RECEIPT_LEAF); /* version */
	assert_int_equal(with_extra(17), RECEIPT_LEAF); /* kind */
	assert_int_equal(with_extra(20), RECEIPT_LEAF); /* time */
	assert_int_equal(with_extra(40), RECEIPT_LEAF); /* commitment */
	assert_int_equal(with_extra(95), RECEIPT_LEAF);
	assert_int_equal(with_extra(122), RECEIPT_ACT);
	assert_int_equal(with_extra(140), RECEIPT_ACT);
}

static void forged(void **state)
{
	(void)state;
	struct tlog_proof p;
	struct receipt_facts facts;
	assert_true(tlog_proof_parse(a, file, &p));
	/* another act, consistent in itself, but not in the log */
	p.extra = receipt_extra(a, ACT_RETURN_FILED, 1000 + MINE, S("0123456789abcdef"), S("{\"amount\":\"1.00\"}"));
	assert_int_equal(receipt_verify(a, tlog_proof_write(a, &p), &verifier, 1, &facts), RECEIPT_PATH);
	/* another log's key under the same name */
	struct crypto_key *k = crypto_ed25519_new();
	struct tlog_verifier other;
	assert_true(tlog_verifier_parse(a, tlog_verifier_string(a, verifier.name, TLOG_ED25519, k), &other));
	assert_int_equal(receipt_verify(a, file, &other, 1, &facts), RECEIPT_SIGNATURE);
	assert_true(tlog_verifier_parse(a, tlog_verifier_string(a, S("other.example"), TLOG_ED25519, k), &other));
	assert_int_equal(receipt_verify(a, file, &other, 1, &facts), RECEIPT_ORIGIN);
	crypto_key_free(k);
	assert_int_equal(receipt_verify(a, S(""), &verifier, 1, &facts), RECEIPT_FILE);
}

/* The whole file as the bureau gives it: its key, its seal, a witness that nobody knows. Whichever byte is changed, the
 * file is refused, or it is the witness's line, and that is told as not checked. */
static void every_byte_with_both_keys(void **state)
{
	(void)state;
	struct tlog_proof p;
	struct tlog_verifier both[2];
	struct receipt_facts facts;
	struct str origin = verifier.name, text, whole;
	struct crypto_key *log = crypto_ed25519_new(), *seal = crypto_sm2_new(), *witness = crypto_ed25519_new();
	assert_true(tlog_proof_parse(a, file, &p));
	text = str_sub(p.checkpoint, 0, (size_t)str_find(p.checkpoint, "\n\n") + 1);
	struct str lines = str_printf(a, "%s%s%s", tlog_signature_line(a, text, origin, TLOG_ED25519, log, 0).p,
	        tlog_signature_line(a, text, S("witness.example"), TLOG_COSIGNATURE, witness, 1000).p,
	        tlog_signature_line(a, text, origin, TLOG_SM2, seal, 0).p);
	assert_true(tlog_verifier_parse(a, tlog_verifier_string(a, origin, TLOG_ED25519, log), &both[0]));
	assert_true(tlog_verifier_parse(a, tlog_verifier_string(a, origin, TLOG_SM2, seal), &both[1]));
	p.checkpoint = tlog_note(a, text, lines);
	whole = tlog_proof_write(a, &p);
	assert_int_equal(receipt_verify(a, whole, both, 2, &facts), RECEIPT_GOOD);
	assert_int_equal(facts.signatures.lines[1].state, TLOG_LINE_UNKNOWN);
	ptrdiff_t from = str_find(whole, "witness.example") - 4,
	          to = str_find(str_sub(whole, (size_t)from, whole.n), "\n") + from;
	for (size_t i = 0; i < whole.n; i++) {
		char *changed = arena_dup(a, whole.p, whole.n);
		changed[i] ^= 1;
		enum receipt_part part = receipt_verify(a, (struct str){ changed, whole.n }, both, 2, &facts);
		bool of_witness = (ptrdiff_t)i >= from && (ptrdiff_t)i < to;
		if (part == RECEIPT_GOOD && (!of_witness || facts.signatures.lines[1].state != TLOG_LINE_UNKNOWN))
			fail_msg("byte %zu", i);
	}
	/* without the seal's line, or with another's, it is told which is missing; with the log's key alone it is not
	 * asked */
	p.checkpoint = tlog_note(a, text, tlog_signature_line(a, text, origin, TLOG_ED25519, log, 0));
	assert_int_equal(receipt_verify(a, tlog_proof_write(a, &p), both, 2, &facts), RECEIPT_SIGNATURE);
	assert_int_equal(facts.unsigned_by, TLOG_SM2);
	assert_int_equal(receipt_verify(a, tlog_proof_write(a, &p), both, 1, &facts), RECEIPT_GOOD);
	crypto_key_free(log);
	crypto_key_free(seal);
	crypto_key_free(witness);
}

static void from_json(void **state)
{
	(void)state;
	struct receipt_facts facts;
	struct value *v = value_object(a);
	assert_true(str_eq(receipt_file(a, file), file) && str_eq(receipt_file(a, S("{}")), S("{}")));
	value_put_str(a, v, "id", S("7"));
	value_put_str(a, v, "tlog_proof", file);
	assert_true(str_eq(receipt_file(a, value_json(a, v)), file));
	assert_int_equal(receipt_verify(a, receipt_file(a, value_json(a, v)), &verifier, 1, &facts), RECEIPT_GOOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(good), cmocka_unit_test(every_byte),
		cmocka_unit_test(extra_parts), cmocka_unit_test(forged), cmocka_unit_test(every_byte_with_both_keys),
		cmocka_unit_test(from_json) };
	return cmocka_run_group_tests(tests, setup, teardown);
}

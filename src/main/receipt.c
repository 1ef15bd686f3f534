#include "main/receipt.h"
#include "kernel/receipt/verify.h"
#include "main/offline.h"
#include <stdio.h>
#include <string.h>

static const char *explain(enum receipt_part part)
{
	switch (part) {
	case RECEIPT_GOOD: return "the act is in the log, at this time, unchanged";
	case RECEIPT_FILE:
		return "this is not a receipt file (save what its \"proof\" address or its \"href\" answers)";
	case RECEIPT_ACT: return "the act is not the one that was logged";
	case RECEIPT_SALT: return "the salt was changed";
	case RECEIPT_LEAF: return "kind, time or commitment of the log entry were changed";
	case RECEIPT_PATH: return "the path does not lead from the act to the signed root";
	case RECEIPT_ROOT: return "size or root of the checkpoint were changed";
	case RECEIPT_SIGNATURE: return "the checkpoint is not signed by this key";
	case RECEIPT_ORIGIN: return "the checkpoint belongs to another log";
	}
	return "";
}

/* Of the witnesses asked for: a wrong cosignature fails, a missing one is told, one good one is needed. */
static int check_witnesses(struct arena *a, struct str file, const struct offline_keys *w, int64_t size)
{
	struct tlog_proof p;
	struct str text;
	unsigned good, total = 0;
	if (!tlog_proof_parse(a, file, &p)) return 1;
	for (size_t i = 0; i < w->n; i++) {
		switch (tlog_note_open(a, p.checkpoint, &w->list[i], 1, &text, &good)) {
		case TLOG_OPENED: total++; break;
		case TLOG_UNSIGNED: (void)printf("not cosigned by %.*s\n", STR_FMT(w->list[i].name)); break;
		case TLOG_MALFORMED:
		case TLOG_BAD_SIGNATURE:
			(void)printf("FAILED witness: the cosignature of %.*s is wrong\n", STR_FMT(w->list[i].name));
			return 1;
		}
	}
	(void)printf("included in log at size %lld, witnessed by %u\n", (long long)size, total);
	return total ? 0 : 1;
}

static const char *suite_name(enum tlog_suite suite)
{
	switch (suite) {
	case TLOG_ED25519: return "Ed25519";
	case TLOG_COSIGNATURE: return "cosignature";
	case TLOG_SM2: return "SM2";
	}
	return "";
}

/* Which line it is, as far as lines could be read. */
static void tell_signature(const struct receipt_facts *facts)
{
	bool told = false;
	const struct tlog_signatures *s = &facts->signatures;
	if (facts->unsigned_by) {
		(void)printf("FAILED signature: no good %s signature of %.*s\n", suite_name(facts->unsigned_by),
		        STR_FMT(facts->origin));
		told = true;
	}
	for (unsigned i = 0; i < s->n; i++) {
		if (s->lines[i].state == TLOG_LINE_GOOD) continue;
		bool wrong = s->lines[i].state == TLOG_LINE_WRONG;
		(void)printf("%ssignature line %u (%.*s) is %s\n", told ? "" : "FAILED signature: ", i + 1,
		        STR_FMT(s->lines[i].name), wrong ? "wrong" : "by another name or key");
		told = true;
	}
	if (!told) (void)printf("FAILED signature: %s\n", explain(RECEIPT_SIGNATURE));
}

/* Lines by keys that were not given prove nothing, and are not passed over in silence. */
static void tell_unchecked(
        struct arena *a, struct str file, const struct offline_keys *keys, const struct offline_keys *witnesses)
{
	struct tlog_proof p;
	struct tlog_signatures found;
	struct tlog_verifier *all = arena_array(a, keys->n + witnesses->n + 1, sizeof *all);
	struct buf names;
	unsigned n = 0;
	memcpy(all, keys->list, keys->n * sizeof *all);
	memcpy(all + keys->n, witnesses->list, witnesses->n * sizeof *all);
	if (!tlog_proof_parse(a, file, &p)) return;
	(void)tlog_note_check(a, p.checkpoint, all, keys->n + witnesses->n, &found);
	buf_init(&names, a, 200);
	for (unsigned i = 0; i < found.n; i++) {
		if (found.lines[i].state != TLOG_LINE_UNKNOWN) continue;
		buf_printf(&names, "%s%.*s", n++ ? ", " : "", STR_FMT(found.lines[i].name));
	}
	if (n)
		(void)printf("%u signature line%s not checked: no key for %.*s\n", n, n > 1 ? "s" : "", (int)names.n,
		        names.p);
}

static int verify(struct arena *a, int argc, char **argv)
{
	struct str file;
	struct offline_keys keys, *witnesses = arena_new_of(a, struct offline_keys);
	struct receipt_facts facts;
	if (!offline_arguments_witnessed(a, argc, argv, "receipt", &file, &keys, witnesses)) return 2;
	file = receipt_file(a, file);
	enum receipt_part part = receipt_verify(a, file, keys.list, keys.n, &facts);
	if (part == RECEIPT_SIGNATURE) {
		tell_signature(&facts);
		return 1;
	}
	if (part != RECEIPT_GOOD) {
		(void)printf("FAILED %s: %s\n", receipt_part_names[part], explain(part));
		return 1;
	}
	int failed = witnesses->n ? check_witnesses(a, file, witnesses, facts.size) : 0;
	if (failed) return failed;
	struct str at = instant_format(a, facts.at);
	(void)printf("ok: %s\nlog %.*s, entry %lld of %lld\nat %.*s\nact %.*s\n", explain(part), STR_FMT(facts.origin),
	        (long long)facts.index + 1, (long long)facts.size, STR_FMT(at), STR_FMT(facts.act));
	tell_unchecked(a, file, &keys, witnesses);
	return 0;
}

int receipt_main(int argc, char **argv)
{
	struct arena *a = arena_new();
	int rc = verify(a, argc, argv);
	arena_free(a);
	return rc;
}

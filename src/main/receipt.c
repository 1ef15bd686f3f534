#include "main/receipt.h"
#include "kernel/receipt/verify.h"
#include "main/offline.h"
#include <stdio.h>

static const char *explain(enum receipt_part part)
{
	switch (part) {
	case RECEIPT_GOOD: return "the act is in the log, at this time, unchanged";
	case RECEIPT_FILE: return "this is not a receipt file";
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

static int verify(struct arena *a, int argc, char **argv)
{
	struct str file;
	struct offline_keys keys, *witnesses = arena_new_of(a, struct offline_keys);
	struct receipt_facts facts;
	if (!offline_arguments_witnessed(a, argc, argv, "receipt", &file, &keys, witnesses)) return 2;
	enum receipt_part part = receipt_verify(a, file, keys.list, keys.n, &facts);
	if (part != RECEIPT_GOOD) {
		(void)printf("FAILED %s: %s\n", receipt_part_names[part], explain(part));
		return 1;
	}
	int failed = witnesses->n ? check_witnesses(a, file, witnesses, facts.size) : 0;
	if (failed) return failed;
	struct str at = instant_format(a, facts.at);
	(void)printf("ok: %s\nlog %.*s, entry %lld of %lld\nat %.*s\nact %.*s\n", explain(part), STR_FMT(facts.origin),
	        (long long)facts.index + 1, (long long)facts.size, STR_FMT(at), STR_FMT(facts.act));
	return 0;
}

int receipt_main(int argc, char **argv)
{
	struct arena *a = arena_new();
	int rc = verify(a, argc, argv);
	arena_free(a);
	return rc;
}

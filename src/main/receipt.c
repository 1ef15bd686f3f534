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

static int verify(struct arena *a, int argc, char **argv)
{
	struct str file;
	struct offline_keys keys;
	struct receipt_facts facts;
	if (!offline_arguments(a, argc, argv, "receipt", &file, &keys)) return 2;
	enum receipt_part part = receipt_verify(a, file, keys.list, keys.n, &facts);
	if (part != RECEIPT_GOOD) {
		(void)printf("FAILED %s: %s\n", receipt_part_names[part], explain(part));
		return 1;
	}
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

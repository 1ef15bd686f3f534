/* Proof files, checkpoints, tile names and entry bundles come from outside. */
#include "kernel/tlog/tlog.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str in = { (const char *)data, size }, text, entry, rest = in;
	struct tlog_proof p;
	struct tlog_checkpoint cp;
	struct tlog_verifier v;
	int64_t n;
	unsigned width, good;
	if (tlog_proof_parse(a, in, &p)) {
		struct tlog_proof again;
		if (!tlog_proof_parse(a, tlog_proof_write(a, &p), &again) || again.path.n != p.path.n) abort();
		if (tlog_note_open(a, p.checkpoint, NULL, 0, &text, &good) == TLOG_UNSIGNED)
			(void)!tlog_checkpoint_parse(a, text, &cp);
	}
	if (tlog_checkpoint_parse(a, in, &cp) && cp.size < 0) abort();
	(void)!tlog_verifier_parse(a, in, &v);
	(void)!tlog_tile_number_parse(in, &n, &width);
	while (tlog_bundle_next(&rest, &entry))
		;
	arena_free(a);
	return 0;
}

/* Signed notes and checkpoints: nothing opens that the known key has not signed; what parses writes itself again. */
#include "kernel/tlog/tlog.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const key = "etax.example/log/33+819d0546+AT8mN+9jUJI8iIsRgq+oqAvfPQvSdRLy1fHDvfimqkgQ";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct tlog_verifier known, other;
	struct tlog_checkpoint cp;
	struct str note = { arena_dup(a, data, size), size }, text = STR_NONE;
	unsigned good = 0;
	if (!tlog_verifier_parse(a, str_c(key), &known)) abort();
	if (tlog_note_open(a, note, &known, 1, &text, &good) == TLOG_OPENED) {
		if (good != 1 || !text.n || text.p[text.n - 1] != '\n') abort();
		if (tlog_checkpoint_parse(a, text, &cp) && (cp.size < 0 || !tlog_origin_valid(cp.origin))) abort();
	}
	if (tlog_checkpoint_parse(a, note, &cp)) {
		struct str again = tlog_checkpoint_text(a, cp.origin, cp.size, &cp.root);
		if (!str_starts(note, again.p)) abort(); /* extension lines may follow */
	}
	if (tlog_verifier_parse(a, note, &other) && !other.name.n) abort();
	arena_free(a);
	return 0;
}

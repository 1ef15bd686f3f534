/* The body of add-checkpoint comes from whoever reaches the witness. */
#include "kernel/tlog/witness.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str in = { (const char *)data, size };
	struct witness_request q, again;
	struct witness_state state = { .size = 3 };
	struct tlog_verifier log = { .name = S("etax.example/log/33"), .key_id = 1 };
	if (witness_request_parse(a, in, &q)) {
		struct str text = witness_request_write(a, &q);
		if (!str_eq(text, in) || !witness_request_parse(a, text, &again) || again.proof.n != q.proof.n) abort();
	}
	if (witness_judge(a, in, &log, 1, &state).status == 200) abort(); /* nobody has the key */
	arena_free(a);
	return 0;
}

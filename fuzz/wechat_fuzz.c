/* Messages from a gateway, or from who pretends to be one; and what people type. */
#include "services/invoice/channel/wechat.h"
#include "services/invoice/verify/ask.h"
#include "services/invoice/verify/verify.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char key[32] = { 1 };
	struct arena *a = arena_new();
	struct str in = { (const char *)data, size }, out;
	struct wechat_message m;
	struct verify_words w;
	if (wechat_read(a, in, &m) && !m.encrypted.n && !m.from.n) abort();
	(void)wechat_open(a, key, S("wx1"), in, &out);
	struct str sealed = wechat_seal(a, key, S("wx1"), in, key);
	if (!wechat_open(a, key, S("wx1"), sealed, &out) || !str_eq(in, out)) abort();
	if (verify_words_read(a, in, &w) && w.in.number.n != (w.legacy ? 8U : 20U)) abort();
	(void)verify_is_help(in);
	arena_free(a);
	return 0;
}

/* etaxd answer: checks a signed answer of the bureau ({answer, signature}) without it and without a network. */
#include "main/answer.h"
#include "base/buf.h"
#include "kernel/crypto/crypto.h"
#include "kernel/value/value.h"
#include "main/offline.h"
#include <stdio.h>
#include <string.h>

static bool parse(struct arena *a, const char *path, struct value **out)
{
	struct str text;
	struct json_fault where;
	return offline_read(a, path, &text) && json_parse(a, text, out, &where) == OK;
}

/* The SM2 key of /v1/keys that the signature names. */
static struct crypto_key *key_of(struct arena *a, const struct value *keys, struct str id)
{
	const struct value *list = value_get(keys, S("keys"));
	struct str point;
	for (const struct value_member *m = list ? list->first : NULL; id.p && m; m = m->next)
		if (str_eq(value_text(m->value, "id"), id) && str_unbase64(a, value_text(m->value, "public"), &point) &&
		        point.n == 65)
			return crypto_sm2_public((const unsigned char *)point.p);
	return NULL;
}

static int verify(struct arena *a, const char *path, const char *key_path)
{
	struct value *doc, *keys;
	struct str signature;
	struct buf bytes;
	if (!parse(a, path, &doc) || !parse(a, key_path, &keys)) {
		(void)fputs("etaxd: FILE and KEYS must be the JSON of the answer and of /v1/keys\n", stderr);
		return 2;
	}
	const struct value *answer = value_get(doc, S("answer")), *s = value_get(doc, S("signature"));
	struct crypto_key *key = key_of(a, keys, value_text(s, "key_id"));
	if (!answer || !key || !str_unbase64(a, value_text(s, "value"), &signature)) {
		(void)puts("FAILED: no signature by one of these keys");
		crypto_key_free(key);
		return 1;
	}
	buf_init(&bytes, a, 1024);
	value_write_canonical(&bytes, answer);
	bool good = crypto_sm2_verify(key, buf_done(&bytes), signature);
	crypto_key_free(key);
	(void)printf("%s\n", good ? "ok: signed by this key, unchanged"
	                          : "FAILED: the answer was changed, or another key signed it");
	return good ? 0 : 1;
}

int answer_main(int argc, char **argv)
{
	if (argc != 6 || strcmp(argv[2], "verify") != 0 || strcmp(argv[4], "--keys") != 0) {
		(void)fputs("etaxd answer verify FILE --keys KEYS\n", stderr);
		return 2;
	}
	struct arena *a = arena_new();
	int rc = verify(a, argv[3], argv[5]);
	arena_free(a);
	return rc;
}

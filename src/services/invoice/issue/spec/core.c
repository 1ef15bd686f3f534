/* Core, hash, statement, proof (docs/spec/invoice/canonical.md, signature.md). The canonical bytes are those of face.c,
 * kept as JCS: what is stored, logged and hashed is one text. */
#include "kernel/crypto/crypto.h"
#include "services/invoice/issue/spec/spec.h"

struct str spec_hash(struct arena *a, int suite, struct str core)
{
	unsigned char digest[32];
	if (suite == SPEC_SUITE_SM2)
		crypto_sm3(core.p, core.n, digest);
	else
		crypto_sha256(core.p, core.n, digest);
	return str_hex(a, digest, sizeof digest);
}

struct str spec_statement(struct arena *a, int suite, struct str number, struct str hash)
{
	return str_printf(
	        a, "etax-invoice-core/1\n%s\n%.*s\n%.*s\n", spec_suites[suite], STR_FMT(number), STR_FMT(hash));
}

static const char *const members[SPEC_SUITES] = { "sm2-sm3", "ed25519-sha256" };

struct value *spec_proof_value(struct arena *a, const struct spec_proof *p)
{
	struct value *v = value_object(a);
	for (int s = SPEC_SUITES; s-- > 0;) { /* in the order of JCS */
		struct value *one = value_put_object(a, v, members[s]);
		value_put_str(a, one, "hash", p->hash[s]);
		value_put_str(a, one, "key", p->key[s]);
		value_put_str(a, one, "signature", p->signature[s]);
	}
	return v;
}

struct str spec_json(struct arena *a, struct str core, const struct spec_proof *p)
{
	struct buf b;
	buf_init(&b, a, core.n + 1024);
	buf_c(&b, "{\"core\":");
	buf_str(&b, core);
	buf_c(&b, ",\"format\":\"etax-invoice/1\",\"proof\":");
	value_write_json(&b, spec_proof_value(a, p));
	buf_c(&b, "}\n");
	return buf_done(&b);
}

static void read_proof(struct spec_report *r, const struct value *proof)
{
	for (int s = 0; s < SPEC_SUITES; s++) {
		const struct value *one = value_get(proof, str_c(members[s]));
		r->proof.hash[s] = value_text(one, "hash");
		r->proof.key[s] = value_text(one, "key");
		r->proof.signature[s] = value_text(one, "signature");
	}
	r->has_proof = true;
}

/* {"core":…,"format":…,"proof":…} or the core alone. */
bool spec_read_json(struct spec_report *r, struct str bytes)
{
	struct value *v;
	struct json_fault where;
	r->format = "json";
	if (json_parse(r->arena, bytes, &v, &where) != OK) {
		struct str at = str_printf(r->arena, "%d:%d %.*s", where.line, where.column, STR_FMT(where.reason));
		spec_fault(r, SPEC_JSON, S(""), at, STR_NONE);
		return false;
	}
	const struct value *core = value_get(v, S("core")), *proof = value_get(v, S("proof"));
	if (v->kind != VALUE_OBJECT || (core && core->kind != VALUE_OBJECT)) {
		spec_fault(r, SPEC_TYPE, S(""), S("object"), STR_NONE);
		return false;
	}
	r->core = core ? (struct value *)core : v;
	r->number = value_text(r->core, "number");
	if (core && proof && proof->kind == VALUE_OBJECT) read_proof(r, proof);
	struct buf b;
	buf_init(&b, r->arena, bytes.n + 64);
	value_write_canonical(&b, r->core);
	r->core_bytes = buf_done(&b);
	return true;
}

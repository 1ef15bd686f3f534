/* Core, hash, statement, proof (docs/spec/invoice/canonical.md, signature.md). The canonical bytes are those of face.c,
 * kept as JCS: what is stored, logged and hashed is one text. */
#include "base/utf8.h"
#include "kernel/crypto/crypto.h"
#include "services/invoice/issue/spec/spec.h"

#define SPEC_FORMAT_1 "etax-invoice/1"

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
		if (!p->hash[s].p) continue;
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
	buf_c(&b, ",\"format\":\"" SPEC_FORMAT_1 "\",\"proof\":");
	value_write_json(&b, spec_proof_value(a, p));
	buf_c(&b, "}\n");
	return buf_done(&b);
}

/* --- the envelope: a reader of version 1 refuses what it does not know --- */

static void refuse_others(struct spec_report *r, const struct value *v, struct str at, const char *known)
{
	for (const struct value_member *m = v->first; m; m = m->next) {
		struct str rest = str_c(known), name, shown = utf8_clip(m->key, 40);
		bool found = false;
		while (str_split(&rest, ' ', &name))
			found = found || str_eq(name, m->key);
		struct str place = str_printf(r->arena, "%.*s/%.*s", STR_FMT(at), STR_FMT(shown));
		if (!found) spec_fault_at(r, SPEC_UNKNOWN, place, str_sub(place, 1, place.n), STR_NONE);
	}
}

/* A text of the envelope; told when it is not there. "": there, but no text. */
static struct str envelope_text(struct spec_report *r, const struct value *v, struct str at, const char *name)
{
	const struct value *one = value_get(v, str_c(name));
	struct str place = str_printf(r->arena, "%.*s/%s", STR_FMT(at), name), shown = str_sub(place, 1, place.n);
	if (!one)
		spec_fault_at(r, SPEC_MISSING, place, shown, shown);
	else if (one->kind != VALUE_STR)
		spec_fault_at(r, SPEC_TYPE, place, S("string"), STR_NONE);
	else
		return one->str;
	return one ? S("") : STR_NONE;
}

/* A suite is there as a whole or not at all. */
static void read_suite(struct spec_report *r, const struct value *one, int suite)
{
	struct str at = str_printf(r->arena, "/proof/%s", members[suite]), hash;
	if (one->kind != VALUE_OBJECT) {
		spec_fault_at(r, SPEC_TYPE, at, S("object"), STR_NONE);
		return;
	}
	refuse_others(r, one, at, "hash key signature");
	hash = envelope_text(r, one, at, "hash");
	r->proof.hash[suite] = hash;
	r->proof.key[suite] = envelope_text(r, one, at, "key");
	r->proof.signature[suite] = envelope_text(r, one, at, "signature");
	r->has_proof = r->has_proof || hash.p;
}

static void read_proof(struct spec_report *r, const struct value *proof)
{
	bool any = false;
	if (proof->kind != VALUE_OBJECT) {
		spec_fault_at(r, SPEC_TYPE, S("/proof"), S("object"), STR_NONE);
		return;
	}
	refuse_others(r, proof, S("/proof"), "sm2-sm3 ed25519-sha256");
	for (int s = 0; s < SPEC_SUITES; s++) {
		const struct value *one = value_get(proof, str_c(members[s]));
		any = any || one;
		if (one) read_suite(r, one, s);
	}
	if (!any) spec_fault_at(r, SPEC_MISSING, S("/proof"), S("proof"), S("proof"));
}

static void read_envelope(struct spec_report *r, const struct value *v)
{
	size_t before = r->n_faults;
	const struct value *proof = value_get(v, S("proof")), *said = value_get(v, S("format"));
	refuse_others(r, v, S(""), "core format proof");
	struct str format = envelope_text(r, v, S(""), "format");
	if (said && said->kind == VALUE_STR && !str_is(format, SPEC_FORMAT_1))
		spec_fault_at(r, SPEC_CHOICE, S("/format"), utf8_clip(format, 40), S(SPEC_FORMAT_1));
	if (proof) read_proof(r, proof);
	spec_check(r, "envelope", r->n_faults == before ? SPEC_GOOD : SPEC_BAD, STR_NONE);
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
	const struct value *core = value_get(v, S("core"));
	if (v->kind != VALUE_OBJECT || (core && core->kind != VALUE_OBJECT)) {
		spec_fault(r, SPEC_TYPE, S(""), S("object"), STR_NONE);
		return false;
	}
	r->core = core ? (struct value *)core : v;
	r->number = value_text(r->core, "number");
	if (core) read_envelope(r, v);
	struct buf b;
	buf_init(&b, r->arena, bytes.n + 64);
	value_write_canonical(&b, r->core);
	r->core_bytes = buf_done(&b);
	return true;
}

#include "kernel/tlog/witness.h"
#include <string.h>

struct str witness_request_write(struct arena *a, const struct witness_request *q)
{
	struct buf b;
	buf_init(&b, a, 1024 + q->note.n);
	buf_c(&b, "old ");
	buf_int(&b, q->old);
	buf_char(&b, '\n');
	for (size_t i = 0; i < q->proof.n; i++) {
		buf_str(&b, str_base64(a, q->proof.h[i].b, 32));
		buf_char(&b, '\n');
	}
	buf_char(&b, '\n');
	buf_str(&b, q->note);
	return buf_done(&b);
}

static bool size_of(struct str s, int64_t *out)
{
	return s.n && s.p[0] >= '0' && s.p[0] <= '9' && (s.p[0] != '0' || s.n == 1) && str_to_int(s, out);
}

static bool hash_of(struct arena *a, struct str line, struct tlog_hash *out)
{
	struct str bytes;
	if (line.n != 44 || !str_unbase64(a, line, &bytes) || bytes.n != 32) return false;
	memcpy(out->b, bytes.p, 32);
	return str_eq(str_base64(a, out->b, 32), line); /* no stray bits */
}

bool witness_request_parse(struct arena *a, struct str body, struct witness_request *out)
{
	struct str rest = body, line;
	memset(out, 0, sizeof *out);
	if (body.n > WITNESS_REQUEST_MAX || !str_split(&rest, '\n', &line) || !str_starts(line, "old ") ||
	        !size_of(str_sub(line, 4, line.n), &out->old))
		return false;
	while (str_split(&rest, '\n', &line) && line.n)
		if (out->proof.n == WITNESS_PROOF_MAX || !hash_of(a, line, &out->proof.h[out->proof.n++])) return false;
	out->note = rest;
	return !line.n && rest.n > 0;
}

/* The log of a note, before its signatures are looked at. */
static bool same_log(struct str note, const struct tlog_verifier *log)
{
	struct str origin;
	return str_split(&note, '\n', &origin) && str_eq(origin, log->name);
}

static int judge_tree(
        const struct witness_request *q, const struct tlog_checkpoint *cp, const struct witness_state *state)
{
	if (q->old > cp->size) return 400;
	if (q->old != state->size) return 409;
	if (q->old == cp->size && q->old > 0 && !tlog_hash_equal(&cp->root, &state->root)) return 409;
	/* Everything goes on from nothing, and from itself. */
	if (q->old == 0 || q->old == cp->size) return q->proof.n == 0 ? 200 : 422;
	return tlog_verify_consistency(q->old, cp->size, &state->root, &cp->root, q->proof.h, q->proof.n) ? 200 : 422;
}

struct witness_verdict witness_judge(struct arena *a, struct str body, const struct tlog_verifier *log, size_t n_log,
        const struct witness_state *state)
{
	struct witness_verdict v = { .status = 400 };
	struct witness_request q;
	struct tlog_checkpoint cp;
	unsigned good;
	if (!witness_request_parse(a, body, &q)) return v;
	v.status = 404;
	if (!n_log || !same_log(q.note, log)) return v;
	enum tlog_open opened = tlog_note_open(a, q.note, log, n_log, &v.text, &good);
	v.status = opened == TLOG_MALFORMED ? 400 : 403;
	if (opened != TLOG_OPENED) return v;
	v.status = 400;
	if (!tlog_checkpoint_parse(a, v.text, &cp)) return v;
	v.status = judge_tree(&q, &cp, state);
	v.next = (struct witness_state){ cp.size, cp.root };
	return v;
}

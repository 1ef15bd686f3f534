/* Batches (批量开票): JSON lines, one invoice each, answered by JSON lines in the same order. Parts of a thousand lines
 * are one transaction each: numbers, quota, rows, one event, and one leaf of the log over the Merkle root of their
 * documents. While one part is written the next is read. A key stands for a body; a batch that was cut off goes on
 * where it stopped.
 *
 * A line goes its way without a tree of values: text, struct, rules, canonical bytes with a blank number, which the
 * writer fills in. */
#include "services/invoice/issue/batch.h"
#include "issue_sql.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/log/log.h"
#include "kernel/outbox/outbox.h"
#include "services/invoice/issue/event.h"
#include "services/invoice/issue/many.h"
#include "services/invoice/issue/qr_text.h"
#include <string.h>

enum { PART = 1000, NUMBER = 20 };
#define BLANK S("00000000000000000000")

static const struct fault_def key_needed = { "idempotency-key-missing",
	N_("请带上 Idempotency-Key，这样断线后重发不会开两次"), NULL, NULL };
static const struct fault_def other_body = { "idempotency-key-reused", N_("这个 Idempotency-Key 已用于另一批发票"),
	N_("换一个新的 Idempotency-Key 再提交"), NULL };
static const struct fault_def too_many = { "batch-too-many", N_("一次最多 100,000 行，这份有 {1} 行，请分几次提交"),
	NULL, NULL };
static const struct fault_def empty = { "batch-empty", N_("这份文件里没有发票，一行一张"), NULL, NULL };
static const struct fault_def not_lines = { "batch-not-lines", N_("这里要一行一张发票，每行一个 JSON 对象"),
	N_("不要用方括号包成列表，也不要把一张发票分成几行；只开一张请用 POST /v1/invoices"), NULL };
static const struct fault_def bad_json = { "json", N_("JSON 读不懂：第 {1} 列，{2}"), NULL, NULL };
static const struct fault_def not_alone = { "batch-whole", N_("同一单的其他发票有问题，这张也没有开"), NULL, NULL };
static const struct fault_def no_draft = { "draft-in-batch", N_("批量开票不用草稿编号"), NULL, NULL };

struct line {
	int64_t no, buyer_id;
	struct str seller_ref, kind;
	struct line_amounts sum;
	struct money total;
	bool good, over; /* over: beyond the quota */
	char *document, *event;
	size_t document_n, event_n;
	struct face_marks marks;
	struct str errors; /* JSON array */
};

/* A part owns its arena and context; two of them take turns. */
struct part {
	struct ctx c;
	struct batch *batch;
	struct line *lines;
	size_t n, n_good;
	bool none; /* one line is refused, so all are */
	int64_t index;
	struct buf result;
	struct db_pending *pending;
};

struct batch {
	struct ctx *c;
	struct issuer by;
	struct str key, rest;
	bool whole;            /* all lines or none; of one part */
	bool program;          /* a platform's: orders know no special business */
	int64_t line_no, done; /* done: parts that an earlier attempt has written */
	struct many_buyers *buyers;
	bool beyond; /* a line is above the agent's limit */
	struct part parts[2];
	struct buf answer;
};

/* --- reading a line --- */

static void keep_errors(struct ctx *c, struct line *l)
{
	l->errors = many_errors(c);
	l->good = false;
}

/* The usual line is read directly; anything else by the careful reader, which says what is wrong with it. */
static void read_line(struct part *p, struct str text, struct issue_in *in)
{
	struct ctx *c = &p->c;
	struct value *tree;
	struct json_fault where = { 0 };
	memset(in, 0, sizeof *in);
	if (input_read_direct(c, issue_fields, text, in)) return;
	memset(in, 0, sizeof *in);
	if (json_parse_numerals(c->arena, text, &tree, &where) != OK)
		FAULT(c, S(""), &bad_json, str_from_int(c->arena, where.column), where.reason);
	else if (input_read(c, issue_fields, tree, in) != OK && !c->problem.n)
		FAULT(c, S(""), &bad_json, S("1"), S(""));
}

static struct invoice_act act_of(const struct part *p)
{
	const struct taxpayer *t = &p->batch->by.taxpayer;
	return (struct invoice_act){ t->id, t->name, p->c.now };
}

static void write_face(struct part *p, struct line *l, struct face *f)
{
	struct ctx *c = &p->c;
	struct buf document, event;
	f->number = BLANK;
	f->qr = qr_text_invoice(c->arena, special_kind(f->kind)->qr_type, f->number, f->total, p->batch->by.day);
	buf_init(&document, c->arena, 512 + 256 * f->n_lines);
	face_write_marked(&document, f, &l->marks);
	l->document = document.p;
	l->document_n = document.n;
	struct invoice_event e = event_of(c->arena, f, p->batch->by.taxpayer.id, l->buyer_id);
	e.of = act_of(p);
	buf_init(&event, c->arena, 192);
	issue_event_put(&event, &e);
	l->event = event.p;
	l->event_n = event.n;
	l->kind = special_class(f->kind);
	l->sum = f->sum;
	l->total = f->total;
	l->good = true;
	p->n_good++;
}

static err_t take_line(struct part *p, struct str text, int64_t no)
{
	struct ctx *c = &p->c;
	struct line *l = &p->lines[p->n++];
	struct issue_in in;
	struct face f;
	*l = (struct line){ .no = no };
	c->problem.n = 0;
	read_line(p, text, &in);
	l->seller_ref = in.seller_ref;
	if (in.has_draft) FAULT(c, S("/draft"), &no_draft);
	if (p->batch->program) special_imply(&in);
	rules_compose(c, &in, &p->batch->by, &f);
	if (!c->problem.n && !access_each_within_limit(c, f.total, S("/total"))) p->batch->beyond = true;
	if (c->problem.n) {
		keep_errors(c, l);
		return OK;
	}
	TRY(many_buyer(c, p->batch->buyers, in.buyer.tax_id, &l->buyer_id));
	write_face(p, l, &f);
	return OK;
}

/* The next thousand lines; blank ones do not count. */
static err_t fill(struct part *p)
{
	struct batch *b = p->batch;
	struct str text;
	arena_reset(p->c.arena);
	problem_init(&p->c.problem, p->c.arena);
	p->n = p->n_good = 0;
	p->lines = arena_array(p->c.arena, PART, sizeof *p->lines);
	while (p->n < PART && b->rest.n && str_split(&b->rest, '\n', &text)) {
		b->line_no++;
		text = str_trim(text);
		if (text.n) TRY(take_line(p, text, b->line_no));
	}
	return OK;
}

/* --- writing a part: on the writer thread --- */

/* What fits into the quota, in order; a line that does not fit is told so, a smaller one behind it may. */
static err_t fit_quota(struct ctx *c, struct part *p, size_t *n)
{
	const struct issuer *by = &p->batch->by;
	struct issue_quota_used_row used = { 0 };
	struct money sum = FEN(0);
	bool found;
	TRY(issue_quota_used(c, by->taxpayer.id, by->period, &used, &found));
	int64_t left = by->taxpayer.quota.fen - (found ? used.used.fen : 0);
	p->none = false;
	*n = 0;
	for (size_t i = 0; i < p->n; i++) {
		struct line *l = &p->lines[i];
		l->over = l->good && l->sum.amount.fen > left - sum.fen;
		if (l->over) {
			c->problem.n = 0;
			FAULT(c, S(""), &issue_over_quota, money_grouped(c->arena, by->taxpayer.quota),
			        money_grouped(c->arena, FEN(by->taxpayer.quota.fen - left + sum.fen)),
			        money_grouped(c->arena, l->sum.amount));
			keep_errors(c, l);
			l->good = true; /* of this attempt only: a repeated transaction judges anew */
		} else if (l->good) {
			sum.fen += l->sum.amount.fen;
			++*n;
		}
	}
	c->problem.n = 0;
	p->none = p->batch->whole && *n < p->n;
	if (p->none) *n = 0;
	return sum.fen && *n ? write_quota(c, by, sum) : OK;
}

static void number_line(struct line *l, struct str number)
{
	memcpy(l->document + l->marks.number, number.p, NUMBER);
	memcpy(l->event, number.p, NUMBER);
	qr_text_renumber(l->document + l->marks.qr, l->marks.qr_n, number);
}

static void answer_line(struct buf *b, const struct line *l, struct str number)
{
	buf_c(b, "{\"line\":");
	buf_int(b, l->no);
	if (l->seller_ref.p) {
		buf_c(b, ",\"seller_ref\":");
		value_write_text(b, l->seller_ref);
	}
	if (number.p) {
		buf_c(b, ",\"number\":\"");
		buf_str(b, number);
		buf_c(b, "\"}\n");
		return;
	}
	buf_c(b, ",\"errors\":");
	buf_str(b, l->errors);
	buf_c(b, "}\n");
}

static err_t write_lines(struct ctx *c, struct part *p, size_t n, int64_t *receipt_id, struct str *first)
{
	struct issue_insert_in_row *rows = arena_array(c->arena, n, sizeof *rows);
	struct tlog_stack tree = { 0 };
	struct tlog_hash leaf, root;
	struct str prefix;
	struct buf event;
	int64_t next;
	size_t k = 0;
	TRY(write_number(c, &p->batch->by, CHANNEL_WEB, (int64_t)n, &prefix, &next));
	*first = write_number_text(c->arena, prefix, next);
	struct invoice_act of = act_of(p);
	buf_init(&event, c->arena, 192 + n * 192);
	issue_event_act(&event, &of);
	for (size_t i = 0; i < p->n; i++) {
		struct line *l = &p->lines[i];
		struct str number = STR_NONE;
		if (l->good && !l->over) {
			number = write_number_text(c->arena, prefix, next++);
			number_line(l, number);
			tlog_leaf_hash(l->document, l->document_n, &leaf);
			tlog_stack_append(&tree, &leaf);
			buf_add(&event, l->event, l->event_n);
			rows[k++] = (struct issue_insert_in_row){ number, p->batch->by.taxpayer.id, l->buyer_id,
				l->kind, c->now, l->sum.amount, l->sum.tax, l->total, { l->document, l->document_n },
				0 };
		}
		answer_line(&p->result, l, number);
	}
	tlog_stack_root(&tree, &root);
	TRY(many_receipt(c, &p->batch->by, *first, n, &root, receipt_id));
	for (k = 0; k < n; k++)
		rows[k].receipt_id = *receipt_id;
	TRY(issue_insert_rows(c, rows, n));
	return outbox_emit(c, "invoice.issued", p->batch->by.taxpayer.id, buf_done(&event));
}

static void refuse_lines(struct ctx *c, struct part *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct line refused = p->lines[i];
		if (p->none && refused.good && !refused.over) {
			FAULT(c, S(""), &not_alone);
			keep_errors(c, &refused);
			c->problem.n = 0;
		}
		answer_line(&p->result, &refused, STR_NONE);
	}
}

static err_t store(struct ctx *c, void *arg)
{
	struct part *p = arg;
	struct batch *b = p->batch;
	struct str first = S("");
	int64_t receipt_id = 0, moved;
	size_t n;
	buf_init(&p->result, c->arena, p->n * 96);
	/* Two at once under one key: the second finds the part done. */
	TRY(issue_batch_step(c, b->by.taxpayer.id, b->key, p->index, &moved));
	if (moved != 1) return E_BUSY;
	TRY(fit_quota(c, p, &n));
	if (n)
		TRY(write_lines(c, p, n, &receipt_id, &first));
	else
		refuse_lines(c, p);
	/* Where every line was issued, their numbers follow from the first one. */
	struct str result = n == p->n ? S("") : buf_done(&p->result);
	return issue_batch_part_insert(
	        c, b->by.taxpayer.id, b->key, p->index, receipt_id, first, (int64_t)n, result, NULL);
}

/* --- the whole --- */

static err_t end_part(struct part *p)
{
	struct ctx *c = p->batch->c;
	if (!p->pending) return OK;
	err_t e = db_write_end(p->pending);
	p->pending = NULL;
	if (p->c.outbox_wait > c->outbox_wait) c->outbox_wait = p->c.outbox_wait;
	if (p->c.log_wait > c->log_wait) c->log_wait = p->c.log_wait;
	if (e == OK)
		buf_str(&p->batch->answer, buf_done(&p->result));
	else
		c->problem = p->c.problem;
	return e;
}

static void answer_again(struct batch *b, struct part *p, struct str text, struct str number)
{
	struct issue_in in;
	read_line(p, text, &in);
	p->c.problem.n = 0;
	answer_line(&b->answer, &(struct line){ .no = b->line_no, .seller_ref = in.seller_ref }, number);
}

/* A part that an earlier attempt has written: its lines are passed over, its answer is what it was. */
static err_t take_old(struct batch *b, struct part *p, int64_t index)
{
	struct issue_batch_part_row row;
	struct str text, prefix = STR_NONE;
	int64_t first = 0;
	bool found;
	TRY(issue_batch_part(b->c, b->by.taxpayer.id, b->key, index, &row, &found));
	if (!found) return E_INTERNAL;
	buf_str(&b->answer, row.result);
	bool all = !row.result.n;
	if (all && !write_number_read(row.first, &prefix, &first)) return E_INTERNAL;
	arena_reset(p->c.arena);
	problem_init(&p->c.problem, p->c.arena);
	for (size_t n = 0; n < PART && b->rest.n && str_split(&b->rest, '\n', &text);) {
		b->line_no++;
		text = str_trim(text);
		if (!text.n) continue;
		if (all) answer_again(b, p, text, write_number_text(p->c.arena, prefix, first + (int64_t)n));
		n++;
	}
	return OK;
}

static err_t run(struct batch *b)
{
	for (int64_t index = 0; b->rest.n; index++) {
		struct part *p = &b->parts[index % 2];
		if (index < b->done) {
			TRY(take_old(b, p, index));
			continue;
		}
		/* The part before last has ended; the last one is still being written while this one is read. */
		TRY(fill(p));
		TRY(end_part(&b->parts[(index + 1) % 2]));
		if (!p->n) break;
		p->index = index;
		p->pending = db_write_start(&p->c, store, p);
	}
	TRY(end_part(&b->parts[0]));
	return end_part(&b->parts[1]);
}

struct begin {
	struct batch *batch;
	struct str hash;
	int64_t n_lines;
};

static err_t begin(struct ctx *c, void *arg)
{
	struct begin *a = arg;
	struct batch *b = a->batch;
	struct issue_batch_get_row row;
	bool found;
	TRY(issue_batch_insert(c, b->by.taxpayer.id, b->key, a->hash, a->n_lines, c->now, NULL));
	TRY(issue_batch_get(c, b->by.taxpayer.id, b->key, &row, &found));
	if (!found) return E_INTERNAL;
	if (!str_eq(row.body_hash, a->hash)) return RAISE(c, E_CONFLICT, &other_body);
	b->done = row.done;
	return OK;
}

static int64_t count_lines(struct str body)
{
	int64_t n = 0;
	const char *p = body.p, *end = body.p + body.n;
	for (; p < end; n++) {
		const char *at = memchr(p, '\n', (size_t)(end - p));
		p = at ? at + 1 : end;
	}
	return n;
}

static void free_arena(void *a)
{
	arena_free(a);
}

/* No list in brackets, and no object that was printed over several lines. */
static bool is_lines(struct str body)
{
	struct str rest = str_trim(body), first;
	return str_split(&rest, '\n', &first) && !str_is(str_trim(first), "{") && first.p[0] != '[';
}

static err_t check_body(struct ctx *c, struct str body, struct begin *a)
{
	unsigned char digest[CRYPTO_SHA256_SIZE];
	if (!c->idempotency_key.p) return RAISE(c, E_INPUT, &key_needed);
	a->n_lines = count_lines(body);
	if (a->n_lines > BATCH_LINES_MAX) return RAISE(c, E_TOO_LARGE, &too_many, str_from_int(c->arena, a->n_lines));
	if (!str_trim(body).n) return RAISE(c, E_INPUT, &empty);
	if (!is_lines(body)) return RAISE(c, E_INPUT, &not_lines);
	crypto_sha256(body.p, body.n, digest);
	a->hash = str_hex(c->arena, digest, sizeof digest);
	return OK;
}

static err_t run_parts(struct batch *b)
{
	struct ctx *c = b->c;
	for (size_t i = 0; i < 2; i++) {
		struct part *p = &b->parts[i];
		p->batch = b;
		p->c = *c;
		p->c.arena = arena_new();
		arena_cleanup(c->arena, free_arena, p->c.arena);
	}
	err_t e = run(b);
	/* A failed part leaves the other one in the air: nothing may go before it has landed. */
	for (size_t i = 0; i < 2; i++)
		if (b->parts[i].pending) (void)end_part(&b->parts[i]);
	return e;
}

static err_t start(struct ctx *c, struct str lines, struct batch *b, struct begin *a)
{
	a->batch = b;
	TRY(check_body(c, lines, a));
	b->c = c;
	b->key = c->idempotency_key;
	b->rest = lines;
	b->buyers = many_buyers_new(c->arena);
	buf_init(&b->answer, c->arena, (size_t)a->n_lines * 96);
	return OK;
}

err_t issue_batch(struct ctx *c, const void *input, struct reply *out)
{
	const struct batch_in *in = input;
	struct batch *b = arena_new_of(c->arena, struct batch);
	struct begin a = { 0 };
	TRY(start(c, in->lines, b, &a));
	TRY(issuer_load(c, &b->by));
	TRY(db_write(c, begin, &a));
	err_t e = run_parts(b);
	if (b->beyond) access_security(c, ACCESS_BEYOND_LIMIT, STR_NONE);
	TRY(e);
	out->bytes = buf_done(&b->answer);
	out->media = "application/x-ndjson";
	return OK;
}

/* What was done under the key before counts, even if the seller may not issue any more. E_CONFLICT says that and
 * nothing else: whoever asked may take it that no line was issued. */
static err_t run_for(struct ctx *c, struct batch *b, struct begin *a)
{
	bool may;
	TRY(issuer_find(c, &b->by, &may));
	err_t e = db_write(c, begin, a);
	if (e != OK) return e == E_CONFLICT ? E_INTERNAL : e; /* other lines under this key: a fault of ours */
	if (!may && !b->done) return issuer_load(c, &b->by);
	e = run_parts(b);
	return e == E_CONFLICT ? E_BUSY : e;
}

err_t issue_for(struct ctx *c, const struct issue_program *p, struct str lines, struct str *answer)
{
	struct batch *b = arena_new_of(c->arena, struct batch);
	struct begin a = { 0 };
	struct ctx *seller = arena_new_of(c->arena, struct ctx);
	*seller = *c;
	problem_init(&seller->problem, c->arena);
	seller->caller =
	        (struct caller){ .person_name = p->drawer, .subject_id = p->seller_id, .subject_name = p->seller_name };
	seller->idempotency_key = p->key;
	b->whole = p->whole;
	b->program = true;
	err_t e = start(seller, lines, b, &a);
	if (e == OK && a.n_lines > PART) e = E_TOO_LARGE;
	if (e == OK) e = run_for(seller, b, &a);
	if (seller->outbox_wait > c->outbox_wait) c->outbox_wait = seller->outbox_wait;
	if (seller->log_wait > c->log_wait) c->log_wait = seller->log_wait;
	if (e != OK) c->problem = seller->problem;
	*answer = buf_done(&b->answer);
	return e;
}

/* Batches of orders: a file goes up in parts, is finished, and a job issues it (work.c). A part that comes twice is
 * told where to go on; nothing of a file counts before all of it is there and its digest is right. */
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/db/db.h"
#include "kernel/receipt/receipt.h"
#include "platform_sql.h"
#include "services/invoice/platform/platform.h"

const struct fault_def platform_no_batch = { "batch-unknown", N_("没有这一批，请核对编号"), NULL, NULL };
static const struct fault_def too_many = { "uploads-open", N_("还有 20 批没有传完，请先传完或取消"), NULL, NULL };
static const struct fault_def bad_digest = { "digest-form", N_("摘要是 64 位小写十六进制"), NULL, NULL };
static const struct fault_def ended = { "batch-state", N_("这一批已经传完或取消，不能再改"), NULL, NULL };
static const struct fault_def offset = { "upload-offset", N_("应从第 {1} 个字节接着传"), N_("先查这一批收到多少"),
	NULL };
static const struct fault_def beyond = { "upload-size", N_("超出登记的大小 {1} 字节"), NULL, NULL };
static const struct fault_def missing = { "upload-missing", N_("只收到 {1} 字节，登记的是 {2} 字节"), N_("请接着传完"),
	NULL };
static const struct fault_def differs = { "digest", N_("收到的内容摘要是 {1}，和登记的不同"),
	N_("请取消这一批，重新上传"), NULL };
static const struct fault_def too_long = { "batch-too-many", N_("一次最多 100,000 行，这份有 {1} 行，请分几次提交"),
	NULL, NULL };
static const struct fault_def empty = { "batch-empty", N_("这份文件里没有订单"), NULL, NULL };

static err_t find(struct ctx *c, int64_t id, struct platform_batch_get_row *row)
{
	bool found = false;
	TRY(platform_batch_get(c, c->caller.subject_id, id, row, &found));
	return found ? OK : RAISE(c, E_NOT_FOUND, &platform_no_batch);
}

static void put_batch(struct ctx *c, struct value *v, int64_t id, const struct platform_batch_get_row *b)
{
	value_put_str(c->arena, v, "id", str_from_int(c->arena, id));
	value_put_str(c->arena, v, "name", b->name);
	value_put_str(c->arena, v, "format", b->format);
	value_put_int(c->arena, v, "size", b->size);
	value_put_int(c->arena, v, "received", b->received);
	value_put_str(c->arena, v, "algorithm", b->algorithm);
	value_put_str(c->arena, v, "digest", b->digest);
	value_put_str(c->arena, v, "state", b->state);
	value_put(c->arena, v, "reason", value_str(c->arena, b->reason.n ? b->reason : STR_NONE));
	value_put_int(c->arena, v, "lines", b->n_lines);
	value_put_int(c->arena, v, "lines_read", b->at_line);
	value_put_int(c->arena, v, "orders", b->orders);
	value_put_int(c->arena, v, "issued", b->issued);
	value_put_int(c->arena, v, "held", b->held);
	value_put_int(c->arena, v, "refused", b->refused);
	value_put_int(c->arena, v, "known", b->known);
	value_put_instant(c->arena, v, "created_at", b->created_at);
	value_put(c->arena, v, "finished_at",
	        b->finished_at == DB_NULL ? value_null(c->arena)
	                                  : value_str(c->arena, instant_format(c->arena, b->finished_at)));
}

/* --- a new one --- */

static bool is_digest(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f'))) return false;
	return s.n == 64;
}

static err_t open_batch(struct ctx *c, const struct batch_in *in, int64_t *id)
{
	struct platform_uploads_open_row open;
	bool found = false;
	TRY(platform_uploads_open(c, c->caller.subject_id, &open, &found));
	if (found && open.n >= UPLOADS_OPEN_MAX) return RAISE(c, E_CONFLICT, &too_many);
	*id = db_new_id(c);
	return platform_batch_insert(c, c->caller.subject_id, *id, in->name, in->format, in->size, in->algorithm,
	        in->digest, c->caller.person_name, c->now, NULL);
}

static err_t answer(struct ctx *c, int64_t id, struct reply *out)
{
	struct platform_batch_get_row row;
	TRY(find(c, id, &row));
	out->value = value_object(c->arena);
	put_batch(c, out->value, id, &row);
	return OK;
}

err_t platform_batch_new(struct ctx *c, const void *input, struct reply *out)
{
	struct batch_in in = *(const struct batch_in *)input;
	int64_t id = 0;
	if (!in.algorithm.p) in.algorithm = S("sha256");
	if (!is_digest(in.digest)) FAULT(c, S("/digest"), &bad_digest);
	TRY(problem_result(&c->problem));
	TRY(open_batch(c, &in, &id));
	TRY(answer(c, id, out));
	out->location = str_printf(c->arena, "/platform/batches/%lld", (long long)id);
	return OK;
}

err_t platform_batch_show(struct ctx *c, const void *input, struct reply *out)
{
	return answer(c, ((const struct batch_id_in *)input)->id, out);
}

/* --- parts --- */

err_t platform_part_put(struct ctx *c, const void *input, struct reply *out)
{
	const struct part_in *in = input;
	struct platform_batch_get_row row;
	int64_t moved;
	TRY(find(c, in->id, &row));
	if (!str_is(row.state, "uploading")) return RAISE(c, E_CONFLICT, &ended);
	if (in->offset != row.received) return RAISE(c, E_CONFLICT, &offset, str_from_int(c->arena, row.received));
	if (row.received + (int64_t)in->bytes.n > row.size)
		return RAISE(c, E_TOO_LARGE, &beyond, str_from_int(c->arena, row.size));
	TRY(platform_batch_received(c, (int64_t)in->bytes.n, c->caller.subject_id, in->id, in->offset, &moved));
	if (!moved) return RAISE(c, E_CONFLICT, &offset, str_from_int(c->arena, row.received));
	TRY(platform_part_insert(c, in->id, in->offset, in->bytes, NULL));
	return answer(c, in->id, out);
}

err_t platform_text(struct ctx *c, int64_t batch_id, int64_t size, struct str *out)
{
	struct platform_part_next_row part;
	struct buf b;
	bool found = true;
	buf_init(&b, c->arena, (size_t)size + 1);
	while ((int64_t)b.n < size) {
		TRY(platform_part_next(c, batch_id, (int64_t)b.n, &part, &found));
		if (!found || !part.bytes.n) break;
		buf_str(&b, part.bytes);
	}
	*out = (int64_t)b.n == size ? buf_done(&b) : STR_NONE;
	return OK;
}

/* --- the end of the upload --- */

static struct str digest_of(struct ctx *c, struct str algorithm, struct str text)
{
	unsigned char digest[CRYPTO_SHA256_SIZE];
	if (str_is(algorithm, "sm3"))
		crypto_sm3(text.p, text.n, digest);
	else
		crypto_sha256(text.p, text.n, digest);
	return str_hex(c->arena, digest, sizeof digest);
}

static err_t check_text(struct ctx *c, const struct platform_batch_get_row *row, struct str text, int64_t *lines)
{
	struct file_reader r;
	if (!text.p)
		return RAISE(c, E_CONFLICT, &missing, str_from_int(c->arena, row->received),
		        str_from_int(c->arena, row->size));
	struct str is = digest_of(c, row->algorithm, text);
	if (!str_eq(is, row->digest)) return RAISE(c, E_INPUT, &differs, is);
	*lines = file_count_lines(text);
	if (*lines > FILE_LINES_MAX) return RAISE(c, E_TOO_LARGE, &too_long, str_from_int(c->arena, *lines));
	if (!str_trim(text).n) return RAISE(c, E_INPUT, &empty);
	return file_open(c, &r, text, str_is(row->format, "csv"), 0, 0);
}

struct start {
	int64_t id, lines;
	const struct platform_batch_get_row *row;
	struct value *receipt;
};

static err_t start(struct ctx *c, void *arg)
{
	struct start *s = arg;
	int64_t moved;
	TRY(platform_batch_start(c, s->lines, c->caller.subject_id, s->id, &moved));
	if (!moved) return RAISE(c, E_CONFLICT, &ended);
	TRY(platform_enqueue(c, c->caller.subject_id, s->id));
	struct value *act = value_object(c->arena);
	value_put_str(c->arena, act, "algorithm", s->row->algorithm);
	value_put_str(c->arena, act, "batch", str_from_int(c->arena, s->id));
	value_put_str(c->arena, act, "digest", s->row->digest);
	value_put_int(c->arena, act, "lines", s->lines);
	value_put_str(c->arena, act, "platform", c->caller.subject_tax_id);
	return receipt_issue(c, ACT_PLATFORM_BATCH, c->caller.subject_id, act, &s->receipt, NULL);
}

/* Outside the transaction the file is read and its digest computed; once is enough, so a second finish answers as it
 * is. */
static err_t finish(struct ctx *c, int64_t id, struct reply *out)
{
	struct platform_batch_get_row row;
	struct str text;
	struct start s = { .id = id, .row = &row };
	TRY(find(c, id, &row));
	if (str_is(row.state, "refused")) return RAISE(c, E_CONFLICT, &ended);
	if (str_is(row.state, "uploading")) {
		TRY(platform_text(c, id, row.size, &text));
		TRY(check_text(c, &row, text, &s.lines));
		TRY(db_write(c, start, &s));
	}
	TRY(answer(c, id, out));
	value_put(c->arena, out->value, "receipt", s.receipt ? s.receipt : value_null(c->arena));
	return OK;
}

err_t platform_batch_finish(struct ctx *c, const void *input, struct reply *out)
{
	return finish(c, ((const struct batch_id_in *)input)->id, out);
}

err_t platform_batch_cancel(struct ctx *c, const void *input, struct reply *out)
{
	const struct batch_id_in *in = input;
	struct platform_batch_get_row row;
	TRY(find(c, in->id, &row));
	if (!str_is(row.state, "uploading")) return RAISE(c, E_CONFLICT, &ended);
	TRY(platform_batch_end(c, S("refused"), S("cancelled"), c->now, c->caller.subject_id, in->id, NULL));
	TRY(platform_parts_drop(c, in->id, NULL));
	return answer(c, in->id, out);
}

/* --- a small file in one go, for people --- */

struct small {
	struct batch_in batch;
	struct str file;
	int64_t id;
};

static err_t open_small(struct ctx *c, void *arg)
{
	struct small *s = arg;
	int64_t moved;
	TRY(open_batch(c, &s->batch, &s->id));
	TRY(platform_batch_received(c, (int64_t)s->file.n, c->caller.subject_id, s->id, 0, &moved));
	if (!moved) return E_INTERNAL;
	for (size_t at = 0; at < s->file.n; at += PART_BYTES_MAX)
		TRY(platform_part_insert(c, s->id, (int64_t)at, str_sub(s->file, at, PART_BYTES_MAX), NULL));
	return OK;
}

err_t platform_batch_small(struct ctx *c, const void *input, struct reply *out)
{
	const struct small_in *in = input;
	struct str head = str_trim(in->file);
	struct small s = { .file = in->file };
	s.batch = (struct batch_in){ .name = in->name.p ? in->name : S("orders"),
		.format = head.n && head.p[0] == '{' ? S("ndjson") : S("csv"),
		.algorithm = S("sha256"),
		.digest = digest_of(c, S("sha256"), in->file),
		.size = (int64_t)in->file.n };
	struct platform_batch_get_row row = {
		.algorithm = S("sha256"), .digest = s.batch.digest, .format = s.batch.format
	};
	int64_t lines;
	TRY(check_text(c, &row, in->file, &lines));
	TRY(db_write(c, open_small, &s));
	TRY(finish(c, s.id, out));
	out->location = str_printf(c->arena, "/platform/batches/%lld", (long long)s.id);
	return OK;
}

/* --- the list --- */

err_t platform_batches(struct ctx *c, const void *input, struct reply *out)
{
	const struct list_in *in = input;
	struct platform_batches_rows_row *rows;
	size_t n;
	TRY(platform_batches_rows(c, c->caller.subject_id, in->has_before ? in->before : INT64_MAX, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "batches");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "id", str_from_int(c->arena, rows[i].batch_id));
		value_put_str(c->arena, v, "name", rows[i].name);
		value_put_str(c->arena, v, "state", rows[i].state);
		value_put_int(c->arena, v, "size", rows[i].size);
		value_put_int(c->arena, v, "received", rows[i].received);
		value_put_int(c->arena, v, "orders", rows[i].orders);
		value_put_int(c->arena, v, "issued", rows[i].issued);
		value_put_int(c->arena, v, "held", rows[i].held);
		value_put_int(c->arena, v, "refused", rows[i].refused);
		value_put_int(c->arena, v, "known", rows[i].known);
		value_put_instant(c->arena, v, "created_at", rows[i].created_at);
		value_push(c->arena, list, v);
	}
	value_put(c->arena, out->value, "next",
	        n == 50 ? value_str(c->arena, str_from_int(c->arena, rows[n - 1].batch_id)) : value_null(c->arena));
	return OK;
}

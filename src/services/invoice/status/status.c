/* Status lists: the descriptor. */
#include "services/invoice/status/status.h"
#include "kernel/assets/assets.h"
#include "status_sql.h"

enum { FRESH_SECONDS = 300, FIXED_SECONDS = 31536000 };

static const struct fault_def unknown = { "status-unknown", N_("没有这份状态名单"), NULL, NULL };

struct file_in {
	struct str region, month;
	int64_t n;
};
#define PLACE                                                                                                          \
	{ "region", FIELD_TEXT, AT(struct file_in, region), .required = true, .min = 2, .max = 2,                      \
		.label = N_("地区") },                                                                                 \
	{                                                                                                              \
		"month", FIELD_TEXT, AT(struct file_in, month), .required = true, .min = 6, .max = 6,                  \
		                                                .label = N_("月份（六位）"), .example = "202611"       \
	}
static const struct field list_fields[] = { PLACE, { 0 } };
static const struct field delta_fields[] = { PLACE,
	{ "n", FIELD_INT, AT(struct file_in, n), .required = true, .min = 1, .max = 1000000000,
	        .label = N_("第几次变动") },
	{ 0 } };
struct make_in {
	bool all;
};
static const struct field make_fields[] = {
	{ "all", FIELD_BOOL, AT(struct make_in, all), .label = N_("整月重做") },
	{ 0 },
};

static struct str month_of(struct ctx *c, struct str six)
{
	return str_printf(c->arena, "%.4s-%.2s", six.p, six.p + 4);
}

static err_t send(struct ctx *c, const struct file_in *in, int64_t n, struct reply *out)
{
	struct status_get_row row;
	bool found;
	TRY(status_get(c, in->region, month_of(c, in->month), n, &row, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	out->bytes = row.bytes;
	out->media = "application/octet-stream";
	out->max_age = n ? FIXED_SECONDS : FRESH_SECONDS;
	return OK;
}

static err_t list(struct ctx *c, const void *input, struct reply *out)
{
	return send(c, input, 0, out);
}

static err_t delta(struct ctx *c, const void *input, struct reply *out)
{
	const struct file_in *in = input;
	return send(c, in, in->n, out);
}

/* All lists, and how many deltas each has: what a device fetches when it is in reach of a network. */
static err_t catalogue(struct ctx *c, const void *input, struct reply *out)
{
	struct status_months_row *rows;
	struct status_progress_row row;
	size_t n;
	bool found;
	(void)input;
	TRY(status_months(c, &rows, &n));
	TRY(status_progress(c, &row, &found));
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "events", found ? row.events : 0);
	struct value *lists = value_put_array(c->arena, out->value, "lists");
	for (size_t i = 0; i < n; i++) {
		struct status_newest_row newest;
		struct value *v = value_object(c->arena);
		TRY(status_newest(c, rows[i].region, rows[i].month, &newest, &found));
		struct str place = str_printf(c->arena, "/public/status/%.*s/%.4s%.2s", STR_FMT(rows[i].region),
		        rows[i].month.p, rows[i].month.p + 5);
		value_put_str(c->arena, v, "region", rows[i].region);
		value_put_str(c->arena, v, "month", rows[i].month);
		value_put_str(c->arena, v, "href", place);
		value_put_int(c->arena, v, "bytes", rows[i].size);
		value_put_instant(c->arena, v, "as_of", rows[i].as_of);
		value_put_int(c->arena, v, "last", rows[i].last);
		value_put_int(c->arena, v, "newest_delta", newest.n > rows[i].last ? newest.n : rows[i].last);
		value_put_instant(
		        c->arena, v, "newest_as_of", newest.as_of > rows[i].as_of ? newest.as_of : rows[i].as_of);
		value_push(c->arena, lists, v);
	}
	out->max_age = 60;
	return OK;
}

static err_t make(struct ctx *c, const void *input, struct reply *out)
{
	const struct make_in *in = input;
	int64_t made;
	TRY(status_make(c, in->all, &made));
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "files", made);
	return OK;
}

/* The page works it out itself, in the browser. */
static err_t scan(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	return OK;
}

/* Beside its page, not among the static pieces: a worker rules over the addresses below its own only. */
static err_t worker(struct ctx *c, const void *input, struct reply *out)
{
	(void)c, (void)input;
	out->bytes = asset_get("web/dist/verify-sw.js");
	out->packed = asset_get("web/dist/verify-sw.js.gz");
	out->media = "text/javascript; charset=utf-8";
	return out->bytes.p ? OK : E_NOT_FOUND;
}

static err_t job_deltas(struct ctx *c, struct str argument)
{
	int64_t made;
	(void)argument;
	return status_make(c, false, &made);
}

static err_t job_lists(struct ctx *c, struct str argument)
{
	int64_t made;
	(void)argument;
	return status_make(c, true, &made);
}

static const struct job_kind jobs[] = {
	{ .name = "status.deltas", .run = job_deltas, .every_seconds = 600 },
	{ .name = "status.lists", .run = job_lists, .daily_at = "00:20" },
};

static const struct operation operations[] = {
	{ .id = "status.catalogue",
	        .method = GET,
	        .path = "/public/status",
	        .who = PUBLIC,
	        .run = catalogue,
	        .blind = true,
	        .title = N_("状态名单目录"),
	        .requirements = "A10.1 A10.7" },
	{ .id = "status.list",
	        .method = GET,
	        .path = "/public/status/{region}/{month}",
	        .who = PUBLIC,
	        .in = list_fields,
	        .in_size = sizeof(struct file_in),
	        .run = list,
	        .blind = true,
	        .title = N_("一个月的状态名单"),
	        .requirements = "A10.1 A10.7" },
	{ .id = "status.delta",
	        .method = GET,
	        .path = "/public/status/{region}/{month}/delta/{n}",
	        .who = PUBLIC,
	        .in = delta_fields,
	        .in_size = sizeof(struct file_in),
	        .run = delta,
	        .blind = true,
	        .title = N_("状态名单的一次变动"),
	        .requirements = "A10.1 A10.7" },
	{ .id = "status.scan",
	        .method = GET,
	        .path = "/verify/scan",
	        .who = PUBLIC,
	        .run = scan,
	        .class = OP_FAST,
	        .page = "status/scan",
	        .menu = "公众服务/查验/离线查验",
	        .title = N_("扫码、离线查验"),
	        .requirements = "A10.1 A10.3 A10.4 A10.7 A10.8",
	        .words = "扫一扫 摄像头 相册 离线 断网 scan camera offline",
	        .page_only = "camera, pictures and lists are read in the browser; programs use POST /v1/verify/qr" },
	{ .id = "status.worker",
	        .method = GET,
	        .path = "/verify/sw.js",
	        .who = PUBLIC,
	        .run = worker,
	        .class = OP_FAST,
	        .title = N_("离线查验的脚本"),
	        .requirements = "A10.4 A10.7",
	        .page_only = "script of a page; programs use POST /v1/verify/qr" },
	{ .id = "status.make",
	        .method = POST,
	        .path = "/status/lists",
	        .who = OFFICER(NULL),
	        .in = make_fields,
	        .in_size = sizeof(struct make_in),
	        .run = make,
	        .own_transaction = true,
	        .title = N_("现在生成状态名单"),
	        .requirements = "A10.1" },
};

const struct service status_service = {
	.name = "status",
	.board = "invoice",
	.title = N_("发票状态名单"),
	.uses = "issue",
	.operations = operations,
	.n_operations = COUNT(operations),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
};

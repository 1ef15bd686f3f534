/* One-tap report: what was asked, what the answer was, where, a picture; its opener follows it by a code. */
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "report_sql.h"
#include "services/invoice/report/report.h"
#include "services/invoice/verify/verify.h"
#include <string.h>

static const struct fault_def no_invoice = { "report-empty", N_("填发票号码，或者粘贴二维码内容"), NULL, NULL };
static const struct fault_def no_picture = { "report-picture", N_("图片要是 PNG、JPEG 或 WebP，最大 2 MB"), NULL,
	NULL };
static const struct fault_def unknown = { "report-unknown", N_("没有查到这个举报编号，请核对"), NULL, NULL };
static const struct fault_def closed = { "report-closed", N_("这件举报已经办结"), NULL, NULL };

const char *report_media(struct str b)
{
	if (b.n > REPORT_PICTURE_MAX) return NULL;
	if (b.n > 8 && memcmp(b.p, "\x89PNG\r\n\x1a\n", 8) == 0) return "image/png";
	if (b.n > 3 && memcmp(b.p, "\xff\xd8\xff", 3) == 0) return "image/jpeg";
	return b.n > 12 && memcmp(b.p, "RIFF", 4) == 0 && memcmp(b.p + 8, "WEBP", 4) == 0 ? "image/webp" : NULL;
}

/* The form holds what the page of the verdict knew. */
err_t report_blank(struct ctx *c, const void *input, struct reply *out)
{
	const struct report_in *in = input;
	out->value = value_object(c->arena);
	struct value *form = value_put_object(c->arena, out->value, "form");
	if (in->number.p) value_put_str(c->arena, form, "number", in->number);
	return OK;
}

static err_t take_picture(struct ctx *c, const struct report_in *in, struct str *bytes, const char **media)
{
	*bytes = in->picture;
	*media = NULL;
	if (!bytes->n && in->picture_base64.n && !str_unbase64(c->arena, in->picture_base64, bytes))
		FAULT(c, S("/picture_base64"), &no_picture);
	if (!bytes->n) return problem_result(&c->problem);
	*media = report_media(*bytes);
	if (!*media) FAULT(c, in->picture.n ? S("/picture") : S("/picture_base64"), &no_picture);
	return problem_result(&c->problem);
}

/* What was found at the moment of the report stays with it. */
static err_t judge(struct ctx *c, const struct report_in *in, struct str *number, struct str *verdict)
{
	struct value *answer;
	struct str text = in->qr.p ? in->qr : in->number;
	if (!text.p) {
		FAULT(c, S("/number"), &no_invoice);
		return problem_result(&c->problem);
	}
	if (!in->qr.p && in->has_total)
		text = str_printf(c->arena, "%.*s %s", STR_FMT(text), money_format(c->arena, in->total).p);
	TRY(verify_ask(c, text, STR_NONE, &answer));
	*verdict = verify_code(c, answer);
	*number = value_text(answer, "number");
	if (!number->p) *number = in->number.p ? in->number : S("");
	return OK;
}

static err_t tell(struct ctx *c, const char *kind, int64_t subject, struct value *v)
{
	struct buf b;
	buf_init(&b, c->arena, 256);
	value_write_canonical(&b, v);
	return outbox_emit(c, kind, subject, buf_done(&b));
}

err_t report_open(struct ctx *c, const void *input, struct reply *out)
{
	const struct report_in *in = input;
	struct str number = STR_NONE, verdict = STR_NONE, picture = STR_NONE;
	const char *media;
	unsigned char random[10];
	TRY(judge(c, in, &number, &verdict));
	TRY(take_picture(c, in, &picture, &media));
	crypto_random(random, sizeof random);
	struct str code = crypto_base32(c->arena, random, sizeof random), empty = S("");
	TRY(report_insert(c, code, number, verdict, in->qr.p ? in->qr : empty, in->place.p ? in->place : empty,
	        in->story.p ? in->story : empty, c->caller.person_id, media ? str_c(media) : empty, c->now, NULL));
	if (media) TRY(report_picture_put(c, code, picture, NULL));
	struct value *v = value_object(c->arena), *receipt;
	value_put_str(c->arena, v, "code", code);
	value_put_str(c->arena, v, "number", number);
	value_put_str(c->arena, v, "verdict", verdict);
	value_put_str(c->arena, v, "place", in->place);
	value_put_bool(c->arena, v, "picture", media != NULL);
	value_put_instant(c->arena, v, "opened_at", c->now);
	TRY(tell(c, "report.opened", c->caller.person_id, v));
	TRY(receipt_issue(c, ACT_FALSE_INVOICE_REPORTED, c->caller.person_id, v, &receipt, NULL));
	value_put_c(c->arena, v, "state", "open");
	value_put(c->arena, v, "receipt", receipt);
	out->value = v;
	out->location = str_printf(c->arena, "/reports/invoices/%.*s", STR_FMT(code));
	return OK;
}

static err_t find(struct ctx *c, struct str code, struct report_get_row *row)
{
	bool found;
	TRY(report_get(c, code, row, &found));
	return found ? OK : RAISE(c, E_NOT_FOUND, &unknown);
}

static void put_case(struct ctx *c, struct value *v, struct str code, const struct report_get_row *row)
{
	value_put_str(c->arena, v, "code", code);
	value_put_str(c->arena, v, "number", row->number.n ? row->number : STR_NONE);
	value_put_str(c->arena, v, "verdict", row->verdict);
	value_put_str(c->arena, v, "place", row->place.n ? row->place : STR_NONE);
	value_put_str(c->arena, v, "state", row->state);
	value_put_str(c->arena, v, "answer", row->answer.n ? row->answer : STR_NONE);
	value_put_instant(c->arena, v, "opened_at", row->opened_at);
	value_put(c->arena, v, "closed_at", value_null(c->arena));
	if (row->closed_at != DB_NULL)
		value_set(c->arena, v, S("closed_at"), value_str(c->arena, instant_format(c->arena, row->closed_at)));
}

/* For who has the code: how far it is, not who reported. */
err_t report_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct report_code_in *in = input;
	struct report_get_row row;
	TRY(find(c, in->code, &row));
	out->value = value_object(c->arena);
	put_case(c, out->value, in->code, &row);
	return OK;
}

static const struct choice states[] = { { "open", N_("待核查") }, { "confirmed", N_("查实") },
	{ "unfounded", N_("不属实") }, { "referred", N_("已移送") }, { 0 } };

static void put_state(struct ctx *c, struct value *v)
{
	struct str state = value_text(v, "state");
	for (const struct choice *s = states; s->code; s++)
		if (str_is(state, s->code)) value_put_str(c->arena, v, "state_title", tr(c, s->label));
	value_put_c(c->arena, v, "mark", str_is(state, "open") ? "warn" : str_is(state, "unfounded") ? "off" : "ok");
	value_put_bool(c->arena, v, "is_open", str_is(state, "open"));
}

static void put_verdict(struct ctx *c, struct value *v)
{
	value_put_str(c->arena, v, "verdict_title", verify_code_title(c, value_text(v, "verdict")));
}

err_t report_show_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	put_state(c, out->value);
	put_verdict(c, out->value);
	return OK;
}

/* --- officers --- */

err_t report_list(struct ctx *c, const void *input, struct reply *out)
{
	const struct report_list_in *in = input;
	struct report_list_rows_row *rows;
	struct report_counts_row *counts;
	size_t n;
	struct str state = in->state.p ? in->state : S("open");
	TRY(report_list_rows(c, state, INT64_MAX, &rows, &n));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "state", state);
	struct value *list = value_put_array(c->arena, out->value, "cases");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "code", rows[i].code);
		value_put_str(c->arena, v, "number", rows[i].number.n ? rows[i].number : STR_NONE);
		value_put_str(c->arena, v, "verdict", rows[i].verdict);
		value_put_str(c->arena, v, "place", rows[i].place.n ? rows[i].place : STR_NONE);
		value_put_bool(c->arena, v, "picture", rows[i].picture_media.n > 0);
		value_put_instant(c->arena, v, "opened_at", rows[i].opened_at);
		value_push(c->arena, list, v);
	}
	TRY(report_counts(c, &counts, &n));
	struct value *sums = value_put_array(c->arena, out->value, "states");
	for (const struct choice *s = states; s->code; s++) {
		struct value *v = value_object(c->arena);
		int64_t count = 0;
		for (size_t i = 0; i < n; i++)
			if (str_is(counts[i].state, s->code)) count = counts[i].n;
		value_put_c(c->arena, v, "state", s->code);
		value_put_int(c->arena, v, "count", count);
		value_push(c->arena, sums, v);
	}
	return OK;
}

err_t report_list_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct str now = value_text(out->value, "state");
	value_put_bool(c->arena, out->value, "any", value_at(value_get(out->value, S("cases")), 0) != NULL);
	const struct value *cases = value_get(out->value, S("cases")), *list = value_get(out->value, S("states"));
	for (struct value_member *m = cases->first; m; m = m->next)
		put_verdict(c, m->value);
	for (struct value_member *m = list->first; m; m = m->next) {
		bool current = str_eq(value_text(m->value, "state"), now);
		put_state(c, m->value);
		value_put_bool(c->arena, m->value, "current", current);
	}
	return OK;
}

err_t report_case(struct ctx *c, const void *input, struct reply *out)
{
	const struct report_code_in *in = input;
	struct report_get_row row;
	TRY(find(c, in->code, &row));
	out->value = value_object(c->arena);
	put_case(c, out->value, in->code, &row);
	value_put_str(c->arena, out->value, "story", row.story.n ? row.story : STR_NONE);
	value_put_str(c->arena, out->value, "qr", row.qr.n ? row.qr : STR_NONE);
	value_put_str(c->arena, out->value, "picture",
	        row.picture_media.n ? str_printf(c->arena, "/officer/reports/%.*s/picture.png", STR_FMT(in->code))
	                            : STR_NONE);
	value_put_bool(c->arena, out->value, "anonymous", row.reporter_id == 0);
	return OK;
}

err_t report_case_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	put_state(c, out->value);
	put_verdict(c, out->value);
	return OK;
}

err_t report_picture(struct ctx *c, const void *input, struct reply *out)
{
	const struct report_code_in *in = input;
	struct report_get_row row;
	struct report_picture_get_row picture;
	bool found;
	TRY(find(c, in->code, &row));
	TRY(report_picture_get(c, in->code, &picture, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	out->bytes = picture.bytes;
	out->media = row.picture_media.p; /* by its own first bytes, never by what the sender said */
	return OK;
}

err_t report_decide(struct ctx *c, const void *input, struct reply *out)
{
	const struct report_decide_in *in = input;
	struct report_get_row row;
	int64_t n;
	TRY(find(c, in->code, &row));
	TRY(report_decide_one(c, in->outcome, in->answer, c->caller.person_id, c->now, in->code, &n));
	if (!n) return RAISE(c, E_CONFLICT, &closed);
	TRY(find(c, in->code, &row));
	struct value *v = value_object(c->arena), *receipt;
	put_case(c, v, in->code, &row);
	TRY(tell(c, "report.decided", 0, v));
	if (row.reporter_id) TRY(tell(c, "report.closed", row.reporter_id, v));
	TRY(receipt_issue(c, ACT_FALSE_INVOICE_DECIDED, c->caller.person_id, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	out->value = v;
	return OK;
}

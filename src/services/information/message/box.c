#include "services/information/message/box.h"
#include "kernel/access/access.h"
#include "message_sql.h"
#include "services/information/message/texts.h"

/* Kept two years, read or not; what has legal weight (returns, payments, receipts) is kept where it was made. */
enum { KEEP_DAYS = 730, PAGE = 50, BATCHES_MAX = 1000 };
#define DAY_US INT64_C(86400000000)

static const struct fault_def unknown = { "message-unknown", N_("没有这条消息，可能已过保存期"), NULL, NULL };

/* --- events in --- */

/* "invoice.received" once a day: the body becomes {count, total} of that day so far. */
static err_t bundle(struct ctx *c, const struct event *e, int area)
{
	struct message_bundled_row old;
	struct value *now, *before;
	struct json_fault where;
	struct money one, total;
	bool found;
	struct str day = date_format(c->arena, date_of_instant(e->at));
	struct str name = str_printf(c->arena, "%.*s:%.*s", STR_FMT(e->kind), STR_FMT(day)), body = e->body;
	TRY(message_bundled(c, e->subject_id, name, &old, &found));
	if (found && old.message_id >= e->position) return OK; /* fed again: it is in already */
	if (found && json_parse(c->arena, e->body, &now, &where) == OK &&
	        json_parse(c->arena, old.body, &before, &where) == OK && money_parse(value_text(now, "total"), &one) &&
	        money_parse(value_text(before, "total"), &total) && money_add(total, one, &total)) {
		struct value *sum = value_object(c->arena);
		struct buf b;
		value_put_int(c->arena, sum, "count", value_number(before, "count", 1) + value_number(now, "count", 1));
		value_put_money(c->arena, sum, "total", total);
		buf_init(&b, c->arena, 80);
		value_write_canonical(&b, sum);
		body = buf_done(&b);
		TRY(message_remove(c, e->subject_id, old.message_id, NULL));
	}
	return message_insert(c, e->subject_id, e->position, e->kind, area, name, e->at, body, NULL);
}

/* In one transaction with the consumer's position: each event becomes its message once. */
err_t box_feed(struct ctx *c, const struct event *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct event *e = &events[i];
		int area;
		if (!texts_area(e->kind, &area)) continue;
		TRY(texts_bundled(e->kind) ? bundle(c, e, area)
		                           : message_insert(c, e->subject_id, e->position, e->kind, area, S(""), e->at,
		                                     e->body, NULL));
	}
	return OK;
}

static err_t remove_batch(struct ctx *c, void *arg)
{
	size_t *n = arg;
	struct message_old_row *rows;
	TRY(message_old(c, c->now - KEEP_DAYS * DAY_US, &rows, n));
	for (size_t i = 0; i < *n; i++)
		TRY(message_remove(c, rows[i].subject_id, rows[i].message_id, NULL));
	return OK;
}

err_t box_retention(struct ctx *c, struct str argument)
{
	(void)argument;
	size_t n = 1;
	for (int i = 0; i < BATCHES_MAX && n; i++)
		TRY(db_write(c, remove_batch, &n));
	return OK;
}

/* --- looking --- */

static struct value *shown(
        struct ctx *c, int64_t id, struct str kind, instant_us at, struct str body, instant_us read_at)
{
	struct value *v = value_object(c->arena), *words = texts_value(c, kind, body);
	value_put_str(c->arena, v, "id", str_from_int(c->arena, id));
	for (struct value_member *m = words->first; m; m = m->next)
		value_set(c->arena, v, m->key, m->value);
	value_put_instant(c->arena, v, "at", at);
	value_put_bool(c->arena, v, "read", read_at != DB_NULL);
	value_put(c->arena, v, "read_at",
	        read_at == DB_NULL ? value_null(c->arena) : value_str(c->arena, instant_format(c->arena, read_at)));
	return v;
}

static err_t count_unread(struct ctx *c, int64_t *n)
{
	struct message_unread_row row;
	bool found;
	TRY(message_unread(c, c->caller.subject_id, texts_areas_of(c), &row, &found));
	*n = row.n;
	return OK;
}

err_t message_newest(struct ctx *c, struct value **list, int64_t *unread)
{
	struct message_top_row *rows;
	size_t n;
	TRY(message_top(c, c->caller.subject_id, texts_areas_of(c), &rows, &n));
	*list = value_array(c->arena);
	*unread = n ? rows[0].unread : 0;
	for (size_t i = 0; i < n; i++)
		value_push(c->arena, *list,
		        shown(c, rows[i].message_id, rows[i].kind, rows[i].at, rows[i].body, rows[i].read_at));
	return OK;
}

err_t box_list(struct ctx *c, const void *input, struct reply *out)
{
	const struct list_in *in = input;
	struct message_list_row *rows;
	size_t n;
	int64_t unread;
	TRY(access_open(c, c->caller.subject_id, "messages"));
	TRY(message_list(
	        c, c->caller.subject_id, texts_areas_of(c), in->after ? in->after : INT64_MAX, in->unread, &rows, &n));
	TRY(count_unread(c, &unread));
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "unread", unread);
	value_put_bool(c->arena, out->value, "only_unread", in->unread);
	value_put_bool(c->arena, out->value, "unread_any", unread > 0);
	value_put_bool(c->arena, out->value, "any", n > 0);
	struct value *list = value_put_array(c->arena, out->value, "messages");
	for (size_t i = 0; i < n; i++)
		value_push(c->arena, list,
		        shown(c, rows[i].message_id, rows[i].kind, rows[i].at, rows[i].body, rows[i].read_at));
	value_put_str(c->arena, out->value, "newest", n ? str_from_int(c->arena, rows[0].message_id) : STR_NONE);
	value_put_str(
	        c->arena, out->value, "next", n == PAGE ? str_from_int(c->arena, rows[n - 1].message_id) : STR_NONE);
	return OK;
}

err_t box_read(struct ctx *c, const void *input, struct reply *out)
{
	const struct read_in *in = input;
	struct message_get_row row;
	bool found;
	int64_t unread;
	TRY(access_open(c, c->caller.subject_id, "messages"));
	TRY(message_get(c, c->caller.subject_id, in->id, texts_areas_of(c), &row, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	TRY(message_mark(c, c->now, c->caller.subject_id, in->id, NULL));
	TRY(count_unread(c, &unread));
	out->value = shown(c, in->id, row.kind, row.at, row.body, row.read_at == DB_NULL ? c->now : row.read_at);
	value_put_int(c->arena, out->value, "unread", unread);
	struct str href = value_text(out->value, "href");
	value_put_str(c->arena, out->value, "next", in->stay || !href.p ? S("/messages") : href);
	return OK;
}

err_t box_read_all(struct ctx *c, const void *input, struct reply *out)
{
	const struct all_in *in = input;
	int64_t unread, marked;
	TRY(access_open(c, c->caller.subject_id, "messages"));
	TRY(message_mark_all(
	        c, c->now, c->caller.subject_id, texts_areas_of(c), in->up_to ? in->up_to : INT64_MAX, &marked));
	TRY(count_unread(c, &unread));
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "marked", marked);
	value_put_int(c->arena, out->value, "unread", unread);
	return OK;
}

err_t box_frame(struct ctx *c, struct value *page)
{
	int64_t n;
	TRY(count_unread(c, &n));
	if (n)
		value_put_str(c->arena, page, "unread", n < MESSAGE_UNREAD_MAX ? str_from_int(c->arena, n) : S("99+"));
	else
		value_put(c->arena, page, "unread", value_null(c->arena));
	return OK;
}

/* Parcels (A07.4): the order to the courier is a job that is sent until it is answered, the courier knows an order
 * number once; what it says of the way comes as signed events, and is asked for when it falls silent. */
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/fetch/fetch.h"
#include "kernel/http/http.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "paper_sql.h"
#include "services/invoice/paper/own.h"

#define SILENT (300 * PAPER_SECOND)
#define DAY (86400 * PAPER_SECOND)

static const struct fault_def no_courier = { "courier-none", N_("还没有接入快递公司，请选办税厅或自助柜领取"), NULL,
	NULL };
static const struct fault_def forged = { "signature", N_("报文签名不对，没有处理"), NULL, N_("电子签名法 第十三条") };
static const struct fault_def closed = { "courier-closed", N_("这个快递公司已停用，它的消息不再处理"), NULL, NULL };
static const struct fault_def stale = { "stale", N_("报文时间和本机相差超过 5 分钟，请用现在的时间重新签名"), NULL,
	NULL };
static const struct fault_def replayed = { "replayed", N_("这份报文已经收过，没有再处理"), NULL, NULL };
static const struct fault_def unreadable = { "courier-event", N_("报文内容不是一条物流消息"), NULL, NULL };
static const struct fault_def no_order = { "courier-order", N_("没有这个寄件单号，或者运单号不一致"), NULL, NULL };

/* --- the courier --- */

struct courier {
	struct str name, title, base, prefix, secret;
	struct str old; /* the key before, while the courier may still use it; else STR_NONE */
	bool closed;
};

static bool courier_find(struct ctx *c, struct str name, struct courier *out)
{
	struct paper_courier_get_row row;
	bool found;
	if (paper_courier_get(c, name, &row, &found) != OK || !found) return false;
	const char *here = __atomic_load_n(&c->app->address, __ATOMIC_ACQUIRE);
	*out = (struct courier){ .name = name,
		.title = row.title,
		.base = row.address.n ? row.address : str_c(here),
		.prefix = row.address.n ? S("") : S("/v1/sandbox/courier"),
		.closed = row.closed_at != 0 };
	if (row.old_secret.p && row.old_until > c->now &&
	        keys_decrypt(c->app->keys, c->arena, row.old_secret, &out->old) != OK)
		return false;
	return out->base.p && keys_decrypt(c->app->keys, c->arena, row.secret, &out->secret) == OK;
}

/* A letter of the courier's, by its new key or its old one. *switched: it has taken the new one. */
struct letter {
	const char *word;
	struct str at, nonce, signature, body;
};
static enum paper_letter check_letter(struct ctx *c, const struct courier *k, const struct letter *l, bool *switched)
{
	enum paper_letter by_new =
	        paper_courier_check(c->arena, k->secret, l->word, l->at, l->nonce, l->signature, l->body, c->now);
	*switched = k->old.p && by_new == PAPER_LETTER_GOOD;
	if (by_new != PAPER_LETTER_FORGED || !k->old.p) return by_new;
	return paper_courier_check(c->arena, k->old, l->word, l->at, l->nonce, l->signature, l->body, c->now);
}

static err_t end_old_key(struct ctx *c, void *arg)
{
	const struct courier *k = arg;
	return paper_courier_switched(c, k->name, NULL);
}

static bool call_with(struct ctx *c, struct courier *k, struct str secret, const char *word, const char *path,
        struct str body, struct str *answer)
{
	struct str at = str_from_int(c->arena, c->now / PAPER_SECOND), nonce = crypto_random_hex(c->arena, 16);
	struct str headers[] = { str_printf(c->arena, "Courier-Timestamp: %.*s", STR_FMT(at)),
		str_printf(c->arena, "Courier-Nonce: %.*s", STR_FMT(nonce)),
		str_printf(c->arena, "Courier-Signature: %.*s",
		        STR_FMT(paper_courier_sign(c->arena, secret, word, at, nonce, body))) };
	struct fetch f = { .base = k->base,
		.path = str_printf(c->arena, "%.*s%s", STR_FMT(k->prefix), path).p,
		.media = "application/json",
		.body = body,
		.headers = headers,
		.n_headers = COUNT(headers) };
	struct fetched got = fetch_call(c->arena, &f);
	if (got.status != 200) return false;
	const struct letter letter = { "answer", fetch_header(&got, "Courier-Timestamp"),
		fetch_header(&got, "Courier-Nonce"), fetch_header(&got, "Courier-Signature"), got.body };
	bool switched, good = check_letter(c, k, &letter, &switched) == PAPER_LETTER_GOOD;
	if (!good) access_security(c, "courier-answer-refused", k->name);
	if (switched) good = db_write(c, end_old_key, k) == OK;
	*answer = got.body;
	return good;
}

/* Sends a signed message; true: a signed answer came. Which of two keys the courier uses is found out by asking. */
static bool call(
        struct ctx *c, struct courier *k, const char *word, const char *path, struct str body, struct str *answer)
{
	return (k->old.p && call_with(c, k, k->old, word, path, body, answer)) ||
	       call_with(c, k, k->secret, word, path, body, answer);
}

/* --- opening --- */

static err_t enqueue(struct ctx *c, struct str order_no)
{
	return job_enqueue(
	        c, "paper.order", order_no, str_printf(c->arena, "{\"order\":\"%.*s\"}", STR_FMT(order_no)), c->now);
}

err_t parcel_open(struct ctx *c, int64_t taxpayer_id, int64_t id, struct str *order_no)
{
	struct paper_courier_first_row courier;
	int64_t n;
	bool found;
	TRY(paper_courier_first(c, &courier, &found));
	if (!found) return RAISE(c, E_CONFLICT, &no_courier);
	TRY(db_counter(c, S("paper.parcel"), 1, &n));
	*order_no =
	        str_printf(c->arena, "EX%04d%02d%02d%08lld", c->today.year, c->today.month, c->today.day, (long long)n);
	TRY(paper_parcel_insert(c, *order_no, courier.name, taxpayer_id, id, c->now, NULL));
	return enqueue(c, *order_no);
}

/* --- what the courier says --- */

struct news {
	const struct paper_event *list;
	size_t n;
	struct str courier, nonce;        /* of a letter; courier STR_NONE: an answer to a question of ours */
	bool known, new_letter, switched; /* switched: it was signed by the new key, the old one ends */
};

/* Where it is now, by the newest word; the end is final. */
static err_t apply_one(struct ctx *c, const struct paper_event *e, struct str courier, bool *known)
{
	struct paper_parcel_get_row p;
	int64_t fresh;
	TRY(paper_parcel_get(c, e->order_no, &p, known));
	*known =
	        *known && (!courier.p || str_eq(courier, p.courier)) && (!p.waybill.n || str_eq(p.waybill, e->waybill));
	if (!*known) return OK;
	struct str where = str_c(paper_wheres[e->where]);
	TRY(paper_track_insert(c, e->order_no, e->seq, where, e->place, e->at, &fresh));
	bool newest = e->seq > p.last_seq, end = e->where == PAPER_WHERE_SIGNED || e->where == PAPER_WHERE_RETURNED;
	if (!fresh || str_is(p.state, "signed") || str_is(p.state, "returned")) return OK;
	TRY(paper_parcel_set(c, e->waybill, newest || end ? where : p.state, newest ? e->seq : p.last_seq, c->now,
	        e->order_no, NULL));
	TRY(paper_application_move(c, S("on-way"), p.taxpayer_id, p.application_id, NULL));
	return end ? application_end(c, p.taxpayer_id, p.application_id, e->where == PAPER_WHERE_SIGNED, "courier")
	           : OK;
}

static err_t hear(struct ctx *c, void *arg)
{
	struct news *news = arg;
	int64_t fresh = 1;
	news->known = true;
	if (news->nonce.p) TRY(paper_letter_insert(c, news->courier, news->nonce, c->now, &fresh));
	news->new_letter = fresh > 0;
	if (news->switched && news->new_letter) TRY(paper_courier_switched(c, news->courier, NULL));
	for (size_t i = 0; i < news->n && news->new_letter && news->known; i++)
		TRY(apply_one(c, &news->list[i], news->courier, &news->known));
	return OK;
}

static err_t take_answer(struct ctx *c, struct str text)
{
	struct paper_event events[PAPER_EVENTS_MAX];
	struct news news = { .list = events };
	if (!paper_events_read(c->arena, text, events, &news.n)) return E_BUSY;
	TRY(db_write(c, hear, &news));
	return news.known ? OK : E_BUSY;
}

err_t courier_event(struct ctx *c, const void *input, struct reply *out)
{
	const struct courier_event_in *in = input;
	struct courier k = { 0 };
	struct paper_event e;
	struct value *v;
	struct json_fault where;
	struct str nonce = http_header(c->request, "Courier-Nonce");
	enum paper_letter letter = PAPER_LETTER_FORGED;
	bool switched = false;
	const struct letter it = { "event", http_header(c->request, "Courier-Timestamp"), nonce,
		http_header(c->request, "Courier-Signature"), in->body };
	if (courier_find(c, in->courier, &k)) letter = check_letter(c, &k, &it, &switched);
	if (letter == PAPER_LETTER_FORGED) {
		access_security(c, "courier-callback-forged", in->courier);
		return RAISE(c, E_FORBIDDEN, &forged);
	}
	if (letter == PAPER_LETTER_STALE) {
		access_security(c, "courier-callback-stale", in->courier);
		return RAISE(c, E_INPUT, &stale);
	}
	if (k.closed) {
		access_security(c, "courier-callback-closed", in->courier);
		return RAISE(c, E_FORBIDDEN, &closed);
	}
	if (json_parse(c->arena, in->body, &v, &where) != OK || !paper_event_read(c->arena, v, &e))
		return RAISE(c, E_INPUT, &unreadable);
	struct news news = { .list = &e, .n = 1, .courier = in->courier, .nonce = nonce, .switched = switched };
	TRY(db_write(c, hear, &news));
	if (!news.new_letter) {
		access_security(c, "courier-callback-replayed", in->courier);
		return RAISE(c, E_CONFLICT, &replayed);
	}
	if (!news.known) return RAISE(c, E_NOT_FOUND, &no_order);
	out->value = value_object(c->arena);
	value_put_c(c->arena, out->value, "code", "SUCCESS");
	return OK;
}

/* --- jobs --- */

static struct value *order_value(
        struct ctx *c, struct str order_no, const struct paper_application_get_row *r, const struct delivery *to)
{
	struct value *v = value_object(c->arena), *who = NULL;
	value_put_str(c->arena, v, "order", order_no);
	value_put_int(c->arena, v, "pieces", r->granted);
	who = value_put_object(c->arena, v, "to");
	value_put_str(c->arena, who, "name", to->recipient);
	value_put_str(c->arena, who, "phone", to->phone);
	value_put_str(c->arena, who, "address", to->address);
	return v;
}

err_t parcel_order_job(struct ctx *c, struct str argument)
{
	struct paper_parcel_get_row p;
	struct paper_application_get_row r;
	struct courier k = { 0 };
	struct delivery to = { 0 };
	struct value *v;
	struct json_fault where;
	struct str order_no, answer;
	bool found;
	if (json_parse(c->arena, argument, &v, &where) != OK) return E_INTERNAL;
	order_no = value_text(v, "order");
	TRY(paper_parcel_get(c, order_no.p ? order_no : S(""), &p, &found));
	if (!found || !str_is(p.state, "new")) return OK;
	TRY(paper_application_get(c, p.taxpayer_id, p.application_id, &r, &found));
	if (!found) return E_INTERNAL;
	TRY(delivery_open(c, r.delivery, &to));
	if (!courier_find(c, p.courier, &k)) return E_BUSY;
	if (!call(c, &k, "order", "/orders", value_json(c->arena, order_value(c, order_no, &r, &to)), &answer))
		return E_BUSY;
	return take_answer(c, answer);
}

static err_t again(struct ctx *c, void *arg)
{
	const struct str *order_no = arg;
	return enqueue(c, *order_no);
}

static err_t ask(struct ctx *c, struct str order_no)
{
	struct paper_parcel_get_row p;
	struct courier k = { 0 };
	struct str answer;
	bool found;
	TRY(paper_parcel_get(c, order_no, &p, &found));
	if (!found || !courier_find(c, p.courier, &k)) return OK;
	struct str body = str_printf(c->arena, "{\"order\":\"%.*s\"}", STR_FMT(order_no));
	if (!call(c, &k, "query", "/queries", body, &answer)) return OK; /* the next turn asks again */
	err_t e = take_answer(c, answer);
	return e == E_BUSY ? OK : e;
}

static err_t forget(struct ctx *c, void *arg)
{
	(void)arg;
	return paper_letters_forget(c, c->now - DAY, NULL);
}

err_t parcel_poll_job(struct ctx *c, struct str argument)
{
	struct paper_parcels_silent_row *rows;
	size_t n;
	(void)argument;
	TRY(paper_parcels_silent(c, c->now - SILENT, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		if (str_is(rows[i].state, "new"))
			TRY(db_write(c, again, &rows[i].order_no));
		else
			TRY(ask(c, rows[i].order_no));
	}
	return db_write(c, forget, NULL);
}

/* --- for pages --- */

static const struct {
	const char *words;
} said[PAPER_WHERES] = { [PAPER_WHERE_ACCEPTED] = { N_("快递公司已接单") },
	[PAPER_WHERE_COLLECTED] = { N_("已揽收") },
	[PAPER_WHERE_IN_TRANSIT] = { N_("运输中") },
	[PAPER_WHERE_DELIVERING] = { N_("派送中") },
	[PAPER_WHERE_SIGNED] = { N_("已签收") },
	[PAPER_WHERE_RETURNED] = { N_("退回") } };

static struct str where_words(struct ctx *c, struct str state)
{
	for (int i = 0; i < PAPER_WHERES; i++)
		if (str_is(state, paper_wheres[i])) return tr(c, said[i].words);
	return tr(c, N_("正在交给快递公司"));
}

err_t parcel_put(struct ctx *c, struct str order_no, struct value *v)
{
	struct paper_parcel_get_row p;
	struct paper_courier_get_row k;
	struct paper_track_row *rows;
	size_t n;
	bool found;
	TRY(paper_parcel_get(c, order_no, &p, &found));
	if (!found) return OK;
	struct value *parcel = value_object(c->arena);
	TRY(paper_courier_get(c, p.courier, &k, &found));
	value_put_str(c->arena, parcel, "order", order_no);
	value_put_str(c->arena, parcel, "courier", found ? k.title : p.courier);
	value_put_str(c->arena, parcel, "waybill", p.waybill.n ? p.waybill : STR_NONE);
	value_put_str(c->arena, parcel, "state", p.state);
	value_put_str(c->arena, parcel, "state_words", where_words(c, p.state));
	struct value *list = value_put_array(c->arena, parcel, "track");
	TRY(paper_track(c, order_no, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "state", rows[i].state);
		value_put_str(c->arena, one, "words", where_words(c, rows[i].state));
		value_put_str(c->arena, one, "place", rows[i].place.n ? rows[i].place : STR_NONE);
		value_put_instant(c->arena, one, "at", rows[i].at);
		value_push(c->arena, list, one);
	}
	value_set(c->arena, v, S("parcel"), parcel);
	return OK;
}

err_t paper_fate(struct ctx *c, struct str order_no, enum paper_fate *out)
{
	struct paper_parcel_get_row p;
	bool found;
	TRY(paper_parcel_get(c, order_no, &p, &found));
	*out = !found                        ? PAPER_FATE_NONE
	       : str_is(p.state, "signed")   ? PAPER_FATE_SIGNED
	       : str_is(p.state, "returned") ? PAPER_FATE_RETURNED
	                                     : PAPER_FATE_OPEN;
	return OK;
}

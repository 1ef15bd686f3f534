/* The courier's side of etax-courier/1: one parcel an order number, carried step by step; each step is told until it
 * was heard. On demand it does what real networks do: loses answers, repeats itself, signs wrongly, comes back. */
#include "courier_simulator_sql.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/fetch/fetch.h"
#include "kernel/http/http.h"
#include "kernel/sandbox/sandbox.h"
#include "services/invoice/courier_simulator/courier_simulator.h"

#define SECOND INT64_C(1000000)
#define STEP SECOND
#define HOLD (60 * SECOND)
enum { NOTIFY_TRIES = 12 };

static const struct fault_def refused = { "courier-message", N_("模拟快递不认这份报文：{1}"), NULL, NULL };
static const struct fault_def lost = { "courier-fault", N_("模拟快递按您的要求没有应答"), NULL, NULL };

const struct choice courier_faults[] = { { "no-answer", N_("已接单，但应答丢失") }, { "no-callback", N_("不回送消息") },
	{ "wrong-signature", N_("回送的签名不对") }, { "duplicate", N_("同一份报文回送两次") },
	{ "hold", N_("派送一分钟后才签收") }, { "return", N_("没有人签收，退回") }, { 0 } };

static err_t secret_of(struct ctx *c, struct str *secret)
{
	struct courier_simulator_key_get_row row;
	bool found;
	TRY(courier_simulator_key_get(c, &row, &found));
	*secret = row.secret;
	return found ? OK : E_INTERNAL;
}

err_t courier_seed(struct ctx *c)
{
	struct courier_simulator_key_get_row row;
	bool found;
	TRY(courier_simulator_key_get(c, &row, &found));
	if (found) return OK;
	struct str secret = crypto_random_hex(c->arena, 32);
	TRY(courier_simulator_key_put(c, secret, NULL));
	return paper_courier_register(c, S(COURIER_NAME), S("模拟快递"), S(""), secret);
}

/* --- messages --- */

static err_t open_message(struct ctx *c, struct str body, const char *word, struct value **v)
{
	struct str secret;
	struct json_fault where;
	TRY(sandbox_only(c));
	TRY(secret_of(c, &secret));
	if (paper_courier_check(c->arena, secret, word, http_header(c->request, "Courier-Timestamp"),
	            http_header(c->request, "Courier-Nonce"), http_header(c->request, "Courier-Signature"), body,
	            c->now) != PAPER_LETTER_GOOD)
		return RAISE(c, E_FORBIDDEN, &refused, S("signature"));
	return json_parse(c->arena, body, v, &where) == OK ? OK : RAISE(c, E_INPUT, &refused, S("json"));
}

static err_t answer(struct ctx *c, struct str body, struct reply *out)
{
	struct str secret, at = str_from_int(c->arena, c->now / SECOND), nonce = crypto_random_hex(c->arena, 16);
	struct reply_header *h = arena_array(c->arena, 3, sizeof *h);
	TRY(secret_of(c, &secret));
	h[0] = (struct reply_header){ "Courier-Timestamp", at };
	h[1] = (struct reply_header){ "Courier-Nonce", nonce };
	h[2] = (struct reply_header){ "Courier-Signature",
		paper_courier_sign(c->arena, secret, "answer", at, nonce, body) };
	out->bytes = body;
	out->media = "application/json";
	out->headers = h;
	out->n_headers = 3;
	return OK;
}

static err_t events_of(struct ctx *c, struct str order_no, struct value **out)
{
	struct courier_simulator_order_get_row order;
	struct courier_simulator_events_row *rows;
	size_t n;
	bool found;
	struct value *v = *out = value_object(c->arena), *list = value_put_array(c->arena, v, "events");
	TRY(courier_simulator_order_get(c, order_no, &order, &found));
	if (!found) return OK;
	TRY(courier_simulator_events(c, order_no, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct paper_event e = { order_no, order.waybill, rows[i].place, rows[i].seq, PAPER_WHERE_ACCEPTED,
			rows[i].at };
		for (int w = 0; w < PAPER_WHERES; w++)
			if (str_is(rows[i].state, paper_wheres[w])) e.where = (enum paper_where)w;
		value_push(c->arena, list, paper_event_value(c->arena, &e));
	}
	return OK;
}

/* --- carrying --- */

static err_t enqueue(struct ctx *c, const char *kind, struct str order_no, int64_t seq, int64_t tries, instant_us at)
{
	struct str key = str_printf(c->arena, "%.*s.%lld", STR_FMT(order_no), (long long)seq);
	return job_enqueue(c, kind, key,
	        str_printf(c->arena, "{\"order\":\"%.*s\",\"seq\":%lld,\"tries\":%lld}", STR_FMT(order_no),
	                (long long)seq, (long long)tries),
	        at);
}

struct step {
	struct str order_no;
	int64_t seq, tries;
};

static bool read_step(struct ctx *c, struct str argument, struct step *s)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(c->arena, argument, &v, &where) != OK) return false;
	*s = (struct step){ value_text(v, "order"), value_number(v, "seq", 0), value_number(v, "tries", 0) };
	return s->order_no.p != NULL;
}

/* The step before leads to this one, once. */
static err_t move(struct ctx *c, void *arg)
{
	static const char *const places[] = { "税务局寄件处", "税务局寄件处", "杭州转运中心", "收件地网点", "收件地",
		"税务局寄件处" };
	const struct step *s = arg;
	struct courier_simulator_order_get_row order;
	int64_t moved;
	bool found, back = false, hold = false;
	TRY(courier_simulator_order_get(c, s->order_no, &order, &found));
	if (!found || order.seq != s->seq - 1) return OK;
	enum paper_where to = (enum paper_where)s->seq;
	if (to == PAPER_WHERE_SIGNED) TRY(sandbox_partner_fault(c, "courier_simulator.return", &back));
	if (back) to = PAPER_WHERE_RETURNED;
	TRY(courier_simulator_order_set(c, s->seq, str_c(paper_wheres[to]), s->order_no, s->seq - 1, &moved));
	if (!moved) return OK;
	TRY(courier_simulator_event_insert(
	        c, s->order_no, s->seq, str_c(paper_wheres[to]), str_c(places[to]), c->now, NULL));
	TRY(enqueue(c, "courier_simulator.notify", s->order_no, s->seq, 0, c->now));
	if (to >= PAPER_WHERE_SIGNED) return OK;
	if (to == PAPER_WHERE_DELIVERING) TRY(sandbox_partner_fault(c, "courier_simulator.hold", &hold));
	return enqueue(c, "courier_simulator.move", s->order_no, s->seq + 1, 0, c->now + (hold ? HOLD : STEP));
}

err_t courier_move_job(struct ctx *c, struct str argument)
{
	struct step s;
	return read_step(c, argument, &s) ? db_write(c, move, &s) : E_INTERNAL;
}

static int call_back(struct ctx *c, const struct value *event, bool forged, bool twice)
{
	const char *own = __atomic_load_n(&c->app->address, __ATOMIC_ACQUIRE);
	struct str secret, at = str_from_int(c->arena, c->now / SECOND), nonce = crypto_random_hex(c->arena, 16),
	                   body = value_json(c->arena, event);
	if (!own || secret_of(c, &secret) != OK) return 0;
	struct str signature =
	        paper_courier_sign(c->arena, forged ? S("another secret") : secret, "event", at, nonce, body);
	struct str headers[] = { str_printf(c->arena, "Courier-Timestamp: %.*s", STR_FMT(at)),
		str_printf(c->arena, "Courier-Nonce: %.*s", STR_FMT(nonce)),
		str_printf(c->arena, "Courier-Signature: %.*s", STR_FMT(signature)) };
	struct fetch f = { .base = str_c(own),
		.path = "/v1/paper/couriers/" COURIER_NAME "/events",
		.media = "application/json",
		.body = body,
		.headers = headers,
		.n_headers = COUNT(headers) };
	int status = fetch_call(c->arena, &f).status;
	if (twice) (void)fetch_call(c->arena, &f);
	return status;
}

static err_t again(struct ctx *c, void *arg)
{
	const struct step *s = arg;
	return enqueue(c, "courier_simulator.notify", s->order_no, s->seq, s->tries + 1,
	        c->now + (SECOND << (s->tries < 9 ? s->tries : 9)));
}

err_t courier_notify_job(struct ctx *c, struct str argument)
{
	struct step s;
	struct value *all;
	if (!read_step(c, argument, &s)) return E_INTERNAL;
	TRY(events_of(c, s.order_no, &all));
	const struct value *event = value_at(value_get(all, S("events")), (size_t)s.seq);
	if (!event || sandbox_partner_strikes(c, "courier_simulator.no-callback")) return OK;
	int status = call_back(c, event, sandbox_partner_strikes(c, "courier_simulator.wrong-signature"),
	        sandbox_partner_strikes(c, "courier_simulator.duplicate"));
	return status == 200 || s.tries >= NOTIFY_TRIES ? OK : db_write(c, again, &s);
}

/* --- orders --- */

struct order {
	struct str order_no, recipient, address;
	int64_t pieces;
	struct value *events;
};

static err_t take(struct ctx *c, void *arg)
{
	struct order *o = arg;
	int64_t n, fresh;
	struct courier_simulator_order_get_row known;
	bool found;
	TRY(courier_simulator_order_get(c, o->order_no, &known, &found));
	if (!found) {
		TRY(db_counter(c, S("courier_simulator.waybill"), 1, &n));
		struct str waybill = str_printf(c->arena, "MN%012lld", (long long)n);
		TRY(courier_simulator_order_insert(
		        c, o->order_no, waybill, o->recipient, o->address, o->pieces, c->now, &fresh));
		TRY(courier_simulator_event_insert(c, o->order_no, 0, S("accepted"), S("税务局寄件处"), c->now, NULL));
		TRY(enqueue(c, "courier_simulator.move", o->order_no, 1, 0, c->now + STEP));
	}
	return events_of(c, o->order_no, &o->events);
}

err_t courier_order(struct ctx *c, const void *input, struct reply *out)
{
	const struct courier_body_in *in = input;
	struct value *v = NULL;
	TRY(open_message(c, in->body, "order", &v));
	const struct value *to = value_get(v, S("to"));
	struct order o = { value_text(v, "order"), value_text(to, "name"), value_text(to, "address"),
		value_number(v, "pieces", 0), NULL };
	if (!o.order_no.n || o.order_no.n > 32 || !o.recipient.n || !o.address.n || o.pieces <= 0)
		return RAISE(c, E_INPUT, &refused, S("order"));
	TRY(db_write(c, take, &o));
	if (sandbox_partner_strikes(c, "courier_simulator.no-answer")) return RAISE(c, E_BUSY, &lost);
	return answer(c, value_json(c->arena, o.events), out);
}

err_t courier_query(struct ctx *c, const void *input, struct reply *out)
{
	const struct courier_body_in *in = input;
	struct value *v = NULL, *events;
	TRY(open_message(c, in->body, "query", &v));
	struct str order_no = value_text(v, "order");
	TRY(events_of(c, order_no.p ? order_no : S(""), &events));
	return answer(c, value_json(c->arena, events), out);
}

/* --- what tests compare --- */

err_t courier_orders(struct ctx *c, const void *input, struct reply *out)
{
	struct courier_simulator_orders_after_row *rows;
	size_t n;
	(void)input;
	TRY(sandbox_only(c));
	TRY(courier_simulator_orders_after(c, S(""), &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "orders");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "order", rows[i].order_no);
		value_put_str(c->arena, v, "waybill", rows[i].waybill);
		value_put_str(c->arena, v, "recipient", rows[i].recipient);
		value_put_int(c->arena, v, "pieces", rows[i].pieces);
		value_put_str(c->arena, v, "state", rows[i].state);
		value_push(c->arena, list, v);
	}
	return OK;
}

/* For tests: whatever the courier is told to say, signed by it at the time it is told. */
err_t courier_sign(struct ctx *c, const void *input, struct reply *out)
{
	const struct courier_sign_in *in = input;
	struct str secret, at = str_from_int(c->arena, c->now / SECOND + in->shift),
	                   nonce = crypto_random_hex(c->arena, 16);
	TRY(sandbox_only(c));
	TRY(secret_of(c, &secret));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "timestamp", at);
	value_put_str(c->arena, out->value, "nonce", nonce);
	value_put_str(c->arena, out->value, "signature",
	        paper_courier_sign(c->arena, secret, in->word.p ? in->word.p : "event", at, nonce, in->body));
	return OK;
}

/* Each parcel is one of the bureau's; none is signed there that was not signed here. */
err_t courier_check(struct ctx *c, struct fsck *f)
{
	struct courier_simulator_orders_after_row *rows;
	struct str after = S("");
	size_t n;
	int64_t parcels = 0;
	do {
		TRY(courier_simulator_orders_after(c, after, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			enum paper_fate fate;
			TRY(paper_fate(c, rows[i].order_no, &fate));
			if (fate == PAPER_FATE_NONE)
				FSCK_FAULT(f, "courier: parcel %.*s is nobody's", STR_FMT(rows[i].order_no));
			if ((fate == PAPER_FATE_SIGNED && !str_is(rows[i].state, "signed")) ||
			        (fate == PAPER_FATE_RETURNED && !str_is(rows[i].state, "returned")))
				FSCK_FAULT(
				        f, "courier: parcel %.*s ended at the bureau only", STR_FMT(rows[i].order_no));
		}
		if (n) after = rows[n - 1].order_no;
		parcels += (int64_t)n;
	} while (n);
	FSCK_INFO(f, "courier: %lld parcels", (long long)parcels);
	return OK;
}

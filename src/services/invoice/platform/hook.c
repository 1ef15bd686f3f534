/* Webhooks: where a platform wants to be told, and what is on its way there. Each message is tried eight times with
 * growing pauses (about ten hours), then waits as dead until it is sent again by hand. */
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/fetch/fetch.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "kernel/receipt/receipt.h"
#include "platform_sql.h"
#include "services/invoice/platform/platform.h"
#include "services/invoice/platform/signature.h"

#define SECOND INT64_C(1000000)
enum { TRIES = 8, SECRET_BYTES = 32, SHOWN = 50 };

const struct choice hook_kinds[] = { { "batch.done", N_("一批订单办完") },
	{ "order.issued", N_("领票、合并或拆分后开出") }, { "order.refused", N_("领票、合并或拆分没有开出") }, { 0 } };

static const struct fault_def bad_url = { "hook-url", N_("网址要以 https:// 开头，不带用户名和 #"), NULL, NULL };
static const struct fault_def inner = { "hook-inner", N_("这个网址指向内部网络，不能用"), NULL, NULL };
static const struct fault_def no_host = { "hook-host", N_("找不到这个网址的主机，请核对"), NULL, NULL };
static const struct fault_def many = { "hook-many", N_("最多登记 20 个通知地址"), NULL, NULL };
static const struct fault_def unknown = { "hook-unknown", N_("没有这个通知地址，或已停用"), NULL, NULL };
static const struct fault_def no_delivery = { "delivery-unknown", N_("没有这条停发的通知"), NULL, NULL };

/* --- registering --- */

static enum fetch_guarded guard(struct ctx *c, struct str url, struct fetch_target *t, struct str *pin, bool *read)
{
	*read = fetch_target_read(c->arena, url, t) && (t->tls || c->app->sandbox);
	return *read ? fetch_guard(c->arena, t, c->app->sandbox != NULL, pin) : FETCH_REFUSED;
}

/* Outside the transaction: the name is resolved. */
static err_t check_url(struct ctx *c, struct str url)
{
	struct fetch_target t;
	struct str pin;
	bool read;
	enum fetch_guarded g = guard(c, url, &t, &pin, &read);
	if (!read)
		FAULT(c, S("/url"), &bad_url);
	else if (g == FETCH_UNKNOWN_HOST)
		FAULT(c, S("/url"), &no_host);
	else if (g == FETCH_REFUSED) {
		access_security(c, "webhook-refused", t.host);
		FAULT(c, S("/url"), &inner);
	}
	return problem_result(&c->problem);
}

struct registering {
	const struct hook_in *in;
	int64_t id;
	struct str events, secret;
	struct value *receipt;
};

static err_t register_hook(struct ctx *c, void *arg)
{
	struct registering *r = arg;
	struct platform_hooks_row *rows;
	struct value *act = value_object(c->arena);
	size_t n;
	TRY(platform_hooks(c, c->caller.subject_id, &rows, &n));
	if (n >= HOOKS_MAX) return RAISE(c, E_CONFLICT, &many);
	r->id = db_new_id(c);
	struct str sealed = keys_encrypt(c->app->keys, c->arena, r->secret);
	TRY(platform_hook_insert(c, c->caller.subject_id, r->id, r->in->url, r->events, sealed, c->now, NULL));
	value_put_c(c->arena, act, "act", "register");
	value_put_str(c->arena, act, "events", r->events);
	value_put_str(c->arena, act, "platform", c->caller.subject_tax_id);
	value_put_str(c->arena, act, "url", r->in->url);
	return receipt_issue(c, ACT_WEBHOOK, c->caller.subject_id, act, &r->receipt, NULL);
}

err_t hook_new(struct ctx *c, const void *input, struct reply *out)
{
	struct registering r = { .in = input };
	unsigned char random[SECRET_BYTES];
	struct buf events;
	TRY(access_in_person(c));
	TRY(check_url(c, r.in->url));
	buf_init(&events, c->arena, 64);
	for (const struct choice *k = hook_kinds; k->code; k++)
		for (size_t i = 0; i < r.in->n_events; i++)
			if (str_is(r.in->events[i], k->code)) {
				if (events.n) buf_char(&events, ' ');
				buf_c(&events, k->code);
				break;
			}
	crypto_random(random, sizeof random);
	r.secret = str_hex(c->arena, random, sizeof random);
	r.events = buf_done(&events);
	TRY(db_write(c, register_hook, &r));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "id", str_from_int(c->arena, r.id));
	value_put_str(c->arena, out->value, "url", r.in->url);
	value_put_str(c->arena, out->value, "events", r.events);
	value_put_str(c->arena, out->value, "secret", r.secret);
	value_put(c->arena, out->value, "receipt", r.receipt);
	out->status = 201;
	return OK;
}

err_t hook_end(struct ctx *c, const void *input, struct reply *out)
{
	const struct hook_id_in *in = input;
	struct value *act = value_object(c->arena), *receipt;
	int64_t n;
	TRY(platform_hook_end(c, c->now, c->caller.subject_id, in->id, &n));
	if (!n) return RAISE(c, E_NOT_FOUND, &unknown);
	value_put_c(c->arena, act, "act", "end");
	value_put_str(c->arena, act, "hook", str_from_int(c->arena, in->id));
	value_put_str(c->arena, act, "platform", c->caller.subject_tax_id);
	TRY(receipt_issue(c, ACT_WEBHOOK, c->caller.subject_id, act, &receipt, NULL));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "id", str_from_int(c->arena, in->id));
	value_put(c->arena, out->value, "receipt", receipt);
	return OK;
}

err_t hook_list(struct ctx *c, const void *input, struct reply *out)
{
	struct platform_hooks_row *rows;
	size_t n;
	(void)input;
	TRY(platform_hooks(c, c->caller.subject_id, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "hooks");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "id", str_from_int(c->arena, rows[i].hook_id));
		value_put_str(c->arena, v, "url", rows[i].url);
		value_put(c->arena, v, "events", platform_numbers(c->arena, rows[i].events));
		value_put_instant(c->arena, v, "created_at", rows[i].created_at);
		value_push(c->arena, list, v);
	}
	return OK;
}

static struct value *titles_of(struct ctx *c, const struct value *events)
{
	struct value *list = value_array(c->arena);
	for (const struct value_member *m = events->first; m; m = m->next)
		for (const struct choice *k = hook_kinds; k->code; k++)
			if (str_is(m->value->str, k->code))
				value_push(c->arena, list, value_str(c->arena, tr(c, k->label)));
	return list;
}

err_t hook_list_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct value *list = value_get(out->value, S("hooks"));
	(void)input;
	value_put_bool(c->arena, out->value, "any", list->first != NULL);
	for (const struct value_member *m = list->first; m; m = m->next)
		value_put(c->arena, m->value, "event_titles", titles_of(c, value_get(m->value, S("events"))));
	return OK;
}

/* --- queueing --- */

static bool wants(struct str events, const char *kind)
{
	struct str piece;
	while (events.n && str_split(&events, ' ', &piece))
		if (str_is(piece, kind)) return true;
	return false;
}

/* A receiver is a lane: it gets its messages in order, and one that does not answer holds up nobody else. */
static struct str lane_of(struct ctx *c, int64_t hook_id)
{
	return str_printf(c->arena, "platform.hook.%lld", (long long)hook_id);
}

static err_t enqueue(struct ctx *c, int64_t platform_id, int64_t hook_id, int64_t id, instant_us at)
{
	struct str argument =
	        str_printf(c->arena, "{\"delivery\":%lld,\"platform\":%lld}", (long long)id, (long long)platform_id);
	return job_enqueue_lane(c, "platform.deliver", lane_of(c, hook_id), str_from_int(c->arena, id), argument, at);
}

static err_t queue(struct ctx *c, int64_t platform_id, int64_t hook_id, const char *kind, struct value *data)
{
	struct value *v = value_object(c->arena);
	int64_t id = db_new_id(c);
	value_put_str(c->arena, v, "id", str_from_int(c->arena, id));
	value_put_c(c->arena, v, "kind", kind);
	value_put_instant(c->arena, v, "at", c->now);
	value_put(c->arena, v, "data", data);
	TRY(platform_delivery_insert(c, platform_id, id, hook_id, str_c(kind), value_json(c->arena, v), c->now, NULL));
	return enqueue(c, platform_id, hook_id, id, c->now);
}

err_t hook_tell(struct ctx *c, int64_t platform_id, const char *kind, struct value *data)
{
	struct platform_hooks_row *rows;
	size_t n;
	TRY(platform_hooks(c, platform_id, &rows, &n));
	for (size_t i = 0; i < n; i++)
		if (wants(rows[i].events, kind)) TRY(queue(c, platform_id, rows[i].hook_id, kind, data));
	return OK;
}

/* --- delivering --- */

struct attempt {
	int64_t platform_id, hook_id, id, tries;
	struct str state, reason;
	int status;
};

static err_t record(struct ctx *c, void *arg)
{
	struct attempt *t = arg;
	TRY(platform_delivery_tried(c, t->state, t->tries, t->status, t->reason, c->now, t->platform_id, t->id, NULL));
	/* Its other messages rest as long as this one would at first. */
	if (str_is(t->reason, "no-answer"))
		TRY(job_rest_lane(c, lane_of(c, t->hook_id), c->now + signature_pause(1) * SECOND));
	if (!str_is(t->state, "waiting")) return OK;
	return enqueue(c, t->platform_id, t->hook_id, t->id, c->now + signature_pause(t->tries) * SECOND);
}

/* The name is resolved again each time: it may lead inside by now. */
static struct str send(struct ctx *c, const struct platform_hook_get_row *hook, int64_t id,
        const struct platform_delivery_get_row *d, int *status)
{
	struct fetch_target t;
	struct str pin, secret;
	bool read;
	*status = 0;
	enum fetch_guarded g = guard(c, hook->url, &t, &pin, &read);
	if (g == FETCH_UNKNOWN_HOST) return S("host");
	if (g != FETCH_ALLOWED) return S("inner");
	if (keys_decrypt(c->app->keys, c->arena, hook->secret_sealed, &secret) != OK) return S("secret");
	int64_t now = c->now / SECOND;
	struct str headers[] = {
		str_printf(c->arena, "Etax-Webhook-Id: %lld", (long long)id),
		str_printf(c->arena, "Etax-Webhook-Timestamp: %lld", (long long)now),
		str_printf(c->arena, "Etax-Webhook-Signature: %s", signature_make(c->arena, secret, now, d->body).p),
	};
	struct fetch f = { .base = t.base,
		.path = t.path.p,
		.media = "application/json",
		.body = d->body,
		.headers = headers,
		.n_headers = COUNT(headers),
		.pin = pin };
	struct fetched got = fetch_call(c->arena, &f);
	*status = got.status;
	return got.status >= 200 && got.status < 300 ? S("") : got.status ? S("status") : S("no-answer");
}

err_t hook_deliver_job(struct ctx *c, struct str argument)
{
	struct platform_delivery_get_row d;
	struct platform_hook_get_row hook;
	struct value *v;
	struct json_fault where;
	struct attempt t = { 0 };
	bool found, known;
	if (json_parse(c->arena, argument, &v, &where) != OK) return E_INTERNAL;
	t.platform_id = value_number(v, "platform", 0);
	t.id = value_number(v, "delivery", 0);
	TRY(platform_delivery_get(c, t.platform_id, t.id, &d, &found));
	if (!found || !str_is(d.state, "waiting")) return OK;
	t.hook_id = d.hook_id;
	TRY(platform_hook_get(c, t.platform_id, d.hook_id, &hook, &known));
	t.tries = d.tries + 1;
	bool ended = !known || hook.ended_at != DB_NULL;
	t.reason = ended ? S("ended") : send(c, &hook, t.id, &d, &t.status);
	t.state = !t.reason.n ? S("delivered") : ended || t.tries >= TRIES ? S("dead") : S("waiting");
	return db_write(c, record, &t);
}

/* --- what is on its way --- */

err_t hook_deliveries(struct ctx *c, const void *input, struct reply *out)
{
	const struct deliveries_in *in = input;
	struct platform_deliveries_row *rows;
	struct str state = in->state.p ? in->state : S("dead");
	size_t n;
	TRY(platform_deliveries(c, c->caller.subject_id, state, in->has_before ? in->before : INT64_MAX, &rows, &n));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "state", state);
	struct value *list = value_put_array(c->arena, out->value, "deliveries");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "id", str_from_int(c->arena, rows[i].delivery_id));
		value_put_str(c->arena, v, "hook", str_from_int(c->arena, rows[i].hook_id));
		value_put_str(c->arena, v, "kind", rows[i].kind);
		value_put_str(c->arena, v, "state", rows[i].state);
		value_put_int(c->arena, v, "tries", rows[i].tries);
		value_put_int(c->arena, v, "status", rows[i].status);
		value_put(c->arena, v, "reason", value_str(c->arena, rows[i].reason.n ? rows[i].reason : STR_NONE));
		value_put_instant(c->arena, v, "created_at", rows[i].created_at);
		value_push(c->arena, list, v);
	}
	value_put(c->arena, out->value, "next",
	        n == SHOWN ? value_str(c->arena, str_from_int(c->arena, rows[n - 1].delivery_id))
	                   : value_null(c->arena));
	return OK;
}

err_t hook_again(struct ctx *c, const void *input, struct reply *out)
{
	const struct hook_id_in *in = input;
	struct platform_delivery_again_row row;
	bool found;
	TRY(platform_delivery_again(c, c->caller.subject_id, in->id, &row, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &no_delivery);
	TRY(enqueue(c, c->caller.subject_id, row.hook_id, in->id, c->now));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "id", str_from_int(c->arena, in->id));
	value_put_c(c->arena, out->value, "state", "waiting");
	return OK;
}

/* For receivers that would rather ask than compute: the same rule that they should follow. */
err_t hook_check_run(struct ctx *c, const void *input, struct reply *out)
{
	static const char *const verdicts[] = { "good", "old", "forged" };
	const struct hook_check_in *in = input;
	struct platform_hook_get_row hook;
	struct str secret;
	bool found = false;
	TRY(platform_hook_get(c, c->caller.subject_id, in->id, &hook, &found));
	if (!found || hook.ended_at != DB_NULL) return RAISE(c, E_NOT_FOUND, &unknown);
	TRY(keys_decrypt(c->app->keys, c->arena, hook.secret_sealed, &secret));
	enum signature_verdict is =
	        signature_check(c->arena, secret, in->timestamp, in->body, in->signature, c->now / SECOND);
	if (is != SIGNATURE_GOOD) access_security(c, "webhook-signature", str_c(verdicts[is]));
	out->value = value_object(c->arena);
	value_put_c(c->arena, out->value, "verdict", verdicts[is]);
	value_put_int(c->arena, out->value, "tolerance_seconds", SIGNATURE_SECONDS);
	return OK;
}

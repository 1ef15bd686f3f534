/* Couriers (A07.4): registered, given new keys and closed by officers. A key is shown once, to the officer who hands it
 * to the courier. A closed courier gets no new parcels and is not heard any more; parcels that are with it are still
 * asked for, so that each comes to its end. */
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/fetch/fetch.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "kernel/receipt/receipt.h"
#include "paper_sql.h"
#include "services/invoice/paper/own.h"

enum { SECRET_BYTES = 32 };
#define DAY_US INT64_C(86400000000)

static const struct fault_def bad_name = { "courier-name", N_("代号用小写字母、数字和短横线，字母开头"), NULL, NULL };
static const struct fault_def taken = { "courier-taken", N_("代号“{1}”已经登记过；换密钥请用“换密钥”"), NULL, NULL };
static const struct fault_def bad_address = { "courier-address",
	N_("地址写成 https://主机 或 https://主机:端口，不带路径"), NULL, NULL };
static const struct fault_def unknown = { "courier-unknown", N_("没有代号为“{1}”的快递公司"), NULL, NULL };
static const struct fault_def closed = { "courier-closed", N_("“{1}”已停用，不能再用；要恢复请用新代号登记"), NULL,
	NULL };

err_t paper_courier_register(struct ctx *c, struct str name, struct str title, struct str address, struct str secret)
{
	return paper_courier_put(c, name, title, address, keys_encrypt(c->app->keys, c->arena, secret), c->now, NULL);
}

/* The name stands in addresses and in names of counters. */
static bool is_name(struct str s)
{
	bool good = s.n && s.p[0] >= 'a' && s.p[0] <= 'z';
	for (size_t i = 0; i < s.n; i++)
		good &= (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-';
	return good;
}

/* Signed either way, but names and addresses of people are in the parcels: only over TLS, beyond the sandbox. */
static bool is_address(struct ctx *c, struct str text, struct str *base)
{
	struct fetch_target t;
	if (!fetch_target_read(c->arena, text, &t) || !(t.tls || c->app->sandbox)) return false;
	*base = t.base;
	return t.path.n == 0 || str_is(t.path, "/");
}

static err_t prove(struct ctx *c, const char *act, struct str name, struct str address, struct value *to)
{
	struct value *v = value_object(c->arena), *receipt;
	value_put_c(c->arena, v, "act", act);
	value_put_str(c->arena, v, "courier", name);
	if (address.p) value_put_str(c->arena, v, "address", address);
	TRY(receipt_issue(c, ACT_PAPER_COURIER, c->caller.person_id, v, &receipt, NULL));
	value_put(c->arena, to, "receipt", receipt);
	return OK;
}

static struct value *named(struct ctx *c, struct str name, struct str title)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "courier", name);
	value_put_str(c->arena, v, "title", title);
	return v;
}

static err_t open_one(struct ctx *c, struct str name, struct paper_courier_get_row *row)
{
	bool found;
	TRY(paper_courier_get(c, name, row, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown, name);
	return row->closed_at ? RAISE(c, E_CONFLICT, &closed, name) : OK;
}

/* --- what officers do; with a key in the answer, which is kept nowhere else --- */

/* 0: at once. */
static void put_until(struct ctx *c, struct value *v, instant_us until)
{
	if (until)
		value_put_instant(c->arena, v, "old_key_until", until);
	else
		value_put(c->arena, v, "old_key_until", value_null(c->arena));
}

struct keyed {
	const struct courier_in *in;
	struct str address, secret;
	struct value *out;
};

static err_t add(struct ctx *c, void *arg)
{
	struct keyed *k = arg;
	struct paper_courier_get_row row;
	bool found;
	TRY(paper_courier_get(c, k->in->courier, &row, &found));
	if (found) {
		FAULT(c, S("/courier"), &taken, k->in->courier);
		return problem_result(&c->problem);
	}
	TRY(paper_courier_register(c, k->in->courier, k->in->title, k->address, k->secret));
	k->out = named(c, k->in->courier, k->in->title);
	value_put_str(c->arena, k->out, "address", k->address);
	put_until(c, k->out, 0);
	value_put_str(c->arena, k->out, "secret", k->secret);
	return prove(c, "register", k->in->courier, k->address, k->out);
}

err_t courier_add(struct ctx *c, const void *input, struct reply *out)
{
	struct keyed k = { .in = input, .secret = crypto_random_hex(c->arena, SECRET_BYTES) };
	if (!is_name(k.in->courier)) FAULT(c, S("/courier"), &bad_name);
	if (!is_address(c, k.in->address, &k.address)) FAULT(c, S("/address"), &bad_address);
	TRY(problem_result(&c->problem));
	TRY(db_write(c, add, &k));
	out->value = k.out;
	out->status = 201;
	return OK;
}

static err_t rekey(struct ctx *c, void *arg)
{
	struct keyed *k = arg;
	struct paper_courier_get_row row;
	TRY(open_one(c, k->in->courier, &row));
	instant_us until = k->in->leaked ? 0 : c->now + DAY_US;
	TRY(paper_courier_rekey(c, until, keys_encrypt(c->app->keys, c->arena, k->secret), k->in->courier, NULL));
	k->out = named(c, k->in->courier, row.title);
	put_until(c, k->out, until);
	value_put_str(c->arena, k->out, "address", row.address.n ? row.address : STR_NONE);
	value_put_str(c->arena, k->out, "secret", k->secret);
	return prove(c, "key", k->in->courier, STR_NONE, k->out);
}

err_t courier_rekey(struct ctx *c, const void *input, struct reply *out)
{
	struct keyed k = { .in = input, .secret = crypto_random_hex(c->arena, SECRET_BYTES) };
	TRY(db_write(c, rekey, &k));
	out->value = k.out;
	return OK;
}

err_t courier_close(struct ctx *c, const void *input, struct reply *out)
{
	const struct courier_in *in = input;
	struct paper_courier_get_row row;
	struct paper_courier_parcels_row parcels;
	bool found;
	TRY(open_one(c, in->courier, &row));
	TRY(paper_courier_end(c, c->now, in->courier, NULL));
	TRY(paper_courier_parcels(c, in->courier, &parcels, &found));
	out->value = named(c, in->courier, row.title);
	value_put_instant(c->arena, out->value, "closed_at", c->now);
	value_put_int(c->arena, out->value, "parcels", parcels.n);
	return prove(c, "close", in->courier, STR_NONE, out->value);
}

err_t courier_list(struct ctx *c, const void *input, struct reply *out)
{
	struct paper_couriers_row *rows;
	size_t n;
	(void)input;
	TRY(paper_couriers(c, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "couriers");
	for (size_t i = 0; i < n; i++) {
		struct paper_courier_parcels_row parcels;
		bool found;
		struct value *v = named(c, rows[i].name, rows[i].title);
		TRY(paper_courier_parcels(c, rows[i].name, &parcels, &found));
		value_put_str(c->arena, v, "address", rows[i].address.n ? rows[i].address : STR_NONE);
		value_put_int(c->arena, v, "parcels", parcels.n);
		value_put_c(c->arena, v, "state", rows[i].closed_at ? "closed" : "open");
		value_put_str(c->arena, v, "closed_at",
		        rows[i].closed_at ? instant_format(c->arena, rows[i].closed_at) : STR_NONE);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t courier_list_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct value *list = value_get(out->value, S("couriers"));
	(void)input;
	value_put_bool(c->arena, out->value, "any", list->first != NULL);
	for (const struct value_member *m = list->first; m; m = m->next)
		value_put_bool(c->arena, m->value, "is_open", str_is(value_text(m->value, "state"), "open"));
	return OK;
}

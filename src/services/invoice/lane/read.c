/* What a lane looks like: for its device, for the seller's list, for the app when it starts. */
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/receipt/log.h"
#include "services/invoice/lane/inner.h"
#include <string.h>

bool lane_block_holds(const struct lane_blocks_row *b, struct str number)
{
	struct lane_certificate c = { .first = b->first, .count = b->n, .until = b->until_on };
	return lane_certificate_holds(&c, number, b->until_on);
}

/* Why an entry waits or is refused, in words. */
const char *lane_reason_words(struct str reason)
{
	static const struct {
		const char *reason, *words;
	} table[] = {
		{ "revoked", N_("设备停用以后才送到") },
		{ "block-closed", N_("号码段已收回，之后才送到") },
		{ "clock-behind", N_("开票时间早于领号时间，手机时间可能不准") },
		{ "over-limit", N_("超出这台设备的离线额度") },
		{ "fork", N_("和这台设备的另一张发票顺序冲突，密钥可能被复制") },
		{ "clock-ahead", N_("开票时间比现在晚，请调准手机时间，用新号码重开") },
		{ "year", N_("号码段只在领取的那一年有效，请用新号码段重开") },
		{ "number-foreign", N_("号码不在这台设备的号码段里") },
		{ "number-taken", N_("这个号码已开过另一张内容不同的发票") },
		{ "signature", N_("签名不对，不是这台设备开的") },
		{ "lane", N_("这是另一台设备的发票") },
		{ "json", N_("内容读不懂，不是 JSON") },
		{ "canonical", N_("内容不是规范写法（RFC 8785）") },
		{ "members", N_("内容缺少项目或多了项目") },
		{ "suite", N_("签名方式不认识") },
		{ "rules", N_("内容不符合开票规则") },
		{ "amounts", N_("金额、税额或价税合计和按规则算出的不同") },
		{ "qr", N_("二维码文字和发票内容不一致") },
	};
	for (size_t i = 0; i < COUNT(table); i++)
		if (str_is(reason, table[i].reason)) return table[i].words;
	return "";
}

static void put_block(struct ctx *c, struct value *list, const struct lane_blocks_row *b)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "first", b->first);
	value_put_int(c->arena, v, "count", b->n);
	value_put_date(c->arena, v, "until", b->until_on);
	value_put_money(c->arena, v, "limit", b->limit);
	value_put_money(c->arena, v, "limit_left", FEN(b->limit.fen - b->used.fen - b->returned.fen));
	value_put_int(c->arena, v, "issued", b->used_n);
	value_put_int(c->arena, v, "returned", b->returned_n);
	value_put_int(c->arena, v, "open", b->n - b->used_n - b->returned_n);
	value_put_bool(c->arena, v, "closed", b->closed_at != 0);
	value_put_instant(c->arena, v, "granted_at", b->granted_at);
	value_put_str(c->arena, v, "certificate", b->certificate);
	value_put_str(c->arena, v, "key_id", b->key_id);
	value_put_str(c->arena, v, "signature", b->signature);
	value_push(c->arena, list, v);
}

static void put_head(struct ctx *c, struct value *v, const struct lane_get_row *lane)
{
	struct value *head = value_put_object(c->arena, v, "head");
	value_put_int(c->arena, head, "sequence", lane->head_sequence);
	value_put_str(c->arena, head, "hash", lane->head_hash);
	if (lane->head_at)
		value_put_instant(c->arena, head, "at", lane->head_at);
	else
		value_put(c->arena, head, "at", value_null(c->arena));
}

static void put_rates(struct ctx *c, struct value *v, const struct issue_desk *d)
{
	struct rate rates[16];
	struct value *list = value_put_array(c->arena, v, "rates");
	size_t n = issue_desk_rates(d, rates, COUNT(rates));
	for (size_t i = 0; i < n; i++)
		value_push(c->arena, list, value_str(c->arena, rate_format(c->arena, rates[i])));
}

err_t lane_value(struct ctx *c, const struct lane_get_row *lane, struct value **out)
{
	struct value *v = *out = value_object(c->arena);
	struct lane_blocks_row *blocks;
	struct lane_counts_row counts;
	struct issue_desk *d;
	size_t n;
	bool found;
	TRY(issue_desk_open(c, lane->taxpayer_id, lane->drawer, &d, &found));
	TRY(lane_blocks(c, lane->lane_id, &blocks, &n));
	TRY(lane_counts(c, lane->lane_id, &counts, &found));
	value_put_str(c->arena, v, "id", str_from_int(c->arena, lane->lane_id));
	value_put_str(c->arena, v, "device_name", lane->device_name);
	value_put_str(c->arena, v, "drawer", lane->drawer);
	value_put_str(c->arena, v, "suite", lane->suite);
	value_put_str(c->arena, v, "public_key", lane->public_key);
	value_put_bool(c->arena, v, "active", lane->state == LANE_ACTIVE);
	value_put_str(c->arena, v, "ended_because", lane->reason);
	value_put_instant(c->arena, v, "created_at", lane->created_at);
	value_put_int(c->arena, v, "issued", counts.issued);
	value_put_int(c->arena, v, "to_confirm", counts.waits);
	struct value *seller = value_put_object(c->arena, v, "seller");
	value_put_str(c->arena, seller, "tax_id", issue_desk_seller(d)[0]);
	value_put_str(c->arena, seller, "name", issue_desk_seller(d)[1]);
	put_rates(c, v, d);
	put_head(c, v, lane);
	struct value *list = value_put_array(c->arena, v, "blocks");
	int64_t open = 0;
	for (size_t i = 0; i < n; i++) {
		put_block(c, list, &blocks[i]);
		open += blocks[i].n - blocks[i].used_n - blocks[i].returned_n;
	}
	value_put_int(c->arena, v, "open_numbers", open);
	return OK;
}

static struct lane_get_row lane_of(const struct lane_of_taxpayer_row *r)
{
	return (struct lane_get_row){ r->lane_id, r->taxpayer_id, r->person_id, r->drawer, r->device_name, r->suite,
		r->public_key, r->state, r->reason, r->created_at, r->ended_at, r->head_sequence, r->head_hash,
		r->head_at };
}

static err_t put_waiting(struct ctx *c, struct value *v)
{
	struct lane_waiting_row *rows;
	struct value *list = value_put_array(c->arena, v, "to_confirm");
	size_t n;
	TRY(lane_waiting(c, c->caller.subject_id, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "lane", str_from_int(c->arena, rows[i].lane_id));
		value_put_str(c->arena, one, "device_name", rows[i].device_name);
		value_put_str(c->arena, one, "number", rows[i].number);
		value_put_str(c->arena, one, "buyer", rows[i].buyer);
		value_put_money(c->arena, one, "total", rows[i].total);
		value_put_instant(c->arena, one, "issued_at", rows[i].issued_at);
		value_put_instant(c->arena, one, "expires_at", rows[i].expires_at);
		value_put_str(c->arena, one, "reason", rows[i].reason);
		value_put_str(c->arena, one, "detail", tr(c, lane_reason_words(rows[i].reason)));
		value_push(c->arena, list, one);
	}
	return OK;
}

static err_t put_lanes(struct ctx *c, struct value *v)
{
	struct lane_of_taxpayer_row *rows;
	struct value *list = value_put_array(c->arena, v, "lanes"), *one;
	size_t n;
	TRY(lane_of_taxpayer(c, c->caller.subject_id, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct lane_get_row lane = lane_of(&rows[i]);
		TRY(lane_value(c, &lane, &one));
		value_push(c->arena, list, one);
	}
	return OK;
}

err_t lane_mobile(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	TRY(put_lanes(c, out->value));
	return put_waiting(c, out->value);
}

err_t lane_mobile_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	value_put_bool(c->arena, out->value, "any_lanes", value_get(out->value, S("lanes"))->count > 0);
	value_put_bool(c->arena, out->value, "any_waiting", value_get(out->value, S("to_confirm"))->count > 0);
	return OK;
}

static struct reply json_file(struct ctx *c, const struct value *v)
{
	return (struct reply){ .bytes = value_json(c->arena, v), .media = "application/json" };
}

/* A file, so that the app gets it with its page session, too. */
err_t lane_device(struct ctx *c, const void *input, struct reply *out)
{
	const struct lane_id_in *in = input;
	struct lane_get_row lane;
	struct value *v;
	TRY(lane_own(c, in->id, &lane));
	TRY(lane_value(c, &lane, &v));
	*out = json_file(c, v);
	return OK;
}

/* Who is signed in here, and the token that its forms carry; the bureau's verifier key, for checking offline. */
err_t lane_session(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = value_object(c->arena);
	bool signed_in = c->caller.subject_id && access_has_scope(c, "invoice.issue");
	(void)input;
	value_put_bool(c->arena, v, "signed_in", signed_in);
	value_put_str(c->arena, v, "csrf", signed_in && c->caller.csrf.p ? c->caller.csrf : S(""));
	value_put_str(c->arena, v, "name", signed_in ? c->caller.subject_name : S(""));
	value_put_str(c->arena, v, "tax_id", signed_in ? c->caller.subject_tax_id : S(""));
	value_put_instant(c->arena, v, "now", c->now);
	value_put_str(c->arena, v, "verifier", str_trim(receipt_verifiers(c)));
	struct value *list = value_put_array(c->arena, v, "lanes");
	if (signed_in) {
		struct lane_of_taxpayer_row *rows;
		size_t n;
		TRY(lane_of_taxpayer(c, c->caller.subject_id, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct value *one = value_object(c->arena);
			if (rows[i].state != LANE_ACTIVE || rows[i].person_id != c->caller.person_id) continue;
			value_put_str(c->arena, one, "id", str_from_int(c->arena, rows[i].lane_id));
			value_put_str(c->arena, one, "device_name", rows[i].device_name);
			value_push(c->arena, list, one);
		}
	}
	*out = json_file(c, v);
	return OK;
}

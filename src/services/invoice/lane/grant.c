/* Opening a lane and giving it blocks of numbers: the numbers are taken from the counter of the device channel, the
 * limit from the seller's quota of the month, and both stand in a certificate that anybody can check. */
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/log.h"
#include "services/invoice/lane/inner.h"
#include <string.h>

static const struct fault_def bad_key = { "device-key", N_("设备公钥不对：要 32 字节的 Ed25519 公钥（base64）"), NULL,
	NULL };
static const struct fault_def used_key = { "device-key-used",
	N_("这个公钥绑定过设备，不能再用；请在设备上生成新的密钥"), NULL, NULL };
static const struct fault_def not_now = { "seller-status", N_("{1}现在不能开票，请到主管税务机关办理"), NULL, NULL };
static const struct fault_def no_quota = { "lane-quota", N_("本月发票总额度只剩 {1} 元，不够给设备留 {2} 元"),
	N_("可以把离线额度填小一些，或申请调整发票总额度"), NULL };
static const struct fault_def too_many = { "lane-many", N_("已有 50 台设备能开票，请先停用不用的设备"), NULL, NULL };
static const struct fault_def no_lane = { "lane-unknown", N_("没有这台设备"), NULL, NULL };
static const struct fault_def revoked = { "lane-revoked", N_("这台设备已停用，请重新绑定"), NULL, NULL };
static const struct fault_def many_open = { "lane-numbers", N_("这台设备还有 {1} 个号码没用，一台设备最多留 10,000 个"),
	NULL, NULL };

err_t lane_own(struct ctx *c, int64_t id, struct lane_get_row *out)
{
	bool found;
	TRY(lane_get(c, id, out, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &no_lane);
	return access_open_or(c, out->taxpayer_id, "lane", &no_lane);
}

err_t lane_act(struct ctx *c, const struct lane_get_row *lane, const char *what, const char *member, struct str text,
        struct value **receipt)
{
	struct value *act = value_object(c->arena);
	value_put_instant(c->arena, act, "at", c->now);
	value_put_str(c->arena, act, "device_name", lane->device_name);
	value_put_str(c->arena, act, "lane", str_from_int(c->arena, lane->lane_id));
	value_put_str(c->arena, act, member, text);
	value_put_str(c->arena, act, "public_key", lane->public_key);
	value_put_c(c->arena, act, "what", what);
	return receipt_issue(c, ACT_LANE, lane->taxpayer_id, act, receipt, NULL);
}

err_t lane_tell(struct ctx *c, const struct lane_get_row *lane, bool is_revoked)
{
	struct value *v = value_object(c->arena);
	value_put_instant(c->arena, v, "at", c->now);
	value_put_str(c->arena, v, "key", lane->public_key);
	value_put_str(c->arena, v, "lane", str_from_int(c->arena, lane->lane_id));
	value_put_c(c->arena, v, "status", is_revoked ? "revoked" : "active");
	value_put_str(c->arena, v, "verifier", str_trim(receipt_verifier(c)));
	return outbox_emit(c, "lane.status", lane->taxpayer_id, value_json(c->arena, v));
}

/* --- a block --- */

struct wish {
	int64_t numbers;
	struct money limit;
	bool has_limit;
};

/* What was asked for; else the usual, or what is left of the quota. */
static err_t limit_of(struct ctx *c, const struct issue_desk *d, const struct wish *w, struct money *out)
{
	struct money left;
	TRY(issue_desk_left(c, d, &left));
	*out = w->has_limit ? w->limit : FEN(left.fen < LANE_LIMIT_FEN ? left.fen : LANE_LIMIT_FEN);
	if (out->fen > 0 && out->fen <= left.fen) return OK;
	return RAISE(c, E_CONFLICT, &no_quota, money_grouped(c->arena, left.fen > 0 ? left : FEN(0)),
	        money_grouped(c->arena, out->fen > 0 ? *out : FEN(LANE_LIMIT_FEN)));
}

static err_t certify(
        struct ctx *c, const struct lane_certificate *cert, struct str *text, struct str *key_id, struct str *signature)
{
	unsigned char bytes[LANE_SIGNATURE];
	struct tlog_verifier who;
	if (!c->app->keys || !tlog_verifier_parse(c->arena, str_trim(receipt_verifier(c)), &who)) return E_INTERNAL;
	*text = lane_certificate_text(c->arena, cert);
	crypto_ed25519_sign(keys_log(c->app->keys), lane_certificate_covered(c->arena, *text), bytes);
	*key_id = str_printf(c->arena, "%08x", who.key_id);
	*signature = str_base64(c->arena, bytes, sizeof bytes);
	return OK;
}

static err_t give_block(
        struct ctx *c, const struct issue_desk *d, const struct lane_get_row *lane, const struct wish *w)
{
	const struct str *seller = issue_desk_seller(d);
	struct lane_certificate cert = { .lane = str_from_int(c->arena, lane->lane_id),
		.suite = lane->suite,
		.key = lane->public_key,
		.seller_id = seller[0],
		.seller_name = seller[1],
		.count = w->numbers,
		.until = { c->today.year, 12, 31 } };
	struct str period = period_format(c->arena, period_of(PERIOD_MONTH, c->today)), text, key_id, signature;
	TRY(limit_of(c, d, w, &cert.limit));
	TRY(access_within_limit(c, cert.limit));
	TRY(issue_desk_quota(c, d, period, cert.limit));
	TRY(issue_desk_numbers(c, d, cert.count, &cert.first));
	TRY(certify(c, &cert, &text, &key_id, &signature));
	return lane_block_insert(c, lane->lane_id, cert.first, cert.count, cert.until, cert.limit, period, text, key_id,
	        signature, c->now, NULL);
}

static err_t desk_of(struct ctx *c, const struct lane_get_row *lane, struct issue_desk **d)
{
	bool may;
	TRY(issue_desk_open(c, lane->taxpayer_id, lane->drawer, d, &may));
	return may ? OK : RAISE(c, E_CONFLICT, &not_now, c->caller.subject_name);
}

/* --- opening --- */

/* As libraries write keys: base64 of both alphabets, padded or not, of the 32 bytes or of the SubjectPublicKeyInfo
 * (RFC 8410) that ends with them. */
static bool key_read(struct arena *a, struct str text, struct str *out)
{
	static const unsigned char spki[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
	struct buf b;
	while (text.n && text.p[text.n - 1] == '=')
		text.n--;
	buf_init(&b, a, text.n + 4);
	for (size_t i = 0; i < text.n; i++)
		buf_char(&b, text.p[i] == '-' ? '+' : text.p[i] == '_' ? '/' : text.p[i]);
	while (b.n % 4)
		buf_char(&b, '=');
	if (!str_unbase64(a, buf_done(&b), out)) return false;
	if (out->n == sizeof spki + LANE_KEY && memcmp(out->p, spki, sizeof spki) == 0)
		*out = str_sub(*out, sizeof spki, LANE_KEY);
	return out->n == LANE_KEY;
}

/* A key is enrolled once, ever: one that was given up as lost is in others' hands. */
static err_t key_of(struct ctx *c, const struct open_in *in, struct str *out)
{
	struct str bytes;
	struct crypto_key *k = NULL;
	struct lane_of_key_row row;
	bool used;
	if (key_read(c->arena, in->public_key, &bytes) && crypto_ed25519_sound((const unsigned char *)bytes.p))
		k = crypto_ed25519_public((const unsigned char *)bytes.p);
	if (!k) FAULT(c, S("/public_key"), &bad_key);
	crypto_key_free(k);
	TRY(problem_result(&c->problem));
	*out = str_base64(c->arena, bytes.p, bytes.n);
	TRY(lane_of_key(c, *out, &row, &used));
	if (!used) return OK;
	access_security(c, "lane-key-used", str_from_int(c->arena, row.lane_id));
	return RAISE(c, E_CONFLICT, &used_key);
}

err_t lane_open(struct ctx *c, const void *input, struct reply *out)
{
	const struct open_in *in = input;
	struct lane_active_count_row active;
	struct wish w = { in->has_numbers ? in->numbers : LANE_NUMBERS, in->limit, in->has_limit };
	struct lane_get_row lane = { .lane_id = db_new_id(c),
		.taxpayer_id = c->caller.subject_id,
		.drawer = c->caller.person_name,
		.device_name = in->device_name,
		.suite = S(LANE_SUITE) };
	struct issue_desk *d;
	struct value *receipt;
	bool found;
	TRY(key_of(c, in, &lane.public_key));
	TRY(lane_active_count(c, lane.taxpayer_id, &active, &found));
	if (active.n >= LANE_ACTIVE_MAX) return RAISE(c, E_CONFLICT, &too_many);
	TRY(desk_of(c, &lane, &d));
	TRY(lane_insert(c, lane.lane_id, lane.taxpayer_id, c->caller.person_id, lane.drawer, lane.device_name,
	        lane.suite, lane.public_key, c->now, S(LANE_NO_ENTRY), NULL));
	TRY(give_block(c, d, &lane, &w));
	TRY(lane_tell(c, &lane, false));
	TRY(lane_act(c, &lane, "opened", "seller", issue_desk_seller(d)[0], &receipt));
	TRY(lane_get(c, lane.lane_id, &lane, &found));
	TRY(lane_value(c, &lane, &out->value));
	value_put(c->arena, out->value, "receipt", receipt);
	out->status = 201;
	access_security(c, "lane-opened", str_from_int(c->arena, lane.lane_id));
	return OK;
}

/* --- the next block --- */

/* Numbers that are neither used nor returned. */
static err_t open_numbers(struct ctx *c, int64_t lane_id, int64_t *out)
{
	struct lane_blocks_row *b;
	size_t n;
	*out = 0;
	TRY(lane_blocks(c, lane_id, &b, &n));
	for (size_t i = 0; i < n; i++)
		if (!b[i].closed_at) *out += b[i].n - b[i].used_n;
	return OK;
}

err_t lane_block(struct ctx *c, const void *input, struct reply *out)
{
	const struct block_in *in = input;
	struct wish w = { in->has_numbers ? in->numbers : LANE_NUMBERS, in->limit, in->has_limit };
	struct lane_get_row lane;
	struct issue_desk *d;
	struct value *receipt;
	int64_t open;
	TRY(lane_own(c, in->id, &lane));
	if (lane.state != LANE_ACTIVE) return RAISE(c, E_CONFLICT, &revoked);
	TRY(open_numbers(c, lane.lane_id, &open));
	if (open + w.numbers > LANE_NUMBERS_MAX) return RAISE(c, E_CONFLICT, &many_open, str_from_int(c->arena, open));
	TRY(desk_of(c, &lane, &d));
	TRY(give_block(c, d, &lane, &w));
	TRY(lane_act(c, &lane, "block", "numbers", str_from_int(c->arena, w.numbers), &receipt));
	TRY(lane_value(c, &lane, &out->value));
	value_put(c->arena, out->value, "receipt", receipt);
	out->status = 201;
	return OK;
}

err_t lane_close_block(struct ctx *c, const struct issue_desk *d, int64_t lane_id, struct str first)
{
	struct lane_blocks_row *b;
	size_t n;
	int64_t moved;
	TRY(lane_block_close(c, c->now, lane_id, first, &moved));
	if (!moved) return OK;
	TRY(lane_blocks(c, lane_id, &b, &n));
	for (size_t i = 0; i < n; i++)
		if (str_eq(b[i].first, first)) return issue_desk_quota(c, d, b[i].period, FEN(-b[i].returned.fen));
	return E_INTERNAL;
}

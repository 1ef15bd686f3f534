/* After the fact: a device is lost or given up, its late entries wait for the seller's word, and what nobody speaks for
 * lapses. */
#include "kernel/access/access.h"
#include "kernel/db/db.h"
#include "services/invoice/lane/inner.h"

static const struct fault_def ended = { "lane-ended", N_("这台设备已经停用"), NULL, NULL };
static const struct fault_def no_entry = { "entry-unknown", N_("没有这张等待确认的发票"), NULL, NULL };
static const struct fault_def decided = { "entry-decided", N_("这张发票已经处理过了"), NULL, NULL };
static const struct fault_def lapsed = { "entry-lapsed", N_("超过 7 天没有确认，已失效；确有交易请重新开票"), NULL,
	NULL };
static const struct fault_def broken = { "entry-rules", N_("这张发票现在不符合开票规则，不能确认；请重新开票"), NULL,
	NULL };

err_t lane_revoke(struct ctx *c, const void *input, struct reply *out)
{
	const struct revoke_in *in = input;
	struct lane_get_row lane;
	struct lane_blocks_row *b;
	struct issue_desk *d;
	struct value *receipt;
	int64_t moved;
	size_t n;
	bool found;
	TRY(lane_own(c, in->id, &lane));
	TRY(lane_end(c, in->reason, c->now, lane.lane_id, &moved));
	if (!moved) return RAISE(c, E_CONFLICT, &ended);
	TRY(issue_desk_open(c, lane.taxpayer_id, lane.drawer, &d, &found));
	TRY(lane_blocks(c, lane.lane_id, &b, &n));
	for (size_t i = 0; i < n; i++)
		if (!b[i].closed_at) TRY(lane_close_block(c, d, lane.lane_id, b[i].first));
	TRY(lane_tell(c, &lane, true));
	TRY(lane_act(c, &lane, "revoked", "reason", in->reason, &receipt));
	TRY(lane_get(c, lane.lane_id, &lane, &found));
	TRY(lane_value(c, &lane, &out->value));
	value_put(c->arena, out->value, "receipt", receipt);
	access_security(
	        c, "lane-ended", str_printf(c->arena, "%lld %.*s", (long long)lane.lane_id, STR_FMT(in->reason)));
	return OK;
}

/* --- the seller's word --- */

static err_t issue_now(struct ctx *c, const struct lane_get_row *lane, const struct lane_entry_get_row *row)
{
	struct lane_entry e;
	struct issue_given g;
	const struct issue_given *list[] = { &g };
	struct issue_desk *d;
	struct lane_blocks_row *b;
	size_t n;
	bool may;
	TRY(issue_desk_open(c, lane->taxpayer_id, lane->drawer, &d, &may));
	if (!may || lane_entry_parse(c->arena, row->entry, &e)) return RAISE(c, E_CONFLICT, &broken);
	TRY(issue_given_read(c, d, e.number, e.issued_at, e.invoice, &g));
	if (g.errors.p) return RAISE(c, E_CONFLICT, &broken);
	TRY(access_within_limit(c, g.total));
	TRY(issue_desk_quota(c, d, period_format(c->arena, period_of(PERIOD_MONTH, c->today)), g.amount));
	TRY(issue_given_write(c, d, list, 1));
	TRY(lane_blocks(c, lane->lane_id, &b, &n));
	for (size_t i = 0; i < n; i++) {
		if (!lane_block_holds(&b[i], e.number)) continue;
		TRY(lane_block_late(c, lane->lane_id, b[i].first, NULL));
		TRY(lane_block_used(c, 1, FEN(0), lane->lane_id, b[i].first, NULL));
		if (!b[i].closed_at && b[i].used_n + 1 == b[i].n)
			TRY(lane_close_block(c, d, lane->lane_id, b[i].first));
	}
	return OK;
}

err_t lane_confirm(struct ctx *c, const void *input, struct reply *out)
{
	const struct confirm_in *in = input;
	struct lane_get_row lane;
	struct lane_entry_get_row row;
	struct value *receipt;
	bool found, yes = str_is(in->decision, "confirm");
	TRY(lane_own(c, in->id, &lane));
	TRY(lane_entry_get(c, lane.lane_id, in->number, &row, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &no_entry);
	if (row.state == ENTRY_LAPSED || (row.state == ENTRY_WAITS && row.expires_at <= c->now))
		return RAISE(c, E_CONFLICT, &lapsed);
	if (row.state != ENTRY_WAITS) return RAISE(c, E_CONFLICT, &decided);
	if (yes) TRY(issue_now(c, &lane, &row));
	TRY(lane_entry_state(c, yes ? ENTRY_ISSUED : ENTRY_REFUSED, lane.lane_id, row.number, NULL));
	TRY(lane_act(c, &lane, yes ? "confirmed" : "refused", "number", row.number, &receipt));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "number", row.number);
	value_put_c(c->arena, out->value, "outcome", yes ? "issued" : "refused");
	value_put_money(c->arena, out->value, "total", row.total);
	value_put(c->arena, out->value, "receipt", receipt);
	return OK;
}

/* --- the job --- */

static err_t lapse_one(struct ctx *c, void *arg)
{
	const struct lane_overdue_row *r = arg;
	return lane_entry_state(c, ENTRY_LAPSED, r->lane_id, r->number, NULL);
}

static err_t close_one(struct ctx *c, void *arg)
{
	const struct lane_blocks_over_row *r = arg;
	struct lane_get_row lane;
	struct issue_desk *d;
	bool found;
	TRY(lane_get(c, r->lane_id, &lane, &found));
	if (!found) return E_INTERNAL;
	TRY(issue_desk_open(c, lane.taxpayer_id, lane.drawer, &d, &found));
	return lane_close_block(c, d, r->lane_id, r->first);
}

err_t lane_lapse(struct ctx *c, struct str argument)
{
	struct lane_overdue_row *late;
	struct lane_blocks_over_row *over;
	size_t n;
	(void)argument;
	TRY(lane_overdue(c, c->now, &late, &n));
	for (size_t i = 0; i < n; i++)
		TRY(db_write(c, lapse_one, &late[i]));
	TRY(lane_blocks_over(c, date_add_days(c->today, -LANE_LATE_DAYS), &over, &n));
	for (size_t i = 0; i < n; i++)
		TRY(db_write(c, close_one, &over[i]));
	return OK;
}

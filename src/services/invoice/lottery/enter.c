/* Entries: who may take part with which invoice, judged by our own tables and not by what was sent in. */
#include "kernel/db/db.h"
#include "kernel/outbox/outbox.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/ledger/ledger.h"
#include "services/foundation/registry/registry.h"
#include "services/invoice/lottery/own.h"

static const struct {
	const char *code, *words;
} reasons[] = {
	{ "unknown", N_("没有查到这张发票，请核对二维码的内容") },
	{ "red", N_("红字发票不能参加") },
	{ "special", N_("增值税专用发票不能参加，只有开给个人的普通发票可以") },
	{ "not-own-name", N_("发票的购买方不是您本人") },
	{ "not-as-issued", N_("二维码的内容与开具时不一致，请重新扫描票面上的二维码") },
	{ "reversed", N_("发票已红冲") },
	{ "no-scheme", N_("开票方所在地现在没有有奖发票活动") },
	{ "trade", N_("开票方的行业不在活动范围内") },
	{ "minimum", N_("价税合计低于活动的最低金额") },
	{ "before-scheme", N_("发票开具时活动还没有开始") },
	{ "too-early", N_("开票后要过一会儿才能参加，请稍后再试") },
	{ "lapsed", N_("只能在开票当天参加，今天已经过期") },
	{ "staff", N_("税务人员不能参加") },
	{ "related", N_("您在开票方任职，不能用它开的发票参加") },
	{ "agency", N_("税务机关代开的发票不能参加这个活动") },
	{ "buyer-issued", N_("这张发票由购买方开具（收购或反向开具），不是向消费者的销售") },
	{ "split", N_("同一商家短时间内给您开了多张发票，多出的不算") },
	{ "over-cap", N_("已到每人可参加的次数") },
	{ "barred", N_("您有一笔奖金要退回，退回后才能再参加") },
};

const char *reason_words(struct str code)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (str_is(code, reasons[i].code)) return reasons[i].words;
	return N_("不符合活动规则");
}

struct entry {
	struct invoice invoice;
	struct issue_origin origin;
	struct money left; /* of the total, after red letters */
	const struct entry_claim *claim;
	const struct scheme *scheme;
	struct entered *out;
};

static err_t refuse(struct entry *e, const char *reason)
{
	e->out->outcome = "refused";
	e->out->reason = str_c(reason);
	return OK;
}

/* --- rules, in the order in which they are told --- */

/* A title of a name alone has no number to go by: the name must be the verified one, and the person must hold the
 * invoice, that is show its whole code; the number alone stands in the public lists of tickets. */
static err_t check_own(struct ctx *c, const struct entry *e, bool *own)
{
	struct value *document;
	struct json_fault where;
	struct party person;
	bool found;
	*own = e->invoice.buyer_id == e->claim->person_id;
	if (*own || e->invoice.buyer_id || (!e->claim->qr && !e->claim->waited)) return OK;
	if (json_parse(c->arena, e->invoice.document, &document, &where) != OK) return E_INTERNAL;
	const struct value *buyer = value_get(document, S("buyer"));
	if (!buyer || value_text(buyer, "tax_id").n) return OK;
	TRY(identity_party(c, e->claim->person_id, &person, &found));
	*own = found && person.person && person.name.n && str_eq(person.name, value_text(buyer, "name"));
	return OK;
}

static bool as_issued(const struct entry *e)
{
	const struct issue_qr *q = e->claim->qr;
	return !q || (q->signature != ISSUE_QR_FORGED && q->signature != ISSUE_QR_UNKNOWN_KEY &&
	                     q->total.fen == e->invoice.total.fen &&
	                     date_cmp(q->date, date_of_instant(e->invoice.issued_at)) == 0);
}

static err_t check_holder(struct ctx *c, struct entry *e)
{
	bool own;
	TRY(check_own(c, e, &own));
	if (!own) return refuse(e, "not-own-name");
	return as_issued(e) ? OK : refuse(e, "not-as-issued");
}

static err_t check_invoice(struct ctx *c, struct entry *e)
{
	struct invoice_state state;
	if (e->invoice.total.fen <= 0) return refuse(e, "red");
	if (!str_is(e->invoice.kind, "ordinary")) return refuse(e, "special");
	TRY(check_holder(c, e));
	if (e->out->reason.n) return OK;
	TRY(issue_origin(c, &e->invoice, &e->origin));
	TRY(issue_state(c, e->invoice.number, &state));
	e->left = FEN(e->invoice.total.fen - state.amount.fen - state.tax.fen);
	return e->left.fen <= 0 ? refuse(e, "reversed") : OK;
}

/* Who has the bureau issue for him is registered nowhere: of his place the number says the province (its third and
 * fourth digit), of his trade the tax code says what was sold. */
static err_t find_agency_scheme(struct ctx *c, struct entry *e)
{
	const struct scheme *const *list;
	size_t n;
	TRY(scheme_all(c, &list, &n));
	for (size_t i = 0; i < n && !e->scheme; i++)
		if (scheme_in_force(list[i], c->today) && scheme_has_agency(list[i], e->origin.tax_code) &&
		        str_eq(str_sub(list[i]->region, 0, 2), str_sub(e->invoice.number, 2, 2)))
			e->scheme = list[i];
	return OK;
}

/* The scheme of the seller's city and trade; the city's, to say what is missing, when no trade fits. */
static err_t find_scheme(struct ctx *c, struct entry *e, bool *trade_fits)
{
	const struct scheme *const *list;
	struct taxpayer seller;
	struct str code;
	size_t n;
	bool found;
	*trade_fits = false;
	TRY(registry_taxpayer_head(c, e->invoice.seller_id, &seller, &found));
	if (!found) return OK;
	TRY(registry_industry(c, seller.id, &code));
	TRY(scheme_all(c, &list, &n));
	for (size_t i = 0; i < n; i++) {
		struct str area = str_sub(seller.authority, 1, list[i]->region.n); /* "1" and the area code */
		if (!scheme_in_force(list[i], c->today) || !str_eq(area, list[i]->region)) continue;
		if (!e->scheme || scheme_has_trade(list[i], code)) e->scheme = list[i];
		*trade_fits = *trade_fits || scheme_has_trade(list[i], code);
	}
	return OK;
}

static err_t check_scheme(struct ctx *c, struct entry *e)
{
	bool trade = true;
	if (e->origin.agency)
		TRY(find_agency_scheme(c, e));
	else
		TRY(find_scheme(c, e, &trade));
	const struct scheme *s = e->scheme;
	if (!s) return refuse(e, e->origin.agency ? "agency" : "no-scheme");
	e->out->minimum = s->minimum;
	struct date issued = date_of_instant(e->invoice.issued_at);
	if (!trade) return refuse(e, "trade");
	if (e->left.fen < s->minimum.fen) return refuse(e, "minimum");
	if (!scheme_in_force(s, issued)) return refuse(e, "before-scheme");
	if (s->same_day && date_cmp(issued, c->today) != 0) return refuse(e, "lapsed");
	bool early = c->now < e->invoice.issued_at + s->upload_after_minutes * 60 * SECOND;
	return early && !e->claim->automatic ? refuse(e, "too-early") : OK;
}

static err_t check_person(struct ctx *c, struct entry *e)
{
	struct lottery_prize_reclaims_row reclaims;
	bool officer, found;
	TRY(identity_is_officer(c, e->claim->person_id, &officer));
	if (officer) return refuse(e, "staff");
	TRY(lottery_prize_reclaims(c, e->claim->person_id, &reclaims, &found));
	return reclaims.n ? refuse(e, "barred") : OK;
}

/* --- what was entered before --- */

/* lottery.entered, or lottery.refused when another has drawn with it: a second holder (A10.d). */
static err_t tell_use(struct ctx *c, const struct entry *e, const char *kind)
{
	struct value *v = value_object(c->arena);
	struct buf b;
	value_put_str(c->arena, v, "number", e->out->number);
	buf_init(&b, c->arena, 64);
	value_write_canonical(&b, v);
	return outbox_emit(c, kind, e->claim->person_id, buf_done(&b));
}

static err_t earlier(struct ctx *c, struct entry *e, bool *there)
{
	struct lottery_ticket_get_row t;
	struct lottery_prize_find_row p;
	bool won;
	TRY(lottery_ticket_get(c, e->out->number, &t, there));
	if (*there && t.person_id != e->claim->person_id) { /* the rules below say that it is not in this one's name */
		*there = false;
		return tell_use(c, e, "lottery.refused");
	}
	if (!*there) return OK;
	if (!as_issued(e)) return refuse(e, "not-as-issued");
	e->out->already = true;
	TRY(lottery_prize_find(c, t.scheme, t.instant, e->out->number, &p, &won));
	e->out->prize_id = won ? p.prize_id : 0;
	e->out->reason = t.reason;
	e->out->outcome = str_is(t.state, "void") ? "void"
	                  : won                   ? "won"
	                  : t.drawn.fen           ? "pool-empty"
	                  : t.instant.n           ? "not-won"
	                                          : "entered";
	return OK;
}

/* --- entering --- */

static err_t count_use(struct ctx *c, const struct entry *e, int64_t limit, struct str period, bool *over)
{
	struct lottery_use_add_row row;
	bool found;
	if (!limit) return OK;
	TRY(lottery_use_add(c, e->claim->person_id, e->scheme->id, period, &row, &found));
	*over = *over || row.n > limit;
	return OK;
}

static err_t check_caps(struct ctx *c, const struct entry *e, bool *over)
{
	const struct scheme *s = e->scheme;
	struct str day = draw_instant_name(c->arena, c->today);
	struct scheme week = { .every = EVERY_WEEK };
	*over = false;
	TRY(count_use(c, e, s->per_day, day, over));
	TRY(count_use(c, e, s->per_week, draw_periodic_name(c->arena, &week, c->today), over));
	return count_use(c, e, s->per_month, str_sub(day, 0, 6), over);
}

/* A sale that was cut into many invoices, so that it has many chances: those issued before or after this one within
 * the time that the scheme names. Void ones count too, or every second one would pass. */
static err_t check_split(struct ctx *c, const struct entry *e, bool *split)
{
	const struct scheme *s = e->scheme;
	instant_us span = s->pair_minutes * 60 * SECOND;
	struct lottery_pair_count_row row;
	bool found;
	*split = false;
	if (!s->pair_tickets) return OK;
	TRY(lottery_pair_count(c, e->claim->person_id, e->invoice.seller_id, e->invoice.issued_at - span,
	        e->invoice.issued_at + span, &row, &found));
	*split = row.n >= s->pair_tickets;
	return OK;
}

/* Why the ticket is void from the start; NULL: it is not. */
static err_t find_void(struct ctx *c, const struct entry *e, const char **reason)
{
	bool related, split, over;
	*reason = NULL;
	TRY(identity_is_member(c, e->invoice.seller_id, e->claim->person_id, &related));
	if (e->origin.by_buyer) return *reason = "buyer-issued", OK;
	if (related || e->invoice.seller_id == e->claim->person_id) return *reason = "related", OK;
	TRY(check_split(c, e, &split));
	if (split) return *reason = "split", OK;
	TRY(check_caps(c, e, &over));
	if (over) *reason = "over-cap";
	return OK;
}

struct drawn {
	struct the_draw instant, periodic;
	bool has_instant, has_periodic, open; /* open: the instant draw's public value is known */
	int64_t slot, counter;
	struct money band, prize;
};

static err_t find_draws(struct ctx *c, const struct entry *e, struct drawn *d)
{
	const struct scheme *s = e->scheme;
	struct draw in;
	unsigned char r[32];
	const struct scheme_band *b = scheme_band_for(s, e->left);
	struct str day = draw_instant_name(c->arena, c->today), period = draw_periodic_name(c->arena, s, c->today);
	d->open = true;
	if (period.p && e->left.fen >= s->periodic_minimum.fen) {
		TRY(draw_load(c, s->id, period, &d->periodic, &d->has_periodic));
		d->has_periodic = d->has_periodic && str_is(d->periodic.row.state, "open");
	}
	if (!b) return OK;
	TRY(draw_load(c, s->id, day, &d->instant, &d->has_instant));
	d->open = d->has_instant && str_is(d->instant.row.state, "open") && draw_inputs(c, &d->instant, &in);
	if (!d->open) return OK;
	d->band = b->minimum;
	d->slot = draw_slot(&in, e->invoice.number, b->slots, &d->counter, r);
	d->prize = scheme_prize_of(b, d->slot);
	return OK;
}

static err_t put_ticket(
        struct ctx *c, const struct entry *e, const struct drawn *d, const char *state, struct str reason)
{
	struct party seller;
	bool found;
	TRY(identity_party(c, e->invoice.seller_id, &seller, &found));
	TRY(lottery_ticket_insert(c, e->invoice.number, db_new_id(c), e->scheme->id, e->claim->person_id,
	        e->invoice.seller_id, found ? seller.name : S(""), e->invoice.total, e->invoice.issued_at, c->now,
	        e->claim->automatic ? S("automatic") : S("scan"), str_c(state), reason,
	        d->has_instant ? d->instant.name : S(""), d->has_periodic ? d->periodic.name : S(""), d->prize,
	        d->counter, d->slot, NULL));
	return tell_use(c, e, "lottery.entered");
}

static err_t enter_void(struct ctx *c, struct entry *e, struct drawn *d, const char *reason)
{
	struct draw_line l = { .number = e->invoice.number, .reason = str_c(reason) };
	d->prize = FEN(0);
	d->slot = d->counter = 0;
	e->out->outcome = "void";
	e->out->reason = l.reason;
	TRY(put_ticket(c, e, d, "void", l.reason));
	if (d->has_instant) TRY(draw_append(c, &d->instant, &l));
	return d->has_periodic ? draw_append(c, &d->periodic, &l) : OK;
}

static err_t enter_valid(struct ctx *c, struct entry *e, struct drawn *d)
{
	struct draw_line l = { .number = e->invoice.number };
	struct ledger_fund pool = { 0 };
	bool enough = false;
	e->out->outcome = d->has_instant ? "not-won" : "entered";
	if (d->prize.fen) {
		TRY(ledger_fund_find(c, e->scheme->id, &pool));
		struct award a = { e->scheme, d->instant.name, l.number, S(""), e->claim->person_id, pool.id, d->prize,
			e->scheme->pay_after_days };
		TRY(prize_award(c, &a, &e->out->prize_id, &enough));
		e->out->outcome = enough ? "won" : "pool-empty";
	}
	if (enough && e->scheme->winners_leave) d->has_periodic = false;
	TRY(put_ticket(c, e, d, "valid", S("")));
	if (d->has_periodic) TRY(draw_append(c, &d->periodic, &l));
	if (!d->has_instant) return OK;
	l.instant = true;
	l.band = d->band;
	l.drawn = d->prize;
	l.paid = enough ? d->prize : FEN(0);
	return draw_append(c, &d->instant, &l);
}

static err_t enter(struct ctx *c, struct entry *e)
{
	struct drawn d = { 0 };
	const char *reason;
	TRY(find_draws(c, e, &d));
	if (!d.open) {
		e->out->outcome = "waiting";
		return lottery_waiting_put(c, e->invoice.number, e->claim->person_id, c->now, NULL);
	}
	TRY(lottery_waiting_remove(c, e->invoice.number, NULL));
	TRY(find_void(c, e, &reason));
	return reason ? enter_void(c, e, &d, reason) : enter_valid(c, e, &d);
}

static err_t (*const rules[])(struct ctx *c, struct entry *e) = { check_invoice, check_scheme, check_person };

err_t lottery_enter(struct ctx *c, const struct entry_claim *claim, struct entered *out)
{
	struct entry e = { .claim = claim, .out = out };
	bool found;
	*out = (struct entered){ .outcome = "", .reason = S(""), .number = claim->number };
	TRY(issue_find(c, claim->number, &e.invoice, &found));
	if (!found) return refuse(&e, "unknown");
	TRY(earlier(c, &e, &found));
	if (found) return OK;
	for (size_t i = 0; i < COUNT(rules); i++) {
		TRY(rules[i](c, &e));
		if (out->reason.n) return OK;
	}
	return enter(c, &e);
}

/* --- invoices of real-name buyers enter by themselves; reversed ones leave --- */

static err_t automatic(struct ctx *c, struct str number, int64_t person_id)
{
	struct entry_claim claim = { .number = number, .person_id = person_id, .automatic = true };
	struct entered ignored;
	return lottery_enter(c, &claim, &ignored);
}

static err_t issued(struct ctx *c, struct str body)
{
	struct invoice_event e = { 0 };
	struct party buyer;
	bool found;
	while (issue_event_next(&body, &e)) {
		if (!e.buyer_id || e.original.n || !str_is(e.kind, "ordinary")) continue;
		TRY(identity_party(c, e.buyer_id, &buyer, &found));
		if (found && buyer.person) TRY(automatic(c, e.number, e.buyer_id));
	}
	return OK;
}

err_t waiting_work(struct ctx *c)
{
	struct lottery_waiting_list_row *rows;
	struct str after = S("");
	size_t n;
	do {
		TRY(lottery_waiting_list(c, after, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct entry_claim claim = { .number = rows[i].number,
				.person_id = rows[i].person_id,
				.automatic = true,
				.waited = true };
			struct entered e;
			TRY(lottery_enter(c, &claim, &e));
			if (!str_is(str_c(e.outcome), "waiting")) TRY(lottery_waiting_remove(c, rows[i].number, NULL));
		}
		if (n) after = rows[n - 1].number;
	} while (n);
	return OK;
}

static err_t void_line(struct ctx *c, struct str scheme, struct str name, struct str number, const char *reason)
{
	struct the_draw d;
	struct draw_line l = { .number = number, .reason = str_c(reason) };
	bool found;
	if (!name.n) return OK;
	TRY(draw_load(c, scheme, name, &d, &found));
	return found && str_is(d.row.state, "open") ? draw_append(c, &d, &l) : OK;
}

/* The line goes to the periodic draw, whose winners are still to be found; what an instant draw gave is taken back
 * instead. */
err_t lottery_void(struct ctx *c, struct str number, const char *reason)
{
	struct lottery_ticket_get_row t;
	struct lottery_prizes_of_number_row *prizes;
	struct value *v = value_object(c->arena);
	struct buf b;
	size_t n;
	bool found;
	TRY(lottery_ticket_get(c, number, &t, &found));
	if (!found || !str_is(t.state, "valid")) return OK;
	TRY(lottery_ticket_void(c, str_c(reason), number, NULL));
	TRY(void_line(c, t.scheme, t.periodic, number, reason));
	TRY(lottery_prizes_of_number(c, number, &prizes, &n));
	for (size_t i = 0; i < n; i++) {
		struct prize p;
		TRY(prize_load(c, prizes[i].prize_id, &p, &found));
		if (found) TRY(prize_cancel(c, &p, reason));
	}
	value_put_str(c->arena, v, "number", number);
	buf_init(&b, c->arena, 64);
	value_write_canonical(&b, v);
	return outbox_emit(c, "lottery.void", t.person_id, buf_done(&b));
}

/* A part that was reversed leaves the ticket, as long as enough is left. */
static err_t reversed(struct ctx *c, struct str body)
{
	struct value *v;
	struct json_fault where;
	struct lottery_ticket_get_row t;
	const struct scheme *s;
	struct invoice invoice;
	struct invoice_state state;
	bool found;
	if (json_parse(c->arena, body, &v, &where) != OK) return E_INTERNAL;
	struct str number = value_text(v, "number");
	TRY(lottery_waiting_remove(c, number, NULL));
	TRY(lottery_ticket_get(c, number, &t, &found));
	if (!found) return OK;
	TRY(scheme_find(c, t.scheme, &s));
	TRY(issue_find(c, number, &invoice, &found));
	TRY(issue_state(c, number, &state));
	int64_t left = invoice.total.fen - state.amount.fen - state.tax.fen;
	return s && left >= s->minimum.fen && left > 0 ? OK : lottery_void(c, number, "reversed");
}

err_t lottery_feed(struct ctx *c, const struct event *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_is(events[i].kind, "invoice.issued")) TRY(issued(c, events[i].body));
		if (str_is(events[i].kind, "invoice.reversed")) TRY(reversed(c, events[i].body));
	}
	return OK;
}

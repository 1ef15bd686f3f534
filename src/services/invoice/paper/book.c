/* What other services ask before they book or credit an invoice, and paper invoices that a buyer got. */
#include "kernel/i18n/i18n.h"
#include "paper_sql.h"
#include "services/invoice/paper/own.h"

static const struct fault_def is_converted = { "paper-converted", N_("这张纸质发票已换开电子发票 {1}，请用电子的一张"),
	NULL, NULL };
static const struct fault_def twin_booked = { "paper-twin-booked", N_("它和 {1} 是同一笔，那一张已经入账，不能再入账"),
	NULL, NULL };
static const struct fault_def is_booked = { "paper-booked-before", N_("这张纸质发票在 {1} 已经入账"), NULL, NULL };
static const struct fault_def is_listed = { "paper-listed", N_("这张纸质发票已作废或挂失，不能入账"), NULL, NULL };
static const struct fault_def not_used = { "paper-not-used", N_("没有开票方上报的这张纸质发票"), NULL, NULL };

/* Paper by code and number, or the twin of one; found false: neither. */
struct twin {
	struct str code, word, electronic;
	int64_t number;
	enum paper_medium medium;
	enum paper_state state;
	bool found;
};

static err_t twin_of(struct ctx *c, struct str number, struct twin *out)
{
	struct paper_conversion_by_row by;
	struct paper_conversion_get_row to;
	struct paper_one one;
	bool converted;
	*out = (struct twin){ .electronic = STR_NONE };
	if (paper_word_read(number, &out->code, &out->number)) {
		out->found = true;
		TRY(paper_conversion_get(c, out->code, out->number, &to, &converted));
		if (converted) out->electronic = to.electronic;
	} else {
		out->medium = PAPER_MEDIUM_ELECTRONIC;
		TRY(paper_conversion_by(c, number, &by, &out->found));
		if (!out->found) return OK;
		out->code = by.code;
		out->number = by.number;
		out->electronic = number;
	}
	out->word = paper_word(c->arena, out->code, out->number);
	TRY(span_one(c, out->code, out->number, &one));
	out->state = one.state;
	return OK;
}

static bool is_paper(struct str medium)
{
	return str_is(medium, "paper");
}

/* The electronic one may be booked by its own rules, whatever happened to the stock meanwhile. */
err_t paper_may_be_booked(struct ctx *c, struct str number, const char *use, struct paper_bar *out)
{
	struct twin t;
	struct paper_bookings_row *rows;
	struct paper_book books[10];
	size_t n;
	instant_us at = 0;
	*out = (struct paper_bar){ .pointer = STR_NONE };
	TRY(twin_of(c, number, &t));
	if (!t.found) return OK;
	TRY(paper_bookings(c, t.code, t.number, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		enum paper_medium medium = is_paper(rows[i].medium) ? PAPER_MEDIUM_PAPER : PAPER_MEDIUM_ELECTRONIC;
		books[i] = (struct paper_book){ medium, str_is(rows[i].purpose, use) };
		if (books[i].same_use) at = rows[i].booked_at;
	}
	/* Paper of another bureau: only that it is booked once is known here. */
	enum paper_state state = t.state == PAPER_STATES ? PAPER_USED : t.state;
	enum paper_verdict verdict = paper_booking(t.medium, state, books, n);
	bool paper = t.medium == PAPER_MEDIUM_PAPER;
	out->barred = verdict != PAPER_MAY;
	switch (verdict) {
	case PAPER_MAY: break;
	case PAPER_IS_CONVERTED:
		out->why = &is_converted;
		out->pointer = t.electronic;
		break;
	case PAPER_TWIN_BOOKED:
		out->why = &twin_booked;
		out->pointer = paper ? t.electronic : t.word;
		break;
	case PAPER_IS_BOOKED:
		out->why = &is_booked;
		out->pointer = str_sub(instant_format(c->arena, at), 0, 10);
		break;
	case PAPER_IS_LISTED: out->why = &is_listed; break;
	case PAPER_NOT_USED: out->why = &not_used; break;
	}
	return OK;
}

err_t paper_booked(struct ctx *c, struct str number, const char *use, int64_t holder_id)
{
	struct twin t;
	TRY(twin_of(c, number, &t));
	if (!t.found) return OK;
	return paper_booking_put(c, t.code, t.number, str_c(use),
	        t.medium == PAPER_MEDIUM_PAPER ? S("paper") : S("electronic"), holder_id, c->now, NULL);
}

err_t paper_unbooked(struct ctx *c, struct str number, const char *use)
{
	struct twin t;
	TRY(twin_of(c, number, &t));
	return t.found ? paper_booking_end(c, t.code, t.number, str_c(use), NULL) : OK;
}

err_t paper_purchase(struct ctx *c, int64_t buyer_id, struct str word, struct paper_purchase *out, bool *found)
{
	struct paper_report_of_row r;
	struct taxpayer seller = { 0 };
	struct str code;
	int64_t number;
	bool known;
	*found = false;
	if (!paper_word_read(word, &code, &number)) return OK;
	TRY(paper_report_of(c, code, number, &r, &known));
	if (!known || r.from_no != number || r.to_no != number || !str_is(r.act, "used") || r.buyer_id != buyer_id)
		return OK;
	TRY(registry_taxpayer_head(c, r.taxpayer_id, &seller, &known));
	*out = (struct paper_purchase){
		.kind = paper_kind_of(code) == PAPER_SPECIAL ? S("special") : S("ordinary"),
		.seller_name = known ? seller.name : S(""),
		.issued_on = r.issued_from,
		.amount = r.amount,
		.tax = r.tax,
	};
	*found = true;
	return OK;
}

/* The buyer's own paper invoices, with what became of them. */
err_t paper_received_list(struct ctx *c, const void *input, struct reply *out)
{
	struct paper_received_row *rows;
	struct taxpayer seller = { 0 };
	size_t n;
	bool known;
	(void)input;
	TRY(paper_received(c, c->caller.subject_id, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "invoices");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		struct paper_bar bar;
		struct str word = paper_word(c->arena, rows[i].code, rows[i].from_no);
		TRY(registry_taxpayer_head(c, rows[i].taxpayer_id, &seller, &known));
		TRY(paper_may_be_booked(c, word, "credited", &bar));
		value_put_str(c->arena, v, "word", word);
		value_put_str(c->arena, v, "code", rows[i].code);
		value_put_str(c->arena, v, "number", paper_number_text(c->arena, rows[i].from_no));
		value_put_str(c->arena, v, "kind_words", tr(c, paper_kinds[paper_kind_of(rows[i].code)].title));
		value_put_str(c->arena, v, "seller", known ? seller.name : STR_NONE);
		value_put_date(c->arena, v, "issued_on", rows[i].issued_from);
		value_put_money(c->arena, v, "amount", rows[i].amount);
		value_put_money(c->arena, v, "tax", rows[i].tax);
		value_put_bool(
		        c->arena, v, "may_be_credited", !bar.barred && paper_kind_of(rows[i].code) == PAPER_SPECIAL);
		const struct str arg[4] = { bar.pointer };
		value_put_str(c->arena, v, "barred",
		        bar.barred ? problem_fill(c->arena, tr(c, bar.why->message).p, arg) : STR_NONE);
		value_push(c->arena, list, v);
	}
	return OK;
}

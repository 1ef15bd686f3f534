/* The projection behind lists, totals and pre-filled returns. Random keys would cost the durable path 8 to 9 times
 * (design/storage §2): they live in the projection store, fed in order from the outbox. Sums are added up in memory
 * first, so that a batch of events touches each month of a party once. */
#include "issue_sql.h"
#include "services/invoice/issue/account.h"
#include "services/invoice/issue/cells.h"
#include "services/invoice/issue/lists.h"
#include "services/invoice/issue/special.h"
#include <string.h>

struct sum_key {
	int64_t party_id;
	int32_t month, rate_ppm;
	int16_t side, treatment; /* treatment -1: the month in all */
	int16_t special, section;
};
struct sum {
	struct sum_key key;
	int64_t n;
	struct money amount, tax;
	bool used;
};
struct sums {
	struct arena *arena;
	struct sum *table;
	size_t cap, n;
};

static size_t hash(const struct sum_key *k)
{
	uint64_t h = (uint64_t)k->party_id * UINT64_C(0x9e3779b97f4a7c15);
	h ^= (uint64_t)k->month << 32 ^ (uint64_t)k->rate_ppm << 8 ^ (uint64_t)(k->treatment + 1) << 4 ^
	     (uint64_t)k->side << 1 ^ (uint64_t)k->special ^ (uint64_t)k->section << 48;
	return (size_t)(h * UINT64_C(0xff51afd7ed558ccd) >> 32);
}

static struct sum *slot(struct sum *table, size_t cap, const struct sum_key *k)
{
	size_t i = hash(k) & (cap - 1);
	while (table[i].used && memcmp(&table[i].key, k, sizeof *k) != 0)
		i = (i + 1) & (cap - 1);
	return &table[i];
}

static void grow(struct sums *s)
{
	struct sum *old = s->table;
	size_t before = s->cap;
	s->cap = before ? before * 2 : 256;
	s->table = arena_array(s->arena, s->cap, sizeof *s->table);
	for (size_t i = 0; i < before; i++)
		if (old[i].used) *slot(s->table, s->cap, &old[i].key) = old[i];
}

static void sum_add(struct sums *s, const struct sum_key *k, int64_t n, struct money amount, struct money tax)
{
	if (s->n * 2 >= s->cap) grow(s);
	struct sum *at = slot(s->table, s->cap, k);
	if (!at->used) {
		at->used = true;
		at->key = *k;
		s->n++;
	}
	at->n += n;
	at->amount.fen += amount.fen;
	at->tax.fen += tax.fen;
}

static int32_t month_of(instant_us t)
{
	struct date d = date_of_instant(t);
	return d.year * 12 + d.month - 1;
}

static struct str month_text(struct arena *a, int32_t month)
{
	struct period p = { PERIOD_MONTH, (int16_t)(month / 12), (int8_t)(month % 12 + 1) };
	return period_format(a, p);
}

static err_t flush(struct ctx *c, const struct sums *s)
{
	for (size_t i = 0; i < s->cap; i++) {
		const struct sum *u = &s->table[i];
		const struct sum_key *k = &u->key;
		if (!u->used) continue;
		struct str period = month_text(c->arena, k->month);
		if (k->treatment < 0)
			TRY(issue_month_add(c, k->party_id, k->side, period, u->n, u->amount, u->tax, NULL));
		else
			TRY(issue_sale_add(c, k->party_id, k->side, period, k->special ? S("special") : S("ordinary"),
			        k->treatment, k->rate_ppm, k->section, u->n, u->amount, u->tax, NULL));
	}
	return OK;
}

/* What a batch of events adds to the projection, gathered. */
struct gathered {
	struct sums sums;
	struct issue_party_insert_in_row *rows;
	size_t n, cap;
	struct issue_mixed_insert_in_row *mixed;
	size_t n_mixed, mixed_cap;
};

static void put_row(struct ctx *c, struct gathered *g, const struct issue_party_insert_in_row *row)
{
	if (g->n == g->cap) {
		struct issue_party_insert_in_row *more =
		        arena_array(c->arena, g->cap = g->cap ? g->cap * 2 : 128, sizeof *more);
		if (g->n) memcpy(more, g->rows, g->n * sizeof *more);
		g->rows = more;
	}
	g->rows[g->n++] = *row;
}

/* What an invoice is filed under; its parts, if there are several, go to rows of their own. */
static int64_t put_rates(
        struct ctx *c, struct gathered *g, const struct invoice_event *e, int64_t party, int side, struct str period)
{
	struct account_part parts[ISSUE_SALES_MAX];
	size_t n = account_parts(e->sales, parts);
	if (n < 2) return n ? parts[0].rate : ACCOUNT_UNKNOWN;
	if (g->n_mixed + n > g->mixed_cap) {
		struct issue_mixed_insert_in_row *more =
		        arena_array(c->arena, g->mixed_cap = g->mixed_cap * 2 + ISSUE_SALES_MAX, sizeof *more);
		if (g->n_mixed) memcpy(more, g->mixed, g->n_mixed * sizeof *more);
		g->mixed = more;
	}
	for (size_t i = 0; i < n; i++)
		g->mixed[g->n_mixed++] = (struct issue_mixed_insert_in_row){ party, side, period, e->number,
			parts[i].rate, parts[i].amount, parts[i].tax };
	return ACCOUNT_MIXED;
}

/* Many rows are one statement; a later event may change them, so they are written before it is looked at. */
static err_t flush_rows(struct ctx *c, struct gathered *g)
{
	TRY(issue_party_insert_rows(c, g->rows, g->n));
	TRY(issue_mixed_insert_rows(c, g->mixed, g->n_mixed));
	TRY(cells_add(c, g->rows, g->n, g->mixed, g->n_mixed));
	g->n = g->n_mixed = 0;
	return OK;
}

/* One side of an invoice: a row of the list, the month, and each rate. */
static void put_side(struct ctx *c, struct gathered *g, const struct invoice_event *e, int side, struct str period)
{
	int64_t party = side ? e->buyer_id : e->seller_id;
	if (!party) return;
	struct sum_key k = {
		.party_id = party, .month = month_of(e->issued_at), .side = (int16_t)side, .treatment = -1
	};
	put_row(c, g,
	        &(struct issue_party_insert_in_row){ .party_id = party,
	                .side = side,
	                .period = period,
	                .number = e->number,
	                .other_name = side ? e->seller_name : e->buyer_name,
	                .kind = e->kind,
	                .issued_at = e->issued_at,
	                .amount = e->amount,
	                .tax = e->tax,
	                .total = e->total,
	                .status = e->original.n ? LIST_RED : LIST_VALID,
	                .original = e->original,
	                .rate = put_rates(c, g, e, party, side, period) });
	sum_add(&g->sums, &k, 1, e->amount, e->tax);
	struct str rest = e->sales;
	struct invoice_sale sale;
	k.special = special_kind(e->kind)->deductible;
	while (issue_sale_next(&rest, &sale)) {
		k.treatment = (int16_t)sale.treatment;
		k.rate_ppm = sale.rate.ppm;
		k.section = (int16_t)sale.section;
		sum_add(&g->sums, &k, 1, sale.amount, sale.tax);
	}
}

static err_t issued(struct ctx *c, struct gathered *g, struct str body)
{
	struct invoice_event e = { 0 };
	while (issue_event_next(&body, &e)) {
		struct str period = month_text(c->arena, month_of(e.issued_at));
		put_side(c, g, &e, 0, period);
		put_side(c, g, &e, 1, period);
	}
	return body.n ? E_INTERNAL : OK; /* what is left over could not be read */
}

static err_t set_status(struct ctx *c, int64_t status, int64_t party, int side, struct str period, struct str number)
{
	TRY(cells_move(c, -1, party, side, period, number));
	TRY(issue_party_status(c, status, party, side, period, number, NULL));
	return cells_move(c, 1, party, side, period, number);
}

/* The blue invoice's row on both sides; the red letter itself came as invoice.issued. */
static err_t reversed(struct ctx *c, struct str body)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(c->arena, body, &v, &where) != OK) return E_INTERNAL;
	int64_t status = value_number(v, "all", 0) ? LIST_REVERSED : LIST_PARTLY;
	struct str period = value_text(v, "period"), number = value_text(v, "number");
	TRY(set_status(c, status, value_number(v, "seller_id", 0), 0, period, number));
	return set_status(c, status, value_number(v, "buyer_id", 0), 1, period, number);
}

/* Events of the purchase service: "period \t number \t credited-period" a line. */
static err_t credited(struct ctx *c, int64_t buyer_id, struct str body)
{
	struct str line, period, number;
	while (body.n && str_split(&body, '\n', &line)) {
		if (!str_split(&line, '\t', &period) || !str_split(&line, '\t', &number)) return E_INTERNAL;
		TRY(issue_party_credited(c, line.p ? line : S(""), buyer_id, period, number, NULL));
	}
	return OK;
}

/* Events of the booking service: {number, buyer_id, period (of issue), entry}. */
static err_t booked(struct ctx *c, struct str body)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(c->arena, body, &v, &where) != OK) return E_INTERNAL;
	int64_t buyer = value_number(v, "buyer_id", 0);
	struct str period = value_text(v, "period"), number = value_text(v, "number");
	TRY(cells_move(c, -1, buyer, 1, period, number));
	TRY(issue_party_booked(c, value_text(v, "entry"), buyer, period, number, NULL));
	return cells_move(c, 1, buyer, 1, period, number);
}

/* An invoice of a seller outside, read from its file: it stands in the buyer's list and month. */
static err_t imported(struct ctx *c, struct gathered *g, struct str body)
{
	struct invoice_event e = { 0 };
	while (issue_event_next(&body, &e)) {
		struct sum_key k = {
			.party_id = e.buyer_id, .month = month_of(e.issued_at), .side = 1, .treatment = -1
		};
		put_row(c, g,
		        &(struct issue_party_insert_in_row){ .party_id = e.buyer_id,
		                .side = 1,
		                .period = month_text(c->arena, k.month),
		                .number = e.number,
		                .other_name = e.seller_name,
		                .kind = e.kind,
		                .issued_at = e.issued_at,
		                .amount = e.amount,
		                .tax = e.tax,
		                .total = e.total,
		                .status = LIST_VALID,
		                .original = S(""),
		                .imported = true,
		                .rate = ACCOUNT_UNKNOWN });
		sum_add(&g->sums, &k, 1, e.amount, e.tax);
	}
	return body.n ? E_INTERNAL : OK;
}

static err_t take(struct ctx *c, struct gathered *g, const struct event *e)
{
	if (str_is(e->kind, "invoice.issued")) return issued(c, g, e->body);
	if (str_is(e->kind, "purchase.imported")) return imported(c, g, e->body);
	TRY(flush_rows(c, g));
	if (str_starts(e->kind, "invoice.booked") || str_starts(e->kind, "invoice.booking")) return booked(c, e->body);
	return str_is(e->kind, "invoice.reversed") ? reversed(c, e->body) : credited(c, e->subject_id, e->body);
}

err_t lists_feed(struct ctx *c, const struct event *events, size_t n)
{
	struct gathered g = { .sums.arena = c->arena };
	for (size_t i = 0; i < n; i++)
		TRY(take(c, &g, &events[i]));
	TRY(flush_rows(c, &g));
	return flush(c, &g.sums);
}

/* The body of the event invoice.issued: one line for each invoice, members between tabs (names hold no control
 * characters). It carries what the projections need, so that they look nothing up. */
#include "services/invoice/issue/event.h"

enum { MEMBERS = 12, ACT = '#' };

static int section_of(struct str tax_code)
{
	return tax_code.n && tax_code.p[0] >= '1' && tax_code.p[0] <= '6' ? tax_code.p[0] - '0' : 0;
}

struct groups {
	struct invoice_sale *list;
	size_t n;
	struct str kind;
};

static void add_to(struct groups *g, int treatment, struct rate rate, int section, struct line_amounts sum)
{
	size_t k = 0;
	while (k < g->n &&
	        (g->list[k].treatment != treatment || g->list[k].rate.ppm != rate.ppm || g->list[k].section != section))
		k++;
	if (k == ISSUE_SALES_MAX) return; /* never: a day has fewer rates and sections */
	if (k == g->n) {
		g->n++;
		g->list[k] = (struct invoice_sale){
			.treatment = treatment, .section = section, .rate = rate, .kind = g->kind, .n = 1
		};
	}
	g->list[k].amount.fen += sum.amount.fen;
	g->list[k].tax.fen += sum.tax.fen;
}

/* 差额征税: what is deducted leaves the taxed sales and stands by itself, so that the sums stay those of the invoice
 * and a return finds both the sales before the deduction and the tax after it. */
static void deduct(struct groups *g, const struct face *f)
{
	const struct face_line *l = f->lines;
	struct line_amounts part = differential_part(f);
	struct line_amounts off = { FEN(-part.amount.fen), FEN(-part.tax.fen) };
	add_to(g, TREATMENT_TAXED, l->rate, section_of(l->tax_code), off);
	add_to(g, TREATMENT_DEDUCTED, l->rate, section_of(l->tax_code), part);
}

static size_t group_sales(const struct face *f, struct invoice_sale *sales)
{
	struct groups g = { sales, 0, special_class(f->kind) };
	for (size_t i = 0; i < f->n_lines; i++) {
		const struct face_line *l = &f->lines[i];
		int treatment = l->treatment == TREATMENT_DIFFERENCE ? TREATMENT_TAXED : (int)l->treatment;
		add_to(&g, treatment, l->rate, section_of(l->tax_code), l->sum);
	}
	if (f->differential.form.p && f->n_lines) deduct(&g, f);
	return g.n;
}

err_t issue_document_sales(struct ctx *c, const struct invoice *i, struct invoice_sale *out, size_t *n)
{
	struct face f;
	TRY(face_read(c->arena, i->document, &f));
	*n = group_sales(&f, out);
	return OK;
}

err_t issue_origin(struct ctx *c, const struct invoice *i, struct issue_origin *out)
{
	struct face f;
	TRY(face_read(c->arena, i->document, &f));
	*out = (struct issue_origin){ .by_buyer = special_swaps(f.business),
		.agency = f.agency.p != NULL,
		.tax_code = f.n_lines ? f.lines[0].tax_code : S("") };
	return OK;
}

/* "treatment:rate:section:amount:tax" for each rate and section of the invoice. */
static struct str sales_of(struct arena *a, const struct face *f)
{
	struct invoice_sale sales[ISSUE_SALES_MAX];
	struct buf b;
	size_t n = group_sales(f, sales);
	buf_init(&b, a, 48 * n);
	for (size_t k = 0; k < n; k++) {
		const int64_t v[] = { sales[k].treatment, sales[k].rate.ppm, sales[k].section, sales[k].amount.fen,
			sales[k].tax.fen };
		for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
			if (k || i) buf_char(&b, i ? ':' : ',');
			buf_int(&b, v[i]);
		}
	}
	return buf_done(&b);
}

/* 收购、反向开具: the buyer issues, and it is a purchase of the buyer. */
struct invoice_event event_of(struct arena *a, const struct face *f, int64_t issuer_id, int64_t other_id)
{
	bool swaps = f->business.p && special_swaps(f->business);
	int64_t seller_id = swaps ? other_id : issuer_id, buyer_id = swaps ? issuer_id : other_id;
	return (struct invoice_event){ .number = f->number,
		.kind = f->kind,
		.seller_name = f->seller.name,
		.buyer_name = f->buyer.name,
		.original = f->red.original,
		.sales = sales_of(a, f),
		.seller_id = seller_id,
		.buyer_id = buyer_id,
		.issued_at = f->issued_at,
		.amount = f->sum.amount,
		.tax = f->sum.tax,
		.total = f->total };
}

void issue_event_act(struct buf *b, const struct invoice_act *of)
{
	buf_char(b, ACT);
	buf_int(b, of->id);
	buf_char(b, '\t');
	buf_int(b, of->at);
	buf_char(b, '\t');
	buf_str(b, of->name);
	buf_char(b, '\n');
}

static void put_int(struct buf *b, int64_t v, bool left_out)
{
	buf_char(b, '\t');
	if (!left_out) buf_int(b, v);
}

static void put_text(struct buf *b, struct str v, bool left_out)
{
	buf_char(b, '\t');
	if (!left_out) buf_str(b, v);
}

void issue_event_put(struct buf *b, const struct invoice_event *e)
{
	const struct invoice_act *of = &e->of;
	buf_str(b, e->number);
	put_int(b, e->seller_id, of->id && e->seller_id == of->id);
	put_int(b, e->buyer_id, false);
	put_int(b, e->issued_at, of->id && e->issued_at == of->at);
	put_int(b, e->amount.fen, false);
	put_int(b, e->tax.fen, false);
	put_int(b, e->total.fen, false);
	put_text(b, e->kind, false);
	put_text(b, e->seller_name, of->id && str_eq(e->seller_name, of->name));
	put_text(b, e->buyer_name, false);
	put_text(b, e->original, false);
	put_text(b, e->sales, false);
	buf_char(b, '\n');
}

static size_t split(struct str line, struct str *m)
{
	size_t n = 0;
	while (n < MEMBERS && str_split(&line, '\t', &m[n]))
		n++;
	return n;
}

static bool read_act(struct str line, struct invoice_act *of)
{
	struct str m[MEMBERS];
	bool good = split(line, m) == 3 && str_to_int(m[0], &of->id) && str_to_int(m[1], &of->at) && of->id;
	of->name = good ? m[2] : STR_NONE;
	return good;
}

static bool int_or(struct str s, int64_t otherwise, const struct invoice_act *of, int64_t *out)
{
	*out = otherwise;
	return s.n ? str_to_int(s, out) : of->id != 0;
}

bool issue_event_next(struct str *rest, struct invoice_event *out)
{
	struct str line, m[MEMBERS];
	struct invoice_act of = out->of;
	if (!rest->n || !str_split(rest, '\n', &line) || !line.n) return false;
	if (line.p[0] == ACT) {
		if (!read_act(str_sub(line, 1, line.n), &of)) return false;
		if (!rest->n || !str_split(rest, '\n', &line)) return false;
	}
	if (split(line, m) != MEMBERS) return false;
	*out = (struct invoice_event){ .number = m[0],
		.kind = m[7],
		.seller_name = m[8],
		.buyer_name = m[9],
		.original = m[10],
		.sales = m[11],
		.of = of };
	if (!m[8].n && of.id) out->seller_name = of.name;
	return int_or(m[1], of.id, &of, &out->seller_id) && str_to_int(m[2], &out->buyer_id) &&
	       int_or(m[3], of.at, &of, &out->issued_at) && str_to_int(m[4], &out->amount.fen) &&
	       str_to_int(m[5], &out->tax.fen) && str_to_int(m[6], &out->total.fen);
}

bool issue_sale_next(struct str *rest, struct invoice_sale *out)
{
	struct str piece, m[5];
	int64_t v[5];
	size_t n = 0;
	if (!rest->n || !str_split(rest, ',', &piece)) return false;
	while (n < 5 && str_split(&piece, ':', &m[n]))
		n++;
	for (size_t i = 0; i < 5; i++)
		if (i >= n || !str_to_int(m[i], &v[i])) return false;
	*out = (struct invoice_sale){ .treatment = (int)v[0],
		.rate = PPM((int32_t)v[1]),
		.section = (int)v[2],
		.amount = FEN(v[3]),
		.tax = FEN(v[4]) };
	return true;
}

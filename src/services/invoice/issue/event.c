/* The body of the event invoice.issued: one line for each invoice, members between tabs (names hold no control
 * characters). It carries what the projections need, so that they look nothing up. */
#include "services/invoice/issue/event.h"

enum { MEMBERS = 12 };

static int section_of(struct str tax_code)
{
	return tax_code.n && tax_code.p[0] >= '1' && tax_code.p[0] <= '6' ? tax_code.p[0] - '0' : 0;
}

static size_t group_sales(const struct face *f, struct invoice_sale *sales)
{
	size_t n = 0;
	for (size_t i = 0; i < f->n_lines; i++) {
		const struct face_line *l = &f->lines[i];
		int section = section_of(l->tax_code);
		size_t k = 0;
		while (k < n && (sales[k].treatment != (int)l->treatment || sales[k].rate.ppm != l->rate.ppm ||
		                        sales[k].section != section))
			k++;
		if (k == ISSUE_SALES_MAX) continue; /* never: a day has fewer rates and sections */
		if (k == n) {
			n++;
			sales[k] = (struct invoice_sale){ .treatment = (int)l->treatment,
				.section = section,
				.rate = l->rate,
				.kind = f->kind,
				.n = 1 };
		}
		sales[k].amount.fen += l->sum.amount.fen;
		sales[k].tax.fen += l->sum.tax.fen;
	}
	return n;
}

err_t issue_document_sales(struct ctx *c, const struct invoice *i, struct invoice_sale *out, size_t *n)
{
	struct face f;
	TRY(face_read(c->arena, i->document, &f));
	*n = group_sales(&f, out);
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

struct invoice_event event_of(struct arena *a, const struct face *f, int64_t seller_id, int64_t buyer_id)
{
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

void issue_event_put(struct buf *b, const struct invoice_event *e)
{
	const int64_t figures[] = { e->seller_id, e->buyer_id, e->issued_at, e->amount.fen, e->tax.fen, e->total.fen };
	const struct str texts[] = { e->kind, e->seller_name, e->buyer_name, e->original, e->sales };
	buf_str(b, e->number);
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
		buf_char(b, '\t');
		buf_int(b, figures[i]);
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		buf_char(b, '\t');
		buf_str(b, texts[i]);
	}
	buf_char(b, '\n');
}

bool issue_event_next(struct str *rest, struct invoice_event *out)
{
	struct str line, m[MEMBERS];
	size_t n = 0;
	if (!rest->n || !str_split(rest, '\n', &line) || !line.n) return false;
	while (n < MEMBERS && str_split(&line, '\t', &m[n]))
		n++;
	*out = (struct invoice_event){
		.number = m[0], .kind = m[7], .seller_name = m[8], .buyer_name = m[9], .original = m[10], .sales = m[11]
	};
	return n == MEMBERS && str_to_int(m[1], &out->seller_id) && str_to_int(m[2], &out->buyer_id) &&
	       str_to_int(m[3], &out->issued_at) && str_to_int(m[4], &out->amount.fen) &&
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

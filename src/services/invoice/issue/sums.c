#include "services/invoice/issue/sums.h"
#include "base/rate.h"
#include "issue_sql.h"
#include <stdlib.h>
#include <string.h>

struct sum_row {
	int64_t seller_id;
	struct str month;
	struct invoice_sum sum;
};

enum { GROUPS_MAX = 64 }; /* rates times sections: 8 rates are in the law, 6 sections in the code table */

/* Lines of one document by rate and section; each group counts the invoice once. */
size_t issue_document_sums(const struct value *document, struct str kind, struct invoice_sum *out, size_t max)
{
	size_t n = 0;
	const struct value *lines = value_get(document, S("lines"));
	for (const struct value_member *m = lines ? lines->first : NULL; m; m = m->next) {
		struct rate rate = PPM(0); /* exempt lines may say so in words */
		struct money amount = FEN(0), tax = FEN(0);
		struct str code = value_text(m->value, "tax_code");
		int section = code.n && code.p[0] >= '1' && code.p[0] <= '6' ? code.p[0] - '0' : 0;
		size_t i = 0;
		if (!rate_parse(value_text(m->value, "rate"), &rate)) rate = PPM(0);
		if (!money_parse(value_text(m->value, "amount"), &amount) ||
		        !money_parse(value_text(m->value, "tax"), &tax))
			continue;
		while (i < n && (out[i].rate.ppm != rate.ppm || out[i].section != section))
			i++;
		if (i == max) continue;
		if (i == n) out[n++] = (struct invoice_sum){ .kind = kind, .rate = rate, .section = section, .n = 1 };
		out[i].amount.fen += amount.fen;
		out[i].tax.fen += tax.fen;
	}
	return n;
}

void sums_add(struct arena *a, struct sums *s, const struct invoice *i, struct str month, const struct value *document)
{
	struct invoice_sum groups[GROUPS_MAX];
	size_t n = issue_document_sums(document, i->kind, groups, GROUPS_MAX);
	if (s->n + n > s->cap) {
		size_t cap = 2 * (s->n + n) + GROUPS_MAX;
		struct sum_row *rows = arena_array(a, cap, sizeof *rows);
		if (s->n) memcpy(rows, s->rows, s->n * sizeof *rows);
		s->rows = rows;
		s->cap = cap;
	}
	for (size_t k = 0; k < n; k++)
		s->rows[s->n++] = (struct sum_row){ i->seller_id, month, groups[k] };
}

static int by_key(const void *x, const void *y)
{
	const struct sum_row *a = x, *b = y;
	if (a->seller_id != b->seller_id) return a->seller_id < b->seller_id ? -1 : 1;
	int order = str_cmp(a->month, b->month);
	if (order == 0) order = str_cmp(a->sum.kind, b->sum.kind);
	if (order == 0) order = a->sum.rate.ppm - b->sum.rate.ppm;
	return order ? order : a->sum.section - b->sum.section;
}

err_t sums_store(struct ctx *c, struct sums *s)
{
	if (s->n) qsort(s->rows, s->n, sizeof *s->rows, by_key);
	for (size_t i = 0, k; i < s->n; i = k) {
		struct invoice_sum *sum = &s->rows[i].sum;
		for (k = i + 1; k < s->n && by_key(&s->rows[i], &s->rows[k]) == 0; k++) {
			sum->n += s->rows[k].sum.n;
			sum->amount.fen += s->rows[k].sum.amount.fen;
			sum->tax.fen += s->rows[k].sum.tax.fen;
		}
		TRY(issue_seller_sum_add(c, s->rows[i].seller_id, s->rows[i].month, sum->kind, sum->rate.ppm,
		        sum->section, sum->n, sum->amount, sum->tax, NULL));
	}
	return OK;
}

err_t issue_sums(struct ctx *c, int64_t seller_id, struct str from, struct str to, struct invoice_sum **out, size_t *n)
{
	struct issue_seller_sums_row *rows;
	TRY(issue_seller_sums(c, seller_id, from, to, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct invoice_sum){ rows[i].kind, PPM((int32_t)rows[i].rate_ppm), (int)rows[i].section,
			rows[i].n, rows[i].amount, rows[i].tax };
	return OK;
}

err_t issue_items(struct ctx *c, int64_t party_id, int side, struct str month, struct str after,
        struct invoice_item **out, size_t *n)
{
	struct issue_party_list_row *rows;
	TRY(issue_party_list(c, party_id, side, month, after, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct invoice_item){ rows[i].number, rows[i].other_name, rows[i].kind, rows[i].issued_at,
			rows[i].amount, rows[i].tax };
	return OK;
}

/* Rows of a batch are sorted by cell and added up, so that the batch touches each cell once. */
#include "services/invoice/issue/cells.h"
#include "services/invoice/issue/account.h"
#include <stdlib.h>

struct cell {
	const struct issue_party_insert_in_row *row;
	int64_t part;
	struct money amount, tax; /* of the part */
};

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare(const void *left, const void *right)
{
	const struct cell *l = left, *r = right;
	int by = by_number(l->row->party_id, r->row->party_id);
	if (!by) by = by_number(l->row->side, r->row->side);
	if (!by) by = str_cmp(l->row->period, r->row->period);
	if (!by) by = str_cmp(l->row->kind, r->row->kind);
	if (!by) by = by_number(l->row->status, r->row->status);
	if (!by) by = by_number(l->row->rate, r->row->rate);
	return by ? by : by_number(l->part, r->part);
}

static err_t add(struct ctx *c, const struct cell *cells, size_t n)
{
	const struct issue_party_insert_in_row *k = cells->row;
	struct money amount = FEN(0), tax = FEN(0), total = FEN(0), part_amount = FEN(0), part_tax = FEN(0);
	for (size_t i = 0; i < n; i++) {
		amount.fen += cells[i].row->amount.fen;
		tax.fen += cells[i].row->tax.fen;
		total.fen += cells[i].row->total.fen;
		part_amount.fen += cells[i].amount.fen;
		part_tax.fen += cells[i].tax.fen;
	}
	return issue_cell_add(c, k->party_id, k->side, k->period, k->kind, k->status, k->rate, cells->part, (int64_t)n,
	        amount, tax, total, part_amount, part_tax, NULL);
}

err_t cells_add(struct ctx *c, const struct issue_party_insert_in_row *rows, size_t n,
        const struct issue_mixed_insert_in_row *parts, size_t n_parts)
{
	struct cell *cells = arena_array(c->arena, n + n_parts, sizeof *cells);
	size_t m = 0, p = 0, from = 0;
	for (size_t i = 0; i < n; i++) {
		cells[m++] = (struct cell){ &rows[i], rows[i].rate, rows[i].amount, rows[i].tax };
		if (rows[i].rate != ACCOUNT_MIXED) continue;
		for (; p < n_parts && parts[p].party_id == rows[i].party_id && parts[p].side == rows[i].side &&
		        str_eq(parts[p].number, rows[i].number);
		        p++)
			cells[m++] = (struct cell){ &rows[i], parts[p].rate, parts[p].amount, parts[p].tax };
	}
	if (p != n_parts) return E_INTERNAL;
	if (m) qsort(cells, m, sizeof *cells, compare);
	for (size_t i = 1; i <= m; i++) {
		if (i < m && compare(&cells[i], &cells[from]) == 0) continue;
		TRY(add(c, &cells[from], i - from));
		from = i;
	}
	return OK;
}

err_t cells_move(struct ctx *c, int sign, int64_t party_id, int side, struct str period, struct str number)
{
	TRY(issue_cell_whole(c, sign, party_id, side, period, number, NULL));
	return issue_cell_parts(c, sign, party_id, side, period, number, NULL);
}

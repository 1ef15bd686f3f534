/* The bureau's own stock: boxes come in, sums by state go out. */
#include "kernel/i18n/i18n.h"
#include "kernel/receipt/receipt.h"
#include "paper_sql.h"
#include "services/invoice/paper/own.h"

static const struct fault_def no_code = { "paper-code", N_("不是纸质发票的代码：10 位，或者 0 开头的 12 位"), NULL,
	NULL };
static const struct fault_def backwards = { "paper-range", N_("止号不能小于起号"), NULL, NULL };
static const struct fault_def too_long = { "paper-long", N_("一次最多 {1} 份"), NULL, NULL };
static const struct fault_def uneven = { "paper-uneven", N_("号段要是整卷（本）：每 {1} 份一卷，从 1 号起排"), NULL,
	NULL };

static void put_sums(struct ctx *c, const struct paper_sums_row *rows, size_t n, struct value *list)
{
	for (int k = PAPER_SPECIAL; k < PAPER_KINDS; k++) {
		struct value *v = value_object(c->arena), *states = NULL;
		value_put_c(c->arena, v, "kind", paper_kinds[k].code);
		value_put_str(c->arena, v, "kind_words", tr(c, paper_kinds[k].title));
		states = value_put_object(c->arena, v, "numbers");
		for (int s = 0; s < PAPER_STATES; s++) {
			int64_t numbers = 0;
			for (size_t i = 0; i < n; i++)
				if (str_is(rows[i].kind, paper_kinds[k].code) &&
				        str_is(rows[i].state, paper_states[s].code))
					numbers = rows[i].numbers;
			value_put_int(c->arena, states, paper_states[s].code, numbers);
		}
		value_push(c->arena, list, v);
	}
}

err_t paper_shelf_show(struct ctx *c, const void *input, struct reply *out)
{
	struct paper_sums_row *sums;
	struct paper_boxes_row *boxes;
	size_t n;
	(void)input;
	TRY(paper_sums(c, &sums, &n));
	out->value = value_object(c->arena);
	put_sums(c, sums, n, value_put_array(c->arena, out->value, "kinds"));
	TRY(paper_boxes(c, &boxes, &n));
	struct value *list = value_put_array(c->arena, out->value, "boxes");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "code", boxes[i].code);
		value_put_str(c->arena, v, "kind_words", tr(c, paper_kinds[paper_kind_of(boxes[i].code)].title));
		value_put_str(c->arena, v, "from", paper_number_text(c->arena, boxes[i].from_no));
		value_put_str(c->arena, v, "to", paper_number_text(c->arena, boxes[i].to_no));
		value_put_instant(c->arena, v, "received_at", boxes[i].received_at);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t paper_receive(struct ctx *c, const void *input, struct reply *out)
{
	const struct box_in *in = input;
	struct value *v = value_object(c->arena), *receipt;
	if (paper_kind_of(in->code) == PAPER_OTHER) FAULT(c, S("/code"), &no_code);
	if (in->to < in->from)
		FAULT(c, S("/to"), &backwards);
	else if (in->to - in->from >= PAPER_BOX_MAX)
		FAULT(c, S("/to"), &too_long, str_from_int(c->arena, PAPER_BOX_MAX));
	else if ((in->from - 1) % in->per_unit || in->to % in->per_unit)
		FAULT(c, S("/per_unit"), &uneven, str_from_int(c->arena, in->per_unit));
	TRY(problem_result(&c->problem));
	TRY(span_receive(c, in->code, in->from, in->to, in->per_unit));
	value_put_str(c->arena, v, "code", in->code);
	value_put_c(c->arena, v, "kind", paper_kinds[paper_kind_of(in->code)].code);
	value_put_str(c->arena, v, "from", paper_number_text(c->arena, in->from));
	value_put_str(c->arena, v, "to", paper_number_text(c->arena, in->to));
	value_put_int(c->arena, v, "numbers", in->to - in->from + 1);
	value_put_int(c->arena, v, "units", (in->to - in->from + 1) / in->per_unit);
	TRY(receipt_issue(c, ACT_PAPER_RECEIVED, c->caller.person_id, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	out->value = v;
	out->status = 201;
	return OK;
}

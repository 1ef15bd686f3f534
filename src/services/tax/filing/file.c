/* Filing a return: what was sent is compared with what the rules give; return, obligations, ledger, receipt and event
 * are one transaction (A05.d exactly once). */
#include "filing_sql.h"
#include "kernel/ctx/app.h"
#include "kernel/receipt/receipt.h"
#include "services/tax/filing/work.h"

static const struct fault_def running = { "period-running", N_("{1}还没有结束，{2}起可以申报"), NULL,
	N_("增值税法 第三十条") };
static const struct fault_def filed_before = { "return-filed", N_("{1}已经申报过（申报表 {2}）。要改请做更正申报"),
	N_("更正申报：带上 corrects（要更正的申报表编号）和 reason（更正原因）"), N_("税收征收管理法 第二十五条") };
static const struct fault_def nothing_filed = { "correction-of-nothing", N_("{1}还没有申报过，不能更正"), NULL, NULL };
static const struct fault_def not_latest = { "correction-not-latest", N_("要更正的应是最近一次的申报表 {1}"), NULL,
	NULL };
static const struct fault_def no_reason = { "correction-reason", N_("请写更正原因"), NULL, NULL };
static const struct fault_def earlier = { "earlier-period", N_("{1}还没有申报，请先申报"), NULL, NULL };
static const struct fault_def no_lines = { "lines-missing", N_("请填写申报表各栏；没有发生业务的，选零申报"), NULL,
	NULL };
static const struct fault_def not_zero = { "zero-return", N_("这一期有数据（{1} {2}），不能零申报"), NULL, NULL };
static const struct fault_def zero_and_lines = { "zero-return-lines", N_("零申报不用填各栏"), NULL, NULL };

static const struct fault_def line_faults[] = {
	[FAULT_UNKNOWN] = { "line-unknown", N_("这张申报表没有第 {1} 栏"), NULL, NULL },
	[FAULT_CARRIED] = { "line-carried", N_("第 {1} 栏来自上期申报表，应为 {2}"), N_("上期有误的，请先更正上期申报"),
	        NULL },
	[FAULT_COMPUTED] = { "line-computed", N_("第 {1} 栏由公式计算，应为 {2}（{3}）"),
	        N_("请改公式里的各栏，或不填这一栏"), N_("国家税务总局公告2021年第20号") },
	[FAULT_NEGATIVE] = { "line-negative", N_("第 {1} 栏不能是负数"), NULL, NULL },
	[FAULT_PARTS] = { "line-parts", N_("第 {1} 栏是其中数，合计不能大于 {2}"), NULL, NULL },
	[FAULT_RANGE] = { "line-range", N_("第 {1} 栏金额超出能计算的范围，请核对"), NULL, NULL },
};

static const struct fault_def input_faults[] = {
	[FAULT_UNKNOWN] = { "input-unknown", N_("这张申报表没有这一项"), NULL, NULL },
	[FAULT_NEGATIVE] = { "input-negative", N_("{1}不能是负数"), NULL, NULL },
	[FAULT_RANGE] = { "input-range", N_("{1}超出能计算的范围，请核对"), NULL, NULL },
};

void filing_line_fault(struct ctx *c, const struct draft *d, const struct form_fault *f)
{
	bool line = f->cell <= FORM_LINES;
	struct str pointer =
	        str_printf(c->arena, "/%s/%s", line ? "lines" : "inputs", form_cell_name(c->arena, f->cell).p);
	struct str formula = f->kind == FAULT_COMPUTED ? explain_formula(d, c->arena, f->cell) : STR_NONE;
	if (line)
		FAULT(c, pointer, &line_faults[f->kind], str_from_int(c->arena, f->cell),
		        money_grouped(c->arena, f->expected), formula.p ? formula : S(""));
	else
		FAULT(c, pointer, &input_faults[f->kind], cell_title(&d->filled, f->cell));
}

/* A zero return says that nothing happened; the first line that says otherwise is named. */
static void check_zero(struct ctx *c, const struct return_in *in, const struct draft *d)
{
	const struct filled *f = &d->filled;
	for (int n = 1; n <= FORM_CELLS; n++)
		if (in->sent.has[n] && in->sent.cell[n].fen != 0) {
			FAULT(c, S("/zero"), &zero_and_lines);
			break;
		}
	for (int n = 1; n <= FORM_CELLS; n++)
		if (f->role[n] == CELL_ENTERED && f->cell[n].fen != 0) {
			FAULT(c, S("/zero"), &not_zero, cell_title(f, n), money_grouped(c->arena, f->cell[n]));
			return;
		}
}

static void check_fields(struct ctx *c, const struct return_in *in, const struct draft *d)
{
	struct str id = str_from_int(c->arena, d->return_id);
	if (d->state != PERIOD_ENDED)
		FAULT(c, S("/period"), &running, d->period,
		        date_format(c->arena, date_add_days(period_last(d->facts.period), 1)));
	if (in->corrects && !d->filed)
		FAULT(c, S("/corrects"), &nothing_filed, d->period);
	else if (in->corrects && in->corrects != d->return_id)
		FAULT(c, S("/corrects"), &not_latest, id);
	if (in->corrects && !in->reason.p) FAULT(c, S("/reason"), &no_reason);
	bool unread = c->problem.n > 0 && !in->has_lines; /* perhaps they were there and could not be read */
	if (!in->zero && !in->has_lines && !in->has_inputs && !unread) FAULT(c, S("/lines"), &no_lines);
	if (in->zero) check_zero(c, in, d);
}

static err_t check_state(struct ctx *c, const struct draft *d, bool corrects)
{
	struct obligation first;
	struct date from;
	bool unfiled;
	struct str id = str_from_int(c->arena, d->return_id);
	if (d->filed && !corrects) return RAISE(c, E_CONFLICT, &filed_before, d->period, id);
	/* The credit and the debt that are carried over come from the period before: in order. */
	TRY(calendar_first_due(c, &d->taxpayer, &from));
	TRY(ledger_unfiled_between(c, d->taxpayer.id, S("vat"), from, d->due_on, &first, &unfiled));
	return unfiled && !d->filed ? RAISE(c, E_CONFLICT, &earlier, first.period) : OK;
}

static void check_lines(struct ctx *c, const struct return_in *in, struct draft *d, bool computed)
{
	struct form_fault faults[FORM_FAULTS_MAX];
	size_t n = form_take(c->app->policy, &d->facts, &in->sent, &d->filled, faults);
	for (size_t i = 0; i < n; i++)
		if (computed || faults[i].kind != FAULT_COMPUTED) filing_line_fault(c, d, &faults[i]);
}

static void put_differences(struct ctx *c, const struct return_in *in, const struct draft *d, struct value *doc)
{
	struct value *list = value_put_array(c->arena, doc, "differences");
	for (int n = 1; n <= FORM_CELLS; n++) {
		if (d->filled.cell[n].fen == d->prefilled[n].fen || d->filled.role[n] != CELL_ENTERED) continue;
		struct value *v = value_object(c->arena);
		struct str why = in->reasons.cell[n].p ? in->reasons.cell[n] : in->reason;
		value_put_str(c->arena, v, "line", form_cell_name(c->arena, n));
		value_put(c->arena, v, "number", n <= FORM_LINES ? value_int(c->arena, n) : value_null(c->arena));
		value_put_str(c->arena, v, "title", cell_title(&d->filled, n));
		value_put_money(c->arena, v, "prefilled", d->prefilled[n]);
		value_put_money(c->arena, v, "filed", d->filled.cell[n]);
		value_put(c->arena, v, "reason", why.p ? value_str(c->arena, why) : value_null(c->arena));
		value_push(c->arena, list, v);
	}
}

/* What is kept and what the receipt is over. */
static struct value *document_of(struct ctx *c, const struct return_in *in, const struct draft *d)
{
	struct value *doc = value_object(c->arena);
	value_put_c(c->arena, doc, "form", d->filled.form->id);
	value_put_c(c->arena, doc, "form_title", d->filled.form->title);
	value_put_c(c->arena, doc, "tax", "vat");
	value_put_str(c->arena, doc, "period", d->period);
	value_put_str(c->arena, doc, "taxpayer", d->taxpayer.name);
	value_put_str(c->arena, doc, "tax_id", d->taxpayer.uscc);
	value_put_int(c->arena, doc, "version", d->version + 1);
	value_put(c->arena, doc, "corrects",
	        in->corrects ? value_str(c->arena, str_from_int(c->arena, in->corrects)) : value_null(c->arena));
	value_put(c->arena, doc, "reason", in->reason.p ? value_str(c->arena, in->reason) : value_null(c->arena));
	value_put_bool(c->arena, doc, "zero", in->zero);
	value_put_date(c->arena, doc, "due_on", d->due_on);
	value_put_bool(c->arena, doc, "late", date_cmp(c->today, d->due_on) > 0);
	value_put(c->arena, doc, "lines", answer_lines(c, &d->filled, d->filled.cell));
	value_put(c->arena, doc, "inputs", answer_inputs(c, &d->filled, d->filled.cell));
	value_put(c->arena, doc, "prefilled", answer_lines(c, &d->filled, d->prefilled));
	put_differences(c, in, d, doc);
	answer_sums(c, &d->filled, doc);
	const struct lang *reader = c->lang;
	c->lang = NULL; /* kept in Chinese, whoever files */
	answer_policy(c, &d->filled, doc);
	c->lang = reader;
	return doc;
}

/* The four obligations as they stand now; *refund: what a correction leaves to be given back. */
static err_t assess(struct ctx *c, const struct draft *d, int64_t id, struct value *answer)
{
	struct ledger_charge charges[CHARGES];
	struct obligation now[CHARGES];
	struct money refund = FEN(0);
	struct value *list = value_put_array(c->arena, answer, "obligations");
	charges_of(&d->filled, charges);
	TRY(ledger_assess_all(c, d->taxpayer.id, d->period, d->due_on, charges, CHARGES, id, now));
	for (size_t i = 0; i < CHARGES; i++) {
		value_push(c->arena, list, ledger_obligation_value(c, &now[i]));
		if (!money_add(refund, now[i].refund, &refund)) return E_INTERNAL;
	}
	value_put_money(c->arena, answer, "refund_due", refund);
	return OK;
}

/* The return is public knowledge of its taxpayer only: messages get what they need. */
static err_t tell(struct ctx *c, const struct draft *d, int64_t id)
{
	struct value *v = value_object(c->arena);
	struct buf b;
	value_put_str(c->arena, v, "return_id", str_from_int(c->arena, id));
	value_put_c(c->arena, v, "tax", "vat");
	value_put_str(c->arena, v, "period", d->period);
	value_put_money(c->arena, v, "tax_due", d->filled.cell[d->filled.form->due]);
	buf_init(&b, c->arena, 200);
	value_write_canonical(&b, v);
	return outbox_emit(c, "return.filed", d->taxpayer.id, buf_done(&b));
}

/* Credit and debt that go into the next period: l20 and l32 of the general form; the small form has none. */
static struct money carried_line(const struct draft *d, int n)
{
	return d->facts.small ? FEN(0) : d->filled.cell[n];
}

static err_t store(struct ctx *c, const struct return_in *in, const struct draft *d, struct reply *out)
{
	struct value *doc = document_of(c, in, d), *receipt;
	int64_t id = db_new_id(c), receipt_id;
	struct buf b;
	const struct filled *f = &d->filled;
	buf_init(&b, c->arena, 4096);
	value_write_canonical(&b, doc);
	struct str text = buf_done(&b);
	struct value *act = value_object(c->arena);
	value_put_str(c->arena, act, "return_id", str_from_int(c->arena, id));
	value_put_instant(c->arena, act, "filed_at", c->now);
	value_put(c->arena, act, "return", doc);
	TRY(receipt_issue(c, ACT_RETURN_FILED, d->taxpayer.id, act, &receipt, &receipt_id));
	TRY(filing_return_insert(c, d->taxpayer.id, id, S("vat"), d->period, d->version + 1, in->corrects,
	        str_c(f->form->id), c->now, c->caller.person_id, f->cell[f->form->due], f->urban, f->education,
	        f->local, carried_line(d, 20), carried_line(d, 32), text, receipt_id, NULL));
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "id", str_from_int(c->arena, id));
	value_put_instant(c->arena, v, "filed_at", c->now);
	for (const struct value_member *m = doc->first; m; m = m->next)
		value_put(c->arena, v, m->key.p, m->value);
	TRY(assess(c, d, id, v));
	TRY(tell(c, d, id));
	value_put(c->arena, v, "receipt", receipt);
	out->status = 201;
	out->location = str_printf(c->arena, "/returns/%lld", (long long)id);
	return OK;
}

/* Beside what could not be read: computed lines are not compared, they would only echo the unreadable ones. */
err_t return_check(struct ctx *c, const void *input, struct reply *out)
{
	const struct return_in *in = input;
	struct draft d;
	(void)out;
	if (!in->period.year) return OK;
	TRY(draft_open(c, in->period, &d));
	check_fields(c, in, &d);
	check_lines(c, in, &d, false);
	return OK;
}

err_t return_file(struct ctx *c, const void *input, struct reply *out)
{
	const struct return_in *in = input;
	struct draft d;
	TRY(draft_open(c, in->period, &d));
	check_fields(c, in, &d);
	TRY(check_state(c, &d, in->corrects != 0));
	check_lines(c, in, &d, true);
	TRY(problem_result(&c->problem));
	return store(c, in, &d, out);
}

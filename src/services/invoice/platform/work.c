/* The job that issues a batch, group by group. Each order ends as one outcome whatever breaks in between:
 *   claim   one transaction writes what will be done with each line of the group and takes the order's number
 *   issue   issue_for under a key of batch and group: done once, answered again the same
 *   settle  one transaction writes the outcomes, moves the batch on, and tells the platform at the end
 * A group that was cut off is done again from the decisions of its claim, so it asks issue_for for the very same lines.
 */
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/problem.h"
#include "platform_sql.h"
#include "services/foundation/identity/identity.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/platform/platform.h"
#include <string.h>

enum { GROUPS_A_RUN = 10, SELLERS_MAX = 256 };

const struct fault_def platform_no_seller = { "seller-unknown", N_("没有查到这个商家，请核对税号"), NULL, NULL };
const struct fault_def platform_no_mandate = { "mandate-missing", N_("商家没有委托本平台开票，或委托已到期"),
	N_("请商家在“委托授权管理”里委托"), NULL };
const struct fault_def platform_over_limit = { "mandate-limit", N_("超过委托里每次 {1} 元的限额"), NULL, NULL };
static const struct fault_def twice = { "order-twice", N_("这份文件的第 {1} 行已经有这张订单"), NULL, NULL };
static const struct fault_def busy = { "order-busy", N_("这张订单正在另一批里开具"), NULL, NULL };

struct seller {
	struct str tax_id, name;
	int64_t id;
	bool may;
	struct money limit;
};
struct work_line {
	struct order order;
	int64_t line;
	struct seller *seller;
	struct order_invoice *invoices;
	size_t n_invoices;
	struct str state, numbers, errors;
};
struct group {
	struct ctx c; /* with an arena of its own */
	int64_t platform_id, batch_id;
	const struct platform_batch_get_row *batch;
	int64_t index, at_byte, at_line;
	struct work_line *lines;
	size_t n;
	struct seller *sellers;
	size_t n_sellers;
	bool last;
	int64_t issued, held, refused, known;
};

/* --- what others of this service use too --- */

struct str platform_errors(struct ctx *c, err_t kind)
{
	struct value *v = value_object(c->arena);
	if (!c->problem.n) {
		const struct fault_def *def = problem_def(c, kind);
		problem_fault(
		        &c->problem, S(""), def, c->problem.arg[0], c->problem.arg[1], c->problem.arg[2], STR_NONE);
	}
	problem_put_errors(c, v);
	problem_init(&c->problem, c->arena);
	return value_json(c->arena, value_get(v, S("errors")));
}

err_t platform_answer(struct ctx *c, struct str *rest, size_t n, struct issued_lines *out)
{
	struct buf numbers, errors;
	struct str text;
	buf_init(&numbers, c->arena, n * 21);
	buf_init(&errors, c->arena, 64);
	for (size_t i = 0; i < n; i++) {
		struct value *said;
		struct json_fault where;
		if (!str_split(rest, '\n', &text) || json_parse(c->arena, text, &said, &where) != OK) return E_INTERNAL;
		struct str number = value_text(said, "number");
		if (number.p) {
			if (numbers.n) buf_char(&numbers, ' ');
			buf_str(&numbers, number);
		} else if (!errors.n) {
			value_write_json(&errors, value_get(said, S("errors")));
		}
	}
	out->numbers = errors.n ? S("") : buf_done(&numbers);
	out->errors = buf_done(&errors);
	return OK;
}

/* --- reading a group --- */

static err_t seller_of(struct group *g, struct str tax_id, struct seller **out)
{
	struct ctx *c = &g->c;
	struct party party;
	bool found = false;
	for (size_t i = 0; i < g->n_sellers; i++)
		if (str_eq(g->sellers[i].tax_id, tax_id)) {
			*out = &g->sellers[i];
			return OK;
		}
	struct seller *s = &g->sellers[g->n_sellers++];
	*s = (struct seller){ .tax_id = tax_id };
	TRY(identity_party_by_tax_id(c, tax_id, &party, &found));
	if (found) {
		s->id = party.id;
		s->name = party.name;
		s->may = party.id == g->platform_id;
		if (!s->may) TRY(identity_mandate(c, party.id, g->platform_id, "invoice.issue", &s->may, &s->limit));
	}
	*out = s;
	return OK;
}

static void refuse(struct group *g, struct work_line *l)
{
	l->errors = platform_errors(&g->c, E_INPUT);
	l->state = S("refused");
}

static err_t judge_line(struct group *g, struct work_line *l)
{
	struct ctx *c = &g->c;
	if (c->problem.n) {
		refuse(g, l);
		return OK;
	}
	TRY(seller_of(g, l->order.seller, &l->seller));
	const struct seller *s = l->seller;
	/* Within its limits, as order_check saw. */
	(void)order_split(
	        c->arena, &l->order, str_is(l->order.split, "rate"), l->order.limit, &l->invoices, &l->n_invoices);
	if (!s->id)
		FAULT(c, S("/seller"), &platform_no_seller);
	else if (!s->may)
		FAULT(c, S("/seller"), &platform_no_mandate);
	for (size_t i = 0; i < l->n_invoices && s->limit.fen && !c->problem.n; i++)
		if (l->invoices[i].total.fen > s->limit.fen)
			FAULT(c, S("/items"), &platform_over_limit, money_grouped(c->arena, s->limit));
	if (c->problem.n)
		refuse(g, l);
	else
		l->state = str_is(l->order.issue, "claim") ? S("held") : S("waiting");
	return OK;
}

static err_t read_group(struct group *g, struct file_reader *r)
{
	size_t invoices = 0;
	g->lines = arena_array(g->c.arena, GROUP_MAX, sizeof *g->lines);
	g->sellers = arena_array(g->c.arena, SELLERS_MAX, sizeof *g->sellers);
	/* An order is 100 invoices at most: what is read is issued within GROUP_MAX lines. */
	while (g->n < GROUP_MAX && g->n_sellers < SELLERS_MAX && invoices <= GROUP_MAX - ORDER_INVOICES_MAX) {
		struct work_line *l = &g->lines[g->n];
		if (!file_next(&g->c, r, &l->order, &l->line)) {
			g->last = true;
			break;
		}
		l->numbers = l->errors = S("");
		TRY(judge_line(g, l));
		invoices += l->n_invoices;
		g->n++;
	}
	g->at_byte = (int64_t)r->at;
	g->at_line = r->line;
	return OK;
}

/* --- claim --- */

static struct money total_of(const struct work_line *l)
{
	struct money sum = FEN(0);
	for (size_t i = 0; i < l->n_invoices; i++)
		sum.fen += l->invoices[i].total.fen;
	return sum;
}

/* An order that is there already: business duplicates get the original answer. */
static err_t known_order(struct ctx *c, struct group *g, struct work_line *l)
{
	struct platform_order_get_row old;
	bool found = false;
	TRY(platform_order_get(c, l->seller->id, g->platform_id, l->order.order_no, &old, &found));
	if (!found) return E_BUSY;
	if (str_is(old.state, "issued") || str_is(old.state, "held")) {
		l->state = S("known");
		l->numbers = old.numbers;
		return OK;
	}
	bool here = old.batch_id == g->batch_id;
	problem_init(&c->problem, c->arena);
	if (here)
		FAULT(c, S("/order_no"), &twice, str_from_int(c->arena, old.line));
	else
		FAULT(c, S("/order_no"), &busy);
	l->state = S("refused");
	l->errors = platform_errors(c, E_INPUT);
	return OK;
}

static err_t claim_line(struct ctx *c, struct group *g, struct work_line *l)
{
	bool held = str_is(l->state, "held");
	int64_t fresh;
	if (!held && !str_is(l->state, "waiting")) return OK;
	struct str no = l->order.order_no, kept = held ? order_keep(c->arena, &l->order) : S(""), hash = STR_NONE, code;
	if (held) TRY(platform_code_new(c, l->seller->id, g->platform_id, no, &code, &hash));
	TRY(platform_order_insert(c, l->seller->id, no, g->platform_id, g->batch_id, l->line,
	        held ? S("held") : S("taken"), total_of(l), kept, hash, g->batch->drawer, &fresh));
	return fresh ? OK : known_order(c, g, l);
}

static struct str or_empty(struct str s)
{
	return s.p ? s : S("");
}

/* Decisions of an earlier attempt stand. */
static err_t take_decisions(struct group *g, const struct platform_line_states_row *old, size_t n)
{
	if (n != g->n) return E_INTERNAL;
	for (size_t i = 0; i < n; i++) {
		if (old[i].line != g->lines[i].line) return E_INTERNAL;
		g->lines[i].state = old[i].state;
	}
	return OK;
}

static err_t claim(struct ctx *c, void *arg)
{
	struct group *g = arg;
	struct platform_line_states_row *old;
	size_t n;
	if (!g->n) return OK;
	TRY(platform_line_states(c, g->batch_id, g->lines[0].line, g->lines[g->n - 1].line, &old, &n));
	if (n) return take_decisions(g, old, n);
	struct platform_line_insert_in_row *rows = arena_array(c->arena, g->n, sizeof *rows);
	for (size_t i = 0; i < g->n; i++) {
		struct work_line *l = &g->lines[i], now = *l;
		TRY(claim_line(c, g, &now));
		rows[i] = (struct platform_line_insert_in_row){ g->batch_id, l->line, g->index,
			or_empty(l->order.seller), or_empty(l->order.order_no), now.state, now.numbers, now.errors };
	}
	TRY(platform_line_insert_rows(c, rows, g->n));
	for (size_t i = 0; i < g->n; i++)
		g->lines[i].state = rows[i].state; /* set, not added to: a repeated transaction judges anew */
	return OK;
}

/* --- issue --- */

static void put_invoices(struct ctx *c, struct buf *b, const struct work_line *l)
{
	const struct order *o = &l->order;
	for (size_t i = 0; i < l->n_invoices; i++)
		order_put_invoice(b, &l->invoices[i], o->kind, o->buyer,
		        l->n_invoices == 1 ? o->order_no
		                           : str_printf(c->arena, "%.*s/%zu", STR_FMT(o->order_no), i + 1),
		        o->remark);
}

static bool waits_for(const struct work_line *l, const struct seller *s, bool split)
{
	return l->seller == s && str_is(l->state, "waiting") && (l->n_invoices > 1) == split;
}

/* E_CONFLICT: this seller may not issue now; all its lines hear so. */
static err_t ask(struct group *g, const struct seller *s, struct str key, struct str lines, bool whole,
        struct str *answer, struct str *refused)
{
	struct ctx *c = &g->c;
	struct issue_program p = { s->id, s->name, g->batch->drawer, key, whole };
	*refused = STR_NONE;
	err_t e = issue_for(c, &p, lines, answer);
	if (e != E_CONFLICT) return e;
	*refused = platform_errors(c, e);
	return OK;
}

static err_t take(struct ctx *c, struct work_line *l, struct str *answer, struct str refused)
{
	struct issued_lines got = { S(""), refused };
	if (!refused.p) TRY(platform_answer(c, answer, l->n_invoices, &got));
	l->numbers = got.numbers;
	l->errors = got.errors;
	l->state = got.errors.n ? S("refused") : S("issued");
	return OK;
}

static err_t issue_simple(struct group *g, const struct seller *s)
{
	struct ctx *c = &g->c;
	struct str key = str_printf(c->arena, "platform %lld %lld", (long long)g->batch_id, (long long)g->index);
	struct str answer, refused;
	struct buf b;
	buf_init(&b, c->arena, 65536);
	for (size_t i = 0; i < g->n; i++)
		if (waits_for(&g->lines[i], s, false)) put_invoices(c, &b, &g->lines[i]);
	if (!b.n) return OK;
	TRY(ask(g, s, key, buf_done(&b), false, &answer, &refused));
	for (size_t i = 0; i < g->n; i++)
		if (waits_for(&g->lines[i], s, false)) TRY(take(c, &g->lines[i], &answer, refused));
	return OK;
}

/* Several invoices of one order: all of them or none. */
static err_t issue_split(struct group *g, struct work_line *l)
{
	struct ctx *c = &g->c;
	struct str key = str_printf(c->arena, "platform %lld line %lld", (long long)g->batch_id, (long long)l->line);
	struct str answer, refused;
	struct buf b;
	buf_init(&b, c->arena, 4096);
	put_invoices(c, &b, l);
	TRY(ask(g, l->seller, key, buf_done(&b), true, &answer, &refused));
	return take(c, l, &answer, refused);
}

static err_t issue(struct group *g)
{
	for (size_t k = 0; k < g->n_sellers; k++) {
		TRY(issue_simple(g, &g->sellers[k]));
		for (size_t i = 0; i < g->n; i++)
			if (waits_for(&g->lines[i], &g->sellers[k], true)) TRY(issue_split(g, &g->lines[i]));
	}
	return OK;
}

/* --- settle --- */

static err_t settle_line(struct ctx *c, struct group *g, const struct work_line *l, bool was_waiting)
{
	struct str no = l->order.order_no;
	if (!was_waiting) return OK;
	TRY(platform_line_set(c, l->state, l->numbers, l->errors, g->batch_id, l->line, NULL));
	return str_is(l->state, "issued")
	               ? platform_order_issued(c, l->numbers, l->seller->id, g->platform_id, no, NULL)
	               : platform_order_free(c, l->seller->id, g->platform_id, no, g->batch_id, l->line, NULL);
}

static err_t end_batch(struct ctx *c, struct group *g)
{
	struct value *v = value_object(c->arena);
	const struct platform_batch_get_row *b = g->batch;
	TRY(platform_batch_end(c, S("done"), S(""), c->now, g->platform_id, g->batch_id, NULL));
	TRY(platform_parts_drop(c, g->batch_id, NULL));
	value_put_str(c->arena, v, "batch", str_from_int(c->arena, g->batch_id));
	value_put_int(c->arena, v, "orders", b->orders + (int64_t)g->n);
	value_put_int(c->arena, v, "issued", b->issued + g->issued);
	value_put_int(c->arena, v, "held", b->held + g->held);
	value_put_int(c->arena, v, "refused", b->refused + g->refused);
	value_put_int(c->arena, v, "known", b->known + g->known);
	return hook_tell(c, g->platform_id, "batch.done", v);
}

static err_t settle(struct ctx *c, void *arg)
{
	struct group *g = arg;
	struct platform_line_states_row *old;
	size_t n = 0;
	int64_t moved;
	if (g->n) TRY(platform_line_states(c, g->batch_id, g->lines[0].line, g->lines[g->n - 1].line, &old, &n));
	TRY(platform_batch_step(c, g->at_byte, g->at_line, (int64_t)g->n, g->issued, g->held, g->refused, g->known,
	        g->platform_id, g->batch_id, g->index, &moved));
	if (!moved) return E_BUSY; /* another process has done this group */
	for (size_t i = 0; i < n; i++)
		TRY(settle_line(c, g, &g->lines[i], str_is(old[i].state, "waiting")));
	return g->last ? end_batch(c, g) : OK;
}

static void count(struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		struct str s = g->lines[i].state;
		g->issued += str_is(s, "issued");
		g->held += str_is(s, "held");
		g->refused += str_is(s, "refused");
		g->known += str_is(s, "known");
	}
}

static err_t run_group(struct group *g, struct file_reader *r)
{
	TRY(read_group(g, r));
	TRY(db_write(&g->c, claim, g));
	TRY(issue(g));
	count(g);
	return db_write(&g->c, settle, g);
}

/* --- the job --- */

err_t platform_enqueue(struct ctx *c, int64_t platform_id, int64_t batch_id)
{
	struct str argument =
	        str_printf(c->arena, "{\"batch\":%lld,\"platform\":%lld}", (long long)batch_id, (long long)platform_id);
	return job_enqueue(c, "platform.issue", str_from_int(c->arena, batch_id), argument, c->now);
}

struct run {
	int64_t platform_id, batch_id;
	struct str reason;
};

static err_t give_up(struct ctx *c, void *arg)
{
	struct run *r = arg;
	return platform_batch_end(c, S("refused"), r->reason, c->now, r->platform_id, r->batch_id, NULL);
}

static err_t one_group(struct ctx *c, const struct run *run, struct file_reader *r, bool *end)
{
	struct platform_batch_get_row row;
	struct group *g = arena_new_of(c->arena, struct group);
	bool found = false;
	TRY(platform_batch_get(c, run->platform_id, run->batch_id, &row, &found));
	*end = !found || !str_is(row.state, "working");
	if (*end) return OK;
	r->at = (size_t)row.at_byte > r->at ? (size_t)row.at_byte : r->at;
	r->line = row.at_line > r->line ? row.at_line : r->line;
	g->c = *c;
	g->c.arena = arena_new();
	problem_init(&g->c.problem, g->c.arena);
	g->platform_id = run->platform_id;
	g->batch_id = run->batch_id;
	g->batch = &row;
	g->index = row.groups;
	err_t e = run_group(g, r);
	*end = g->last;
	arena_free(g->c.arena);
	return e;
}

err_t platform_issue_job(struct ctx *c, struct str argument)
{
	struct platform_batch_get_row row;
	struct run run = { .reason = S("unreadable") };
	struct file_reader r;
	struct value *v;
	struct json_fault where;
	struct str text;
	bool found, end = false;
	if (json_parse(c->arena, argument, &v, &where) != OK) return E_INTERNAL;
	run.platform_id = value_number(v, "platform", 0);
	run.batch_id = value_number(v, "batch", 0);
	TRY(platform_batch_get(c, run.platform_id, run.batch_id, &row, &found));
	if (!found || !str_is(row.state, "working")) return OK;
	TRY(platform_text(c, run.batch_id, row.size, &text));
	if (!text.p || file_open(c, &r, text, str_is(row.format, "csv"), (size_t)row.at_byte, row.at_line) != OK)
		return db_write(c, give_up, &run);
	for (int i = 0; i < GROUPS_A_RUN && !end; i++)
		TRY(one_group(c, &run, &r, &end));
	return end ? OK : platform_enqueue(c, run.platform_id, run.batch_id);
}

#include "kernel/operation/replay.h"
#include "kernel/db/db.h"
#include "operation_sql.h"

static const struct fault_def other_body = { "idempotency-key-reused",
	N_("这个 Idempotency-Key 已用于另一次提交，内容不同"), N_("换一个新的 Idempotency-Key 再提交"), NULL };
static const struct fault_def differs = { "differs", N_("和第一次提交的内容不同"), NULL, NULL };
static const struct fault_def other_operation = { "idempotency-key-reused", N_("这个 Idempotency-Key 已用于另一种操作"),
	NULL, NULL };

static int64_t owner(const struct ctx *c)
{
	return c->caller.subject_id ? c->caller.subject_id : c->caller.person_id;
}

/* One fault at each member that differs, also those that only one of the two has. */
static void name_differences(struct ctx *c, const struct value *first, const struct value *now, struct str at)
{
	if (first && now && first->kind == now->kind && (first->kind == VALUE_OBJECT || first->kind == VALUE_ARRAY)) {
		size_t i = 0;
		for (const struct value_member *m = now->first; m; m = m->next, i++) {
			struct str key = now->kind == VALUE_OBJECT ? m->key : str_from_int(c->arena, (int64_t)i);
			const struct value *old =
			        now->kind == VALUE_OBJECT ? value_get(first, key) : value_at(first, i);
			name_differences(
			        c, old, m->value, str_printf(c->arena, "%.*s/%.*s", STR_FMT(at), STR_FMT(key)));
		}
		i = 0;
		for (const struct value_member *m = first->first; m; m = m->next, i++) {
			struct str key = first->kind == VALUE_OBJECT ? m->key : str_from_int(c->arena, (int64_t)i);
			if (!(now->kind == VALUE_OBJECT ? value_get(now, key) : value_at(now, i)))
				FAULT(c, str_printf(c->arena, "%.*s/%.*s", STR_FMT(at), STR_FMT(key)), &differs);
		}
		return;
	}
	if (!first || !now || !value_equal(first, now)) FAULT(c, at, &differs);
}

err_t replay_find(struct ctx *c, struct str body, const struct value *tree, struct replay *out)
{
	struct operation_answer_get_row row;
	struct json_fault where;
	struct value *first;
	TRY(operation_answer_get(c, owner(c), c->idempotency_key, &row, &out->replayed));
	if (!out->replayed) return OK;
	if (!str_is(row.operation, c->op->id)) return RAISE(c, E_CONFLICT, &other_operation);
	if (!str_eq(row.body, body)) {
		if (json_parse(c->arena, row.body, &first, &where) == OK) name_differences(c, first, tree, S(""));
		return RAISE(c, E_CONFLICT, &other_body);
	}
	out->status = (int)row.status;
	out->location = row.location;
	out->answer = row.answer;
	return OK;
}

err_t replay_keep(struct ctx *c, struct str body, const struct replay *answer)
{
	return operation_answer_insert(c, owner(c), c->idempotency_key, str_c(c->op->id), body, answer->status,
	        answer->location, answer->answer, c->now, NULL);
}

struct old_answers {
	instant_us before;
	const struct operation_answers_after_row *rows;
	size_t n;
};

static err_t forget_old(struct ctx *c, void *arg)
{
	const struct old_answers *o = arg;
	for (size_t i = 0; i < o->n; i++)
		if (o->rows[i].at < o->before)
			TRY(operation_answer_delete(
			        c, o->rows[i].owner_id, o->rows[i].idempotency_key, o->before, NULL));
	return OK;
}

err_t replay_forget(struct ctx *c, instant_us before)
{
	struct operation_answers_after_row *rows;
	struct old_answers o = { .before = before };
	int64_t owner_id = 0;
	struct str key = S("");
	struct arena *outer = c->arena, *page = arena_new(), *next = arena_new();
	err_t e;
	do { /* the key that the next page begins behind lives in the page before it */
		c->arena = page;
		e = operation_answers_after(c, owner_id, key, &rows, &o.n);
		if (e == OK && o.n) {
			o.rows = rows;
			bool any = false;
			for (size_t i = 0; i < o.n; i++)
				any |= rows[i].at < before;
			if (any) e = db_write(c, forget_old, &o);
			owner_id = rows[o.n - 1].owner_id;
			key = rows[o.n - 1].idempotency_key;
		}
		struct arena *done = page;
		page = next;
		next = done;
		arena_reset(page);
	} while (e == OK && o.n == 1000);
	c->arena = outer;
	arena_free(page);
	arena_free(next);
	return e;
}

/* What only the pages need. */
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "platform_sql.h"
#include "services/invoice/platform/platform.h"

enum { FAULTS_SHOWN = 20 };

static const struct {
	const char *code, *words, *mark;
} states[] = { { "uploading", N_("正在上传"), "warn" }, { "working", N_("正在开具"), "run" },
	{ "done", N_("已办完"), "ok" }, { "refused", N_("已取消"), "off" }, { "waiting", N_("等待发送"), "run" },
	{ "delivered", N_("已送达"), "ok" }, { "dead", N_("已停发"), "bad" } };

static void put_state(struct ctx *c, struct value *v)
{
	struct str state = value_text(v, "state");
	const char *words = "", *mark = "off";
	for (size_t i = 0; i < COUNT(states); i++)
		if (str_is(state, states[i].code)) {
			words = states[i].words;
			mark = states[i].mark;
		}
	value_put_str(c->arena, v, "state_title", *words ? tr(c, words) : S(""));
	value_put_c(c->arena, v, "mark", mark);
}

err_t platform_batches_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct value *list = value_get(out->value, S("batches"));
	size_t n;
	const char *const *titles = file_titles(&n);
	(void)input;
	for (const struct value_member *m = list->first; m; m = m->next)
		put_state(c, m->value);
	value_put_bool(c->arena, out->value, "any", list->first != NULL);
	struct value *columns = value_put_array(c->arena, out->value, "columns");
	for (size_t i = 0; i < n; i++)
		value_push(c->arena, columns, value_str(c->arena, tr(c, titles[i])));
	return OK;
}

err_t platform_batch_view(struct ctx *c, const void *input, struct reply *out)
{
	struct platform_line_rows_of_row *rows;
	struct value *v = out->value;
	int64_t id = 0, lines = value_number(v, "lines", 0);
	size_t n;
	(void)input;
	if (!str_to_int(value_text(v, "id"), &id)) return E_INTERNAL;
	TRY(platform_line_rows_of(c, id, S("refused"), 0, &rows, &n));
	put_state(c, v);
	bool done = str_is(value_text(v, "state"), "done"), working = str_is(value_text(v, "state"), "working");
	int64_t read = value_number(v, "lines_read", 0);
	value_put_int(c->arena, v, "percent", done ? 100 : lines ? read * 100 / lines : 0);
	value_put_bool(c->arena, v, "is_uploading", str_is(value_text(v, "state"), "uploading"));
	value_put_bool(c->arena, v, "is_working", working);
	value_put_bool(c->arena, v, "is_read", done || working);
	value_put_bool(c->arena, v, "any_held", value_number(v, "held", 0) > 0);
	struct value *list = value_put_array(c->arena, v, "faults");
	for (size_t i = 0; i < n && i < FAULTS_SHOWN; i++) {
		struct value *f = value_object(c->arena);
		value_put_int(c->arena, f, "line", rows[i].line);
		value_put_str(c->arena, f, "order_no", rows[i].order_no);
		value_put_str(c->arena, f, "detail", platform_first_detail(c, rows[i].errors));
		value_push(c->arena, list, f);
	}
	value_put_bool(c->arena, v, "any_fault", n > 0);
	return OK;
}

err_t hook_deliveries_view(struct ctx *c, const void *input, struct reply *out)
{
	static const char *const shown[] = { "dead", "waiting", "delivered" };
	const struct value *list = value_get(out->value, S("deliveries"));
	struct str now = value_text(out->value, "state");
	(void)input;
	for (const struct value_member *m = list->first; m; m = m->next) {
		put_state(c, m->value);
		value_put_bool(c->arena, m->value, "is_dead", str_is(value_text(m->value, "state"), "dead"));
	}
	value_put_bool(c->arena, out->value, "any", list->first != NULL);
	struct value *tabs = value_put_array(c->arena, out->value, "tabs");
	for (size_t i = 0; i < COUNT(shown); i++) {
		struct value *t = value_object(c->arena);
		value_put_c(c->arena, t, "state", shown[i]);
		put_state(c, t);
		value_put_bool(c->arena, t, "current", str_is(now, shown[i]));
		value_push(c->arena, tabs, t);
	}
	return OK;
}

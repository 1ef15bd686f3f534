#include "services/invoice/issue/drafts.h"
#include "issue_sql.h"

enum { DRAFTS_MAX = 200, DRAFT_BYTES_MAX = 512 * 1024 };

static const struct fault_def unknown = { "draft-unknown", N_("没有这份草稿，可能已经开成发票或删除"), NULL, NULL };
static const struct fault_def too_many = { "drafts-too-many", N_("草稿最多保留 200 份，请先删掉不用的"), NULL, NULL };
static const struct fault_def no_object = { "draft-content", N_("草稿内容应是表单的各项"), NULL, NULL };
static const struct fault_def too_large = { "draft-too-large", N_("草稿太大，最多 512 KB"), NULL, NULL };

const struct field draft_id_fields[] = {
	{ "id", FIELD_ID, AT(struct draft_in, id), .required = true, .label = N_("草稿编号") },
	{ 0 },
};
const struct field draft_fields[] = {
	{ "id", FIELD_ID, AT(struct draft_in, id), .label = N_("草稿编号") },
	{ "title", FIELD_TEXT, AT(struct draft_in, title), .max = 100, .label = N_("草稿名称") },
	{ "content", FIELD_JSON, AT(struct draft_in, content), .required = true, .max = DRAFT_BYTES_MAX,
	        .label = N_("草稿内容") },
	{ 0 },
};

/* Without a title: who it is for, if that is known yet. */
static struct str title_of(const struct draft_in *in)
{
	if (in->title.n) return in->title;
	struct str name = value_text(value_get(in->content, S("buyer")), "name");
	return name.n && name.n <= 400 ? name : S("");
}

static err_t content_text(struct ctx *c, const struct draft_in *in, struct str *text)
{
	if (in->content->kind != VALUE_OBJECT) {
		FAULT(c, S("/content"), &no_object);
		return problem_result(&c->problem);
	}
	*text = value_json(c->arena, in->content);
	if (text->n <= DRAFT_BYTES_MAX) return OK;
	FAULT(c, S("/content"), &too_large);
	return problem_result(&c->problem);
}

static struct value *head(struct ctx *c, int64_t id, struct str title, instant_us saved_at)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "id", str_from_int(c->arena, id));
	value_put_str(c->arena, v, "title", title);
	value_put_instant(c->arena, v, "saved_at", saved_at);
	return v;
}

err_t draft_new(struct ctx *c, const void *input, struct reply *out)
{
	const struct draft_in *in = input;
	struct issue_draft_count_row count;
	struct str text = STR_NONE;
	bool found;
	int64_t id = db_new_id(c);
	TRY(content_text(c, in, &text));
	TRY(issue_draft_count(c, c->caller.subject_id, &count, &found));
	if (count.n >= DRAFTS_MAX) return RAISE(c, E_CONFLICT, &too_many);
	TRY(issue_draft_insert(c, c->caller.subject_id, id, title_of(in), text, c->now, NULL));
	out->value = head(c, id, title_of(in), c->now);
	out->status = 201;
	out->location = str_printf(c->arena, "/invoices/drafts/%lld", (long long)id);
	return OK;
}

err_t draft_save(struct ctx *c, const void *input, struct reply *out)
{
	const struct draft_in *in = input;
	struct str text = STR_NONE;
	int64_t n;
	TRY(content_text(c, in, &text));
	TRY(issue_draft_update(c, title_of(in), text, c->now, c->caller.subject_id, in->id, &n));
	if (!n) return RAISE(c, E_NOT_FOUND, &unknown);
	out->value = head(c, in->id, title_of(in), c->now);
	return OK;
}

err_t draft_end(struct ctx *c, const void *input, struct reply *out)
{
	const struct draft_in *in = input;
	int64_t n;
	TRY(issue_draft_delete(c, c->caller.subject_id, in->id, &n));
	if (!n) return RAISE(c, E_NOT_FOUND, &unknown);
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "deleted", true);
	return OK;
}

err_t draft_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct draft_in *in = input;
	struct issue_draft_get_row row;
	struct value *content;
	struct json_fault where;
	bool found;
	TRY(issue_draft_get(c, c->caller.subject_id, in->id, &row, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	if (json_parse(c->arena, row.content, &content, &where) != OK) return E_INTERNAL;
	out->value = head(c, in->id, row.title, row.saved_at);
	value_put(c->arena, out->value, "content", content);
	return OK;
}

err_t draft_list(struct ctx *c, const void *input, struct reply *out)
{
	struct issue_drafts_row *rows;
	size_t n;
	(void)input;
	TRY(issue_drafts(c, c->caller.subject_id, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "drafts");
	for (size_t i = 0; i < n; i++)
		value_push(c->arena, list, head(c, rows[i].draft_id, rows[i].title, rows[i].saved_at));
	return OK;
}

err_t draft_list_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct value *rows = value_get(out->value, S("drafts"));
	(void)input;
	value_put_bool(c->arena, out->value, "any", rows->count > 0);
	for (const struct value_member *m = rows->first; m; m = m->next)
		value_put_bool(c->arena, m->value, "named", value_text(m->value, "title").n > 0);
	return OK;
}

err_t drafts_used(struct ctx *c, int64_t draft_id)
{
	return issue_draft_delete(c, c->caller.subject_id, draft_id, NULL);
}

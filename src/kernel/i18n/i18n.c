#include "kernel/i18n/i18n.h"
#include "kernel/assets/assets.h"
#include "kernel/ctx/app.h"
#include "kernel/log/log.h"
#include <stdlib.h>
#include <string.h>

struct message {
	struct str id, text;
};
struct lang {
	const char *code;
	struct message *messages; /* sorted by id */
	size_t n, cap;
};

struct reader {
	struct arena *arena;
	struct lang *lang;
	struct buf id, text;
	bool has_id, in_text;
};

static int compare(const void *x, const void *y)
{
	const struct message *a = x, *b = y;
	return str_cmp(a->id, b->id);
}

/* Adds the quoted string of a line; false: no quotes or an escape that PO does not have. */
static bool quoted(struct buf *b, struct str s)
{
	if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"') return false;
	for (size_t i = 1; i + 1 < s.n; i++) {
		char ch = s.p[i];
		if (ch == '"') return false;
		if (ch == '\\') {
			if (++i + 1 >= s.n) return false;
			switch (s.p[i]) {
			case 'n': ch = '\n'; break;
			case 't': ch = '\t'; break;
			case '"':
			case '\\': ch = s.p[i]; break;
			default: return false;
			}
		}
		buf_char(b, ch);
	}
	return true;
}

static bool finish(struct reader *r)
{
	struct lang *l = r->lang;
	if (r->has_id && r->id.n && r->text.n) {
		if (l->n == I18N_MESSAGES_MAX) return false;
		if (l->n == l->cap) {
			size_t cap = l->cap ? l->cap * 2 : 256;
			struct message *m = arena_array(r->arena, cap, sizeof *m);
			if (l->n) memcpy(m, l->messages, l->n * sizeof *m);
			l->messages = m;
			l->cap = cap;
		}
		l->messages[l->n++] = (struct message){ buf_done(&r->id), buf_done(&r->text) };
	}
	buf_init(&r->id, r->arena, 64);
	buf_init(&r->text, r->arena, 64);
	r->has_id = r->in_text = false;
	return true;
}

static bool read_line(struct reader *r, struct str s)
{
	if (s.n && s.p[s.n - 1] == '\r') s.n--;
	if (s.n == 0 || s.p[0] == '#') return true;
	if (str_starts(s, "msgid ")) {
		if (!finish(r)) return false;
		r->has_id = true;
		return quoted(&r->id, (struct str){ s.p + 6, s.n - 6 });
	}
	if (!r->has_id) return false;
	if (str_starts(s, "msgstr ")) {
		r->in_text = true;
		return quoted(&r->text, (struct str){ s.p + 7, s.n - 7 });
	}
	return quoted(r->in_text ? &r->text : &r->id, s);
}

err_t lang_load(struct arena *a, const char *code, struct str po, struct lang **out, unsigned *line)
{
	struct reader r = { .arena = a, .lang = arena_new_of(a, struct lang) };
	r.lang->code = code;
	*line = 0;
	if (!finish(&r)) return E_INPUT;
	for (size_t at = 0; at < po.n;) {
		const char *nl = memchr(po.p + at, '\n', po.n - at);
		size_t end = nl ? (size_t)(nl - po.p) : po.n;
		++*line;
		if (!read_line(&r, (struct str){ po.p + at, end - at })) return E_INPUT;
		at = end + 1;
	}
	if (!finish(&r)) return E_INPUT;
	if (r.lang->n) qsort(r.lang->messages, r.lang->n, sizeof *r.lang->messages, compare);
	*out = r.lang;
	return OK;
}

const char *lang_code(const struct lang *l)
{
	return l ? l->code : "zh";
}

struct str lang_text(const struct lang *l, struct str msgid)
{
	if (!l || l->n == 0) return msgid;
	struct message key = { .id = msgid };
	const struct message *m = bsearch(&key, l->messages, l->n, sizeof *l->messages, compare);
	return m ? m->text : msgid;
}

struct str tr(const struct ctx *c, const char *msgid)
{
	return lang_text(c->lang, str_c(msgid));
}

/* English is the only other language so far; a second one is a second folder and one more line here. */
struct i18n {
	struct lang *english;
};

static void gather(void *arg, const char *path, struct str bytes)
{
	if (!str_ends(str_c(path), ".po")) return;
	buf_str(arg, bytes);
	buf_char(arg, '\n');
}

err_t i18n_open(struct app *app, struct arena *lifetime)
{
	struct buf all;
	unsigned line;
	app->i18n = arena_new_of(lifetime, struct i18n);
	buf_init(&all, lifetime, 64 * 1024);
	asset_each("i18n/en/", gather, &all);
	err_t e = lang_load(lifetime, "en", buf_done(&all), &app->i18n->english, &line);
	if (e != OK)
		log_event(LOG_ERROR_LEVEL, "translation", STR_NONE, "line of all files in order",
		        str_from_int(lifetime, line).p, NULL);
	return e;
}

const struct lang *i18n_lang(const struct app *app, struct str code)
{
	return app->i18n && str_is(code, "en") ? app->i18n->english : NULL;
}

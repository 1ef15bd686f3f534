/* Translations. A Chinese text is its own message id; i18n/LANG.po gives the other languages. */
#ifndef KERNEL_I18N_H
#define KERNEL_I18N_H
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

struct app;
struct ctx;
struct lang;
enum { I18N_MESSAGES_MAX = 20000 };

/* Reads the msgid/msgstr pairs of a PO file; an empty msgstr counts as not translated. E_INPUT: *line is wrong. */
MUST_USE err_t lang_load(struct arena *a, const char *code, struct str po, struct lang **out, unsigned *line);
const char *lang_code(const struct lang *l);                  /* "zh" for NULL */
struct str lang_text(const struct lang *l, struct str msgid); /* the id itself when there is no translation */
/* All i18n/LANG/ *.po of the binary, read into app->i18n; a broken file is told in the log and ends the start. */
MUST_USE err_t i18n_open(struct app *app, struct arena *lifetime);
const struct lang *i18n_lang(const struct app *app, struct str code); /* NULL: Chinese */
struct str tr(const struct ctx *c, const char *msgid);
#endif

/* Pages: the templates of the binary, compiled once at start, and their rendering inside the layout. A service's template
 * "issue/new" is src/services/…/issue/pages/new.html; partials are web/partials/NAME.html, or "issue/_lines" for
 * src/services/…/issue/pages/_lines.html; the layout is web/layout/page.html (what it reads: operation/operation.h). */
#ifndef KERNEL_PAGE_H
#define KERNEL_PAGE_H
#include "kernel/ctx/app.h"
#include "kernel/value/value.h"

struct page_store;

/* Compiles all templates into app->pages; a fault in one is told in the log and ends the start. */
MUST_USE err_t page_store_open(struct app *app, struct arena *lifetime);
/* Mark of the built pieces (web/dist): addresses hold it, so that browsers may keep them for good. */
struct str page_version(const struct page_store *s);
bool page_exists(const struct page_store *s, struct str name);
/* The page as HTML: the template over root, and the result inside the layout as content_html. In the sandbox a name
 * that is missing is an error, which the log names; elsewhere it prints nothing. */
MUST_USE err_t page_render(struct ctx *c, struct str name, struct value *root, struct str *html);
#endif

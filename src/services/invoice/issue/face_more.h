/* Members of the document that only some invoices have. Inner header of face. */
#ifndef ISSUE_FACE_MORE_H
#define ISSUE_FACE_MORE_H
#include "services/invoice/issue/face.h"

void face_put_name(struct buf *b, const char *name);
void face_put_text(struct buf *b, const char *name, struct str s); /* STR_NONE: nothing */
void face_put_plain(struct buf *b, const char *name, struct str s);
void face_put_money(struct buf *b, const char *name, struct money m);
void face_put_special(struct buf *b, const struct special_item *items, size_t n);
void face_put_differential(struct buf *b, const struct differential *d);
bool face_read_more(struct arena *a, const struct value *doc, struct face *f);
#endif

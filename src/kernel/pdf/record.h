/* What is drawn, written down once more as the objects of an OFD page (GB/T 33190-2016): so both files show the same
 * face. Inner header. */
#ifndef PDF_RECORD_H
#define PDF_RECORD_H
#include "base/buf.h"
#include "kernel/pdf/pdf.h"

#include <pango/pangocairo.h>

struct record;
struct record *record_new(struct arena *a, int width, int height);
void record_page(struct record *r, int width, int height);
/* lowest: lines that begin below it are cut off in the PDF. Lengths as in pdf.h. */
void record_text(struct record *r, PangoLayout *layout, int x, int y, int lowest, enum pdf_font font, bool bold,
        int size, uint32_t rgb);
void record_path(struct record *r, struct pdf_box box, const char *commands, int line_width, uint32_t rgb);
void record_qr(struct record *r, int x, int y, int side, const struct qr *qr);
void record_ellipse(struct record *r, struct pdf_box box, int line_width, uint32_t rgb);
const struct pdf_ofd_page *record_pages(struct record *r, size_t *n);
#endif

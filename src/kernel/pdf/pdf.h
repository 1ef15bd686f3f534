/* PDF pages (cairo, pango): text in boxes, lines, tables, QR codes, and files inside the PDF.
 *
 * Lengths are whole tenths of a millimetre from the top left corner of the page, font sizes tenths of a point: no
 * floating point in services. Fonts are embedded as subsets, the text can be selected and extracted. The same calls
 * give the same bytes: the only time in the file is info.created. */
#ifndef KERNEL_PDF_H
#define KERNEL_PDF_H
#include "base/date.h"
#include "base/error.h"
#include "kernel/qr/qr.h"

#define PDF_A4_WIDTH 2100
#define PDF_A4_HEIGHT 2970
#define PDF_PAGES_MAX 500
#define PDF_TEXT_MAX 20000 /* bytes of one text box; the rest is cut off */

#define PDF_BLACK 0x000000u
#define PDF_RED 0xc0272du   /* seals and red-letter amounts */
#define PDF_BROWN 0x8c3b17u /* frame and captions of the invoice face */
#define PDF_GREY 0x666666u

struct pdf;
struct pdf_info {
	struct str title, author, subject;
	instant_us created;
	int width, height; /* of the first page */
};
struct pdf_box {
	int x, y, width, height; /* height 0: as high as the text */
};
enum pdf_font { PDF_SANS, PDF_SERIF, PDF_MONO };
enum pdf_align { PDF_LEFT, PDF_CENTER, PDF_RIGHT };
enum pdf_valign { PDF_TOP, PDF_MIDDLE, PDF_BOTTOM };
struct pdf_style {
	int size; /* tenths of a point; 0: 90 */
	enum pdf_font font;
	enum pdf_align align;
	enum pdf_valign valign;
	bool bold;
	bool shrink; /* smaller, down to half, until it fits the box (long names); else the overflow is cut off */
	uint32_t rgb;
};
struct pdf_column {
	struct str title;
	int width;
	enum pdf_align align;
};

struct pdf *pdf_new(struct arena *a, const struct pdf_info *info); /* with its first page open */
void pdf_page(struct pdf *p, int width, int height);               /* ends the page, opens the next */

/* Writes wrapped text into a box; a narrow box makes upright columns of characters (购买方信息). Returns the height. */
int pdf_text(struct pdf *p, struct pdf_box box, const struct pdf_style *style, struct str text);
int pdf_text_height(struct pdf *p, int width, const struct pdf_style *style, struct str text);
void pdf_line(struct pdf *p, int x1, int y1, int x2, int y2, int width_tenth_mm, uint32_t rgb);
void pdf_rect(struct pdf *p, struct pdf_box box, int width_tenth_mm, uint32_t rgb);
void pdf_fill(struct pdf *p, struct pdf_box box, uint32_t rgb);
void pdf_ellipse(struct pdf *p, struct pdf_box box, int width_tenth_mm, uint32_t rgb);
void pdf_png(struct pdf *p, struct pdf_box box, struct str png); /* not recorded */
void pdf_qr(struct pdf *p, int x, int y, int side, const struct qr *qr);
/* A ruled table at (x, y): cells holds rows * n texts. Rows grow with their text; when the page is full (bottom) the
 * table goes on at the same place of a new page, with its titles again. Returns y below the last row. */
int pdf_table(struct pdf *p, int x, int y, int bottom, const struct pdf_column *columns, size_t n,
        const struct str *cells, size_t rows, const struct pdf_style *style);

/* From now on what is drawn is also written down as the objects of OFD pages (GB/T 33190-2016); to be called right
 * after pdf_new. Fonts: 1 + 2 * enum pdf_font, + 1 for bold. */
void pdf_record(struct pdf *p);
struct pdf_ofd_page {
	int width, height;
	struct str objects; /* <ofd:TextObject …>, <ofd:PathObject …> */
};
const struct pdf_ofd_page *pdf_recorded(struct pdf *p, size_t *n); /* before pdf_done; nothing is recorded afterwards */

/* A seal as a PNG with a transparent ground: an ellipse with two lines of text. STR_NONE: could not be drawn. */
struct str pdf_seal_png(struct arena *a, int width, int height, struct str upper, struct str lower);

/* Ends the file. STR_NONE if a page or the file could not be made (logged by the caller as E_INTERNAL). */
MUST_USE struct str pdf_done(struct pdf *p);

/* Puts a file into a finished PDF (incremental update, ISO 32000-1 §7.11.4), as certificates carry their signed data
 * and invoices their XML. One file; STR_NONE if pdf was not made by pdf_done. name: ASCII letters, digits, '.', '-',
 * '_'. */
MUST_USE struct str pdf_attach(struct arena *a, struct str pdf, const char *name, const char *media, struct str bytes);
/* The same with a description (at most 200 printable ASCII characters without brackets and backslashes; STR_NONE: none). */
MUST_USE struct str pdf_attach_described(
        struct arena *a, struct str pdf, const char *name, const char *media, struct str description, struct str bytes);
/* What pdf_attach put into a PDF, taken apart: attached once more to base it gives the same bytes. */
struct pdf_attached {
	struct str base, name, description, bytes; /* description STR_NONE: none */
};
bool pdf_attached(struct arena *a, struct str pdf, struct pdf_attached *out); /* safe on hostile bytes */
/* The attached file of this name in a PDF made by pdf_attach; STR_NONE: there is none. Safe on hostile bytes. No copy.
 */
struct str pdf_attachment(struct arena *a, struct str pdf, const char *name);
#endif

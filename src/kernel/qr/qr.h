/* QR codes (ISO/IEC 18004, libqrencode): the matrix, and an SVG of it for pages; PDF pages draw it by pdf_qr. */
#ifndef KERNEL_QR_H
#define KERNEL_QR_H
#include "base/str.h"

#define QR_TEXT_MAX 1200 /* bytes; more does not scan well from paper */

enum qr_level { QR_LOW, QR_MEDIUM, QR_QUARTILE, QR_HIGH }; /* share that may be damaged: 7, 15, 25, 30 % */

struct qr {
	int size;             /* modules a side, 21..177, without the quiet zone */
	const uint8_t *dark;  /* size * size, row by row: 1 dark, 0 light */
};

/* The smallest code that holds the text; false: empty, too long, or with a NUL in it. */
bool qr_make(struct arena *a, struct str text, enum qr_level level, struct qr *out);
/* The corners of all outlines of dark areas and of the holes in them, in units of one module, dark to the right of the
 * way. By either rule of filling (non-zero, even-odd) the dark modules are what is inside. */
struct qr_corner {
	int x, y;
	bool first; /* of its outline, which closes by itself */
};
const struct qr_corner *qr_outline(struct arena *a, const struct qr *qr, size_t *n);
/* The dark modules as path data in units of one module: "M0 0h7v7h-7z…" */
struct str qr_path(struct arena *a, const struct qr *qr);
/* A whole <svg> element with a quiet zone of 4 modules; black on white; label (escaped here) is
 * what a screen reader says. No inline style: it stands under a strict content security policy. */
struct str qr_svg(struct arena *a, const struct qr *qr, struct str label);
#endif

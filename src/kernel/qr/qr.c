#include "kernel/qr/qr.h"
#include "base/buf.h"

#include <qrencode.h>
#include <string.h>

#define QUIET_MODULES 4 /* ISO/IEC 18004 §6.3.8 */

bool qr_make(struct arena *a, struct str text, enum qr_level level, struct qr *out)
{
	static const QRecLevel levels[] = { QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H };
	if (text.p == NULL || text.n == 0 || text.n > QR_TEXT_MAX || memchr(text.p, 0, text.n) != NULL) return false;
	QRcode *code = QRcode_encodeString(str_dup(a, text).p, 0, levels[level], QR_MODE_8, 1);
	if (code == NULL) return false;
	size_t n = (size_t)code->width * (size_t)code->width;
	uint8_t *dark = arena_alloc(a, n);
	for (size_t i = 0; i < n; i++)
		dark[i] = code->data[i] & 1;
	*out = (struct qr){ .size = code->width, .dark = dark };
	QRcode_free(code);
	return true;
}

/* One rectangle for each run of dark modules in a row. */
static void path_add(struct buf *b, const struct qr *qr, int offset)
{
	for (int y = 0; y < qr->size; y++) {
		const uint8_t *row = qr->dark + (ptrdiff_t)y * qr->size;
		for (int x = 0; x < qr->size; x++) {
			int from = x;
			while (x < qr->size && row[x])
				x++;
			if (x > from) buf_printf(b, "M%d %dh%dv1h-%dz", from + offset, y + offset, x - from, x - from);
		}
	}
}

struct str qr_path(struct arena *a, const struct qr *qr)
{
	struct buf b;
	buf_init(&b, a, 4096);
	path_add(&b, qr, 0);
	return buf_done(&b);
}

static void escape_add(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		switch (text.p[i]) {
		case '&': buf_c(b, "&amp;"); break;
		case '<': buf_c(b, "&lt;"); break;
		case '>': buf_c(b, "&gt;"); break;
		case '"': buf_c(b, "&quot;"); break;
		default: buf_char(b, text.p[i]);
		}
	}
}

struct str qr_svg(struct arena *a, const struct qr *qr, struct str label)
{
	int side = qr->size + 2 * QUIET_MODULES;
	struct buf b;
	buf_init(&b, a, 8192);
	buf_printf(&b,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
	        "shape-rendering=\"crispEdges\" aria-label=\"",
	        side, side);
	escape_add(&b, label);
	buf_printf(&b, "\"><path fill=\"#fff\" d=\"M0 0h%dv%dh-%dz\"/><path fill=\"#000\" d=\"", side, side, side);
	path_add(&b, qr, QUIET_MODULES);
	buf_c(&b, "\"/></svg>");
	return buf_done(&b);
}

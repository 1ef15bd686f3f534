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

/* --- outlines --- */

enum direction { RIGHT, DOWN, LEFT, UP };
struct walk {
	const struct qr *qr;
	bool *seen; /* edges to the right that were walked, by the corner they begin at */
	struct qr_corner *corners;
	size_t n, cap;
	struct arena *arena;
	int x, y;
	enum direction d;
};

static bool is_dark(const struct qr *qr, int x, int y)
{
	return x >= 0 && y >= 0 && x < qr->size && y < qr->size && qr->dark[(ptrdiff_t)y * qr->size + x];
}

/* Does an edge leave the walk's place that way? The module to its right is dark, the one to its left is not. */
static bool leaves(const struct walk *w, enum direction d)
{
	static const struct {
		int right_x, right_y, left_x, left_y;
	} beside[] = { [RIGHT] = { 0, 0, 0, -1 },
		[DOWN] = { -1, 0, 0, 0 },
		[LEFT] = { -1, -1, -1, 0 },
		[UP] = { 0, -1, -1, -1 } };
	return is_dark(w->qr, w->x + beside[d].right_x, w->y + beside[d].right_y) &&
	       !is_dark(w->qr, w->x + beside[d].left_x, w->y + beside[d].left_y);
}

static void put_corner(struct walk *w, bool first)
{
	if (w->n == w->cap) {
		struct qr_corner *grown = arena_array(w->arena, w->cap * 2, sizeof *grown);
		memcpy(grown, w->corners, w->n * sizeof *grown);
		w->corners = grown;
		w->cap *= 2;
	}
	w->corners[w->n++] = (struct qr_corner){ w->x, w->y, first };
}

/* To the next place where the way turns; right before straight on, so that areas that touch at a corner stay apart. */
static void walk_on(struct walk *w)
{
	static const int dx[] = { 1, 0, -1, 0 }, dy[] = { 0, 1, 0, -1 };
	bool right;
	do {
		if (w->d == RIGHT) w->seen[(ptrdiff_t)w->y * w->qr->size + w->x] = true;
		w->x += dx[w->d];
		w->y += dy[w->d];
		right = leaves(w, (w->d + 1) % 4);
	} while (!right && leaves(w, w->d));
	w->d = (w->d + (right ? 1 : 3)) % 4;
}

/* From an edge to the right; it has come round when it would take the same edge again. */
static void walk_round(struct walk *w, int x, int y)
{
	w->x = x;
	w->y = y;
	w->d = RIGHT;
	put_corner(w, true);
	for (walk_on(w); w->x != x || w->y != y || w->d != RIGHT; walk_on(w))
		put_corner(w, false);
}

const struct qr_corner *qr_outline(struct arena *a, const struct qr *qr, size_t *n)
{
	struct walk w = { .qr = qr, .arena = a, .cap = 1024 };
	w.seen = arena_array(a, (size_t)qr->size * (size_t)qr->size, sizeof *w.seen);
	w.corners = arena_array(a, w.cap, sizeof *w.corners);
	for (int y = 0; y < qr->size; y++)
		for (int x = 0; x < qr->size; x++)
			if (is_dark(qr, x, y) && !is_dark(qr, x, y - 1) && !w.seen[(ptrdiff_t)y * qr->size + x])
				walk_round(&w, x, y);
	*n = w.n;
	return w.corners;
}

/* Sides are level and upright by turns, and the last one closes by itself. */
static void path_add(struct buf *b, const struct qr *qr, int offset, struct arena *a)
{
	size_t n;
	const struct qr_corner *c = qr_outline(a, qr, &n);
	for (size_t i = 0; i < n; i++) {
		bool last = i + 1 == n || c[i + 1].first;
		if (c[i].first)
			buf_printf(b, "M%d %d", c[i].x + offset, c[i].y + offset);
		else if (c[i].y == c[i - 1].y)
			buf_printf(b, "h%d", c[i].x - c[i - 1].x);
		else
			buf_printf(b, "v%d", c[i].y - c[i - 1].y);
		if (last) buf_char(b, 'z');
	}
}

struct str qr_path(struct arena *a, const struct qr *qr)
{
	struct buf b;
	buf_init(&b, a, 4096);
	path_add(&b, qr, 0, a);
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
	path_add(&b, qr, QUIET_MODULES, a);
	buf_c(&b, "\"/></svg>");
	return buf_done(&b);
}

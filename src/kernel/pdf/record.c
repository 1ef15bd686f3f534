#include "kernel/pdf/record.h"

#include <string.h>

#define MM_PER_POINT (25.4 / 72.0)
enum { FIRST_ID = 100 };

struct record {
	struct arena *arena;
	struct pdf_ofd_page pages[PDF_PAGES_MAX];
	size_t n;
	struct buf out;
	int id;
};

struct record *record_new(struct arena *a, int width, int height)
{
	struct record *r = arena_new_of(a, struct record);
	r->arena = a;
	r->id = FIRST_ID;
	buf_init(&r->out, a, 1 << 14);
	r->pages[r->n++] = (struct pdf_ofd_page){ .width = width, .height = height };
	return r;
}

static void end_page(struct record *r)
{
	r->pages[r->n - 1].objects = buf_done(&r->out);
	buf_init(&r->out, r->arena, 1 << 14);
}

void record_page(struct record *r, int width, int height)
{
	if (r->n == PDF_PAGES_MAX) return;
	end_page(r);
	r->pages[r->n++] = (struct pdf_ofd_page){ .width = width, .height = height };
}

const struct pdf_ofd_page *record_pages(struct record *r, size_t *n)
{
	end_page(r);
	*n = r->n;
	return r->pages;
}

/* Millimetres with at most three places, trailing zeros stripped. */
static void number(struct buf *b, double mm)
{
	int64_t thousandths = (int64_t)(mm * 1000 + (mm < 0 ? -0.5 : 0.5));
	if (thousandths < 0) buf_char(b, '-');
	if (thousandths < 0) thousandths = -thousandths;
	buf_int(b, thousandths / 1000);
	int64_t rest = thousandths % 1000;
	if (!rest) return;
	char digits[4] = { '.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10) };
	size_t n = 4;
	while (digits[n - 1] == '0')
		n--;
	buf_add(b, digits, n);
}

static void numbers(struct buf *b, const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i) buf_char(b, ' ');
		number(b, v[i]);
	}
}

static void escaped(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '&')
			buf_c(b, "&amp;");
		else if (p[i] == '<')
			buf_c(b, "&lt;");
		else if (p[i] == '>')
			buf_c(b, "&gt;");
		else
			buf_char(b, p[i]);
	}
}

/* Black is what is drawn without a word. */
static void colour(struct buf *b, const char *name, uint32_t rgb)
{
	if (rgb == PDF_BLACK) return;
	buf_printf(b, "<ofd:%s Value=\"%u %u %u\"/>", name, rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255);
}

static void begin(struct record *r, const char *object, const double box[4])
{
	buf_printf(&r->out, "<ofd:%s ID=\"%d\" Boundary=\"", object, r->id++);
	numbers(&r->out, box, 4);
	buf_char(&r->out, '"');
}

struct run {
	const char *text;
	size_t n;
	double x, baseline, left, top, width, height;
};

/* Steps from character to character: "1.5 g 3 2 1" is 1.5 2 2 2 1 (GB/T 33190, g for groups). */
struct steps {
	struct buf out;
	int64_t last; /* thousandths of a millimetre */
	int times;
};

static void end_steps(struct steps *s)
{
	if (!s->times) return;
	if (s->out.n) buf_char(&s->out, ' ');
	if (s->times > 1) buf_printf(&s->out, "g %d ", s->times);
	number(&s->out, (double)s->last / 1000);
	s->times = 0;
}

static void add_step(struct steps *s, double mm)
{
	int64_t v = (int64_t)(mm * 1000 + (mm < 0 ? -0.5 : 0.5));
	if (s->times && v != s->last) end_steps(s);
	s->last = v;
	s->times++;
}

/* Each character at its own place, as pango set it. */
static void put_characters(struct record *r, PangoLayoutLine *line, const struct run *run)
{
	struct buf *b = &r->out;
	int at = pango_layout_line_get_start_index(line), before = 0, x;
	double origin = 0;
	struct steps steps = { .times = 0 };
	buf_init(&steps.out, r->arena, 256);
	for (const char *p = run->text; p < run->text + run->n; p = g_utf8_next_char(p)) {
		pango_layout_line_index_to_x(line, at + (int)(p - run->text), FALSE, &x);
		if (p == run->text)
			origin = x;
		else
			add_step(&steps, (x - before) / (double)PANGO_SCALE * MM_PER_POINT);
		before = x;
	}
	end_steps(&steps);
	buf_c(b, "<ofd:TextCode X=\"");
	number(b, run->x - run->left + origin / PANGO_SCALE * MM_PER_POINT);
	buf_c(b, "\" Y=\"");
	number(b, run->baseline - run->top);
	if (steps.out.n) {
		buf_c(b, "\" DeltaX=\"");
		buf_str(b, buf_done(&steps.out));
	}
	buf_c(b, "\">");
	escaped(b, run->text, run->n);
	buf_c(b, "</ofd:TextCode>");
}

void record_text(struct record *r, PangoLayout *layout, int x, int y, int lowest, enum pdf_font font, bool bold,
        int size, uint32_t rgb)
{
	const char *text = pango_layout_get_text(layout);
	PangoLayoutIter *it = pango_layout_get_iter(layout);
	do {
		PangoLayoutLine *line = pango_layout_iter_get_line_readonly(it);
		PangoRectangle box;
		pango_layout_iter_get_line_extents(it, NULL, &box);
		struct run run = { .text = text + pango_layout_line_get_start_index(line),
			.n = (size_t)pango_layout_line_get_length(line) };
		run.left = run.x = x / 10.0 + box.x / (double)PANGO_SCALE * MM_PER_POINT;
		run.top = y / 10.0 + box.y / (double)PANGO_SCALE * MM_PER_POINT;
		run.width = box.width / (double)PANGO_SCALE * MM_PER_POINT;
		run.height = box.height / (double)PANGO_SCALE * MM_PER_POINT;
		run.baseline = y / 10.0 + pango_layout_iter_get_baseline(it) / (double)PANGO_SCALE * MM_PER_POINT;
		if (!run.n || run.top * 10 >= lowest) continue;
		const double bounds[] = { run.left, run.top, run.width, run.height };
		begin(r, "TextObject", bounds);
		buf_printf(&r->out, " Font=\"%d\" Size=\"", 1 + 2 * (int)font + bold);
		number(&r->out, size / 10.0 * MM_PER_POINT);
		buf_c(&r->out, "\">");
		colour(&r->out, "FillColor", rgb);
		put_characters(r, line, &run);
		buf_c(&r->out, "</ofd:TextObject>");
	} while (pango_layout_iter_next_line(it));
	pango_layout_iter_free(it);
}

void record_path(struct record *r, struct pdf_box box, const char *commands, int line_width, uint32_t rgb)
{
	double half = line_width / 20.0;
	const double bounds[] = { box.x / 10.0 - half, box.y / 10.0 - half, box.width / 10.0 + 2 * half,
		box.height / 10.0 + 2 * half };
	begin(r, "PathObject", bounds);
	if (line_width) {
		buf_c(&r->out, " LineWidth=\"");
		number(&r->out, line_width / 10.0);
		buf_c(&r->out, "\">");
		colour(&r->out, "StrokeColor", rgb);
	} else {
		buf_c(&r->out, " Stroke=\"false\" Fill=\"true\">");
		colour(&r->out, "FillColor", rgb);
	}
	const double w = box.width / 10.0 + half, h = box.height / 10.0 + half;
	buf_c(&r->out, "<ofd:AbbreviatedData>");
	for (const char *c = commands; *c; c++) { /* corners: a left top, b right top, c right bottom, d left bottom */
		const double corner[2] = { *c == 'b' || *c == 'c' ? w : half, *c == 'c' || *c == 'd' ? h : half };
		if (*c >= 'a' && *c <= 'd')
			numbers(&r->out, corner, 2);
		else
			buf_char(&r->out, *c);
		if (c[1]) buf_char(&r->out, ' ');
	}
	buf_c(&r->out, "</ofd:AbbreviatedData></ofd:PathObject>");
}

/* Modules are whole numbers, the matrix makes millimetres of them. */
void record_qr(struct record *r, int x, int y, int side, const struct qr *qr)
{
	const double bounds[] = { x / 10.0, y / 10.0, side / 10.0, side / 10.0 };
	int64_t millionths = (int64_t)side * 100000 / qr->size;
	struct buf *b = &r->out;
	begin(r, "PathObject", bounds);
	buf_printf(b, " CTM=\"%lld.%06lld 0 0 %lld.%06lld 0 0\" Stroke=\"false\" Fill=\"true\">",
	        (long long)(millionths / 1000000), (long long)(millionths % 1000000), (long long)(millionths / 1000000),
	        (long long)(millionths % 1000000));
	colour(b, "FillColor", PDF_BLACK);
	buf_c(b, "<ofd:AbbreviatedData>");
	size_t n;
	const struct qr_corner *c = qr_outline(r->arena, qr, &n);
	for (size_t i = 0; i < n; i++) {
		buf_printf(b, "%c %d %d ", c[i].first ? 'M' : 'L', c[i].x, c[i].y);
		if (i + 1 == n || c[i + 1].first) buf_c(b, "C ");
	}
	buf_c(b, "</ofd:AbbreviatedData></ofd:PathObject>");
}

/* Four Bézier curves; 0.5523 is the usual distance of their control points. */
void record_ellipse(struct record *r, struct pdf_box box, int line_width, uint32_t rgb)
{
	static const double circle[] = { 2, 1, 2, 1.5523, 1.5523, 2, 1, 2, 0.4477, 2, 0, 1.5523, 0, 1, 0, 0.4477,
		0.4477, 0, 1, 0, 1.5523, 0, 2, 0.4477, 2, 1 };
	const double half = line_width / 20.0, rx = box.width / 20.0, ry = box.height / 20.0;
	const double bounds[] = { box.x / 10.0 - half, box.y / 10.0 - half, 2 * rx + 2 * half, 2 * ry + 2 * half };
	begin(r, "PathObject", bounds);
	buf_c(&r->out, " LineWidth=\"");
	number(&r->out, line_width / 10.0);
	buf_c(&r->out, "\">");
	colour(&r->out, "StrokeColor", rgb);
	buf_c(&r->out, "<ofd:AbbreviatedData>");
	for (size_t i = 0; i < sizeof circle / sizeof *circle; i += 2) {
		if (i == 0) buf_c(&r->out, "M ");
		if (i >= 2 && (i - 2) % 6 == 0) buf_c(&r->out, "B ");
		const double point[] = { circle[i] * rx + half, circle[i + 1] * ry + half };
		numbers(&r->out, point, 2);
		buf_char(&r->out, ' ');
	}
	buf_c(&r->out, "C</ofd:AbbreviatedData></ofd:PathObject>");
}

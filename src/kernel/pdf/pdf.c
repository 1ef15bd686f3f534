#include "kernel/pdf/pdf.h"
#include "base/buf.h"
#include "kernel/pdf/record.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <string.h>

#define POINTS_PER_UNIT (72.0 / 254.0) /* a unit is a tenth of a millimetre */
#define DEFAULT_SIZE 90
#define CELL_PADDING 10

struct pdf {
	struct arena *arena;
	struct buf out;
	cairo_surface_t *surface;
	cairo_t *cairo;
	PangoContext *pango;
	int width, height;
	int pages;
	bool failed;
	struct record *record; /* NULL: nobody wants the OFD */
};

static cairo_status_t keep(void *arg, const unsigned char *bytes, unsigned n)
{
	struct pdf *p = arg;
	buf_add(&p->out, bytes, n);
	return CAIRO_STATUS_SUCCESS;
}

static void release(void *arg)
{
	struct pdf *p = arg;
	if (p->pango) g_object_unref(p->pango);
	if (p->cairo) cairo_destroy(p->cairo);
	if (p->surface) {
		cairo_surface_finish(p->surface);
		cairo_surface_destroy(p->surface);
	}
	p->pango = NULL;
	p->cairo = NULL;
	p->surface = NULL;
}

static double points(int units)
{
	return units * POINTS_PER_UNIT;
}

static int units(int pango_units)
{
	return (int)(pango_units / (double)PANGO_SCALE / POINTS_PER_UNIT + 0.999);
}

static void metadata(struct pdf *p, cairo_pdf_metadata_t what, struct str text)
{
	if (text.p) cairo_pdf_surface_set_metadata(p->surface, what, str_dup(p->arena, text).p);
}

struct pdf *pdf_new(struct arena *a, const struct pdf_info *info)
{
	struct pdf *p = arena_new_of(a, struct pdf);
	p->arena = a;
	p->width = info->width;
	p->height = info->height;
	p->pages = 1;
	buf_init(&p->out, a, 1 << 16);
	p->surface = cairo_pdf_surface_create_for_stream(keep, p, points(info->width), points(info->height));
	p->cairo = cairo_create(p->surface);
	p->pango = pango_cairo_create_context(p->cairo);
	arena_cleanup(a, release, p);
	cairo_pdf_surface_restrict_to_version(p->surface, CAIRO_PDF_VERSION_1_5);
	/* Layout may not depend on a screen: points are the unit, no hinting. */
	pango_cairo_context_set_resolution(p->pango, 72);
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(p->pango, options);
	cairo_font_options_destroy(options);
	pango_context_set_language(p->pango, pango_language_from_string("zh-cn"));
	metadata(p, CAIRO_PDF_METADATA_TITLE, info->title);
	metadata(p, CAIRO_PDF_METADATA_AUTHOR, info->author);
	metadata(p, CAIRO_PDF_METADATA_SUBJECT, info->subject);
	struct str created = instant_format(a, info->created);
	/* cairo wants seconds: "2026-11-24T10:21:05+08:00" */
	if (created.n == 29) created = str_printf(a, "%.19s%s", created.p, created.p + 23);
	metadata(p, CAIRO_PDF_METADATA_CREATE_DATE, created);
	return p;
}

void pdf_page(struct pdf *p, int width, int height)
{
	if (p->pages >= PDF_PAGES_MAX) {
		p->failed = true;
		return;
	}
	cairo_show_page(p->cairo);
	cairo_pdf_surface_set_size(p->surface, points(width), points(height));
	p->width = width;
	p->height = height;
	p->pages++;
	if (p->record) record_page(p->record, width, height);
}

void pdf_record(struct pdf *p)
{
	p->record = record_new(p->arena, p->width, p->height);
}

const struct pdf_ofd_page *pdf_recorded(struct pdf *p, size_t *n)
{
	const struct pdf_ofd_page *pages = record_pages(p->record, n);
	p->record = NULL;
	return pages;
}

static void colour(struct pdf *p, uint32_t rgb)
{
	cairo_set_source_rgb(p->cairo, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}

/* At most PDF_TEXT_MAX bytes, cut between characters; what is not UTF-8 is left out by pango with a warning, so check.
 */
static struct str fit_bytes(struct str text)
{
	if (text.p == NULL) return S("");
	if (text.n > PDF_TEXT_MAX) {
		text.n = PDF_TEXT_MAX;
		while (text.n > 0 && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
			text.n--;
	}
	const char *end;
	if (!g_utf8_validate(text.p, (gssize)text.n, &end)) text.n = (size_t)(end - text.p);
	return text;
}

static PangoLayout *layout_of(struct pdf *p, int width, const struct pdf_style *style, int size, struct str text)
{
	static const char *const families[] = {
		[PDF_SANS] = "Noto Sans CJK SC", [PDF_SERIF] = "Noto Serif CJK SC", [PDF_MONO] = "Noto Sans Mono CJK SC"
	};
	PangoLayout *layout = pango_layout_new(p->pango);
	PangoFontDescription *font = pango_font_description_new();
	pango_font_description_set_family_static(font, families[style->font]);
	pango_font_description_set_size(font, size * PANGO_SCALE / 10);
	pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	static const PangoAlignment aligns[] = {
		[PDF_LEFT] = PANGO_ALIGN_LEFT, [PDF_CENTER] = PANGO_ALIGN_CENTER, [PDF_RIGHT] = PANGO_ALIGN_RIGHT
	};
	pango_layout_set_alignment(layout, aligns[style->align]);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_width(layout, (int)(points(width) * PANGO_SCALE));
	pango_layout_set_text(layout, text.p, (int)text.n);
	return layout;
}

static int height_of(PangoLayout *layout)
{
	int height;
	pango_layout_get_size(layout, NULL, &height);
	return units(height);
}

static int size_of(const struct pdf_style *style)
{
	return style->size ? style->size : DEFAULT_SIZE;
}

int pdf_text_height(struct pdf *p, int width, const struct pdf_style *style, struct str text)
{
	PangoLayout *layout = layout_of(p, width, style, size_of(style), fit_bytes(text));
	int height = height_of(layout);
	g_object_unref(layout);
	return height;
}

int pdf_text(struct pdf *p, struct pdf_box box, const struct pdf_style *style, struct str text)
{
	text = fit_bytes(text);
	int size = size_of(style), smallest = style->shrink ? size / 2 : size;
	PangoLayout *layout = layout_of(p, box.width, style, size, text);
	int height = height_of(layout);
	while (box.height > 0 && height > box.height && size > smallest) {
		g_object_unref(layout);
		size -= 5;
		layout = layout_of(p, box.width, style, size, text);
		height = height_of(layout);
	}
	int y = box.y;
	if (box.height > 0 && style->valign == PDF_MIDDLE) y += (box.height - height) / 2;
	if (box.height > 0 && style->valign == PDF_BOTTOM) y += box.height - height;
	cairo_save(p->cairo);
	if (box.height > 0 && height > box.height) {
		if (y < box.y) y = box.y;
		cairo_rectangle(p->cairo, points(box.x), points(box.y), points(box.width), points(box.height));
		cairo_clip(p->cairo);
	}
	colour(p, style->rgb);
	cairo_move_to(p->cairo, points(box.x), points(y));
	pango_cairo_show_layout(p->cairo, layout);
	cairo_restore(p->cairo);
	int lowest = box.height > 0 ? box.y + box.height : p->height;
	if (p->record) record_text(p->record, layout, box.x, y, lowest, style->font, style->bold, size, style->rgb);
	g_object_unref(layout);
	return height;
}

void pdf_line(struct pdf *p, int x1, int y1, int x2, int y2, int width_tenth_mm, uint32_t rgb)
{
	colour(p, rgb);
	cairo_set_line_width(p->cairo, points(width_tenth_mm));
	cairo_move_to(p->cairo, points(x1), points(y1));
	cairo_line_to(p->cairo, points(x2), points(y2));
	cairo_stroke(p->cairo);
	/* all our lines run right or down */
	if (p->record)
		record_path(p->record, (struct pdf_box){ x1, y1, x2 - x1, y2 - y1 }, "MaLc", width_tenth_mm, rgb);
}

void pdf_rect(struct pdf *p, struct pdf_box box, int width_tenth_mm, uint32_t rgb)
{
	colour(p, rgb);
	cairo_set_line_width(p->cairo, points(width_tenth_mm));
	cairo_rectangle(p->cairo, points(box.x), points(box.y), points(box.width), points(box.height));
	cairo_stroke(p->cairo);
	if (p->record) record_path(p->record, box, "MaLbLcLdC", width_tenth_mm, rgb);
}

void pdf_fill(struct pdf *p, struct pdf_box box, uint32_t rgb)
{
	colour(p, rgb);
	cairo_rectangle(p->cairo, points(box.x), points(box.y), points(box.width), points(box.height));
	cairo_fill(p->cairo);
	if (p->record) record_path(p->record, box, "MaLbLcLdC", 0, rgb);
}

void pdf_ellipse(struct pdf *p, struct pdf_box box, int width_tenth_mm, uint32_t rgb)
{
	if (box.width <= 0 || box.height <= 0) return;
	cairo_save(p->cairo);
	cairo_translate(p->cairo, points(box.x) + points(box.width) / 2, points(box.y) + points(box.height) / 2);
	cairo_scale(p->cairo, points(box.width) / 2, points(box.height) / 2);
	cairo_new_sub_path(p->cairo);
	cairo_arc(p->cairo, 0, 0, 1, 0, 2 * G_PI);
	cairo_restore(p->cairo);
	colour(p, rgb);
	cairo_set_line_width(p->cairo, points(width_tenth_mm));
	cairo_stroke(p->cairo);
	if (p->record) record_ellipse(p->record, box, width_tenth_mm, rgb);
}

struct source {
	struct str rest;
};

static cairo_status_t give(void *arg, unsigned char *bytes, unsigned n)
{
	struct source *s = arg;
	if (s->rest.n < n) return CAIRO_STATUS_READ_ERROR;
	memcpy(bytes, s->rest.p, n);
	s->rest = (struct str){ s->rest.p + n, s->rest.n - n };
	return CAIRO_STATUS_SUCCESS;
}

void pdf_png(struct pdf *p, struct pdf_box box, struct str png)
{
	struct source source = { png };
	cairo_surface_t *s = cairo_image_surface_create_from_png_stream(give, &source);
	int w = cairo_image_surface_get_width(s), h = cairo_image_surface_get_height(s);
	if (cairo_surface_status(s) != CAIRO_STATUS_SUCCESS || !w || !h) {
		p->failed = true;
	} else {
		cairo_save(p->cairo);
		cairo_translate(p->cairo, points(box.x), points(box.y));
		cairo_scale(p->cairo, points(box.width) / w, points(box.height) / h);
		cairo_set_source_surface(p->cairo, s, 0, 0);
		cairo_paint(p->cairo);
		cairo_restore(p->cairo);
	}
	cairo_surface_destroy(s);
}

void pdf_qr(struct pdf *p, int x, int y, int side, const struct qr *qr)
{
	double module = points(side) / qr->size;
	if (p->record) record_qr(p->record, x, y, side, qr);
	colour(p, PDF_BLACK);
	for (int row = 0; row < qr->size; row++) {
		const uint8_t *dark = qr->dark + (ptrdiff_t)row * qr->size;
		for (int column = 0; column < qr->size; column++) {
			int from = column;
			while (column < qr->size && dark[column])
				column++;
			if (column > from)
				cairo_rectangle(p->cairo, points(x) + from * module, points(y) + row * module,
				        (column - from) * module, module);
		}
	}
	cairo_fill(p->cairo);
}

/* One row of a table, of titles when cells is NULL; returns its height. height 0 only measures. */
static int table_row(struct pdf *p, int x, int y, const struct pdf_column *columns, size_t n, const struct str *cells,
        const struct pdf_style *style, int height)
{
	int tallest = 0, left = x;
	for (size_t i = 0; i < n; i++) {
		struct pdf_style cell = *style;
		cell.align = cells == NULL ? PDF_CENTER : columns[i].align;
		cell.bold = cells == NULL || style->bold;
		cell.valign = PDF_MIDDLE;
		struct str text = cells == NULL ? columns[i].title : cells[i];
		int inner = columns[i].width - 2 * CELL_PADDING;
		if (height == 0) {
			int h = pdf_text_height(p, inner, &cell, text) + 2 * CELL_PADDING;
			tallest = h > tallest ? h : tallest;
		} else {
			pdf_text(p, (struct pdf_box){ left + CELL_PADDING, y, inner, height }, &cell, text);
			pdf_rect(p, (struct pdf_box){ left, y, columns[i].width, height }, 2, PDF_GREY);
		}
		left += columns[i].width;
	}
	return height ? height : tallest;
}

int pdf_table(struct pdf *p, int x, int y, int bottom, const struct pdf_column *columns, size_t n,
        const struct str *cells, size_t rows, const struct pdf_style *style)
{
	int top = y;
	int head = table_row(p, x, y, columns, n, NULL, style, 0);
	y += table_row(p, x, y, columns, n, NULL, style, head);
	for (size_t r = 0; r < rows; r++) {
		int height = table_row(p, x, y, columns, n, cells + r * n, style, 0);
		if (y + height > bottom && y > top + head) {
			pdf_page(p, p->width, p->height);
			if (p->failed) return top;
			y = top + table_row(p, x, top, columns, n, NULL, style, head);
		}
		y += table_row(p, x, y, columns, n, cells + r * n, style, height);
	}
	return y;
}

struct str pdf_done(struct pdf *p)
{
	if (p->surface == NULL) return STR_NONE;
	cairo_show_page(p->cairo);
	bool good = cairo_status(p->cairo) == CAIRO_STATUS_SUCCESS && !p->failed;
	cairo_surface_finish(p->surface);
	good = good && cairo_surface_status(p->surface) == CAIRO_STATUS_SUCCESS;
	release(p);
	return good ? buf_done(&p->out) : STR_NONE;
}

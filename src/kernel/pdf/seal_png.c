#include "base/buf.h"
#include "kernel/pdf/pdf.h"

#include <cairo.h>
#include <pango/pangocairo.h>

enum { PIXELS_PER_MM = 8, RING = 4 };

static cairo_status_t keep(void *arg, const unsigned char *bytes, unsigned n)
{
	buf_add(arg, bytes, n);
	return CAIRO_STATUS_SUCCESS;
}

static void ring(cairo_t *c, double w, double h, double inset, double line)
{
	cairo_save(c);
	cairo_translate(c, w / 2, h / 2);
	cairo_scale(c, w / 2 - inset, h / 2 - inset);
	cairo_arc(c, 0, 0, 1, 0, 2 * G_PI);
	cairo_restore(c);
	cairo_set_line_width(c, line);
	cairo_stroke(c);
}

static void words(cairo_t *c, double w, double y, double size, struct str text)
{
	PangoLayout *layout = pango_cairo_create_layout(c);
	PangoFontDescription *font = pango_font_description_new();
	pango_font_description_set_family_static(font, "Noto Serif CJK SC");
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_width(layout, (int)(w * PANGO_SCALE));
	pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
	pango_layout_set_text(layout, text.p, (int)text.n);
	cairo_move_to(c, 0, y);
	pango_cairo_show_layout(c, layout);
	g_object_unref(layout);
}

struct str pdf_seal_png(struct arena *a, int width, int height, struct str upper, struct str lower)
{
	struct buf b;
	double w = width * PIXELS_PER_MM, h = height * PIXELS_PER_MM;
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)w, (int)h);
	cairo_t *c = cairo_create(s);
	buf_init(&b, a, 1 << 14);
	cairo_set_source_rgb(c, (PDF_RED >> 16) / 255.0, (PDF_RED >> 8 & 255) / 255.0, (PDF_RED & 255) / 255.0);
	ring(c, w, h, RING, RING);
	ring(c, w, h, 5 * RING, RING / 3.0);
	words(c, w, h * 0.26, h * 0.16, upper);
	words(c, w, h * 0.50, h * 0.13, lower);
	bool good = cairo_status(c) == CAIRO_STATUS_SUCCESS &&
	            cairo_surface_write_to_png_stream(s, keep, &b) == CAIRO_STATUS_SUCCESS;
	cairo_destroy(c);
	cairo_surface_destroy(s);
	return good ? buf_done(&b) : STR_NONE;
}

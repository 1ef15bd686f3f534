#include "base/buf.h"
#include "kernel/pdf/pdf.h"

#include <cairo.h>
#include <pango/pangocairo.h>
#include <string.h>

enum { PIXELS_PER_MM = 8, RING = 4, OPACITIES = 8 };

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

/* One colour in a few opacities instead of 255: no eye sees it, and the picture is a third as large. It stands in each
 * sealed file, is digested and sent with it. */
static void coarsen(cairo_surface_t *s)
{
	cairo_surface_flush(s);
	unsigned char *row = cairo_image_surface_get_data(s);
	int stride = cairo_image_surface_get_stride(s), rows = cairo_image_surface_get_height(s);
	for (int y = 0; y < rows; y++, row += stride)
		for (int x = 0; x < cairo_image_surface_get_width(s); x++) {
			uint32_t pixel, step = 255 / (OPACITIES - 1);
			memcpy(&pixel, row + x * 4, sizeof pixel);
			uint32_t opacity = ((pixel >> 24) + step / 2) / step * 255 / (OPACITIES - 1);
			pixel = opacity << 24;
			for (int shift = 0; shift <= 16; shift += 8) /* colours are multiplied by the opacity */
				pixel |= (PDF_RED >> shift & 255) * opacity / 255 << shift;
			memcpy(row + x * 4, &pixel, sizeof pixel);
		}
	cairo_surface_mark_dirty(s);
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
	coarsen(s);
	bool good = cairo_status(c) == CAIRO_STATUS_SUCCESS &&
	            cairo_surface_write_to_png_stream(s, keep, &b) == CAIRO_STATUS_SUCCESS;
	cairo_destroy(c);
	cairo_surface_destroy(s);
	return good ? buf_done(&b) : STR_NONE;
}

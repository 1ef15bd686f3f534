#include "kernel/sheet/sheet.h"
#include "base/buf.h"
#include <zip.h>

enum { PARTS = 6 };

struct sheet {
	struct arena *arena;
	struct buf rows;
	struct str title;
	size_t n_rows;
	bool row_open;
};

static void text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '&')
			buf_c(b, "&amp;");
		else if (c == '<')
			buf_c(b, "&lt;");
		else if (c == '>')
			buf_c(b, "&gt;");
		else if (c == '"')
			buf_c(b, "&quot;");
		else if (c >= 0x20 || c == '\t' || c == '\n')
			buf_char(b, s.p[i]);
	}
}

struct sheet *sheet_new(struct arena *a, struct str title, const int *widths, size_t n_columns)
{
	struct sheet *s = arena_new_of(a, struct sheet);
	s->arena = a;
	s->title = title;
	buf_init(&s->rows, a, 16384);
	buf_c(&s->rows, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet "
	                "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews><sheetView "
	                "workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" "
	                "state=\"frozen\"/></sheetView></sheetViews><cols>");
	for (size_t i = 0; i < n_columns; i++)
		buf_printf(&s->rows, "<col min=\"%zu\" max=\"%zu\" width=\"%d\" customWidth=\"1\"/>", i + 1, i + 1,
		        widths[i]);
	buf_c(&s->rows, "</cols><sheetData>");
	return s;
}

void sheet_cell(struct sheet *s, struct str value, enum sheet_kind kind)
{
	if (!s->row_open) buf_c(&s->rows, "<row>");
	s->row_open = true;
	switch (kind) {
	case SHEET_AMOUNT:
		buf_c(&s->rows, "<c s=\"1\"><v>");
		text(&s->rows, value);
		buf_c(&s->rows, "</v></c>");
		break;
	case SHEET_HEAD:
	case SHEET_TEXT:
		buf_c(&s->rows,
		        kind == SHEET_HEAD ? "<c s=\"2\" t=\"inlineStr\"><is><t>" : "<c t=\"inlineStr\"><is><t>");
		text(&s->rows, value);
		buf_c(&s->rows, "</t></is></c>");
		break;
	}
}

void sheet_row_end(struct sheet *s)
{
	if (!s->row_open) buf_c(&s->rows, "<row>");
	buf_c(&s->rows, "</row>");
	s->row_open = false;
	s->n_rows++;
}

static const char types[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Types "
        "xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" "
        "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" "
        "ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" "
        "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override "
        "PartName=\"/xl/worksheets/sheet1.xml\" "
        "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/><Override "
        "PartName=\"/xl/styles.xml\" "
        "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>";
static const char root_relations[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships "
        "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" "
        "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" "
        "Target=\"xl/workbook.xml\"/></Relationships>";
static const char book_relations[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships "
        "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" "
        "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" "
        "Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" "
        "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" "
        "Target=\"styles.xml\"/></Relationships>";
/* Style 1: amounts with two places and thousands; style 2: bold. */
static const char styles[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<styleSheet "
        "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><fonts count=\"2\"><font><sz "
        "val=\"11\"/></font><font><b/><sz val=\"11\"/></font></fonts><fills count=\"1\"><fill><patternFill "
        "patternType=\"none\"/></fill></fills><borders count=\"1\"><border/></borders><cellStyleXfs "
        "count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"3\"><xf/><xf numFmtId=\"4\" "
        "applyNumberFormat=\"1\"/><xf fontId=\"1\" applyFont=\"1\"/></cellXfs></styleSheet>";

static struct str workbook(struct sheet *s)
{
	struct buf b;
	buf_init(&b, s->arena, 512);
	buf_c(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<workbook "
	          "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
	          "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet "
	          "name=\"");
	text(&b, s->title);
	buf_c(&b, "\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>");
	return buf_done(&b);
}

static bool put(zip_t *z, const char *name, struct str bytes)
{
	zip_source_t *part = zip_source_buffer(z, bytes.p, bytes.n, 0);
	if (!part) return false;
	zip_int64_t at = zip_file_add(z, name, part, ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		zip_source_free(part);
		return false;
	}
	/* 1980-01-01: no clock in the bytes */
	return zip_file_set_dostime(z, (zip_uint64_t)at, 0, 0x21, 0) == 0;
}

static struct str bytes_of(struct arena *a, zip_source_t *file)
{
	zip_stat_t stat;
	struct str out = STR_NONE;
	if (zip_source_open(file) != 0) return out;
	if (zip_source_stat(file, &stat) == 0) {
		char *p = arena_alloc(a, (size_t)stat.size + 1);
		zip_int64_t n = zip_source_read(file, p, stat.size);
		if (n == (zip_int64_t)stat.size) out = (struct str){ p, (size_t)n };
	}
	zip_source_close(file);
	return out;
}

struct str sheet_done(struct sheet *s)
{
	buf_c(&s->rows, "</sheetData></worksheet>");
	const struct {
		const char *name;
		struct str bytes;
	} parts[PARTS] = { { "[Content_Types].xml", { types, sizeof types - 1 } },
		{ "_rels/.rels", { root_relations, sizeof root_relations - 1 } }, { "xl/workbook.xml", workbook(s) },
		{ "xl/_rels/workbook.xml.rels", { book_relations, sizeof book_relations - 1 } },
		{ "xl/styles.xml", { styles, sizeof styles - 1 } },
		{ "xl/worksheets/sheet1.xml", buf_done(&s->rows) } };
	zip_error_t error;
	if (s->n_rows > SHEET_ROWS_MAX) return STR_NONE;
	zip_error_init(&error);
	zip_source_t *file = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *z = file ? zip_open_from_source(file, ZIP_TRUNCATE, &error) : NULL;
	if (!z) {
		zip_source_free(file);
		return STR_NONE;
	}
	zip_source_keep(file);
	bool good = true;
	for (size_t i = 0; i < PARTS && good; i++)
		good = put(z, parts[i].name, parts[i].bytes);
	if (!good || zip_close(z) != 0) {
		zip_discard(z);
		good = false;
	}
	struct str out = good ? bytes_of(s->arena, file) : STR_NONE;
	zip_source_free(file);
	return out;
}

struct str sheet_member(struct arena *a, struct str bytes, const char *name, size_t max)
{
	zip_error_t error;
	zip_stat_t stat;
	struct str out = STR_NONE;
	zip_error_init(&error);
	zip_source_t *file = zip_source_buffer_create(bytes.p, bytes.n, 0, &error);
	zip_t *z = file ? zip_open_from_source(file, ZIP_RDONLY, &error) : NULL;
	if (!z) {
		zip_source_free(file);
		return STR_NONE;
	}
	zip_file_t *member = zip_fopen(z, name, 0);
	if (member && zip_stat(z, name, 0, &stat) == 0 && stat.size <= max) {
		char *p = arena_alloc(a, (size_t)stat.size + 1);
		zip_int64_t n = zip_fread(member, p, stat.size);
		if (n == (zip_int64_t)stat.size) out = (struct str){ p, (size_t)n };
	}
	if (member) (void)zip_fclose(member);
	zip_discard(z);
	return out;
}

/* Files inside a PDF: an incremental update behind the file that cairo wrote (ISO 32000-1 §7.5.6, §7.11.4). The stream
 * is stored as it is, so that the reader needs no PDF machinery: it looks for the header line that is written here. */
#include "base/buf.h"
#include "kernel/pdf/pdf.h"

#include <string.h>

enum { NAME_MAX_BYTES = 60, DESCRIPTION_MAX = 200 };
#define TAIL_MAX 2048 /* trailer and startxref stand in the last bytes */

/* Last occurrence of a word; -1: none. */
static ptrdiff_t find_last(struct str s, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = s.n < n ? 0 : s.n - n + 1; i-- > 0;)
		if (memcmp(s.p + i, word, n) == 0) return (ptrdiff_t)i;
	return -1;
}

/* The whole number behind a word; -1: none. */
static int64_t number_after(struct str s, const char *word)
{
	ptrdiff_t at = find_last(s, word);
	if (at < 0) return -1;
	int64_t v = 0;
	size_t i = (size_t)at + strlen(word), digits = 0;
	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '\r'))
		i++;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && digits < 12; i++, digits++)
		v = v * 10 + (s.p[i] - '0');
	return digits ? v : -1;
}

static bool name_good(const char *name)
{
	size_t n = strlen(name);
	return n > 0 && n <= NAME_MAX_BYTES &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") == n;
}

/* "\nROOT 0 obj\n<< … >>\nendobj": the inside of the catalogue's dictionary. */
static struct str catalogue(struct arena *a, struct str pdf, int64_t root)
{
	struct str head = str_printf(a, "\n%lld 0 obj\n<<", (long long)root);
	ptrdiff_t at = find_last(pdf, head.p);
	if (at < 0) return STR_NONE;
	struct str rest = str_sub(pdf, (size_t)at + head.n, pdf.n);
	ptrdiff_t end = str_find(rest, ">>\nendobj");
	return end < 0 ? STR_NONE : str_sub(rest, 0, (size_t)end);
}

static struct str media_name(struct arena *a, const char *media)
{
	struct buf b;
	buf_init(&b, a, 64);
	for (const char *c = media; *c; c++) {
		if (*c == '/')
			buf_c(&b, "#2F");
		else
			buf_char(&b, *c);
	}
	return buf_done(&b);
}

static bool description_good(struct str s)
{
	if (s.n > DESCRIPTION_MAX) return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~' || strchr("()\\", s.p[i])) return false;
	return true;
}

struct str pdf_attach(struct arena *a, struct str pdf, const char *name, const char *media, struct str bytes)
{
	return pdf_attach_described(a, pdf, name, media, STR_NONE, bytes);
}

struct str pdf_attach_described(
        struct arena *a, struct str pdf, const char *name, const char *media, struct str description, struct str bytes)
{
	if (pdf.p == NULL || !name_good(name) || !description_good(description)) return STR_NONE;
	struct str tail = str_sub(pdf, pdf.n > TAIL_MAX ? pdf.n - TAIL_MAX : 0, pdf.n);
	int64_t size = number_after(tail, "/Size"), root = number_after(tail, "/Root"),
	        info = number_after(tail, "/Info");
	int64_t previous = number_after(tail, "startxref");
	if (size < 1 || root < 1 || info < 1 || previous < 1) return STR_NONE;
	struct str dictionary = catalogue(a, pdf, root);
	if (dictionary.p == NULL) return STR_NONE;

	struct buf b;
	buf_init(&b, a, pdf.n + bytes.n + 2048);
	buf_str(&b, pdf);
	if (!str_ends(pdf, "\n")) buf_char(&b, '\n');
	size_t at_stream = b.n;
	buf_printf(&b, "%lld 0 obj\n<< /Type /EmbeddedFile /Subtype /%s /Length %zu >> %%%s\nstream\n", (long long)size,
	        media_name(a, media).p, bytes.n, name);
	buf_str(&b, bytes);
	buf_c(&b, "\nendstream\nendobj\n");
	size_t at_spec = b.n;
	buf_printf(&b,
	        "%lld 0 obj\n<< /Type /Filespec /F (%s) /UF (%s) /AFRelationship /Data%s%.*s%s /EF << /F %lld 0 R >> "
	        ">>\nendobj\n",
	        (long long)size + 1, name, name, description.n ? " /Desc (" : "", STR_FMT(description),
	        description.n ? ")" : "", (long long)size);
	size_t at_root = b.n;
	buf_printf(&b,
	        "%lld 0 obj\n<<%.*s /AF [%lld 0 R] /Names << /EmbeddedFiles << /Names [(%s) %lld 0 R] >> >> "
	        ">>\nendobj\n",
	        (long long)root, STR_FMT(dictionary), (long long)size + 1, name, (long long)size + 1);
	size_t at_xref = b.n;
	buf_printf(&b, "xref\n%lld 1\n%010zu 00000 n \n%lld 2\n%010zu 00000 n \n%010zu 00000 n \n", (long long)root,
	        at_root, (long long)size, at_stream, at_spec);
	buf_printf(&b, "trailer\n<< /Size %lld /Root %lld 0 R /Info %lld 0 R /Prev %lld >>\nstartxref\n%zu\n%%%%EOF\n",
	        (long long)size + 2, (long long)root, (long long)info, (long long)previous, at_xref);
	return buf_done(&b);
}

struct str pdf_attachment(struct arena *a, struct str pdf, const char *name)
{
	if (pdf.p == NULL || !name_good(name)) return STR_NONE;
	struct str mark = str_printf(a, " >> %%%s\nstream\n", name);
	ptrdiff_t at = find_last(pdf, mark.p);
	if (at < 0) return STR_NONE;
	size_t from = (size_t)at + mark.n, line = (size_t)at > 200 ? (size_t)at - 200 : 0;
	struct str head = str_sub(pdf, line, (size_t)at - line);
	int64_t length = number_after(head, "/Length");
	if (find_last(head, "/Type /EmbeddedFile") < 0 || length < 0 || (uint64_t)length > pdf.n - from)
		return STR_NONE;
	if (!str_starts(str_sub(pdf, from + (size_t)length, pdf.n), "\nendstream")) return STR_NONE;
	return str_sub(pdf, from, (size_t)length);
}

/* Behind a word up to a closing bracket. */
static struct str in_brackets(struct str s, const char *word, size_t most)
{
	ptrdiff_t at = str_find(s, word);
	if (at < 0) return STR_NONE;
	s = str_sub(s, (size_t)at + strlen(word), most + 1);
	ptrdiff_t end = str_find(s, ")");
	return end < 0 ? STR_NONE : str_sub(s, 0, (size_t)end);
}

bool pdf_attached(struct arena *a, struct str pdf, struct pdf_attached *out)
{
	*out = (struct pdf_attached){ 0 };
	ptrdiff_t at = pdf.p ? find_last(pdf, "/Type /Filespec /F (") : -1;
	if (at < 0) return false;
	struct str spec = str_sub(pdf, (size_t)at, TAIL_MAX);
	ptrdiff_t end = str_find(spec, "endobj");
	spec = str_sub(spec, 0, end < 0 ? 0 : (size_t)end);
	struct str name = in_brackets(spec, "/F (", NAME_MAX_BYTES);
	if (!name.n) return false;
	out->name = str_dup(a, name);
	out->description = in_brackets(spec, " /Desc (", DESCRIPTION_MAX);
	out->bytes = pdf_attachment(a, pdf, out->name.p);
	if (!out->bytes.p) return false;
	ptrdiff_t stream = find_last(str_sub(pdf, 0, (size_t)(out->bytes.p - pdf.p)), " 0 obj\n<< /Type /EmbeddedFile");
	while (stream > 0 && pdf.p[stream - 1] >= '0' && pdf.p[stream - 1] <= '9')
		stream--;
	if (stream < 0) return false;
	out->base = str_sub(pdf, 0, (size_t)stream);
	return true;
}

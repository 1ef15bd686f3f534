#include "main/invoice.h"
#include "main/invoice_docs.h"
#include "main/offline.h"
#include "services/invoice/issue/files.h"
#include "services/invoice/issue/spec/verify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the command line asks for; files are gone through one by one in one arena. */
struct asked {
	const char *to, *key, *out;
	bool json, english, quiet, each_line; /* each_line: a file of JSON lines is a file a line */
	bool rules_only;
	struct offline_keys keys;
};

static const char usage_text[] =
        "etaxd invoice validate [--json] [--en] [--quiet] [--rules-only] [--lines] [--key K] FILE…\n"
        "etaxd invoice convert --to xml|json|ofd|pdf|xbrl [--out DIR] FILE…\n"
        "etaxd invoice describe schema|fields|error-codes\n"
        "FILE: XML, OFD, PDF, JSON or XBRL; - is standard input. K: verifier keys, as /v1/keys gives them, or a file "
        "of them.\n";

/* Who asks for the rules alone asks for no proof. */
static bool accepted(const struct asked *q, const struct spec_report *r)
{
	return q->rules_only ? spec_valid(r) : strcmp(spec_verdict(r), "valid") == 0;
}

static void print_report(const struct asked *q, const char *file, const struct spec_report *r)
{
	int language = q->english ? SPEC_EN : SPEC_ZH;
	if (q->json) {
		struct buf b;
		buf_init(&b, r->arena, 4096);
		value_write_json(&b, spec_report_value(r, str_c(file)));
		(void)printf("%s\n", buf_done(&b).p);
		return;
	}
	const char *verdict = spec_verdict(r), *word = accepted(q, r) ? "ok" : spec_valid(r) ? verdict : "FAILED";
	if (!accepted(q, r) || !q->quiet)
		(void)printf("%s %s: %s %.*s\n", word, file, r->format ? r->format : "?", STR_FMT(r->number));
	for (size_t i = 0; i < r->n_faults; i++) {
		const struct spec_fault *f = &r->faults[i];
		const struct spec_text *t = &spec_codes[f->code];
		struct str text = spec_fault_text(r->arena, f, language), fix = spec_fault_fix(r->arena, f, language);
		(void)printf("  %.*s [%s] %.*s%s%s%s -> %.*s\n",
		        STR_FMT(f->pointer.n ? f->pointer
		                : f->place.n ? f->place
		                             : S("/")),
		        t->code, STR_FMT(text), t->law ? " (" : "", t->law ? t->law : "", t->law ? ")" : "",
		        STR_FMT(fix));
	}
	for (size_t i = 0; i < r->n_checks && !q->quiet; i++) {
		static const char *const words[] = { "good", "BAD", "not checked" };
		(void)printf("  %s: %s%s%.*s\n", r->checks[i].what, words[r->checks[i].outcome],
		        r->checks[i].detail.n ? " " : "", STR_FMT(r->checks[i].detail));
	}
}

static bool report(const struct asked *q, const char *file, struct str bytes, struct spec_report *r)
{
	if (!q->rules_only) spec_verify(r, bytes, q->keys.list, q->keys.n);
	print_report(q, file, r);
	return accepted(q, r);
}

static bool validate_bytes(const struct asked *q, struct arena *a, const char *file, struct str bytes)
{
	struct spec_report r;
	spec_validate(a, bytes, &r);
	return report(q, file, bytes, &r);
}

static int validate_lines(const struct asked *q, struct arena *a, const char *file, struct str bytes)
{
	struct str line;
	int bad = 0;
	for (int64_t n = 1; str_split(&bytes, '\n', &line); n++) {
		if (!str_trim(line).n) continue;
		struct arena *own = arena_new();
		struct str name = str_printf(own, "%s:%lld", file, (long long)n);
		bad |= !validate_bytes(q, own, name.p, line);
		arena_free(own);
	}
	(void)a;
	return bad;
}

static int validate_file_of_lines(const struct asked *q, struct arena *a, const char *file)
{
	struct str bytes;
	return offline_read_or_tell(a, file, &bytes) ? validate_lines(q, a, file, bytes) : 1;
}

/* Some files together, because hashing them together is faster; one that cannot be read does not hold up the rest. */
enum { TOGETHER = 16 };
static int validate_files(const struct asked *q, char *const *files, size_t n)
{
	struct arena *a = arena_new();
	struct str bytes[TOGETHER];
	const char *names[TOGETHER];
	struct spec_report *reports = arena_array(a, TOGETHER, sizeof *reports);
	size_t there = 0;
	for (size_t i = 0; i < n; i++) {
		names[there] = files[i];
		there += offline_read_or_tell(a, files[i], &bytes[there]);
	}
	int bad = there < n;
	spec_validate_many(a, bytes, there, reports);
	for (size_t i = 0; i < there; i++)
		bad |= !report(q, names[i], bytes[i], &reports[i]);
	arena_free(a);
	return bad;
}

static int validate_all(const struct asked *q, char *const *files, size_t n)
{
	int bad = 0;
	for (size_t i = 0; i < n; i += TOGETHER)
		bad |= validate_files(q, files + i, n - i < TOGETHER ? n - i : TOGETHER);
	return bad;
}

/* --- convert --- */

/* The data file that came is kept as it is, signature and all; one that is made here has no bureau's signature. */
static struct str converted(struct arena *a, const char *to, const struct spec_report *r)
{
	struct face f;
	struct xml_parts parts;
	const struct spec_proof *proof = r->has_proof ? &r->proof : NULL;
	if (r->partial || face_read(a, r->core_bytes, &f) != OK) return STR_NONE;
	struct str xml = r->xml;
	if (!xml.p || !r->dialect || strcmp(r->dialect, "einvoice") != 0) {
		files_xml_parts(a, &f, proof, f.issued_at, &parts);
		xml = files_xml(a, &parts, S(""), S(""));
	}
	if (strcmp(to, "xml") == 0) return xml;
	if (strcmp(to, "json") == 0) return proof ? spec_json(a, r->core_bytes, proof) : r->core_bytes;
	if (strcmp(to, "xbrl") == 0) return files_xbrl(a, &f, proof);
	return strcmp(to, "pdf") == 0 ? files_plain_pdf(a, &f, xml) : files_plain_ofd(a, &f, proof, xml);
}

static bool write_out(const struct asked *q, struct arena *a, const struct spec_report *r, struct str bytes)
{
	FILE *to = stdout;
	struct str path = STR_NONE;
	if (q->out) {
		path = str_printf(a, "%s/dzfp_%.*s.%s", q->out, STR_FMT(r->number), q->to);
		to = fopen(path.p, "wb");
		if (!to) return fprintf(stderr, "etaxd: %s: %m\n", path.p) < 0;
	}
	bool good = fwrite(bytes.p, 1, bytes.n, to) == bytes.n;
	if (to != stdout) good = fclose(to) == 0 && good;
	return good;
}

static int convert_file(const struct asked *q, struct arena *a, const char *file)
{
	struct str bytes;
	struct spec_report r;
	if (!offline_read_or_tell(a, file, &bytes)) return 1;
	spec_validate(a, bytes, &r);
	struct str out = spec_valid(&r) ? converted(a, q->to, &r) : STR_NONE;
	if (out.p) return !write_out(q, a, &r, out);
	if (spec_valid(&r))
		(void)fprintf(stderr, "etaxd: %s holds too little to make %s of it\n", file, q->to);
	else
		print_report(&(struct asked){ .english = q->english, .quiet = true }, file, &r);
	return 1;
}

static bool known_form(const char *to)
{
	static const char *const forms[] = { "xml", "json", "ofd", "pdf", "xbrl" };
	for (size_t i = 0; to && i < sizeof forms / sizeof *forms; i++)
		if (strcmp(to, forms[i]) == 0) return true;
	return false;
}

static bool flag(const char *arg, const char *name, bool *out)
{
	return strcmp(arg, name) == 0 && (*out = true);
}

/* Options come before the files. -1: not understood. */
static int options(struct asked *q, int argc, char **argv)
{
	int i = 3;
	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		const char **with = strcmp(argv[i], "--key") == 0   ? &q->key
		                    : strcmp(argv[i], "--to") == 0  ? &q->to
		                    : strcmp(argv[i], "--out") == 0 ? &q->out
		                                                    : NULL;
		if (with && i + 1 < argc)
			*with = argv[++i];
		else if (with ||
		         !(flag(argv[i], "--json", &q->json) || flag(argv[i], "--en", &q->english) ||
		                 flag(argv[i], "--quiet", &q->quiet) || flag(argv[i], "--lines", &q->each_line) ||
		                 flag(argv[i], "--rules-only", &q->rules_only)))
			return -1;
	}
	return i;
}

static int describe(const char *what)
{
	struct arena *a = arena_new();
	struct str text = invoice_docs(a, str_c(what));
	int rc = text.p && fwrite(text.p, 1, text.n, stdout) == text.n ? 0 : 2;
	arena_free(a);
	return rc;
}

int invoice_main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[2], "describe") == 0) return describe(argv[3]);
	struct asked q = { 0 };
	struct arena *keys = arena_new();
	bool convert = argc > 2 && strcmp(argv[2], "convert") == 0,
	     validate = argc > 2 && strcmp(argv[2], "validate") == 0;
	int first = convert || validate ? options(&q, argc, argv) : -1, rc = 0;
	bool good = first > 0 && first < argc && convert == known_form(q.to) &&
	            (!q.key || offline_keys_read(keys, q.key, &q.keys));
	if (!good) rc = fputs(usage_text, stderr) < 0 ? 1 : 2;
	bool each = convert || q.each_line;
	if (good && !each) rc |= validate_all(&q, argv + first, (size_t)(argc - first));
	for (int i = first; good && each && i < argc; i++) {
		struct arena *a = arena_new();
		rc |= convert ? convert_file(&q, a, argv[i]) : validate_file_of_lines(&q, a, argv[i]);
		arena_free(a);
	}
	arena_free(keys);
	return rc;
}

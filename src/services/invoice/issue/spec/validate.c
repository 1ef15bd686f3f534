#include "kernel/crypto/crypto.h"
#include "kernel/pdf/pdf.h"
#include "services/invoice/issue/files.h"
#include "services/invoice/issue/spec/ofd.h"
#include "services/invoice/issue/spec/spec.h"
#include <string.h>

enum { FILE_MAX = 16 << 20 };

/* The hash that the file carries is the hash of what it says, under each suite. */
static void check_core(struct spec_report *r)
{
	bool same = true;
	if (!r->has_proof || r->partial) {
		spec_check(r, "core-hash", SPEC_SKIPPED, STR_NONE);
		return;
	}
	for (int s = 0; s < SPEC_SUITES; s++)
		same = same && (!r->proof.hash[s].p || str_eq(spec_hash(r->arena, s, r->core_bytes), r->proof.hash[s]));
	if (!same) spec_fault(r, SPEC_CORE_HASH, S(""), STR_NONE, STR_NONE);
	spec_check(r, "core-hash", same ? SPEC_GOOD : SPEC_BAD, STR_NONE);
}

static struct str between(struct str s, const char *from, const char *to)
{
	ptrdiff_t at = str_find(s, from);
	if (at < 0) return STR_NONE;
	s = str_sub(s, (size_t)at + strlen(from), s.n);
	at = str_find(s, to);
	return at < 0 ? STR_NONE : str_sub(s, 0, (size_t)at);
}

struct part {
	struct str right;
	const char *name;
};

/* An XML of ours is a view: made once more from the core it is the same bytes. Else the first part that differs is
 * named. */
static void check_view(struct spec_report *r)
{
	struct face f;
	struct xml_parts p;
	instant_us at;
	struct arena *a = r->arena;
	struct str time = between(r->xml, "<SignatureTime>", "</SignatureTime>");
	struct str signature = between(r->xml, "<SignatureValue>", "</SignatureValue>");
	struct str key = between(r->xml, "<KeyInfo>", "</KeyInfo>");
	bool readable = face_of(a, r->core, &f) == OK && time.n == 19 && f.number.n == 20 &&
	                instant_parse(str_printf(a, "%.10sT%.8s+08:00", time.p, time.p + 11), &at);
	if (!readable) {
		spec_fault(r, SPEC_VIEW, S(""), S("TaxBureauSignature"), S("TaxBureauSignature"));
		spec_check(r, "xml-view", SPEC_BAD, S("TaxBureauSignature"));
		return;
	}
	files_xml_parts(a, &f, &r->proof, at, &p);
	struct str whole = files_xml(a, &p, signature, key);
	if (str_eq(whole, r->xml)) {
		spec_check(r, "xml-view", SPEC_GOOD, STR_NONE);
		return;
	}
	const struct part parts[] = { { p.header, "Header" }, { p.data, "EInvoiceData" },
		{ p.authentication, "SellerAuthentication" }, { p.supervision, "TaxSupervisionInfo" } };
	struct str rest = between(r->xml, "<EInvoice>", "</EInvoice>");
	const char *name = "TaxBureauSignature";
	for (size_t i = sizeof parts / sizeof *parts; i-- > 0;)
		if (!rest.p || str_find(rest, parts[i].right.p) < 0) name = parts[i].name;
	spec_fault(r, SPEC_VIEW, S(""), str_c(name), str_c(name));
	spec_check(r, "xml-view", SPEC_BAD, str_c(name));
}

static void check_content(struct spec_report *r)
{
	size_t before = r->n_faults;
	spec_check_fields(r);
	spec_check_rules(r);
	spec_check(r, "rules", r->n_faults == before ? SPEC_GOOD : SPEC_BAD, STR_NONE);
	check_core(r);
	if (r->xml.p && r->has_proof) check_view(r);
}

/* A record of ours is the same bytes when it is made again from its core. What a receiver's program added to it is not
 * covered; the facts that we wrote were compared one by one (read_xml.c). */
static void check_record(struct spec_report *r, struct str bytes)
{
	struct face f;
	if (r->partial || !r->has_proof) return;
	bool same = r->number.n == 20 && face_of(r->arena, r->core, &f) == OK &&
	            str_eq(files_xbrl(r->arena, &f, &r->proof), bytes);
	spec_check(r, "xbrl-view", same ? SPEC_GOOD : SPEC_SKIPPED, same ? STR_NONE : S("something was added"));
}

static void of_xml(struct spec_report *r, struct str bytes)
{
	if (!spec_read_xml(r, bytes)) return;
	check_content(r);
	if (strcmp(r->format, "xbrl") == 0) check_record(r, bytes);
}

/* A file on its way: an OFD is opened first, then hashed, then the rest is checked. */
struct way {
	struct spec_report *r;
	struct str bytes;
	bool is_ofd, opened;
	struct spec_ofd ofd;
	struct spec_digests digests;
};

static void open_ofd(struct way *w)
{
	w->opened = spec_ofd_open(w->r, w->bytes, &w->ofd);
	if (w->opened) spec_ofd_to_hash(w->r, &w->ofd, &w->digests);
}

static void finish_ofd(struct way *w)
{
	if (!w->opened) return;
	spec_ofd_digests(w->r, &w->ofd, &w->digests);
	of_xml(w->r, w->ofd.xml);
	w->r->format = "ofd";
	if (w->r->core) spec_ofd_data(w->r, &w->ofd);
	if (w->r->core) spec_ofd_container(w->r, &w->ofd);
}

static void of_pdf(struct spec_report *r, struct str bytes)
{
	struct pdf_attached parts;
	r->format = "pdf";
	if (!pdf_attached(r->arena, bytes, &parts)) {
		spec_fault(r, SPEC_PDF, S(""), STR_NONE, STR_NONE);
		return;
	}
	of_xml(r, parts.bytes);
	r->format = "pdf";
}

static void of_json(struct spec_report *r, struct str bytes)
{
	if (spec_read_json(r, bytes)) check_content(r);
}

static void begin(struct way *w)
{
	struct spec_report *r = w->r;
	struct str bytes = w->bytes, s = str_starts(bytes, "\xef\xbb\xbf") ? str_sub(bytes, 3, bytes.n) : bytes;
	s = str_trim(s);
	if (!s.n)
		spec_fault(r, SPEC_EMPTY, S(""), STR_NONE, STR_NONE);
	else if (bytes.n > FILE_MAX)
		spec_fault(r, SPEC_LIMIT, S(""), S("16 MB"), STR_NONE);
	else if (s.p[0] == '{' || s.p[0] == '[')
		of_json(r, s);
	else if (s.p[0] == '<')
		of_xml(r, bytes);
	else if (str_starts(bytes, "PK"))
		w->is_ofd = true, open_ofd(w);
	else if (str_starts(bytes, "%PDF-"))
		of_pdf(r, bytes);
	else
		spec_fault(r, SPEC_FORMAT, S(""), STR_NONE, STR_NONE);
}

/* The work of all into one list, so that messages of about the same length stand beside each other; and back. */
static void hash_all(struct arena *a, struct way *ways, size_t n)
{
	size_t all = 0;
	for (size_t i = 0; i < n; i++)
		all += ways[i].digests.n;
	struct crypto_sm3_work *list = arena_array(a, all + 1, sizeof *list), *at = list;
	struct crypto_sm3_work **from = arena_array(a, all + 1, sizeof *from);
	for (size_t k = 0, left = all; left; k++)
		for (size_t i = 0; i < n; i++)
			if (k < ways[i].digests.n) {
				from[at - list] = &ways[i].digests.work[k];
				*at++ = ways[i].digests.work[k];
				left--;
			}
	crypto_sm3_many(list, all);
	for (size_t i = 0; i < all; i++)
		*from[i] = list[i];
}

void spec_validate_many(struct arena *a, const struct str *files, size_t n, struct spec_report *out)
{
	struct way *ways = arena_array(a, n + 1, sizeof *ways);
	for (size_t i = 0; i < n; i++) {
		spec_report_init(&out[i], a);
		ways[i] = (struct way){ .r = &out[i], .bytes = files[i] };
		begin(&ways[i]);
	}
	hash_all(a, ways, n);
	for (size_t i = 0; i < n; i++)
		if (ways[i].is_ofd) finish_ofd(&ways[i]);
}

void spec_validate(struct arena *a, struct str bytes, struct spec_report *r)
{
	spec_validate_many(a, &bytes, 1, r);
}

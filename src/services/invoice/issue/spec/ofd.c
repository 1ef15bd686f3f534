#include "services/invoice/issue/spec/ofd.h"
#include "kernel/crypto/crypto.h"
#include "kernel/xml/xml.h"
#include <string.h>

/* A path in a part, made whole: "/…" from the root, else beside the part. STR_NONE: leads outside. */
static struct str resolve(struct arena *a, struct str part, struct str path)
{
	if (path.n && path.p[0] == '/') return str_sub(path, 1, path.n);
	size_t n = part.n;
	while (n && part.p[n - 1] != '/')
		n--;
	return str_printf(a, "%.*s%.*s", (int)n, part.p, STR_FMT(path));
}

static bool part(struct spec_report *r, const struct spec_ofd *o, struct str name, struct xml_node **root)
{
	int64_t line;
	const char *why;
	struct str bytes = zip_find(&o->zip, name);
	if (bytes.p && xml_read(r->arena, bytes, root, &line, &why) == OK) return true;
	spec_fault(r, SPEC_OFD, S(""), name, STR_NONE);
	return false;
}

static bool find_data(struct spec_report *r, struct spec_ofd *o, struct str doc_root)
{
	struct xml_node *document, *list;
	if (!part(r, o, doc_root, &document)) return false;
	struct str path = xml_text(document, "Attachments");
	if (!path.p) {
		spec_fault(r, SPEC_OFD, S(""), S("Attachments"), STR_NONE);
		return false;
	}
	struct str at = resolve(r->arena, doc_root, path);
	if (!part(r, o, at, &list)) return false;
	for (struct xml_node *n = list->first; n; n = n->next) {
		struct str file = xml_text(n, "FileLoc");
		if (!str_is(n->name, "Attachment") || !str_ends(file, ".xml")) continue;
		o->xml = zip_find(&o->zip, resolve(r->arena, at, file));
		if (o->xml.p) return true;
	}
	spec_fault(r, SPEC_OFD, S(""), S("original_invoice.xml"), STR_NONE);
	return false;
}

static bool find_signature(struct spec_report *r, struct spec_ofd *o, struct str list_path)
{
	struct xml_node *list, *signature;
	if (!part(r, o, list_path, &list)) return false;
	const struct xml_node *n = xml_child(list, "Signature");
	struct str base = xml_attribute(n, "BaseLoc");
	if (!base.p) return true; /* none is named: not sealed */
	o->signature_path = resolve(r->arena, list_path, base);
	if (!part(r, o, o->signature_path, &signature)) return false;
	o->signature = zip_find(&o->zip, o->signature_path);
	o->signed_value = zip_find(&o->zip, resolve(r->arena, o->signature_path, xml_text(signature, "SignedValue")));
	if (!o->signed_value.p) spec_fault(r, SPEC_OFD, S(""), S("SignedValue.dat"), STR_NONE);
	return o->signed_value.p != NULL;
}

bool spec_ofd_open(struct spec_report *r, struct str bytes, struct spec_ofd *o)
{
	struct xml_node *root;
	const char *why;
	*o = (struct spec_ofd){ 0 };
	r->format = "ofd";
	enum zip_fault fault = zip_read(r->arena, bytes, &o->zip, &why);
	if (fault != ZIP_GOOD) {
		spec_fault(r, fault == ZIP_LIMIT ? SPEC_LIMIT : SPEC_ZIP, S(""), str_c(why), STR_NONE);
		return false;
	}
	if (!part(r, o, S("OFD.xml"), &root)) return false;
	struct str doc_root = xml_text(root, "DocBody/DocRoot"), signatures = xml_text(root, "DocBody/Signatures");
	if (!doc_root.p) {
		spec_fault(r, SPEC_OFD, S(""), S("DocRoot"), STR_NONE);
		return false;
	}
	bool signature = !signatures.p || find_signature(r, o, resolve(r->arena, S("OFD.xml"), signatures));
	return find_data(r, o, resolve(r->arena, S("OFD.xml"), doc_root)) && signature;
}

static bool digest_fits(struct arena *a, const struct crypto_sm3_work *w, struct str check)
{
	struct str given;
	return str_unbase64(a, check, &given) && str_eq(given, (struct str){ (const char *)w->out, sizeof w->out });
}

static void altered(struct spec_report *r, struct str name)
{
	spec_fault(r, SPEC_DIGEST, S(""), name, name);
}

/* What the signature can not cover: itself, and the list that names it. */
static bool is_outside(const struct spec_ofd *o, const struct zip_entry *e)
{
	return str_eq(e->name, o->signature_path) || str_ends(e->name, "/Signatures.xml") ||
	       (e->bytes.p == o->signed_value.p && e->bytes.p);
}

static bool is_reference(const struct xml_node *n)
{
	return str_is(n->name, "Reference");
}

/* The part that a reference names; o->zip.n: none. */
static size_t part_of(const struct spec_ofd *o, const struct xml_node *n)
{
	struct str name = xml_attribute(n, "FileRef");
	size_t i = 0;
	if (name.n && name.p[0] == '/') name = str_sub(name, 1, name.n);
	while (i < o->zip.n && !str_eq(o->zip.list[i].name, name))
		i++;
	return i;
}

void spec_ofd_to_hash(struct spec_report *r, const struct spec_ofd *o, struct spec_digests *out)
{
	struct xml_node *root;
	size_t most = 0;
	*out = (struct spec_digests){ 0 };
	if (!o->signature.p) {
		spec_check(r, "ofd-digests", SPEC_SKIPPED, S("not sealed"));
		return;
	}
	if (!part(r, o, o->signature_path, &root)) return;
	const struct xml_node *info = xml_child(root, "SignedInfo"), *list = xml_child(info, "References");
	if (!str_is(xml_attribute(list, "CheckMethod"), "1.2.156.10197.1.401"))
		spec_fault(r, SPEC_OFD, S(""), S("CheckMethod"), STR_NONE);
	out->sealed = true;
	out->references = list;
	for (const struct xml_node *n = list ? list->first : NULL; n; n = n->next)
		most += is_reference(n);
	out->work = arena_array(r->arena, most + 1, sizeof *out->work);
	for (const struct xml_node *n = list ? list->first : NULL; n; n = n->next) {
		size_t i = is_reference(n) ? part_of(o, n) : o->zip.n;
		if (i == o->zip.n) continue;
		struct str bytes = o->zip.list[i].bytes;
		out->work[out->n++] = (struct crypto_sm3_work){ .p = bytes.p, .n = bytes.n };
	}
}

void spec_ofd_digests(struct spec_report *r, const struct spec_ofd *o, const struct spec_digests *d)
{
	bool covered[ZIP_ENTRIES_MAX] = { false };
	size_t before = r->n_faults, hashed = 0;
	if (!d->sealed) return;
	for (const struct xml_node *n = d->references ? d->references->first : NULL; n; n = n->next) {
		if (!is_reference(n)) continue;
		size_t i = part_of(o, n);
		struct str name = xml_attribute(n, "FileRef");
		bool there = i < o->zip.n;
		if (!there || !digest_fits(r->arena, &d->work[hashed++], xml_text(n, "CheckValue")))
			altered(r, there ? o->zip.list[i].name : name.p ? name : S("FileRef"));
		if (there) covered[i] = true;
	}
	for (size_t i = 0; i < o->zip.n; i++)
		if (!covered[i] && !is_outside(o, &o->zip.list[i])) altered(r, o->zip.list[i].name);
	spec_check(r, "ofd-digests", r->n_faults == before ? SPEC_GOOD : SPEC_BAD,
	        str_from_int(r->arena, (int64_t)o->zip.n));
}

const char spec_ofd_signatures[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:Signatures xmlns:ofd=\"http://www.ofdspec.org/2016\">"
        "<ofd:MaxSignId>1</ofd:MaxSignId>"
        "<ofd:Signature ID=\"1\" Type=\"Seal\" BaseLoc=\"Sign_0/Signature.xml\"/></ofd:Signatures>\n";

void spec_ofd_container(struct spec_report *r, const struct spec_ofd *o)
{
	static const char list[] = "Doc_0/Signs/Signatures.xml";
	bool ours = o->signature.p && r->has_proof,
	     listed = str_is(zip_find(&o->zip, str_c(list)), spec_ofd_signatures);
	if (ours && !o->zip.plain)
		spec_fault_at(r, SPEC_DIGEST, S("ZIP"), S("压缩包的文件头"), S("A header of the package"));
	if (ours && !listed) spec_fault_at(r, SPEC_DIGEST, str_c(list), str_c(list), str_c(list));
	if (ours)
		spec_check(r, "ofd-container", o->zip.plain && listed ? SPEC_GOOD : SPEC_BAD, STR_NONE);
	else
		spec_check(r, "ofd-container", SPEC_SKIPPED, S("times and attributes in the package are nobody's"));
}

/* "2026年11月24日" of the core's time. */
static struct str day_of(struct arena *a, const struct value *core)
{
	instant_us t;
	if (!instant_parse(value_text(core, "issued_at"), &t)) return STR_NONE;
	struct date d = date_of_instant(t);
	return str_printf(a, "%04d年%02d月%02d日", d.year, d.month, d.day);
}

void spec_ofd_data(struct spec_report *r, const struct spec_ofd *o)
{
	struct xml_node *root;
	size_t before = r->n_faults;
	const struct value *seller = value_get(r->core, S("seller")), *buyer = value_get(r->core, S("buyer"));
	const struct {
		const char *name;
		struct str text;
	} known[] = { { "发票号码", value_text(r->core, "number") }, { "合计金额", value_text(r->core, "amount") },
		{ "合计税额", value_text(r->core, "tax") }, { "价税合计", value_text(r->core, "total") },
		{ "开票日期", day_of(r->arena, r->core) }, { "购买方纳税人识别号", value_text(buyer, "tax_id") },
		{ "销售方纳税人识别号", value_text(seller, "tax_id") },
		{ "core-hash sm2-sm3", r->proof.hash[SPEC_SUITE_SM2] },
		{ "core-hash ed25519-sha256", r->proof.hash[SPEC_SUITE_ED25519] } };
	if (!part(r, o, S("OFD.xml"), &root)) return;
	const struct xml_node *body = xml_child(root, "DocBody"),
	                      *list = xml_child(xml_child(body, "DocInfo"), "CustomDatas");
	for (const struct xml_node *n = list ? list->first : NULL; n; n = n->next)
		for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
			if (!str_is(xml_attribute(n, "Name"), known[i].name)) continue;
			struct str text = known[i].text.p ? known[i].text : S("");
			if (!str_eq(text, n->text))
				spec_fault(r, SPEC_OFD_DATA, S(""), str_c(known[i].name), str_c(known[i].name));
		}
	spec_check(r, "ofd-data", r->n_faults == before ? SPEC_GOOD : SPEC_BAD, STR_NONE);
}

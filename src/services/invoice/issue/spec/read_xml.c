/* Every XML dialect to the core (domain/invoice.md §3.4, §3.5): EInvoice by the paths of the field table; the tags of
 * initials and of element ids wherever they stand. Real files write numbers in many ways: what has one meaning is
 * written as the core writes it, anything else is left as it stands, so that the check of fields tells it. */
#include "base/decimal.h"
#include "base/rate.h"
#include "kernel/xml/xml.h"
#include "services/invoice/issue/qr_text.h"
#include "services/invoice/issue/spec/fields.h"
#include "services/invoice/issue/spec/spec.h"
#include "services/invoice/issue/special.h"
#include <string.h>

static struct str money_text(struct arena *a, struct str s)
{
	struct decimal d, one = { 1, 0 };
	struct money m;
	if (str_is(s, "***")) return S("0.00");
	return decimal_parse(s, 6, &d) && d.scale <= 2 && decimal_times(d, one, &m) ? money_format(a, m) : s;
}

static struct str rate_text(struct arena *a, struct str s)
{
	struct rate r;
	if (str_is(s, "免税") || str_is(s, "不征税")) return S("0");
	return rate_parse(s, &r) ? rate_format(a, r) : s;
}

/* "2026-11-24 10:21:05", "2026-11-24", "2026年11月24日" */
static struct str instant_text(struct arena *a, struct str s)
{
	instant_us t;
	struct date d;
	if (instant_parse(s, &t)) return instant_format(a, t);
	struct str day = str_sub(s, 0, 10);
	if (date_parse(day, &d) && s.n == 10) return instant_format(a, date_to_instant(d));
	if (date_parse(day, &d) && s.n == 19 && s.p[10] == ' ' &&
	        instant_parse(str_printf(a,
	                              "%.10s"
	                              "T%.8s+08:00",
	                              s.p, s.p + 11),
	                &t))
		return instant_format(a, t);
	return s;
}

static struct str kind_text(struct str s)
{
	for (size_t i = 0; i < spec_n_kinds; i++)
		if (str_is(s, spec_kinds[i].label)) return str_c(spec_kinds[i].kind);
	return str_is(s, "81") ? S("special") : str_is(s, "82") ? S("ordinary") : s;
}

static struct str as_core(struct arena *a, const struct spec_field *f, struct str s)
{
	struct decimal d;
	switch (f->type) {
	case SPEC_IS_MONEY: return money_text(a, s);
	case SPEC_IS_RATE: return rate_text(a, s);
	case SPEC_IS_INSTANT: return instant_text(a, s);
	case SPEC_IS_DECIMAL: return decimal_parse(s, 13, &d) ? decimal_format(a, d) : s;
	case SPEC_IS_CHOICE: return str_is(str_c(f->name), "kind") ? kind_text(s) : s;
	default: return s;
	}
}

/* The first of "A|B" that is there. */
static struct str first_text(const struct xml_node *n, const char *paths)
{
	struct str rest = str_c(paths), path;
	while (str_split(&rest, '|', &path)) {
		char name[128];
		if (path.n >= sizeof name) continue;
		memcpy(name, path.p, path.n);
		name[path.n] = 0;
		struct str s = xml_text(n, name);
		if (s.p) return s;
	}
	return STR_NONE;
}

static const struct xml_node *node_at(const struct xml_node *n, const char *path)
{
	struct str rest = str_c(path), name;
	while (n && *path && str_split(&rest, '/', &name)) {
		const struct xml_node *k = n->first;
		while (k && !str_eq(k->name, name))
			k = k->next;
		n = k;
	}
	return n;
}

static void put(struct spec_report *r, struct value *v, const struct spec_field *f, struct str s)
{
	int64_t n;
	if (f->type == SPEC_IS_INT && str_to_int(s, &n))
		value_put_int(r->arena, v, f->name, n);
	else
		value_put_str(r->arena, v, f->name, as_core(r->arena, f, s));
}

static void put_fields(struct spec_report *r, enum spec_group group, const struct xml_node *n, struct value *v)
{
	for (size_t i = 0; i < spec_n_fields; i++) {
		const struct spec_field *f = &spec_fields[i];
		if (f->group != group || !f->xml) continue;
		struct str s = first_text(n, f->xml);
		if (s.p) put(r, v, f, s);
	}
}

/* What EInvoice leaves unsaid about a line. */
static void complete_line(struct spec_report *r, struct value *line, bool red, struct str rate_as_written)
{
	struct money m;
	struct str code = value_text(line, "tax_code");
	bool there = money_parse(value_text(line, "amount"), &m), against = red ? m.fen > 0 : m.fen < 0;
	if (there && against && !value_get(line, S("quantity"))) value_put_bool(r->arena, line, "discount", true);
	if (!value_get(line, S("tax"))) value_put_c(r->arena, line, "tax", "0.00"); /* exempt lines may lack it */
	if (!str_is(value_text(line, "rate"), "0") || value_get(line, S("treatment"))) return;
	bool not_taxed = str_is(rate_as_written, "不征税") || (code.n && code.p[0] == '6');
	value_put_c(r->arena, line, "treatment", not_taxed ? "not_taxed" : "exempt");
}

static void complete(struct spec_report *r)
{
	struct money total;
	instant_us t;
	struct arena *a = r->arena;
	const struct spec_kind *kind = spec_kind_find(value_text(r->core, "kind"));
	r->number = value_text(r->core, "number");
	if (kind && r->number.n == 20 && money_parse(value_text(r->core, "total"), &total) &&
	        instant_parse(value_text(r->core, "issued_at"), &t) && !value_get(r->core, S("qr")))
		value_put_str(a, r->core, "qr",
		        qr_text_invoice(
		                a, special_kind(str_c(kind->kind))->qr_type, r->number, total, date_of_instant(t)));
	struct str words = value_text(r->core, "total_in_words");
	struct money said;
	if (money_words_parse(words, &said))
		value_set(a, r->core, S("total_in_words"), value_str(a, money_words(a, said)));
}

static void read_proof(struct spec_report *r, const struct xml_node *core)
{
	static const char *const names[SPEC_SUITES] = { "Sm2Sm3", "Ed25519Sha256" };
	if (!core) return;
	for (int s = 0; s < SPEC_SUITES; s++) {
		const struct xml_node *n = xml_child(core, names[s]);
		struct str hash = xml_text(n, "Hash");
		r->proof.hash[s] = n && !hash.p ? S("") : hash;
		r->proof.key[s] = xml_text(n, "Key");
		r->proof.signature[s] = xml_text(n, "Signature");
		r->has_proof = r->has_proof || n;
	}
}

/* Special businesses and 差额征税 have more members than EInvoice has elements with a sourced name: then the core
 * stands in the file as it is, and the rest of the file is held against it (check_view). */
static void read_document(struct spec_report *r, const struct xml_node *core)
{
	struct json_fault where;
	struct value *v;
	struct str text = core ? xml_text(core, "Document") : STR_NONE;
	if (!text.p) return;
	if (json_parse(r->arena, text, &v, &where) == OK && v->kind == VALUE_OBJECT)
		r->core = v;
	else
		spec_fault(
		        r, SPEC_JSON, S(""), str_from_int(r->arena, where.line), str_from_int(r->arena, where.column));
}

static void read_einvoice(struct spec_report *r, const struct xml_node *root)
{
	struct arena *a = r->arena;
	struct value *core = r->core = value_object(a);
	const struct xml_node *data = xml_child(root, "EInvoiceData"), *extra;
	put_fields(r, SPEC_ROOT, root, core);
	for (int g = SPEC_SELLER; g <= SPEC_RED; g++) {
		const struct xml_node *n = node_at(root, spec_groups[g].xml);
		struct value *v = value_object(a);
		if (n) put_fields(r, (enum spec_group)g, n, v);
		if (g != SPEC_RED || v->count) value_put(a, core, spec_groups[g].name, v);
	}
	struct value *seller = (struct value *)value_get(core, S("seller"));
	if (str_is(xml_text(root, "Header/InherentLabel/TaxpayerType/LabelCode"), "1"))
		value_put_bool(a, seller, "general", true);
	bool red = str_is(xml_text(root, "Header/InherentLabel/InIssuType/LabelCode"), "N");
	struct value *red_part = (struct value *)value_get(core, S("red"));
	if (red && !red_part) value_put(a, core, "red", red_part = value_object(a));
	extra = node_at(data, "AdditionalInformation/EtaxCore");
	if (red_part && xml_text(extra, "RedReason").p)
		value_put_str(a, red_part, "reason", xml_text(extra, "RedReason"));
	struct value *lines = value_put_array(a, core, "lines");
	for (const struct xml_node *n = data ? data->first : NULL; n; n = n->next) {
		if (!str_is(n->name, "IssuItemInformation")) continue;
		struct value *line = value_object(a);
		put_fields(r, SPEC_LINE, n, line);
		complete_line(r, line, red_part != NULL, xml_text(n, "TaxRate"));
		value_push(a, lines, line);
	}
	read_proof(r, extra);
	read_document(r, extra);
}

/* --- dialects without a fixed tree: each tag wherever it stands --- */

static const struct xml_node *find(const struct xml_node *n, struct str name)
{
	for (; n; n = n->next) {
		if (str_eq(n->name, name)) return n;
		const struct xml_node *inner = find(n->first, name); /* no deeper than XML_MAX_DEPTH */
		if (inner) return inner;
	}
	return NULL;
}

static struct str flat_text(const struct xml_node *from, const char *names)
{
	struct str rest = str_c(names), name;
	while (str_split(&rest, '|', &name)) {
		const struct xml_node *n = find(from, name);
		if (n && n->text.n) return n->text;
	}
	return STR_NONE;
}

static void put_flat(struct spec_report *r, enum spec_group group, const struct xml_node *from, struct value *v)
{
	for (size_t i = 0; i < spec_n_fields; i++) {
		const struct spec_field *f = &spec_fields[i];
		if (f->group != group || !f->pinyin) continue;
		struct str s = flat_text(from, f->pinyin);
		if (s.p) put(r, v, f, s);
	}
}

static void put_flat_lines(struct spec_report *r, const struct xml_node *n, struct value *lines, bool red)
{
	for (; n; n = n->next) {
		if (!xml_child(n, "XMMC")) {
			put_flat_lines(r, n->first, lines, red);
			continue;
		}
		struct value *line = value_object(r->arena);
		put_flat(r, SPEC_LINE, n->first, line);
		complete_line(r, line, red, xml_text(n, "SLV"));
		value_push(r->arena, lines, line);
	}
}

/* The lines' tags would be found as those of the whole, so the head ends where the lines begin. */
static void read_flat(struct spec_report *r, const struct xml_node *root)
{
	struct arena *a = r->arena;
	r->core = value_object(a);
	put_flat(r, SPEC_ROOT, root, r->core);
	for (int g = SPEC_SELLER; g <= SPEC_RED; g++) {
		struct value *v = value_object(a);
		put_flat(r, (enum spec_group)g, root, v);
		if (g != SPEC_RED || v->count) value_put(a, r->core, spec_groups[g].name, v);
	}
	struct value *seller = (struct value *)value_get(r->core, S("seller"));
	if (str_is(flat_text(root, "NSRLX"), "1")) value_put_bool(a, seller, "general", true);
	put_flat_lines(r, root, value_put_array(a, r->core, "lines"), value_get(r->core, S("red")) != NULL);
}

/* --- XBRL: the accounting record of an invoice (§3.6), a part of the fields --- */

static const struct fact {
	const char *name, *group, *member;
} facts[] = { { "InvoiceNumber", NULL, "number" }, { "RequestTime", NULL, "issued_at" },
	{ "TotalAmWithoutTax", NULL, "amount" }, { "TotalTaxAm", NULL, "tax" },
	{ "TotalTax-includedAmount", NULL, "total" }, { "SellerName", "seller", "name" },
	{ "SellerIdNum", "seller", "tax_id" } };

static const struct spec_field *field_of(const struct fact *fact)
{
	for (size_t k = 0; k < spec_n_fields; k++)
		if (str_is(str_c(fact->member), spec_fields[k].name) &&
		        spec_fields[k].group == (fact->group ? SPEC_SELLER : SPEC_ROOT))
			return &spec_fields[k];
	return NULL;
}

/* What a fact must say by the core. The record writes its time to the second. */
static bool fact_fits(struct spec_report *r, const struct fact *fact, struct str text)
{
	const struct value *in = fact->group ? value_get(r->core, str_c(fact->group)) : r->core;
	const struct spec_field *f = field_of(fact);
	if (!text.n) return false;
	struct str said = as_core(r->arena, f, text), right = value_text(in, fact->member);
	if (f->type != SPEC_IS_INSTANT) return str_eq(said, right);
	return said.n > 19 && right.n > 19 && str_eq(str_sub(said, 0, 19), str_sub(right, 0, 19));
}

/* Every fact of a name that we write, wherever it stands: a second one is no way round the first. */
static void compare_facts(struct spec_report *r, const struct xml_node *n)
{
	for (; n; n = n->next) {
		if (str_is(n->name, "EtaxCore")) continue;
		struct str red = value_get(r->core, S("red")) ? S("是") : S("否");
		bool fits = !str_is(n->name, "WhetherEinvoiceIsRedEinvoice") || str_eq(n->text, red);
		for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
			if (str_is(n->name, facts[i].name)) fits = fact_fits(r, &facts[i], n->text);
		if (!fits) spec_fault_at(r, SPEC_VIEW, n->name, n->name, n->name);
		compare_facts(r, n->first);
	}
}

/* A record that carries its core is held against it. */
static void read_record_core(struct spec_report *r, const struct xml_node *root)
{
	struct buf b;
	const struct xml_node *core = xml_child(root, "EtaxCore");
	size_t before = r->n_faults;
	read_proof(r, core);
	if (!xml_text(core, "Document").p) {
		spec_check(r, "xbrl-facts", SPEC_SKIPPED, S("the core is not in it: its facts are not covered"));
		return;
	}
	read_document(r, core);
	if (r->n_faults == before) {
		r->partial = false;
		r->number = value_text(r->core, "number");
		buf_init(&b, r->arena, 4096);
		value_write_canonical(&b, r->core);
		r->core_bytes = buf_done(&b);
		compare_facts(r, root->first);
	}
	spec_check(r, "xbrl-facts", r->n_faults == before ? SPEC_GOOD : SPEC_BAD, STR_NONE);
}

static void read_xbrl(struct spec_report *r, const struct xml_node *root)
{
	struct arena *a = r->arena;
	r->format = "xbrl";
	r->partial = true;
	r->core = value_object(a);
	struct value *seller = value_object(a);
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		struct str s = xml_text(root, facts[i].name);
		if (!s.p) spec_fault(r, SPEC_XBRL, S(""), str_c(facts[i].name), STR_NONE);
		if (s.p) put(r, facts[i].group ? seller : r->core, field_of(&facts[i]), s);
	}
	value_put(a, r->core, "seller", seller);
	r->number = value_text(r->core, "number");
	read_record_core(r, root);
}

bool spec_read_xml(struct spec_report *r, struct str bytes)
{
	struct xml_node *root;
	struct buf b;
	int64_t line;
	const char *why;
	r->format = "xml";
	if (xml_read(r->arena, bytes, &root, &line, &why) != OK) {
		spec_fault(r, SPEC_XML, S(""), str_printf(r->arena, "%lld: %s", (long long)line, why), STR_NONE);
		return false;
	}
	r->dialect = "einvoice";
	if (str_is(root->name, "EInvoice")) {
		read_einvoice(r, root);
	} else if (str_is(root->name, "xbrl")) {
		r->dialect = "xbrl";
		read_xbrl(r, root);
		return true;
	} else if (find(root, S("FPHM"))) {
		r->dialect = "pinyin";
		read_flat(r, root);
	} else {
		r->dialect = "";
		spec_fault(r, SPEC_XML_DIALECT, S(""), root->name, STR_NONE);
		return false;
	}
	complete(r);
	buf_init(&b, r->arena, bytes.n);
	value_write_canonical(&b, r->core);
	r->core_bytes = buf_done(&b);
	r->xml = bytes;
	return true;
}

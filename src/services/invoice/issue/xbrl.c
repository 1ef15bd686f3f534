/* The invoice as an accounting record (电子凭证会计数据标准, domain/invoice.md §3.6): what the issuing side knows. The
 * receiver's program adds its postings; it keeps EtaxCore, by which the record stays tied to the invoice. */
#include "services/invoice/issue/files.h"

#define EINV "http://xbrl.mof.gov.cn/taxonomy/2023-12-31/einv"

static void escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		const char *as = s.p[i] == '&' ? "&amp;" : s.p[i] == '<' ? "&lt;" : s.p[i] == '>' ? "&gt;" : NULL;
		if (as)
			buf_c(b, as);
		else
			buf_char(b, s.p[i]);
	}
}

static void fact(struct buf *b, const char *name, struct str text)
{
	buf_printf(b, "<einv:%s contextRef=\"now\">", name);
	escaped(b, text);
	buf_printf(b, "</einv:%s>", name);
}

static void sum(struct buf *b, const char *name, struct money m)
{
	buf_printf(b, "<einv:%s contextRef=\"now\" unitRef=\"CNY\" decimals=\"2\">%s</einv:%s>", name,
	        money_format(b->arena, m).p, name);
}

/* The core itself stands in the record: its facts can be held against it, and every other form made of it. */
static void core(struct buf *b, const struct face *f, const struct spec_proof *p)
{
	static const char *const names[SPEC_SUITES] = { "Sm2Sm3", "Ed25519Sha256" };
	struct buf document;
	buf_init(&document, b->arena, 1024 + 512 * f->n_lines);
	face_write(&document, f);
	buf_c(b, "<etax:EtaxCore xmlns:etax=\"urn:etax:invoice:1\"><etax:Document>");
	escaped(b, buf_done(&document));
	buf_c(b, "</etax:Document>");
	for (int s = 0; s < SPEC_SUITES; s++) {
		if (!p->hash[s].p) continue;
		buf_printf(b,
		        "<etax:%s><etax:Hash>%.*s</etax:Hash><etax:Key>%.*s</etax:Key><etax:Signature>%.*s</"
		        "etax:Signature></etax:%s>",
		        names[s], STR_FMT(p->hash[s]), STR_FMT(p->key[s]), STR_FMT(p->signature[s]), names[s]);
	}
	buf_c(b, "</etax:EtaxCore>");
}

struct str files_xbrl(struct arena *a, const struct face *f, const struct spec_proof *proof)
{
	struct buf b;
	struct date d = date_of_instant(f->issued_at);
	struct str at = instant_format(a, f->issued_at);
	bool red = f->red.original.p != NULL;
	buf_init(&b, a, 4096);
	buf_printf(&b,
	        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xbrli:xbrl "
	        "xmlns:xbrli=\"http://www.xbrl.org/2003/instance\" "
	        "xmlns:link=\"http://www.xbrl.org/2003/linkbase\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
	        "xmlns:iso4217=\"http://www.xbrl.org/2003/iso4217\" xmlns:einv=\"" EINV "\">"
	        "<link:schemaRef xlink:type=\"simple\" xlink:href=\"einv_entry_point_2023-12-31.xsd\"/>"
	        "<xbrli:context id=\"now\"><xbrli:entity><xbrli:identifier "
	        "scheme=\"http://xbrl.mof.gov.cn\">%.*s</xbrli:identifier>"
	        "</xbrli:entity><xbrli:period><xbrli:instant>%04d-%02d-%02d</xbrli:instant></xbrli:period></"
	        "xbrli:context>"
	        "<xbrli:unit id=\"CNY\"><xbrli:measure>iso4217:CNY</xbrli:measure></xbrli:unit>",
	        STR_FMT(f->buyer.tax_id.p ? f->buyer.tax_id : f->seller.tax_id), d.year, d.month, d.day);
	fact(&b, "InvoiceNumber", f->number);
	fact(&b, "SellerName", f->seller.name);
	fact(&b, "SellerIdNum", f->seller.tax_id);
	sum(&b, "TotalAmWithoutTax", f->sum.amount);
	sum(&b, "TotalTaxAm", f->sum.tax);
	sum(&b, "TotalTax-includedAmount", f->total);
	fact(&b, "RequestTime", str_printf(a, "%.10s %.8s", at.p, at.p + 11));
	fact(&b, "WhetherEinvoiceIsRedEinvoice", red ? S("是") : S("否"));
	if (proof) core(&b, f, proof);
	buf_c(&b, "</xbrli:xbrl>\n");
	return buf_done(&b);
}

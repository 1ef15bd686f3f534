/* The invoice as OFD (GB/T 33190-2016): the same face as the PDF, the data file attached, our seal over all parts
 * (GB/T 38540-2020, domain/invoice.md §7.4). Parts are stored unpacked: the same invoice makes the same bytes. */
#include "services/invoice/issue/spec/ofd.h"
#include "kernel/seal/seal.h"
#include "services/invoice/issue/files.h"
#include <string.h>

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SPACE " xmlns:ofd=\"http://www.ofdspec.org/2016\""
#define ATTACHED "Doc_0/Attachs/original_invoice.xml"

enum { DRAWN_FROM = 10, STAMP_ID = 90 };

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

static void add(struct files_ofd *o, const char *name, struct str bytes)
{
	o->list[o->n++] = (struct zip_entry){ str_c(name), bytes };
}

static void custom(struct buf *b, const char *name, struct str text)
{
	buf_printf(b, "<ofd:CustomData Name=\"%s\">", name);
	escaped(b, text);
	buf_c(b, "</ofd:CustomData>");
}

static struct str ofd_xml(struct arena *a, const struct face *f, const struct spec_proof *proof, bool sealed)
{
	struct buf b;
	struct date d = date_of_instant(f->issued_at);
	buf_init(&b, a, 2048);
	struct str id =
	        proof && proof->hash[SPEC_SUITE_SM2].p ? str_sub(proof->hash[SPEC_SUITE_SM2], 0, 32) : f->number;
	buf_printf(&b,
	        HEAD "<ofd:OFD" SPACE
	             " DocType=\"OFD\" Version=\"1.1\"><ofd:DocBody><ofd:DocInfo><ofd:DocID>%.*s</ofd:DocID>"
	             "<ofd:Author>China "
	             "Tax</ofd:Author><ofd:CreationDate>%04d-%02d-%02d</ofd:CreationDate><ofd:CustomDatas>",
	        STR_FMT(id), d.year, d.month, d.day);
	custom(&b, "发票号码", f->number);
	custom(&b, "合计金额", money_format(a, f->sum.amount));
	custom(&b, "合计税额", money_format(a, f->sum.tax));
	custom(&b, "价税合计", money_format(a, f->total));
	custom(&b, "开票日期", str_printf(a, "%04d年%02d月%02d日", d.year, d.month, d.day));
	custom(&b, "购买方纳税人识别号", f->buyer.tax_id.p ? f->buyer.tax_id : S(""));
	custom(&b, "销售方纳税人识别号", f->seller.tax_id);
	for (int s = 0; proof && s < SPEC_SUITES; s++)
		if (proof->hash[s].p) custom(&b, str_printf(a, "core-hash %s", spec_suites[s]).p, proof->hash[s]);
	buf_c(&b, "</ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>");
	if (sealed) buf_c(&b, "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>");
	buf_c(&b, "</ofd:DocBody></ofd:OFD>\n");
	return buf_done(&b);
}

static void millimetres(struct buf *b, int tenths)
{
	buf_printf(b, "%d.%d", tenths / 10, tenths % 10);
}

static void page_box(struct buf *b, const struct pdf_ofd_page *p)
{
	buf_c(b, "<ofd:PhysicalBox>0 0 ");
	millimetres(b, p->width);
	buf_char(b, ' ');
	millimetres(b, p->height);
	buf_c(b, "</ofd:PhysicalBox>");
}

static struct str document_xml(struct arena *a, const struct files_pages *pages)
{
	struct buf b;
	buf_init(&b, a, 1024);
	buf_c(&b, HEAD "<ofd:Document" SPACE "><ofd:CommonData><ofd:MaxUnitID>99999</ofd:MaxUnitID><ofd:PageArea>");
	page_box(&b, &pages->list[0]);
	buf_c(&b, "</ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>");
	for (size_t i = 0; i < pages->n; i++)
		buf_printf(&b, "<ofd:Page ID=\"%zu\" BaseLoc=\"Pages/Page_%zu/Content.xml\"/>", DRAWN_FROM + i, i);
	buf_c(&b, "</ofd:Pages><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>\n");
	return buf_done(&b);
}

static struct str page_xml(struct arena *a, const struct pdf_ofd_page *p)
{
	struct buf b;
	buf_init(&b, a, p->objects.n + 512);
	buf_c(&b, HEAD "<ofd:Page" SPACE "><ofd:Area>");
	page_box(&b, p);
	buf_c(&b, "</ofd:Area><ofd:Content><ofd:Layer ID=\"80\" Type=\"Body\">");
	buf_str(&b, p->objects);
	buf_c(&b, "</ofd:Layer></ofd:Content></ofd:Page>\n");
	return buf_done(&b);
}

static const char fonts[] =
        HEAD "<ofd:Res" SPACE " BaseLoc=\"Res\"><ofd:Fonts>"
             "<ofd:Font ID=\"1\" FontName=\"Noto Sans CJK SC\" FamilyName=\"Noto Sans CJK SC\"/>"
             "<ofd:Font ID=\"2\" FontName=\"Noto Sans CJK SC Bold\" FamilyName=\"Noto Sans CJK SC\" Bold=\"true\"/>"
             "<ofd:Font ID=\"3\" FontName=\"Noto Serif CJK SC\" FamilyName=\"Noto Serif CJK SC\" Serif=\"true\"/>"
             "<ofd:Font ID=\"4\" FontName=\"Noto Serif CJK SC Bold\" FamilyName=\"Noto Serif CJK SC\" Serif=\"true\" "
             "Bold=\"true\"/>"
             "<ofd:Font ID=\"5\" FontName=\"Noto Sans Mono CJK SC\" FamilyName=\"Noto Sans Mono CJK SC\" "
             "FixedWidth=\"true\"/>"
             "</ofd:Fonts></ofd:Res>\n";

static struct str attachments_xml(struct arena *a, struct str xml, instant_us at)
{
	struct date d = date_of_instant(at);
	return str_printf(a,
	        HEAD "<ofd:Attachments" SPACE "><ofd:Attachment ID=\"1\" Name=\"original_invoice\" Format=\"xml\" "
	             "CreationDate=\"%04d-%02d-%02d\" Size=\"%zu\" "
	             "Visible=\"false\"><ofd:FileLoc>original_invoice.xml</ofd:FileLoc>"
	             "</ofd:Attachment></ofd:Attachments>\n",
	        d.year, d.month, d.day, xml.n);
}

/* Every part that stands there by now, with its digest. */
static struct str signature_xml(struct arena *a, const struct files_ofd *o, instant_us at)
{
	struct buf b;
	unsigned char digest[32];
	struct str time = instant_format(a, at);
	buf_init(&b, a, 4096);
	buf_printf(&b,
	        HEAD "<ofd:Signature" SPACE "><ofd:SignedInfo><ofd:Provider ProviderName=\"etax\" Version=\"1.0\" "
	             "Company=\"etax\"/><ofd:SignatureMethod>" SEAL_SM2_SM3 "</ofd:SignatureMethod>"
	             "<ofd:SignatureDateTime>%.19s</ofd:SignatureDateTime><ofd:References CheckMethod=\"" SEAL_SM3
	             "\">",
	        time.p);
	for (size_t i = 0; i < o->n; i++) {
		crypto_sm3(o->list[i].bytes.p, o->list[i].bytes.n, digest);
		buf_printf(&b, "<ofd:Reference FileRef=\"/%.*s\"><ofd:CheckValue>%s</ofd:CheckValue></ofd:Reference>",
		        STR_FMT(o->list[i].name), str_base64(a, digest, sizeof digest).p);
	}
	buf_printf(&b,
	        "</ofd:References><ofd:StampAnnot ID=\"%d\" PageRef=\"%d\" Boundary=\"%d %d %d %d\"/></ofd:SignedInfo>"
	        "<ofd:SignedValue>SignedValue.dat</ofd:SignedValue></ofd:Signature>\n",
	        STAMP_ID, DRAWN_FROM, FILES_SEAL_X / 10, FILES_SEAL_Y / 10, ISSUE_SEAL_WIDTH, ISSUE_SEAL_HEIGHT);
	return buf_done(&b);
}

void files_ofd_parts(struct arena *a, const struct face *f, const struct spec_proof *proof, struct str xml,
        const struct files_pages *pages, bool sealed, instant_us signed_at, struct files_ofd *o)
{
	memset(o, 0, sizeof *o);
	add(o, "OFD.xml", ofd_xml(a, f, proof, sealed));
	add(o, "Doc_0/Document.xml", document_xml(a, pages));
	add(o, "Doc_0/PublicRes.xml", str_c(fonts));
	for (size_t i = 0; i < pages->n; i++)
		add(o, str_printf(a, "Doc_0/Pages/Page_%zu/Content.xml", i).p, page_xml(a, &pages->list[i]));
	add(o, "Doc_0/Attachs/Attachments.xml", attachments_xml(a, xml, f->issued_at));
	add(o, ATTACHED, xml);
	if (!sealed) return;
	struct str signature = signature_xml(a, o, signed_at);
	crypto_sm3(signature.p, signature.n, o->hash);
	add(o, "Doc_0/Signs/Signatures.xml", str_c(spec_ofd_signatures));
	add(o, &FILES_OFD_SIGNATURE[1], signature);
	o->signed_value = o->n;
	add(o, "Doc_0/Signs/Sign_0/SignedValue.dat", STR_NONE);
}

struct str files_ofd(struct arena *a, struct files_ofd *o, struct str signed_value)
{
	if (o->signed_value) o->list[o->signed_value].bytes = signed_value;
	return zip_write(a, o->list, o->n);
}

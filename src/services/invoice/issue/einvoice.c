/* EInvoice XML, version 0.2. Spelling and order are those of the official sample, traps included: IssuItemInformation,
 * TotalTax-includedAmount, and a Reference that says /Einvoice where the element is EInvoice. What the core holds
 * beyond the sample stands in EtaxCore and EtaxLine, which other readers skip: so the core can be made again from the
 * XML alone. */
#include "services/invoice/issue/files.h"

static void escaped(struct buf *b, struct str s)
{
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		const char *as = ch == '&'    ? "&amp;"
		                 : ch == '<'  ? "&lt;"
		                 : ch == '>'  ? "&gt;"
		                 : ch == '\r' ? "&#xD;"
		                              : NULL;
		if (!as) continue;
		buf_add(b, s.p + from, i - from);
		buf_c(b, as);
		from = i + 1;
	}
	if (s.n > from) buf_add(b, s.p + from, s.n - from);
}

/* Canonical XML has no empty-element tags. */
void files_xml_element(struct buf *b, const char *name, struct str text)
{
	buf_char(b, '<');
	buf_c(b, name);
	buf_char(b, '>');
	escaped(b, text);
	buf_add(b, "</", 2);
	buf_c(b, name);
	buf_char(b, '>');
}

static void label(struct buf *b, const char *name, const char *code, const char *words)
{
	buf_printf(b, "<%s><LabelCode>%s</LabelCode><LabelName>%s</LabelName></%s>", name, code, words, name);
}

static struct str date_time(struct arena *a, instant_us t)
{
	struct str s = instant_format(a, t);
	return str_printf(a, "%.10s %.8s", s.p, s.p + 11);
}

static void undefined(struct buf *b, const char *type, const char *code, const char *words)
{
	buf_printf(b, "<Label><LabelType>%s</LabelType><LabelCode>%s</LabelCode><LabelName>%s</LabelName></Label>",
	        type, code, words);
}

/* Marks beyond the inherent ones: what stands at the top left of the face. */
static void labels(struct buf *b, const struct face *f)
{
	const struct special_business *s = special_find(f->business);
	const struct special_kind *kind = special_kind(f->kind);
	if (s) undefined(b, "特定业务标签", s->code, s->label);
	if (f->differential.form.p)
		undefined(b, "差额征税标签", differential_is_difference(&f->differential) ? "02" : "01",
		        differential_label(f->differential.form));
	if (str_is(f->kind, "vehicle") || str_is(f->kind, "used_car"))
		undefined(b, "发票票种标签", kind->qr_type, kind->label);
	if (f->agency.p) undefined(b, "发票开具方式标签", "代开", "代开");
}

static struct str header(struct arena *a, const struct face *f)
{
	struct buf b;
	bool special = special_kind(f->kind)->deductible;
	buf_init(&b, a, 1024);
	buf_c(&b, "<Header>");
	files_xml_element(&b, "EIid", f->number);
	files_xml_element(&b, "EInvoiceTag", str_printf(a, "SWEI%.2s00", f->number.p + 2));
	buf_c(&b, "<Version>0.2</Version><InherentLabel>");
	if (f->red.original.p)
		label(&b, "InIssuType", "N", "红字发票");
	else
		label(&b, "InIssuType", "Y", "蓝字发票");
	label(&b, "EInvoiceType", "01", "电子发票");
	if (special)
		label(&b, "GeneralOrSpecialVAT", "01", "增值税专用发票");
	else
		label(&b, "GeneralOrSpecialVAT", "02", "普通发票");
	if (f->seller_general)
		label(&b, "TaxpayerType", "1", "一般纳税人");
	else
		label(&b, "TaxpayerType", "2", "小规模纳税人");
	buf_c(&b, "</InherentLabel><UndefinedLabel>");
	labels(&b, f);
	buf_c(&b, "</UndefinedLabel></Header>");
	return buf_done(&b);
}

static void party(struct buf *b, const char *who, const struct face_party *p)
{
	static const char *const empty[] = { "Addr", "TelNum", "BankName", "BankAccNum" };
	buf_printf(b, "<%sInformation>", who);
	files_xml_element(b, str_printf(b->arena, "%sIdNum", who).p, p->tax_id);
	files_xml_element(b, str_printf(b->arena, "%sName", who).p, p->name);
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
		files_xml_element(b, str_printf(b->arena, "%s%s", who, empty[i]).p, S(""));
	buf_printf(b, "</%sInformation>", who);
}

static void item(struct buf *b, const struct face_line *l)
{
	struct arena *a = b->arena;
	struct money total = { l->sum.amount.fen + l->sum.tax.fen };
	buf_c(b, "<IssuItemInformation>");
	files_xml_element(b, "ItemName", l->name);
	files_xml_element(b, "SpecMod", l->spec);
	files_xml_element(b, "MeaUnits", l->unit);
	files_xml_element(b, "Quantity", l->has_quantity ? decimal_format(a, l->quantity) : S(""));
	files_xml_element(b, "UnPrice", l->has_quantity ? decimal_format(a, l->price) : S(""));
	files_xml_element(b, "Amount", money_format(a, l->sum.amount));
	bool starred = l->treatment == TREATMENT_REDUCED || l->treatment == TREATMENT_DIFFERENCE;
	files_xml_element(b, "TaxRate", starred ? S("***") : rate_format(a, l->rate));
	files_xml_element(b, "ComTaxAm", money_format(a, l->sum.tax));
	files_xml_element(b, "TotaltaxIncludedAmount", money_format(a, total));
	files_xml_element(b, "TaxClassificationCode", l->tax_code);
	if (l->of_line || l->treatment != TREATMENT_TAXED) {
		buf_c(b, "<EtaxLine>");
		if (l->of_line) files_xml_element(b, "Line", str_from_int(a, l->of_line));
		if (l->treatment != TREATMENT_TAXED)
			files_xml_element(b, "Treatment", str_c(treatment_word(l->treatment)));
		buf_c(b, "</EtaxLine>");
	}
	buf_c(b, "</IssuItemInformation>");
}

/* More than the elements with a sourced name can say: the core itself stands in the file then. */
static bool has_more(const struct face *f)
{
	bool more = f->business.p || f->differential.form.p || f->rate_reason.p || f->agency.p ||
	            str_is(f->kind, "vehicle") || str_is(f->kind, "used_car");
	for (size_t i = 0; i < f->n_lines; i++)
		more = more || f->lines[i].policy.p || f->lines[i].coal.p ||
		       f->lines[i].treatment > TREATMENT_NOT_TAXED;
	return more;
}

static void core(struct buf *b, const struct face *f, const struct spec_proof *p)
{
	static const char *const names[SPEC_SUITES] = { "Sm2Sm3", "Ed25519Sha256" };
	buf_c(b, "<EtaxCore><Version>1</Version>");
	files_xml_element(b, "IssuedAt", instant_format(b->arena, f->issued_at));
	if (f->seller_ref.p) files_xml_element(b, "SellerRef", f->seller_ref);
	if (f->red.reason.p) files_xml_element(b, "RedReason", f->red.reason);
	if (has_more(f)) {
		struct buf document;
		buf_init(&document, b->arena, 1024 + 512 * f->n_lines);
		face_write(&document, f);
		files_xml_element(b, "Document", buf_done(&document));
	}
	for (int s = 0; s < SPEC_SUITES; s++) {
		if (!p->hash[s].p) continue;
		buf_printf(b, "<%s>", names[s]);
		files_xml_element(b, "Hash", p->hash[s]);
		files_xml_element(b, "Key", p->key[s]);
		files_xml_element(b, "Signature", p->signature[s]);
		buf_printf(b, "</%s>", names[s]);
	}
	buf_c(b, "</EtaxCore>");
}

/* One element of the business a row, in the order of its table; empty fields are left out. */
static void specific(struct buf *b, const struct face *f)
{
	const struct special_business *s = special_find(f->business);
	for (size_t i = 0; s && i < f->n_special; i++) {
		buf_printf(b, "<%s>", s->xml);
		for (size_t k = 0; k < s->n_uses; k++) {
			size_t field = s->uses[k].field;
			if (f->special[i].v[field].p)
				files_xml_element(b, special_table[field].xml, f->special[i].v[field]);
		}
		buf_printf(b, "</%s>", s->xml);
	}
}

static void deduction(struct buf *b, const struct differential *d)
{
	buf_c(b, "<DifferentialTaxation>");
	files_xml_element(b, "DifferentialForm", d->form);
	files_xml_element(b, "DeductionAmount", money_format(b->arena, d->deduction));
	for (size_t i = 0; i < d->n_proofs; i++) {
		const struct differential_proof *p = &d->proofs[i];
		buf_c(b, "<DeductionVoucher>");
		files_xml_element(b, "VoucherType", p->kind);
		if (p->voucher_no.p) files_xml_element(b, "VoucherNumber", p->voucher_no);
		if (p->has_date) files_xml_element(b, "VoucherDate", date_format(b->arena, p->date));
		if (p->has_amount) files_xml_element(b, "VoucherDeduction", money_format(b->arena, p->amount));
		if (p->note.p) files_xml_element(b, "VoucherNote", p->note);
		buf_c(b, "</DeductionVoucher>");
	}
	buf_c(b, "</DifferentialTaxation>");
}

static struct str data(struct arena *a, const struct face *f, const struct spec_proof *proof)
{
	struct buf b;
	buf_init(&b, a, 2048 + 512 * f->n_lines);
	buf_c(&b, "<EInvoiceData>");
	party(&b, "Seller", &f->seller);
	party(&b, "Buyer", &f->buyer);
	buf_c(&b, "<BasicInformation>");
	files_xml_element(&b, "TotalAmWithoutTax", money_format(a, f->sum.amount));
	files_xml_element(&b, "TotalTaxAm", money_format(a, f->sum.tax));
	files_xml_element(&b, "TotalTax-includedAmount", money_format(a, f->total));
	files_xml_element(&b, "TotalTax-includedAmountInChinese", money_words(a, f->total));
	files_xml_element(&b, "Drawer", f->drawer);
	files_xml_element(&b, "RequestTime", date_time(a, f->issued_at));
	buf_c(&b, "</BasicInformation>");
	for (size_t i = 0; i < f->n_lines; i++)
		item(&b, &f->lines[i]);
	buf_c(&b, "<SpecificInformation>");
	if (f->red.original.p) {
		buf_c(&b, "<RedEInvoice>");
		files_xml_element(&b, "OriginalInvoiceCode", f->red.original);
		files_xml_element(&b, "CreditNoteNumber", f->red.slip);
		buf_c(&b, "</RedEInvoice>");
	}
	specific(&b, f);
	if (f->differential.form.p) deduction(&b, &f->differential);
	buf_c(&b, "</SpecificInformation><AdditionalInformation>");
	files_xml_element(&b, "Remark", f->remark);
	if (proof) core(&b, f, proof);
	buf_c(&b, "</AdditionalInformation></EInvoiceData>");
	return buf_done(&b);
}

/* By the region in the number (GB/T 2260; 94 and 95 are cities with a plan of their own, domain/invoice.md §3.2). */
static const char *region_name(struct str number)
{
	static const struct {
		const char *code, *name;
	} regions[] = { { "11", "北京市" }, { "12", "天津市" }, { "13", "河北省" }, { "14", "山西省" },
		{ "15", "内蒙古自治区" }, { "21", "辽宁省" }, { "22", "吉林省" }, { "23", "黑龙江省" },
		{ "31", "上海市" }, { "32", "江苏省" }, { "33", "浙江省" }, { "34", "安徽省" }, { "35", "福建省" },
		{ "36", "江西省" }, { "37", "山东省" }, { "41", "河南省" }, { "42", "湖北省" }, { "43", "湖南省" },
		{ "44", "广东省" }, { "45", "广西壮族自治区" }, { "46", "海南省" }, { "50", "重庆市" },
		{ "51", "四川省" }, { "52", "贵州省" }, { "53", "云南省" }, { "54", "西藏自治区" }, { "61", "陕西省" },
		{ "62", "甘肃省" }, { "63", "青海省" }, { "64", "宁夏回族自治区" }, { "65", "新疆维吾尔自治区" },
		{ "94", "厦门市" }, { "95", "深圳市" } };
	for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
		if (str_is(str_sub(number, 2, 2), regions[i].code)) return regions[i].name;
	return "";
}

static struct str supervision(struct arena *a, const struct face *f)
{
	struct buf b;
	buf_init(&b, a, 512);
	buf_c(&b, "<TaxSupervisionInfo>");
	files_xml_element(&b, "InvoiceNumber", f->number);
	files_xml_element(&b, "IssueTime", date_time(a, f->issued_at));
	files_xml_element(&b, "TaxBureauCode", str_printf(a, "1%.2s00000000", f->number.p + 2));
	files_xml_element(&b, "TaxBureauName", str_printf(a, "国家税务总局%s税务局", region_name(f->number)));
	buf_c(&b, "</TaxSupervisionInfo>");
	return buf_done(&b);
}

void files_xml_parts(struct arena *a, const struct face *f, const struct spec_proof *proof, instant_us signed_at,
        struct xml_parts *out)
{
	struct buf time, all;
	buf_init(&time, a, 64);
	files_xml_element(&time, "SignatureTime", date_time(a, signed_at));
	*out = (struct xml_parts){ .header = header(a, f),
		.data = data(a, f, proof),
		.authentication = S("<SellerAuthentication><AuthenticationMethods>01</AuthenticationMethods>"
		                    "</SellerAuthentication>"),
		.supervision = supervision(a, f),
		.time = buf_done(&time) };
	const struct str parts[] = { out->header, out->data, out->authentication, out->supervision, out->time };
	buf_init(&all, a, out->data.n + 2048);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		buf_str(&all, parts[i]);
	out->covered = buf_done(&all);
}

struct str files_xml(struct arena *a, const struct xml_parts *p, struct str signature, struct str key_pem)
{
	struct buf b;
	buf_init(&b, a, p->covered.n + 2048);
	buf_c(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<EInvoice>");
	buf_str(&b, p->header);
	buf_str(&b, p->data);
	buf_str(&b, p->authentication);
	buf_str(&b, p->supervision);
	buf_c(&b, "<TaxBureauSignature><Reference URI=\"/Einvoice/Header|/Einvoice/EinvoiceData|"
	          "/Einvoice/SellerAuthentication|/Einvoice/TaxSupervisionInfo|"
	          "/Einvoice/TaxBureauSignature/SignatureTime\"></Reference>"
	          "<SignatureAlgorithm>1.2.156.10197.1.501</SignatureAlgorithm><SignatureFormat>DETACH</"
	          "SignatureFormat>");
	buf_str(&b, p->time);
	files_xml_element(&b, "SignatureValue", signature);
	files_xml_element(&b, "KeyInfo", key_pem);
	buf_c(&b, "</TaxBureauSignature></EInvoice>\n");
	return buf_done(&b);
}

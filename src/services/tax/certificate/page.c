/* 税收完税证明（表格式）: the page (税收票证管理办法, domain/tax.md §7.5). What it shows comes from the data it
 * carries. */
#include "kernel/ctx/app.h"
#include "kernel/pdf/pdf.h"
#include "services/tax/certificate/issue.h"

enum { LEFT = 180, RIGHT = 1920, WIDTH = RIGHT - LEFT, BOTTOM = 2250, QR_SIDE = 320, COLUMNS = 6 };

static const struct pdf_style small = { .size = 80 }, label = { .size = 85, .rgb = PDF_GREY }, plain = { .size = 95 };

static void put(struct pdf *p, int x, int y, int width, const struct pdf_style *style, struct str text)
{
	(void)pdf_text(p, (struct pdf_box){ x, y, width, 0 }, style, text);
}

static void put_pair(struct pdf *p, int x, int y, int width, const char *name, struct str text)
{
	put(p, x, y, 260, &label, str_c(name));
	put(p, x + 270, y, width - 270, &plain, text);
}

static struct str of(const struct value *v, const char *key)
{
	struct str s = value_text(v, key);
	return s.p ? s : S("");
}

static struct str amount_of(struct ctx *c, struct str text)
{
	struct money m;
	return money_parse(text, &m) ? money_grouped(c->arena, m) : text;
}

static void head(struct ctx *c, struct pdf *p, const struct value *data)
{
	static const struct pdf_style title = { .size = 200, .align = PDF_CENTER, .bold = true };
	static const struct pdf_style kind = { .size = 90, .align = PDF_CENTER, .rgb = PDF_GREY };
	static const struct pdf_style number = { .size = 100, .align = PDF_RIGHT };
	const struct value *taxpayer = value_get(data, S("taxpayer"));
	put(p, LEFT, 200, WIDTH, &title, S("税收完税证明"));
	put(p, LEFT, 300, WIDTH, &kind, S("（表格式）"));
	put(p, LEFT, 380, WIDTH, &number, str_printf(c->arena, "No. %s", of(data, "number").p));
	put_pair(p, LEFT, 460, 900, "填发日期", of(data, "issued_on"));
	put_pair(p, LEFT + 900, 460, WIDTH - 900, "税务机关", of(data, "authority"));
	put_pair(p, LEFT, 530, 900, "纳税人识别号", of(taxpayer, "tax_id"));
	put_pair(p, LEFT + 900, 530, WIDTH - 900, "纳税人名称", of(taxpayer, "name"));
}

static int table(struct ctx *c, struct pdf *p, const struct value *data)
{
	static const struct pdf_column columns[COLUMNS] = {
		{ { "原凭证号", 12 }, 380, PDF_LEFT },
		{ { "税种", 6 }, 310, PDF_LEFT },
		{ { "品目名称", 12 }, 200, PDF_LEFT },
		{ { "税款所属时期", 18 }, 340, PDF_CENTER },
		{ { "入（退）库日期", 21 }, 230, PDF_CENTER },
		{ { "实缴（退）金额", 21 }, 280, PDF_RIGHT },
	};
	const struct value *lines = value_get(data, S("lines"));
	size_t n = lines ? lines->count : 0;
	struct str *cells = arena_array(c->arena, n * COLUMNS + 1, sizeof *cells);
	for (size_t i = 0; i < n; i++) {
		const struct value *l = value_at(lines, i);
		struct str *row = cells + i * COLUMNS;
		row[0] = of(l, "voucher");
		row[1] = of(l, "tax_title");
		row[2] = of(l, "item");
		row[3] = str_printf(c->arena, "%s 至 %s", of(l, "period_from").p, of(l, "period_to").p);
		row[4] = of(l, "paid_on");
		row[5] = amount_of(c, of(l, "amount"));
	}
	return pdf_table(p, LEFT, 620, BOTTOM, columns, COLUMNS, cells, n, &small);
}

static void total(struct ctx *c, struct pdf *p, const struct value *data, int y)
{
	static const struct pdf_style strong = { .size = 105, .bold = true, .valign = PDF_MIDDLE };
	pdf_rect(p, (struct pdf_box){ LEFT, y, WIDTH, 90 }, 2, PDF_GREY);
	(void)pdf_text(p, (struct pdf_box){ LEFT + 20, y, WIDTH - 40, 90 }, &strong,
	        str_printf(c->arena, "金额合计（大写）%s    ¥ %s", of(data, "total_in_words").p,
	                amount_of(c, of(data, "total")).p));
}

/* The seal is a drawing; what proves is the signature in the file. */
static void seal(struct pdf *p, int y, struct str authority)
{
	static const struct pdf_style name = {
		.size = 80, .align = PDF_CENTER, .valign = PDF_MIDDLE, .rgb = PDF_RED, .shrink = true
	};
	static const struct pdf_style word = { .size = 100, .align = PDF_CENTER, .rgb = PDF_RED, .bold = true };
	struct pdf_box box = { RIGHT - 480, y, 420, 280 };
	pdf_ellipse(p, box, 10, PDF_RED);
	(void)pdf_text(p, (struct pdf_box){ box.x + 50, box.y + 40, box.width - 100, 110 }, &name, authority);
	put(p, box.x, box.y + 165, box.width, &word, S("电子签章"));
}

static void foot(struct ctx *c, struct pdf *p, const struct value *data, int y)
{
	struct qr qr;
	struct str code = of(data, "check_code"), number = of(data, "number");
	struct str text = str_printf(c->arena, "ETAX-CERTIFICATE,1,%s,%s,%s", number.p, of(data, "total").p, code.p);
	int x = LEFT + QR_SIDE + 40;
	if (qr_make(c->arena, text, QR_MEDIUM, &qr)) pdf_qr(p, LEFT, y, QR_SIDE, &qr);
	put_pair(p, x, y, 800, "查验码", code);
	put_pair(p, x, y + 60, 800, "填票人", S("电子税务局"));
	put_pair(p, x, y + 120, 800, "备注", of(data, "remark"));
	put(p, x, y + 200, 800, &label,
	        S("查验：电子税务局“公众服务”里的“证明查验”，填号码和查验码；或用 etaxd certificate verify "
	          "离线核验本文件。"));
	seal(p, y, S("电子税务局"));
}

struct str certificate_page(struct ctx *c, const struct value *data, instant_us at)
{
	struct pdf_info info = { .title = str_printf(c->arena, "税收完税证明 %s", of(data, "number").p),
		.author = of(data, "authority"),
		.subject = S("税收完税证明（表格式）"),
		.created = at,
		.width = PDF_A4_WIDTH,
		.height = PDF_A4_HEIGHT };
	struct pdf *p = pdf_new(c->arena, &info);
	head(c, p, data);
	int y = table(c, p, data);
	total(c, p, data, y);
	foot(c, p, data, y + 150);
	return pdf_done(p);
}

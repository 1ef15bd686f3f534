/* The face that Chinese bookkeepers know (domain/invoice.md §3.1): title, QR, number and date; buyer and seller side by
 * side; lines, sums, total in words, remark, drawer. Up to eight lines stand on the usual small page, more flow over A4
 * pages. */
#include "kernel/pdf/pdf.h"
#include "services/invoice/issue/files.h"

enum {
	LEFT = 60,
	WIDTH = 1980,
	SMALL_HEIGHT = 1400,
	SMALL_LINES = 8,
	COLUMNS = 8,
	TABLE_TOP = 545,
	SMALL_TABLE_END = 1000,
	A4_TABLE_END = 2500,
	RULE = 3
};

static const struct pdf_style caption = { .size = 90, .font = PDF_SERIF, .rgb = PDF_BROWN };
static const struct pdf_style plain = { .size = 90, .font = PDF_SERIF, .shrink = true };

static void text(struct pdf *p, int x, int y, int width, int height, struct pdf_style style, struct str s)
{
	style.valign = PDF_MIDDLE;
	if (s.n) pdf_text(p, (struct pdf_box){ x, y, width, height }, &style, s);
}

static struct pdf_style aligned(struct pdf_style s, enum pdf_align align)
{
	s.align = align;
	return s;
}

struct str issue_seal_png(struct arena *a, bool sample)
{
	return sample ? pdf_seal_png(a, ISSUE_SEAL_WIDTH, ISSUE_SEAL_HEIGHT, S("演示环境"), S("无法律效力"))
	              : pdf_seal_png(a, ISSUE_SEAL_WIDTH, ISSUE_SEAL_HEIGHT, S("电子发票"), S("发票专用章"));
}

static void head(struct pdf *p, struct arena *a, const struct face *f, struct str seal_png)
{
	struct pdf_style title = { .size = 190, .font = PDF_SERIF, .align = PDF_CENTER, .rgb = PDF_BROWN };
	struct date d = date_of_instant(f->issued_at);
	struct qr qr;
	if (qr_make(a, f->qr_signed.p ? f->qr_signed : f->qr, QR_MEDIUM, &qr)) pdf_qr(p, LEFT + 20, 60, 220, &qr);
	title.shrink = true; /* the vehicles' titles are long, the number stands to the right */
	text(p, 610, 60, 880, 100, title, str_c(special_kind(f->kind)->title));
	pdf_line(p, 640, 165, 1460, 165, RULE, PDF_BROWN);
	pdf_line(p, 640, 174, 1460, 174, RULE, PDF_BROWN);
	/* The seal is no part of the page's own content: in the OFD it is stamped on by the signature. */
	if (seal_png.p)
		pdf_png(p,
		        (struct pdf_box){ FILES_SEAL_X, FILES_SEAL_Y, ISSUE_SEAL_WIDTH * 10, ISSUE_SEAL_HEIGHT * 10 },
		        seal_png);
	text(p, LEFT + 20, 285, 700, 60, aligned(plain, PDF_LEFT), face_mark(a, f));
	text(p, 1480, 90, 180, 60, caption, S("发票号码："));
	text(p, 1650, 90, 400, 60, plain, f->number);
	text(p, 1480, 160, 180, 60, caption, S("开票日期："));
	text(p, 1650, 160, 400, 60, plain, str_printf(a, "%d年%02d月%02d日", d.year, d.month, d.day));
	if (f->red.original.p)
		text(p, 1480, 230, 560, 60, (struct pdf_style){ .size = 100, .rgb = PDF_RED, .bold = true },
		        S("红字发票"));
}

static void party(struct pdf *p, int x, const char *who, const struct face_party *of)
{
	struct pdf_style upright = aligned(caption, PDF_CENTER);
	upright.size = 75; /* five characters below each other */
	text(p, x, 350, 60, 190, upright, str_c(who));
	pdf_line(p, x + 60, 350, x + 60, 540, RULE, PDF_BROWN);
	text(p, x + 80, 365, 130, 70, caption, S("名称："));
	text(p, x + 190, 365, 730, 70, plain, of->name);
	text(p, x + 80, 455, 560, 70, caption, S("统一社会信用代码/纳税人识别号："));
	text(p, x + 610, 455, 360, 70, plain, of->tax_id);
}

static void cells_of(struct arena *a, const struct face_line *l, struct str *cell)
{
	bool starred = l->treatment == TREATMENT_EXEMPT || l->treatment == TREATMENT_NOT_TAXED;
	cell[0] = l->name;
	cell[1] = l->spec.p ? l->spec : S("");
	cell[2] = l->unit.p ? l->unit : S("");
	cell[3] = l->has_quantity ? decimal_format(a, l->quantity) : S("");
	cell[4] = l->has_quantity ? decimal_format(a, l->price) : S("");
	cell[5] = money_format(a, l->sum.amount);
	cell[6] = treatment_rate(a, l->treatment, l->rate);
	cell[7] = starred ? S("***") : money_format(a, l->sum.tax);
}

static int lines(struct pdf *p, struct arena *a, const struct face *f, int end)
{
	static const struct pdf_column columns[COLUMNS] = { { S("项目名称"), 510, PDF_LEFT },
		{ S("规格型号"), 230, PDF_LEFT }, { S("单 位"), 110, PDF_CENTER }, { S("数 量"), 210, PDF_RIGHT },
		{ S("单 价"), 280, PDF_RIGHT }, { S("金 额"), 260, PDF_RIGHT }, { S("税率/征收率"), 140, PDF_CENTER },
		{ S("税 额"), 240, PDF_RIGHT } };
	static const struct pdf_style style = { .size = 80, .font = PDF_SERIF, .rgb = PDF_BLACK };
	struct str *cells = arena_array(a, (f->n_lines + 1) * COLUMNS, sizeof *cells);
	for (size_t i = 0; i < f->n_lines; i++)
		cells_of(a, &f->lines[i], cells + i * COLUMNS);
	return pdf_table(p, LEFT, TABLE_TOP, end, columns, COLUMNS, cells, f->n_lines, &style);
}

/* Name and value of each field of the special business that is filled in. */
static size_t special_pairs(const struct face *f)
{
	size_t n = 0;
	for (size_t i = 0; i < f->n_special; i++)
		for (size_t k = 0; k < SPECIAL_N; k++)
			n += f->special[i].v[k].p != NULL;
	return n;
}

/* Two fields a row, below the lines. */
static int special_rows(struct pdf *p, struct arena *a, const struct face *f, int y, int end)
{
	static const struct pdf_column columns[4] = { { S("特定业务"), 330, PDF_LEFT }, { S("内　容"), 660, PDF_LEFT },
		{ S(""), 330, PDF_LEFT }, { S(""), 660, PDF_LEFT } };
	static const struct pdf_style style = { .size = 80, .font = PDF_SERIF, .rgb = PDF_BLACK };
	size_t pairs = special_pairs(f), rows = 0, at = 0;
	struct str *cells = arena_array(a, (pairs + f->n_special + 2) * 4, sizeof *cells);
	const struct special_business *b = special_find(f->business);
	for (size_t i = 0; b && i < f->n_special; i++) {
		at = 0;
		for (size_t k = 0; k < b->n_uses; k++) {
			size_t field = b->uses[k].field;
			struct str s = f->special[i].v[field];
			if (!s.p) continue;
			const char *choice = special_choice_label((enum special_index)field, s);
			cells[(rows + at / 2) * 4 + at % 2 * 2] = str_c(special_table[field].label);
			cells[(rows + at / 2) * 4 + at % 2 * 2 + 1] = choice ? str_c(choice) : s;
			at++;
		}
		if (at % 2) cells[(rows + at / 2) * 4 + 2] = cells[(rows + at / 2) * 4 + 3] = S("");
		rows += (at + 1) / 2;
	}
	return rows ? pdf_table(p, LEFT, y, end, columns, 4, cells, rows, &style) : y;
}

/* Sums, total, remark and drawer from y on. */
static void tail(struct pdf *p, struct arena *a, const struct face *f, int y)
{
	struct pdf_style figure = aligned(plain, PDF_RIGHT);
	pdf_rect(p, (struct pdf_box){ LEFT, y, WIDTH, 60 }, RULE, PDF_BROWN);
	text(p, LEFT + 20, y, 400, 60, aligned(caption, PDF_CENTER), S("合　　计"));
	text(p, LEFT + 1340, y, 250, 60, figure, str_printf(a, "¥%s", money_format(a, f->sum.amount).p));
	text(p, LEFT + 1740, y, 230, 60, figure, str_printf(a, "¥%s", money_format(a, f->sum.tax).p));
	y += 60;
	pdf_rect(p, (struct pdf_box){ LEFT, y, WIDTH, 70 }, RULE, PDF_BROWN);
	text(p, LEFT + 20, y, 400, 70, aligned(caption, PDF_CENTER), S("价税合计（大写）"));
	pdf_line(p, LEFT + 440, y, LEFT + 440, y + 70, RULE, PDF_BROWN);
	text(p, LEFT + 470, y, 920, 70, plain, str_printf(a, "⊗ %s", money_words(a, f->total).p));
	text(p, LEFT + 1400, y, 150, 70, caption, S("（小写）"));
	text(p, LEFT + 1550, y, 420, 70, plain, str_printf(a, "¥%s", money_format(a, f->total).p));
	y += 70;
	pdf_rect(p, (struct pdf_box){ LEFT, y, WIDTH, 150 }, RULE, PDF_BROWN);
	text(p, LEFT, y, 60, 150, aligned(caption, PDF_CENTER), S("备注"));
	pdf_line(p, LEFT + 60, y, LEFT + 60, y + 150, RULE, PDF_BROWN);
	text(p, LEFT + 80, y + 5, WIDTH - 100, 140, plain, f->remark);
	text(p, LEFT + 60, y + 160, 180, 60, caption, S("开票人："));
	text(p, LEFT + 220, y + 160, 600, 60, plain, f->drawer);
}

struct str files_face(struct arena *a, const struct face *f, struct str seal_png, struct files_pages *pages)
{
	bool small = f->n_lines + special_pairs(f) / 2 <= SMALL_LINES;
	struct pdf_info info = { .title = str_printf(a, "电子发票 %.*s", STR_FMT(f->number)),
		.author = f->seller.name,
		.subject = f->qr,
		.created = f->issued_at,
		.width = PDF_A4_WIDTH,
		.height = small ? SMALL_HEIGHT : PDF_A4_HEIGHT };
	struct pdf *p = pdf_new(a, &info);
	if (pages) pdf_record(p);
	int end = small ? SMALL_TABLE_END : A4_TABLE_END;
	head(p, a, f, seal_png);
	pdf_rect(p, (struct pdf_box){ LEFT, 350, WIDTH / 2, 190 }, RULE, PDF_BROWN);
	pdf_rect(p, (struct pdf_box){ LEFT + WIDTH / 2, 350, WIDTH / 2, 190 }, RULE, PDF_BROWN);
	party(p, LEFT, "购买方信息", &f->buyer);
	party(p, LEFT + WIDTH / 2, "销售方信息", &f->seller);
	int y = lines(p, a, f, end);
	if (f->n_special) y = special_rows(p, a, f, y, end);
	if (small && y < SMALL_TABLE_END) y = SMALL_TABLE_END;
	if (small && y == SMALL_TABLE_END)
		pdf_rect(p, (struct pdf_box){ LEFT, TABLE_TOP, WIDTH, y - TABLE_TOP }, RULE, PDF_BROWN);
	tail(p, a, f, y);
	if (pages) pages->list = pdf_recorded(p, &pages->n);
	return pdf_done(p);
}

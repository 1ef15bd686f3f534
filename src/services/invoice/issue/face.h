/* The face of an invoice: what stands on it, as a struct; written as canonical JSON (what is stored, signed and logged)
 * and read back. No I/O. */
#ifndef ISSUE_FACE_H
#define ISSUE_FACE_H
#include "base/date.h"
#include "kernel/value/value.h"
#include "services/invoice/issue/amounts.h"
#include "services/invoice/issue/differential.h"
#include "services/invoice/issue/special.h"

/* How VAT treats a line (domain/invoice.md §4.3, 零税率标识). Exempt, zero and not taxed carry rate 0. */
enum treatment {
	TREATMENT_TAXED,
	TREATMENT_EXEMPT,     /* 免税 */
	TREATMENT_ZERO,       /* 零税率: export */
	TREATMENT_NOT_TAXED,  /* 不征税: codes of section 6 */
	TREATMENT_REDUCED,    /* 按5%简易征收减按1.5%计征: rate 5 %, tax of 1.5 %, shown as *** */
	TREATMENT_DIFFERENCE, /* 差额征税-差额开票: tax on the difference, rate shown as *** */
	TREATMENT_DEDUCTED,   /* in sums only: the part of a sale that 差额征税 takes off */
};
const char *treatment_word(enum treatment t);              /* as in the document */
bool treatment_read(struct str word, enum treatment *out); /* STR_NONE: taxed */
struct str treatment_rate(
        struct arena *a, enum treatment t, struct rate r); /* as printed: 13%, 免税, 不征税, 0%, *** */

struct face_line {
	struct str tax_code, name, spec, unit; /* name begins with *short name* */
	struct str policy;                     /* preference mark (优惠政策), STR_NONE: none */
	struct str coal;                       /* kind of coal (煤炭种类), STR_NONE: no coal */
	struct decimal quantity, price;        /* price: without tax */
	bool has_quantity, discount;           /* discount: 折扣行 of the line before */
	struct rate rate;
	enum treatment treatment;
	struct line_amounts sum;
	int32_t of_line; /* red letters: number of the blue line from 1; 0: none */
};
struct face_party {
	struct str tax_id, name;
};
struct face_red {                          /* all STR_NONE on a blue invoice */
	struct str original, slip, reason; /* blue number, confirmation slip (红字发票信息确认单), code of the reason */
};
struct face {
	struct str number, kind, seller_ref, remark, drawer, qr;
	struct str qr_signed; /* what is drawn: the same with a signature behind it; STR_NONE (no key here): qr */
	struct str business, rate_reason, agency; /* agency: number of the request (代开) */
	const struct special_item *special;
	size_t n_special;
	struct differential differential;
	instant_us issued_at;
	struct face_party seller, buyer;
	bool seller_general; /* general VAT payer (一般纳税人) when it was issued */
	struct face_line *lines;
	size_t n_lines;
	struct line_amounts sum;
	struct money total;
	struct face_red red;
};

/* What stands at the top left: the special business, 差额征税, 代开; "": nothing. */
struct str face_mark(struct arena *a, const struct face *f);

/* JCS (RFC 8785): the members are written in their order, so that nothing needs sorting. */
void face_write(struct buf *b, const struct face *f);
/* Where number and QR text stand in what was written, for batches: they are filled in when the number is known. */
struct face_marks {
	size_t number, qr, qr_n;
};
void face_write_marked(struct buf *b, const struct face *f, struct face_marks *marks);
/* E_INTERNAL: not written by face_write. */
MUST_USE err_t face_read(struct arena *a, struct str document, struct face *out);
MUST_USE err_t face_of(struct arena *a, const struct value *doc, struct face *out); /* the document, read already */
/* The same document as the answer of the API. */
MUST_USE err_t face_value(struct arena *a, struct str document, struct value **out);
#endif

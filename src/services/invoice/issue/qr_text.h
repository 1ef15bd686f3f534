/* The text in the QR code of an invoice (domain/invoice.md §2.4): 01,TYPE,CODE,NUMBER,AMOUNT,YYYYMMDD,CHECK,CRC
 * The CRC catches misreading only; anyone can compute it, so it proves nothing. No I/O. */
#ifndef ISSUE_QR_TEXT_H
#define ISSUE_QR_TEXT_H
#include "base/date.h"
#include "base/money.h"

#define QR_TEXT_BYTES_MAX 512

enum qr_text_fault {
	QR_TEXT_OK,
	QR_TEXT_FIELDS,
	QR_TEXT_VERSION,
	QR_TEXT_TYPE,
	QR_TEXT_CODE,
	QR_TEXT_NUMBER,
	QR_TEXT_AMOUNT,
	QR_TEXT_DATE,
	QR_TEXT_CHECK_CODE,
	QR_TEXT_CRC,
};
struct qr_text {
	struct str type, code, number, check_code; /* code: empty for digital invoices (数电票) */
	struct money amount;                       /* digital kinds: with tax; older kinds: without */
	struct date date;
	bool has_crc,
	        crc_misfit; /* misfit is a warning for 51 (rail) and 61 (air), whose rule is known from samples only */
};
const char *qr_text_fault_word(enum qr_text_fault f); /* "ok", "fields", "version" … */
/* The first rule broken. Full-width commas, blanks around, a BOM and a trailing comma are tolerated. */
enum qr_text_fault qr_text_parse(struct arena *a, struct str text, struct qr_text *out);
/* What keyboards and files made of a scanned text, undone for all who read one: a BOM and blanks around it, full-width
 * signs and digits; behind the mark of a device (etaxl1) only the commas before the seller's name, which may hold such.
 */
struct str qr_text_clean(struct arena *a, struct str whole);
/* Codes of short invoices of old are addresses: host names where this one leads; false: no address. */
bool qr_text_is_url(struct arena *a, struct str whole, struct str *host);
struct str qr_text_make(struct arena *a, const struct qr_text *q);
/* Of a digital invoice (数电票): type 31 special, 32 ordinary, 83 vehicle, 84 used car; the amount is the total with
 * tax. */
struct str qr_text_invoice(
        struct arena *a, const char *type, struct str number, struct money total, struct date issued_on);
/* Puts another number of 20 digits into the text of a digital invoice, and the check that goes with it. */
void qr_text_renumber(char *text, size_t n, struct str number);
#endif

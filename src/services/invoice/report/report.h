/* Reports of false invoices and alarms of a second use (A10.9, A10.10). Inner and outer header. */
#ifndef INVOICE_REPORT_H
#define INVOICE_REPORT_H
#include "kernel/operation/service.h"

enum { REPORT_PICTURE_MAX = 2 * 1024 * 1024, REPORT_CODE = 16 };
struct report_in {
	struct str number, qr, place, story, picture, picture_base64;
	struct money total;
	bool has_total;
};
struct report_code_in {
	struct str code;
};
struct report_list_in {
	struct str state;
};
struct report_decide_in {
	struct str code, outcome, answer;
};
op_run report_blank, report_open, report_show, report_show_view, report_list, report_list_view, report_case, report_case_view,
        report_picture, report_decide;
/* "image/png" and so on by its first bytes; NULL: no picture that is taken. */
const char *report_media(struct str bytes);
/* Effects of input.credited, purchase.imported, invoice.booked and lottery.entered, of both in vain, and of their ends:
 * invoice.used_twice to each holder. */
MUST_USE err_t alarm_feed(struct ctx *c, const struct event *events, size_t n);
/* Verdicts since the last time, as event verify.statistics. */
MUST_USE err_t report_statistics(struct ctx *c, struct str argument);
#endif

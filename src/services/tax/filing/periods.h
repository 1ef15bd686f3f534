/* Periods of VAT and when they are due. Rules: values in, values out. */
#ifndef FILING_PERIODS_H
#define FILING_PERIODS_H
#include "base/calendar.h"

/* The period a day lies in: a month, or a quarter for those who file by quarter (增值税法 第三十条). */
struct period periods_at(bool quarterly, struct date d);
bool periods_fit(bool quarterly, struct period p);
/* Within 15 days after its end (增值税法 第三十条), moved by days off (征管法实施细则 第一百零九条). */
struct date periods_due(const struct calendar *calendar, struct period p);
int periods_months(struct period p); /* 1 or 3 */

enum period_state {
	PERIOD_BEFORE, /* ended before the taxpayer was registered */
	PERIOD_ENDED,  /* may be filed */
	PERIOD_RUNNING,
	PERIOD_FUTURE,
};
enum period_state periods_state(struct period p, struct date registered_on, struct date today);

/* The periods from the one of `since` to the one of `today` that are opened in the calendar, oldest first: at most max,
 * then the latest. A later look-back than three years is the officer's (征管法 第五十二条). */
enum { PERIODS_MAX = 36 };
size_t periods_open(bool quarterly, struct date since, struct date today, struct period *out, size_t max);

/* The day from which periods are opened for whoever came into this bureau's register on `since`: the period that had
 * ended by then is among them as long as it was not due yet and the taxpayer was registered in it. */
struct date periods_from(
        const struct calendar *calendar, bool quarterly, struct date registered_on, struct date since);

/* Reminders (催报催缴): 7, 3 and 1 days before the due date, and the day after it. */
enum reminder { REMINDER_NONE, REMINDER_7, REMINDER_3, REMINDER_1, REMINDER_OVERDUE };
enum reminder periods_reminder(struct date due_on, struct date today);
#endif

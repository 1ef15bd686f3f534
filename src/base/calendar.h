/* Calendar: working days, statutory holidays (法定休假日) and the due dates of filing (申报纳税期限).
 * The days off come from the yearly notice of the State Council; data/holidays.csv and data/due-dates.csv hold them as
 * data, so that a new notice is a new row. */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H
#include "base/date.h"

struct calendar;

/* holidays: from,to,kind,source with kind "off" or "work" (调休上班). due_dates: year,month,due,source; may be
 * STR_NONE. The first row of each is its head. NULL: a row is wrong, *line says which (due_dates: counted on from
 * 10000). */
struct calendar *calendar_load(struct arena *a, struct str holidays, struct str due_dates, unsigned *line);
bool calendar_covers(const struct calendar *c, int year); /* the notice of this year is loaded */
bool calendar_is_holiday(
        const struct calendar *c, struct date d); /* in a range of the notice; ordinary weekends are not */
bool calendar_is_working(const struct calendar *c, struct date d);
struct date calendar_next_working(const struct calendar *c, struct date d); /* d itself when it is one */
struct date calendar_add_working(
        const struct calendar *c, struct date d, int n); /* the n-th working day after d, n >= 0 */

/* Due date of a monthly or quarterly return filed in this month: the published list when there is one, else the
 * algorithm of 税收征收管理法实施细则 第一百零九条 (a run of three or more days off within the term extends it). */
struct date calendar_due(const struct calendar *c, int year, int month);
struct date calendar_due_computed(const struct calendar *c, int year, int month);
/* Any other term: a last day that is no working day moves to the next one (same article). */
struct date calendar_due_nominal(const struct calendar *c, struct date last_day);
#endif

/* Dates (China Standard Time, UTC+8, no daylight saving) and instants (microseconds since 1970 UTC). */
#ifndef BASE_DATE_H
#define BASE_DATE_H
#include "base/str.h"

struct date {
	int16_t year; /* 1900..2999 */
	int8_t month, day;
};
typedef int64_t instant_us;

bool date_valid(struct date d);
bool date_parse(struct str s, struct date *out);              /* "2026-11-24" */
struct str date_format(struct arena *a, struct date d);       /* "2026-11-24" */
int32_t date_days(struct date d);                             /* days since 1970-01-01 */
struct date date_from_days(int32_t days);
struct date date_add_days(struct date d, int32_t days);
struct date date_add_months(struct date d, int32_t months);   /* clipped to the last day of the month */
int date_cmp(struct date a, struct date b);
int date_weekday(struct date d);                              /* 1 = Monday .. 7 = Sunday */
struct date date_month_end(struct date d);
struct date date_of_instant(instant_us t);                    /* in China Standard Time */
instant_us date_to_instant(struct date d);                    /* 00:00 China Standard Time */
bool instant_parse(struct str s, instant_us *out);            /* "2026-11-24T10:21:05+08:00", fraction and Z allowed */
struct str instant_format(struct arena *a, instant_us t);     /* "2026-11-24T10:21:05.123+08:00" */

/* Tax period (税款所属期): a month "2026-11", a quarter "2026Q4" or a year "2026". */
enum period_kind { PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR };
struct period {
	enum period_kind kind;
	int16_t year;
	int8_t index; /* month 1..12, quarter 1..4, year 0 */
};
bool period_parse(struct str s, struct period *out);
struct str period_format(struct arena *a, struct period p);
struct date period_first(struct period p);
struct date period_last(struct period p);
struct period period_of(enum period_kind kind, struct date d);
struct period period_next(struct period p, int32_t steps); /* negative: earlier */
#endif

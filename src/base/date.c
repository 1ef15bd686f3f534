#include "base/date.h"
#include <string.h>

enum { CST_SECONDS = 8 * 3600 };
#define DAY_US (INT64_C(86400) * 1000000)

static bool leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
	static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return month == 2 && leap(year) ? 29 : days[month - 1];
}

bool date_valid(struct date d)
{
	return d.year >= 1900 && d.year <= 2999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
	       d.day <= month_days(d.year, d.month);
}

static bool number(struct str s, size_t from, size_t n, int *out)
{
	*out = 0;
	if (from + n > s.n) return false;
	for (size_t i = from; i < from + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') return false;
		*out = *out * 10 + (s.p[i] - '0');
	}
	return true;
}

bool date_parse(struct str s, struct date *out)
{
	int y, m, d;
	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-') return false;
	if (!number(s, 0, 4, &y) || !number(s, 5, 2, &m) || !number(s, 8, 2, &d)) return false;
	struct date date = { (int16_t)y, (int8_t)m, (int8_t)d };
	if (!date_valid(date)) return false;
	*out = date;
	return true;
}

/* Each v of two digits, then the character; by hand, since every act carries dates and printf is slow. */
static char *put_two(char *p, int v, char behind)
{
	p[0] = (char)('0' + v / 10 % 10);
	p[1] = (char)('0' + v % 10);
	p[2] = behind;
	return p + 3;
}

static char *put_date(char *p, struct date d)
{
	p[0] = (char)('0' + d.year / 1000 % 10);
	p[1] = (char)('0' + d.year / 100 % 10);
	p = put_two(p + 2, d.year % 100, '-');
	p = put_two(p, d.month, '-');
	return put_two(p, d.day, '\0');
}

struct str date_format(struct arena *a, struct date d)
{
	char text[16] = { 0 };
	if (d.year < 0 || d.year > 9999) return str_printf(a, "%04d-%02d-%02d", d.year, d.month, d.day);
	return str_dup(a, (struct str){ text, (size_t)(put_date(text, d) - text) - 1 });
}

/* Days since 1970-01-01 by the usual shift of the year to March, so that the leap day is its last. */
int32_t date_days(struct date d)
{
	int y = d.month <= 2 ? d.year - 1 : d.year, era = y / 400, of_era = y - era * 400;
	int month = d.month > 2 ? d.month - 3 : d.month + 9, of_year = (153 * month + 2) / 5 + d.day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct date date_from_days(int32_t days)
{
	int z = days + 719468, era = z / 146097, of_era = z - era * 146097;
	int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
	struct date d = { .day = (int8_t)(of_year - (153 * m + 2) / 5 + 1), .month = (int8_t)(m < 10 ? m + 3 : m - 9) };
	d.year = (int16_t)(y + era * 400 + (d.month <= 2));
	return d;
}

struct date date_add_days(struct date d, int32_t days)
{
	return date_from_days(date_days(d) + days);
}

struct date date_add_months(struct date d, int32_t months)
{
	int total = d.year * 12 + d.month - 1 + months, last;
	struct date out = { (int16_t)(total / 12), (int8_t)(total % 12 + 1), d.day };
	last = month_days(out.year, out.month);
	if (out.day > last) out.day = (int8_t)last;
	return out;
}

int date_cmp(struct date a, struct date b)
{
	int32_t x = a.year * 512 + a.month * 32 + a.day, y = b.year * 512 + b.month * 32 + b.day;
	return (x > y) - (x < y);
}

int date_weekday(struct date d)
{
	return (date_days(d) % 7 + 7 + 3) % 7 + 1; /* 1970-01-01 was a Thursday */
}

struct date date_month_end(struct date d)
{
	return (struct date){ d.year, d.month, (int8_t)month_days(d.year, d.month) };
}

struct date date_of_instant(instant_us t)
{
	int64_t local = t + CST_SECONDS * INT64_C(1000000), days = local / DAY_US;
	if (local % DAY_US < 0) days--;
	return date_from_days((int32_t)days);
}

instant_us date_to_instant(struct date d)
{
	return date_days(d) * DAY_US - CST_SECONDS * INT64_C(1000000);
}

static bool parse_fraction(struct str s, size_t *i, int64_t *us)
{
	int64_t unit = 100000;
	size_t from = ++*i;
	for (; *i < s.n && s.p[*i] >= '0' && s.p[*i] <= '9'; ++*i, unit /= 10)
		*us += (s.p[*i] - '0') * unit;
	return *i > from && *i - from <= 9;
}

bool instant_parse(struct str s, instant_us *out)
{
	struct date d;
	int h, m, sec, zh = 0, zm = 0;
	int64_t us = 0;
	if (s.n < 20 || !date_parse(str_sub(s, 0, 10), &d) || s.p[10] != 'T' || s.p[13] != ':' || s.p[16] != ':')
		return false;
	if (!number(s, 11, 2, &h) || !number(s, 14, 2, &m) || !number(s, 17, 2, &sec) || h > 23 || m > 59 || sec > 59)
		return false;
	size_t i = 19;
	if (s.p[i] == '.' && !parse_fraction(s, &i, &us)) return false;
	if (i >= s.n) return false;
	if (s.p[i] == 'Z') {
		if (i + 1 != s.n) return false;
	} else {
		if ((s.p[i] != '+' && s.p[i] != '-') || i + 6 != s.n || s.p[i + 3] != ':') return false;
		if (!number(s, i + 1, 2, &zh) || !number(s, i + 4, 2, &zm) || zh > 14 || zm > 59) return false;
	}
	int64_t zone = (zh * 60 + zm) * 60 * (s.p[i] == '-' ? -1 : 1);
	*out = date_days(d) * DAY_US + ((h * 60 + m) * 60 + sec - zone) * INT64_C(1000000) + us;
	return true;
}

struct str instant_format(struct arena *a, instant_us t)
{
	struct date d = date_of_instant(t);
	int64_t of_day = t - date_to_instant(d), ms = of_day / 1000, s = ms / 1000;
	char text[40];
	if (d.year < 0 || d.year > 9999)
		return str_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03d+08:00", d.year, d.month, d.day,
		        (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60), (int)(ms % 1000));
	char *p = put_date(text, d);
	p[-1] = 'T';
	p = put_two(p, (int)(s / 3600), ':');
	p = put_two(p, (int)(s / 60 % 60), ':');
	p = put_two(p, (int)(s % 60), '.');
	p = put_two(p, (int)(ms % 1000 / 10), (char)('0' + ms % 10));
	memcpy(p, "+08:00", 6);
	return str_dup(a, (struct str){ text, (size_t)(p + 6 - text) });
}

bool period_parse(struct str s, struct period *out)
{
	int y, i = 0;
	if (s.n < 4 || !number(s, 0, 4, &y) || y < 1900 || y > 2999) return false;
	if (s.n == 4) {
		*out = (struct period){ PERIOD_YEAR, (int16_t)y, 0 };
		return true;
	}
	if (s.n == 7 && s.p[4] == '-' && number(s, 5, 2, &i) && i >= 1 && i <= 12) {
		*out = (struct period){ PERIOD_MONTH, (int16_t)y, (int8_t)i };
		return true;
	}
	if (s.n == 6 && s.p[4] == 'Q' && number(s, 5, 1, &i) && i >= 1 && i <= 4) {
		*out = (struct period){ PERIOD_QUARTER, (int16_t)y, (int8_t)i };
		return true;
	}
	return false;
}

struct str period_format(struct arena *a, struct period p)
{
	switch (p.kind) {
	case PERIOD_MONTH: {
		char text[16];
		(void)put_date(text, (struct date){ p.year, p.index, 1 });
		return str_dup(a, (struct str){ text, sizeof "2026-11" - 1 });
	}
	case PERIOD_QUARTER: return str_printf(a, "%04dQ%d", p.year, p.index);
	case PERIOD_YEAR: return str_printf(a, "%04d", p.year);
	}
	return STR_NONE;
}

static int months_of(enum period_kind kind)
{
	return kind == PERIOD_MONTH ? 1 : kind == PERIOD_QUARTER ? 3 : 12;
}

struct date period_first(struct period p)
{
	int month = p.kind == PERIOD_MONTH ? p.index : p.kind == PERIOD_QUARTER ? p.index * 3 - 2 : 1;
	return (struct date){ p.year, (int8_t)month, 1 };
}

struct date period_last(struct period p)
{
	return date_month_end(date_add_months(period_first(p), months_of(p.kind) - 1));
}

struct period period_of(enum period_kind kind, struct date d)
{
	int index = kind == PERIOD_MONTH ? d.month : kind == PERIOD_QUARTER ? (d.month + 2) / 3 : 0;
	return (struct period){ kind, d.year, (int8_t)index };
}

struct period period_next(struct period p, int32_t steps)
{
	return period_of(p.kind, date_add_months(period_first(p), steps * months_of(p.kind)));
}

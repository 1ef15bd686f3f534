#include "base/calendar.h"
#include "base/csv.h"
#include <stdlib.h>

#define DAYS_MAX 8192
#define DUE_MAX 2400
#define DUE_LINE_BASE 10000

struct day {
	int32_t day;
	bool off;
};
struct calendar {
	struct day days[DAYS_MAX];
	size_t n_days;
	struct {
		int16_t year;
		int8_t month;
		struct date due;
	} due[DUE_MAX];
	size_t n_due;
};

static int by_day(const void *a, const void *b)
{
	int32_t x = ((const struct day *)a)->day, y = ((const struct day *)b)->day;
	return x < y ? -1 : x > y;
}

static bool load_range(struct calendar *c, const struct str *f, size_t n)
{
	struct date from, to;
	if (n < 3 || !date_parse(f[0], &from) || !date_parse(f[1], &to)) return false;
	bool off = str_is(f[2], "off");
	if (!off && !str_is(f[2], "work")) return false;
	int32_t first = date_days(from), last = date_days(to);
	if (last < first || last - first > 31) return false;
	for (int32_t d = first; d <= last; d++) {
		if (c->n_days == DAYS_MAX) return false;
		c->days[c->n_days++] = (struct day){ d, off };
	}
	return true;
}

static bool load_due(struct calendar *c, const struct str *f, size_t n)
{
	int64_t year, month;
	struct date due;
	if (n < 3 || c->n_due == DUE_MAX) return false;
	if (!str_to_int(f[0], &year) || !str_to_int(f[1], &month) || !date_parse(f[2], &due)) return false;
	if (year < 1900 || year > 2999 || month < 1 || month > 12) return false;
	c->due[c->n_due].year = (int16_t)year;
	c->due[c->n_due].month = (int8_t)month;
	c->due[c->n_due++].due = due;
	return true;
}

static bool load(struct calendar *c, struct arena *a, struct str text,
        bool (*row)(struct calendar *, const struct str *, size_t), unsigned *line)
{
	struct csv_reader r;
	struct str f[8];
	size_t n = 0;
	csv_open(&r, text);
	for (bool head = true;; head = false) {
		enum csv_result result = csv_read(&r, a, f, 8, &n);
		if (result == CSV_END) return true;
		if (result == CSV_ROW && (head || row(c, f, n))) continue;
		*line = r.line;
		return false;
	}
}

struct calendar *calendar_load(struct arena *a, struct str holidays, struct str due_dates, unsigned *line)
{
	struct calendar *c = arena_new_of(a, struct calendar);
	if (!load(c, a, holidays, load_range, line)) return NULL;
	if (!load(c, a, due_dates, load_due, line)) {
		*line += DUE_LINE_BASE;
		return NULL;
	}
	qsort(c->days, c->n_days, sizeof *c->days, by_day);
	return c;
}

static const struct day *find(const struct calendar *c, struct date d)
{
	struct day key = { .day = date_days(d) };
	return bsearch(&key, c->days, c->n_days, sizeof *c->days, by_day);
}

bool calendar_covers(const struct calendar *c, int year)
{
	/* Each notice names National Day (1 October): 全国年节及纪念日放假办法. */
	const struct day *day = find(c, (struct date){ (int16_t)year, 10, 1 });
	return day && day->off;
}

bool calendar_is_holiday(const struct calendar *c, struct date d)
{
	const struct day *day = find(c, d);
	return day && day->off;
}

bool calendar_is_working(const struct calendar *c, struct date d)
{
	const struct day *day = find(c, d);
	return day ? !day->off : date_weekday(d) <= 5;
}

struct date calendar_next_working(const struct calendar *c, struct date d)
{
	/* The longest run of days off in a notice is below a month: the limit only guards against false data. */
	for (int i = 0; i < 60 && !calendar_is_working(c, d); i++)
		d = date_add_days(d, 1);
	return d;
}

struct date calendar_add_working(const struct calendar *c, struct date d, int n)
{
	for (; n > 0; n--)
		d = calendar_next_working(c, date_add_days(d, 1));
	return d;
}

struct date calendar_due_nominal(const struct calendar *c, struct date last_day)
{
	return calendar_next_working(c, last_day);
}

struct date calendar_due_computed(const struct calendar *c, int year, int month)
{
	struct date d = { (int16_t)year, (int8_t)month, 15 };
	int run = 0, extension = 0;
	for (int8_t day = 1; day <= 16; day++) {
		bool off = day <= 15 && calendar_is_holiday(c, (struct date){ (int16_t)year, (int8_t)month, day });
		if (off) {
			run++;
			continue;
		}
		if (run >= 3) extension += run;
		run = 0;
	}
	return extension ? calendar_add_working(c, d, extension) : calendar_next_working(c, d);
}

struct date calendar_due(const struct calendar *c, int year, int month)
{
	for (size_t i = c->n_due; i > 0; i--) /* a later row replaces an earlier one (a province postpones) */
		if (c->due[i - 1].year == year && c->due[i - 1].month == month) return c->due[i - 1].due;
	return calendar_due_computed(c, year, month);
}

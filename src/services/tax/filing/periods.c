#include "services/tax/filing/periods.h"

struct period periods_at(bool quarterly, struct date d)
{
	return period_of(quarterly ? PERIOD_QUARTER : PERIOD_MONTH, d);
}

bool periods_fit(bool quarterly, struct period p)
{
	return p.kind == (quarterly ? PERIOD_QUARTER : PERIOD_MONTH);
}

struct date periods_due(const struct calendar *calendar, struct period p)
{
	struct date next = date_add_days(period_last(p), 1);
	return calendar_due(calendar, next.year, next.month);
}

int periods_months(struct period p)
{
	return p.kind == PERIOD_MONTH ? 1 : p.kind == PERIOD_QUARTER ? 3 : 12;
}

enum period_state periods_state(struct period p, struct date registered_on, struct date today)
{
	if (date_cmp(period_last(p), registered_on) < 0) return PERIOD_BEFORE;
	if (date_cmp(period_first(p), today) > 0) return PERIOD_FUTURE;
	return date_cmp(period_last(p), today) < 0 ? PERIOD_ENDED : PERIOD_RUNNING;
}

size_t periods_open(bool quarterly, struct date since, struct date today, struct period *out, size_t max)
{
	struct period p = periods_at(quarterly, today), first = periods_at(quarterly, since);
	size_t n = 0;
	if (date_cmp(since, today) > 0) return 0;
	while (n < max && date_cmp(period_first(p), period_first(first)) >= 0) {
		out[n++] = p;
		p = period_next(p, -1);
	}
	for (size_t i = 0; i < n / 2; i++) {
		struct period t = out[i];
		out[i] = out[n - 1 - i];
		out[n - 1 - i] = t;
	}
	return n;
}

struct date periods_from(const struct calendar *calendar, bool quarterly, struct date registered_on, struct date since)
{
	struct period before = period_next(periods_at(quarterly, since), -1);
	bool due = date_cmp(periods_due(calendar, before), since) >= 0;
	return due && date_cmp(period_last(before), registered_on) >= 0 ? period_first(before) : since;
}

enum reminder periods_reminder(struct date due_on, struct date today)
{
	int32_t left = date_days(due_on) - date_days(today);
	return left < 0    ? REMINDER_OVERDUE
	       : left <= 1 ? REMINDER_1
	       : left <= 3 ? REMINDER_3
	       : left <= 7 ? REMINDER_7
	                   : REMINDER_NONE;
}

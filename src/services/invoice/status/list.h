/* Status lists (docs/spec/status-list.md): what became of the invoices of a region and month, two bits each, signed, for who
 * checks without a network. Pure: no I/O, no database. */
#ifndef STATUS_LIST_H
#define STATUS_LIST_H
#include "base/date.h"
#include "kernel/tlog/tlog.h"

enum status_state { STATUS_NONE, STATUS_VALID, STATUS_PARTLY, STATUS_REVERSED };
enum { STATUS_RUNS_MAX = 4000000, STATUS_DIGITS = 20 };
#define STATUS_COUNT_MAX INT64_C(1000000000)

struct status_number {
	uint32_t head; /* year and region: the first four digits */
	uint64_t tail; /* the other sixteen */
};
bool status_number_read(struct str digits, struct status_number *out);

/* Numbers one after the other, two bits each, the first in the lowest bits. */
struct status_run {
	struct status_number first;
	int64_t count;
	unsigned char *bits;
	size_t room; /* bytes */
};
struct status_list {
	struct arena *arena;
	struct str region, month; /* "33", "2026-11" */
	int64_t number;           /* 0: all of the month; else a delta */
	int64_t last;             /* of all of a month: the last delta that is in it */
	int64_t after, events;    /* what it tells of: events of the log behind `after` up to `events` */
	instant_us as_of;
	struct status_run *runs;
	size_t n_runs, room;
};
void status_list_init(struct status_list *l, struct arena *a, struct str region, struct str month);
void status_list_set(struct status_list *l, struct status_number number, enum status_state s);
enum status_state status_list_get(const struct status_list *l, struct status_number number);
/* Nothing is gone on a delta of another month, or when one before it is missing. */
bool status_list_apply(struct status_list *l, const struct status_list *delta);

/* A file is the text, its signature lines (tlog_signature_line), an empty line, the body. */
struct str status_list_body(struct arena *a, const struct status_list *l);
struct str status_list_text(struct arena *a, const struct status_list *l, struct str body);
struct str status_list_file(struct arena *a, struct str text, struct str signature_lines, struct str body);
enum status_fault { STATUS_GOOD, STATUS_BROKEN, STATUS_UNSIGNED, STATUS_FORGED };
/* keys NULL: the signature is left alone (our own files). Bits are copied. */
enum status_fault status_list_read(struct arena *a, struct str file, const struct tlog_verifier *keys, size_t n_keys,
        struct status_list *out);

/* What the list says of an invoice of a day. */
enum status_verdict {
	STATUS_IS_VALID,
	STATUS_IS_PARTLY,
	STATUS_IS_REVERSED,
	STATUS_IS_UNKNOWN,  /* of this month, before the list was made, and not in it */
	STATUS_IS_SINCE,    /* of the day of the list or later: the list can not know */
	STATUS_OTHER_LIST,  /* of another region or month */
};
enum status_verdict status_judge(const struct status_list *l, struct str number, struct date day);
extern const char *const status_words[]; /* "valid", "partly-reversed", "reversed", "unknown", "unknown-since", "other-list" */
#endif

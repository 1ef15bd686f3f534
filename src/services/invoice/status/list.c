#include "services/invoice/status/list.h"
#include "kernel/crypto/crypto.h"
#include <stdio.h>
#include <string.h>

enum {
	JOIN = 56,
	TAIL_DIGITS = 16,
	RUN_BYTES = STATUS_DIGITS / 2 + 4,
	HEAD_MAX = 8192
}; /* a run of its own costs as much as a gap of 56 */

const char *const status_words[] = { "valid", "partly-reversed", "reversed", "unknown", "unknown-since", "other-list" };

bool status_number_read(struct str s, struct status_number *out)
{
	*out = (struct status_number){ 0 };
	if (s.n != STATUS_DIGITS) return false;
	for (size_t i = 0; i < STATUS_DIGITS; i++) {
		unsigned d = (unsigned)(s.p[i] - '0');
		if (d > 9) return false;
		if (i < STATUS_DIGITS - TAIL_DIGITS)
			out->head = out->head * 10 + d;
		else
			out->tail = out->tail * 10 + d;
	}
	return true;
}

void status_list_init(struct status_list *l, struct arena *a, struct str region, struct str month)
{
	*l = (struct status_list){ .arena = a, .region = region, .month = month };
}

/* --- two bits --- */

static enum status_state bits_get(const unsigned char *bits, int64_t i)
{
	return (enum status_state)(bits[i / 4] >> 2 * (i % 4) & 3);
}

static void bits_set(unsigned char *bits, int64_t i, enum status_state s)
{
	int shift = 2 * (int)(i % 4);
	bits[i / 4] = (unsigned char)((bits[i / 4] & ~(3U << shift)) | (unsigned)s << shift);
}

static size_t bytes_of(int64_t count)
{
	return (size_t)(count + 3) / 4;
}

/* --- runs, in the order of their numbers --- */

static bool precedes(struct status_number a, struct status_number b)
{
	return a.head != b.head ? a.head < b.head : a.tail < b.tail;
}

/* The last run that does not begin behind the number; n_runs: there is none. */
static size_t run_before(const struct status_list *l, struct status_number number)
{
	size_t from = 0, to = l->n_runs;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (precedes(number, l->runs[middle].first))
			to = middle;
		else
			from = middle + 1;
	}
	return from ? from - 1 : l->n_runs;
}

static bool offset_in(const struct status_run *r, struct status_number number, int64_t reach, int64_t *at)
{
	if (r->first.head != number.head || number.tail - r->first.tail >= (uint64_t)reach) return false;
	*at = (int64_t)(number.tail - r->first.tail);
	return true;
}

enum status_state status_list_get(const struct status_list *l, struct status_number number)
{
	int64_t at;
	size_t i = run_before(l, number);
	if (i == l->n_runs || !offset_in(&l->runs[i], number, l->runs[i].count, &at)) return STATUS_NONE;
	return bits_get(l->runs[i].bits, at);
}

static void grow_run(struct status_list *l, struct status_run *r, int64_t count)
{
	size_t need = bytes_of(count);
	if (need > r->room) {
		size_t room = need * 2 + 16;
		unsigned char *more = arena_alloc(l->arena, room);
		memset(more, 0, room);
		if (r->bits) memcpy(more, r->bits, bytes_of(r->count));
		r->bits = more;
		r->room = room;
	}
	r->count = count;
}

static struct status_run *insert_run(struct status_list *l, size_t at, struct status_number first)
{
	if (l->n_runs == l->room || !l->runs) {
		struct status_run *more = arena_array(l->arena, l->room = l->room ? l->room * 2 : 16, sizeof *more);
		if (l->runs) memcpy(more, l->runs, l->n_runs * sizeof *more);
		l->runs = more;
	}
	memmove(&l->runs[at + 1], &l->runs[at], (l->n_runs - at) * sizeof *l->runs);
	l->n_runs++;
	l->runs[at] = (struct status_run){ .first = first };
	return &l->runs[at];
}

void status_list_set(struct status_list *l, struct status_number number, enum status_state s)
{
	int64_t at = 0;
	size_t i = run_before(l, number);
	struct status_run *r = i < l->n_runs ? &l->runs[i] : NULL;
	if (!r || !offset_in(r, number, r->count + JOIN, &at)) {
		r = insert_run(l, r ? i + 1 : 0, number);
		at = 0;
	}
	if (at >= r->count) grow_run(l, r, at + 1);
	bits_set(r->bits, at, s);
}

bool status_list_apply(struct status_list *l, const struct status_list *delta)
{
	if (!str_eq(l->region, delta->region) || !str_eq(l->month, delta->month)) return false;
	if (delta->number <= l->last) return true; /* it is in already */
	if (delta->number != l->last + 1) return false;
	for (size_t i = 0; i < delta->n_runs; i++) {
		const struct status_run *r = &delta->runs[i];
		for (int64_t k = 0; k < r->count; k++) {
			enum status_state s = bits_get(r->bits, k);
			struct status_number n = { r->first.head, r->first.tail + (uint64_t)k };
			if (s) status_list_set(l, n, s);
		}
	}
	l->last = delta->number;
	l->events = delta->events;
	l->as_of = delta->as_of;
	return true;
}

/* --- the file --- */

static void put_run(struct buf *b, const struct status_run *r)
{
	unsigned char head[RUN_BYTES];
	char digits[STATUS_DIGITS + 1];
	(void)snprintf(digits, sizeof digits, "%04u%016llu", r->first.head % 10000, (unsigned long long)r->first.tail);
	for (size_t i = 0; i < STATUS_DIGITS / 2; i++)
		head[i] = (unsigned char)((digits[2 * i] - '0') << 4 | (digits[2 * i + 1] - '0'));
	for (size_t i = 0; i < 4; i++)
		head[STATUS_DIGITS / 2 + i] = (unsigned char)(r->count >> 8 * (3 - i));
	buf_add(b, head, sizeof head);
}

/* First where the runs begin and how long they are, then their bits. */
struct str status_list_body(struct arena *a, const struct status_list *l)
{
	struct buf b;
	size_t n = 0;
	for (size_t i = 0; i < l->n_runs; i++)
		n += bytes_of(l->runs[i].count) + RUN_BYTES;
	buf_init(&b, a, n + 1);
	for (size_t i = 0; i < l->n_runs; i++)
		put_run(&b, &l->runs[i]);
	for (size_t i = 0; i < l->n_runs; i++)
		buf_add(&b, l->runs[i].bits, bytes_of(l->runs[i].count));
	return buf_done(&b);
}

static struct str digest_of(struct arena *a, struct str body)
{
	unsigned char digest[CRYPTO_SHA256_SIZE];
	crypto_sha256(body.p, body.n, digest);
	return str_hex(a, digest, sizeof digest);
}

struct str status_list_text(struct arena *a, const struct status_list *l, struct str body)
{
	return str_printf(a,
	        "etax-status-v1\nregion %.*s\nmonth %.*s\ndelta %lld\nlast %lld\nafter %lld\nevents %lld\nas-of %lld\n"
	        "sha256 %s\nruns %zu\n",
	        STR_FMT(l->region), STR_FMT(l->month), (long long)l->number, (long long)l->last, (long long)l->after,
	        (long long)l->events, (long long)l->as_of, digest_of(a, body).p, l->n_runs);
}

struct str status_list_file(struct arena *a, struct str text, struct str signature_lines, struct str body)
{
	struct buf b;
	buf_init(&b, a, text.n + signature_lines.n + body.n + 16);
	buf_str(&b, tlog_note(a, text, signature_lines));
	buf_char(&b, '\n');
	buf_str(&b, body);
	return buf_done(&b);
}

/* "name value\n"; the value of a known name, or false. */
static bool line_of(struct str *rest, const char *name, struct str *value)
{
	struct str line, first;
	if (!str_split(rest, '\n', &line) || !str_split(&line, ' ', &first) || !str_is(first, name) || !line.n)
		return false;
	*value = line;
	return true;
}

static bool int_of(struct str *rest, const char *name, int64_t *value)
{
	struct str s;
	return line_of(rest, name, &s) && str_to_int(s, value) && *value >= 0;
}

static bool read_head(struct str text, struct status_list *l, struct str *digest, int64_t *runs)
{
	struct str line, *t = &text;
	struct period month;
	return str_split(t, '\n', &line) && str_is(line, "etax-status-v1") && line_of(t, "region", &l->region) &&
	       l->region.n == 2 && line_of(t, "month", &l->month) && l->month.n == 7 &&
	       period_parse(l->month, &month) && int_of(t, "delta", &l->number) && int_of(t, "last", &l->last) &&
	       int_of(t, "after", &l->after) && int_of(t, "events", &l->events) && int_of(t, "as-of", &l->as_of) &&
	       line_of(t, "sha256", digest) && int_of(t, "runs", runs) && *runs <= STATUS_RUNS_MAX && !t->n;
}

static bool read_run(const unsigned char *p, struct status_run *r)
{
	char digits[STATUS_DIGITS];
	*r = (struct status_run){ 0 };
	for (size_t i = 0; i < STATUS_DIGITS; i++)
		digits[i] = (char)('0' + (i % 2 ? p[i / 2] & 15 : p[i / 2] >> 4));
	for (size_t i = 0; i < 4; i++)
		r->count = r->count << 8 | p[STATUS_DIGITS / 2 + i];
	return status_number_read((struct str){ digits, sizeof digits }, &r->first) && r->count > 0 &&
	       r->count <= STATUS_COUNT_MAX;
}

/* Rising, apart from each other, and as many bytes behind them as they say. */
static bool read_runs(struct arena *a, struct str body, struct status_list *l, size_t runs)
{
	if (body.n / RUN_BYTES < runs) return false;
	unsigned char *bits = (unsigned char *)(uintptr_t)str_dup(a, str_sub(body, runs * RUN_BYTES, body.n)).p;
	size_t left = body.n - runs * RUN_BYTES;
	l->runs = arena_array(a, runs + 1, sizeof *l->runs);
	l->room = runs + 1;
	for (size_t i = 0; i < runs; i++) {
		struct status_run *r = &l->runs[i];
		if (!read_run((const unsigned char *)body.p + i * RUN_BYTES, r)) return false;
		struct status_number end = i ? r[-1].first : (struct status_number){ 0 };
		end.tail += i ? (uint64_t)r[-1].count : 0;
		r->room = bytes_of(r->count);
		if ((i && precedes(r->first, end)) || r->room > left) return false;
		r->bits = bits;
		bits += r->room;
		left -= r->room;
	}
	l->n_runs = runs;
	return left == 0;
}

static bool cut(struct str file, struct str *note, struct str *text, struct str *body)
{
	ptrdiff_t end = str_find(str_sub(file, 0, HEAD_MAX), "\n\n"), over;
	if (end < 0) return false;
	*text = str_sub(file, 0, (size_t)end + 1);
	struct str rest = str_sub(file, (size_t)end + 2, file.n);
	if ((over = str_find(str_sub(rest, 0, HEAD_MAX), "\n\n")) < 0) return false;
	*note = str_sub(file, 0, (size_t)end + 2 + (size_t)over + 1);
	*body = str_sub(rest, (size_t)over + 2, rest.n);
	return true;
}

static enum status_fault check_signatures(
        struct arena *a, struct str note, const struct tlog_verifier *keys, size_t n_keys)
{
	struct str text;
	unsigned good = 0;
	switch (tlog_note_open(a, note, keys, n_keys, &text, &good)) {
	case TLOG_OPENED: return good ? STATUS_GOOD : STATUS_UNSIGNED;
	case TLOG_BAD_SIGNATURE: return STATUS_FORGED;
	case TLOG_UNSIGNED: return STATUS_UNSIGNED;
	case TLOG_MALFORMED: break;
	}
	return STATUS_BROKEN;
}

enum status_fault status_list_read(
        struct arena *a, struct str file, const struct tlog_verifier *keys, size_t n_keys, struct status_list *out)
{
	struct str note, text, body, digest;
	int64_t runs;
	*out = (struct status_list){ .arena = a };
	if (!cut(file, &note, &text, &body)) return STATUS_BROKEN;
	if (!read_head(text, out, &digest, &runs) || !str_eq(digest_of(a, body), digest) ||
	        !read_runs(a, body, out, (size_t)runs))
		return STATUS_BROKEN;
	out->region = str_dup(a, out->region);
	out->month = str_dup(a, out->month);
	return keys ? check_signatures(a, note, keys, n_keys) : STATUS_GOOD;
}

enum status_verdict status_judge(const struct status_list *l, struct str number, struct date day)
{
	struct status_number n;
	struct period month;
	if (!status_number_read(number, &n)) return STATUS_OTHER_LIST;
	switch (status_list_get(l, n)) {
	case STATUS_VALID: return STATUS_IS_VALID;
	case STATUS_PARTLY: return STATUS_IS_PARTLY;
	case STATUS_REVERSED: return STATUS_IS_REVERSED;
	case STATUS_NONE: break;
	}
	if (memcmp(number.p + 2, l->region.p, 2) != 0 || !period_parse(l->month, &month) ||
	        date_cmp(day, period_first(month)) < 0 || date_cmp(day, period_last(month)) > 0)
		return STATUS_OTHER_LIST;
	return date_cmp(day, date_of_instant(l->as_of)) >= 0 ? STATUS_IS_SINCE : STATUS_IS_UNKNOWN;
}

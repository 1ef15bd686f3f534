/* fsck: totals are those of the bookings; the lists of the tax account show what is booked. */
#include "booking_sql.h"
#include "kernel/outbox/outbox.h"
#include "services/invoice/booking/book.h"
#include "services/invoice/issue/issue.h"

static err_t check_totals(struct ctx *c, struct fsck *f)
{
	struct booking_totals_wrong_row *wrong;
	struct booking_totals_missing_row *missing;
	size_t n;
	TRY(booking_totals_wrong(c, &wrong, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "booking: the totals of %lld in %.*s are not those of its bookings",
		        (long long)wrong[i].holder_id, STR_FMT(wrong[i].period));
	TRY(booking_totals_missing(c, &missing, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "booking %.*s: is in no total", STR_FMT(missing[i].number));
	return OK;
}

/* Both come in order of the party, a page each time: the next pages begin behind the lower of their ends. */
struct pages {
	struct booking_counts_row *books;
	struct issue_booked *lists;
	size_t n_books, n_lists;
	int64_t upto;
};

static err_t read_pages(struct ctx *c, int64_t after, struct pages *p)
{
	TRY(booking_counts(c, after, &p->books, &p->n_books));
	TRY(issue_booked_counts(c, after, &p->lists, &p->n_lists));
	p->upto = INT64_MAX;
	if (p->n_books == 1000) p->upto = p->books[999].buyer_id;
	if (p->n_lists == 1000 && p->lists[999].party_id < p->upto) p->upto = p->lists[999].party_id;
	return OK;
}

static void compare(const struct pages *p, struct fsck *f)
{
	size_t i = 0, k = 0;
	while (i < p->n_books || k < p->n_lists) {
		int64_t a = i < p->n_books ? p->books[i].buyer_id : INT64_MAX;
		int64_t b = k < p->n_lists ? p->lists[k].party_id : INT64_MAX;
		int64_t party = a < b ? a : b;
		if (party > p->upto) return;
		int64_t booked = a == party ? p->books[i++].n : 0, listed = b == party ? p->lists[k++].n : 0;
		if (booked != listed)
			FSCK_FAULT(f, "booking: %lld invoices of party %lld are booked, its list shows %lld",
			        (long long)booked, (long long)party, (long long)listed);
	}
}

err_t booking_fsck(struct ctx *c, struct fsck *f)
{
	struct pages p;
	struct event *ahead;
	int64_t seen;
	size_t n;
	TRY(check_totals(c, f));
	TRY(outbox_seen_by(c, "issue.party_list", &seen));
	TRY(outbox_read(c, seen, &ahead, &n));
	if (n) return OK; /* the lists are still being fed: what they miss is no fault */
	for (int64_t after = 0; after != INT64_MAX; after = p.upto) {
		TRY(read_pages(c, after, &p));
		compare(&p, f);
	}
	return OK;
}

/* fsck: each number of the device channel belongs to a block and is issued, returned or open; what a block says is what
 * its entries make; each invoice of the channel was handed over by a device. */
#include "services/invoice/lane/inner.h"

static err_t check_numbers(struct ctx *c, struct fsck *f)
{
	struct lane_prefixes_row *rows;
	size_t n;
	TRY(lane_prefixes(c, &rows, &n));
	for (size_t i = 0; i < n; i++)
		if (rows[i].given != rows[i].counted)
			FSCK_FAULT(f, "lane: blocks of %.*s hold %lld numbers, the counter gave %lld",
			        STR_FMT(rows[i].prefix), (long long)rows[i].given, (long long)rows[i].counted);
	return OK;
}

static err_t check_invoices(struct ctx *c, struct fsck *f)
{
	struct lane_strangers_row *strangers;
	struct lane_lost_row *lost;
	size_t n;
	TRY(lane_strangers(c, &strangers, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "lane: invoice %.*s was not handed over by a device", STR_FMT(strangers[i].number));
	TRY(lane_lost(c, &lost, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "lane: entry %.*s counts as issued, its invoice is not there", STR_FMT(lost[i].number));
	return OK;
}

err_t lane_fsck(struct ctx *c, struct fsck *f)
{
	struct lane_blocks_wrong_row *wrong;
	struct lane_totals_row t;
	size_t n;
	bool found;
	TRY(lane_blocks_wrong(c, &wrong, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "lane %lld: the block from %.*s is not what its entries make",
		        (long long)wrong[i].lane_id, STR_FMT(wrong[i].first));
	TRY(check_numbers(c, f));
	TRY(check_invoices(c, f));
	TRY(lane_totals(c, &t, &found));
	FSCK_INFO(f,
	        "lane: %lld numbers given to devices: %lld issued, %lld returned, %lld open, %lld of them to be "
	        "confirmed",
	        (long long)t.given, (long long)t.issued, (long long)t.returned,
	        (long long)(t.given - t.issued - t.returned), (long long)t.waits);
	return OK;
}

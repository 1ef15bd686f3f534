/* Offline checks against a signed list: N invoices in it (default 1,000,000), ten times as many checks of numbers as
 * they stand on the face; the same with the text of a QR code read first. One line of JSON. */
#include "services/invoice/issue/qr_text.h"
#include "services/invoice/status/list.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TEXTS = 4096 };

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct str number_of(struct arena *a, int64_t i)
{
	return str_printf(a, "26332%015lld", (long long)i + 1);
}

int main(int argc, char **argv)
{
	int64_t n = argc > 1 ? atoll(argv[1]) : 1000000, good = 0;
	struct arena *a = arena_new(), *scratch = arena_new();
	struct status_list l, read;
	struct str numbers[TEXTS], texts[TEXTS];
	struct date day = { 2026, 11, 3 };
	status_list_init(&l, a, S("33"), S("2026-11"));
	for (int64_t i = 0; i < n; i++) {
		struct status_number at = { 2633, UINT64_C(2000000000000000) + (uint64_t)i + 1 };
		status_list_set(&l, at, i % 50 ? STATUS_VALID : STATUS_REVERSED);
	}
	struct str body = status_list_body(a, &l), text = status_list_text(a, &l, body);
	struct str file = status_list_file(a, text, S("— bench AAAA\n"), body);
	double start = now();
	if (status_list_read(a, file, NULL, 0, &read) != STATUS_GOOD) return 1;
	double loaded = now() - start;
	for (int i = 0; i < TEXTS; i++) {
		numbers[i] = number_of(a, (int64_t)i * 7919 * 131 % n);
		texts[i] = qr_text_invoice(a, "31", numbers[i], FEN(113000), day);
	}
	start = now();
	for (int64_t i = 0; i < n * 10; i++)
		good += status_judge(&read, numbers[i % TEXTS], day) == STATUS_IS_VALID;
	double numbers_s = (double)(n * 10) / (now() - start);
	start = now();
	for (int64_t i = 0; i < n; i++) {
		struct qr_text q;
		if (qr_text_parse(scratch, texts[i % TEXTS], &q) != QR_TEXT_OK) return 1;
		good += status_judge(&read, q.number, q.date) == STATUS_IS_VALID;
		if (i % 16 == 0) arena_reset(scratch);
	}
	double texts_s = (double)n / (now() - start);
	printf("{\"invoices\":%lld,\"file_bytes\":%zu,\"load_ms\":%.1f,\"checks_per_s\":%.0f,\"qr_checks_per_s\":%.0f,"
	       "\"valid\":%lld}\n",
	        (long long)n, file.n, loaded * 1000, numbers_s, texts_s, (long long)good);
	arena_free(scratch);
	arena_free(a);
	return 0;
}

/* The rules of an invoice without a server: rates of a day, what is written is canonical and comes back, and the sums
 * hold for any lines. */
#include "services/invoice/issue/event.h"
#include "services/invoice/issue/write.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { CASES = 20000, LINES = 12 };

static uint64_t seed = 20261124;
static uint64_t next(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

static struct issuer issuer_on(struct date d, bool general)
{
	struct issuer by = { .day = d,
		.taxpayer = { .uscc = S("91330100MA2H000142"), .name = S("海川"), .general = general } };
	vat_rates_usable(general, d, &by.rates);
	return by;
}

static void ctx_on(struct ctx *c, struct arena *a, struct date d)
{
	*c = (struct ctx){ .arena = a, .today = d, .now = date_to_instant(d) };
	c->caller.person_name = S("周海川");
	problem_init(&c->problem, a);
}

static void test_rates(void **state)
{
	struct arena *a = arena_new();
	struct vat_rates set;
	(void)state;
	vat_rates_usable(true, (struct date){ 2026, 11, 24 }, &set);
	assert_true(str_is(vat_rates_words(a, &set), "13%、9%、6%、5%、3%、0%"));
	vat_rates_usable(true, (struct date){ 2018, 4, 30 }, &set);
	assert_true(str_is(vat_rates_words(a, &set), "17%、11%、6%、5%、3%、0%"));
	vat_rates_usable(false, (struct date){ 2026, 11, 24 }, &set);
	assert_true(str_is(vat_rates_words(a, &set), "5%、3%、1%、0%"));
	vat_rates_usable(false, (struct date){ 2028, 1, 1 }, &set);
	assert_true(str_is(vat_rates_words(a, &set), "5%、3%、0%"));
	arena_free(a);
}

/* As the input reads it: trailing zeros stripped. */
static struct decimal any_decimal(struct arena *a, uint64_t below, uint64_t scales)
{
	struct decimal d = { (int64_t)next(below) + 1, (uint8_t)next(scales) };
	assert_true(decimal_parse(decimal_format(a, d), 13, &d));
	return d;
}

static struct line_in any_line(struct arena *a)
{
	static const int32_t ppm[] = { 130000, 90000, 60000, 50000, 30000, 0 };
	struct line_in l = {
		.tax_code = S("1090105030000000000"), .name = S("车\"床\\\x01"), .rate = PPM(ppm[next(6)])
	};
	l.price_includes_tax = next(2);
	if (next(3)) {
		l.has_quantity = l.has_price = true;
		l.quantity = any_decimal(a, 100000, 5);
		l.price = any_decimal(a, 1000000000, 8);
	} else {
		l.has_amount = true;
		l.amount = FEN((int64_t)next(100000000) + 1);
	}
	if (!next(3)) {
		l.has_discount = true;
		l.discount = FEN((int64_t)next(500));
	}
	if (next(2)) l.unit = S("台");
	if (next(2)) l.spec = str_printf(a, "M-%llu", (unsigned long long)next(1000));
	return l;
}

/* What is written is canonical JSON already, and comes back the same. */
static void same_again(struct arena *a, const struct face *f)
{
	struct buf written, sorted, again;
	struct value *v;
	struct face back;
	buf_init(&written, a, 4096);
	buf_init(&sorted, a, 4096);
	buf_init(&again, a, 4096);
	face_write(&written, f);
	if (face_value(a, buf_done(&written), &v) != OK) fail_msg("%s", written.p);
	value_write_canonical(&sorted, v);
	assert_true(str_eq(buf_done(&written), buf_done(&sorted)));
	assert_int_equal(face_read(a, buf_done(&written), &back), OK);
	face_write(&again, &back);
	assert_true(str_eq(buf_done(&written), buf_done(&again)));
}

/* One of many of an act says the same in fewer bytes; one of another seller among them keeps its own. */
static void same_of_an_act(struct arena *a, const struct invoice_event *e)
{
	struct invoice_event short_one = *e, other = *e, back = { 0 };
	struct buf b, whole;
	short_one.of = other.of = (struct invoice_act){ e->seller_id, e->seller_name, e->issued_at };
	other.seller_id++;
	other.seller_name = S("另一家");
	buf_init(&b, a, 512);
	buf_init(&whole, a, 512);
	issue_event_put(&whole, e);
	issue_event_act(&b, &short_one.of);
	size_t head = b.n;
	issue_event_put(&b, &short_one);
	assert_true(b.n - head < whole.n);
	issue_event_put(&b, &other);
	issue_event_put(&b, &short_one);
	struct str rest = buf_done(&b);
	for (int i = 0; i < 3; i++) {
		const struct invoice_event *said = i == 1 ? &other : e;
		assert_true(issue_event_next(&rest, &back));
		assert_true(back.seller_id == said->seller_id && back.issued_at == e->issued_at &&
		            back.total.fen == e->total.fen && str_eq(back.seller_name, said->seller_name) &&
		            str_eq(back.sales, e->sales));
	}
	assert_false(issue_event_next(&rest, &back));
}

/* The event carries the same sums, split by rate. */
static void same_event(struct arena *a, const struct face *f)
{
	struct buf b;
	struct invoice_event e = event_of(a, f, 7, 0), back = { 0 };
	struct invoice_sale sale;
	int64_t amount = 0, tax = 0;
	buf_init(&b, a, 512);
	issue_event_put(&b, &e);
	struct str rest = buf_done(&b);
	assert_true(issue_event_next(&rest, &back));
	assert_int_equal(rest.n, 0);
	assert_true(str_eq(back.number, f->number) && str_eq(back.buyer_name, f->buyer.name) && back.seller_id == 7);
	same_of_an_act(a, &e);
	while (issue_sale_next(&back.sales, &sale)) {
		amount += sale.amount.fen;
		tax += sale.tax.fen;
	}
	assert_int_equal(amount, f->sum.amount.fen);
	assert_int_equal(tax, f->sum.tax.fen);
}

static void test_any_lines(void **state)
{
	struct arena *a = arena_new();
	unsigned good = 0;
	(void)state;
	for (int k = 0; k < CASES; k++) {
		struct ctx c;
		struct face f;
		struct line_in lines[LINES];
		struct issue_in in = { .kind = S("ordinary"),
			.buyer = { STR_NONE, S("远帆") },
			.lines = lines,
			.n_lines = 1 + next(LINES),
			.remark = S("第一行\n第二行") };
		arena_reset(a);
		ctx_on(&c, a, (struct date){ 2026, 11, 24 });
		struct issuer by = issuer_on(c.today, true);
		for (size_t i = 0; i < in.n_lines; i++)
			lines[i] = any_line(a);
		rules_compose(&c, &in, &by, &f);
		if (c.problem.n) continue;
		good++;
		f.number = S("26332000000000000001");
		f.qr = S("01");
		struct line_amounts sum = { FEN(0), FEN(0) };
		for (size_t i = 0; i < f.n_lines; i++) {
			const struct face_line *l = &f.lines[i];
			int64_t deviation;
			sum.amount.fen += l->sum.amount.fen;
			sum.tax.fen += l->sum.tax.fen;
			assert_true(amounts_tax_fits(l->sum.amount, l->rate, l->sum.tax, &deviation));
			assert_true(l->discount == (l->sum.amount.fen < 0) || l->sum.amount.fen == 0);
		}
		assert_int_equal(sum.amount.fen, f.sum.amount.fen);
		assert_int_equal(sum.tax.fen, f.sum.tax.fen);
		assert_int_equal(f.total.fen, sum.amount.fen + sum.tax.fen);
		same_again(a, &f);
		same_event(a, &f);
	}
	assert_true(good > CASES / 4);
	arena_free(a);
}

/* The price without tax leads back to the amount within one fen (§4.1). */
static void test_unit_price(void **state)
{
	(void)state;
	for (int k = 0; k < CASES; k++) {
		struct money amount = FEN((int64_t)next(100000000000) + 1);
		struct decimal q = { (int64_t)next(1000000) + 1, (uint8_t)next(4) };
		assert_true(amounts_product_fits(q, amounts_unit_price(amount, q), amount));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rates), cmocka_unit_test(test_any_lines),
		cmocka_unit_test(test_unit_price) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

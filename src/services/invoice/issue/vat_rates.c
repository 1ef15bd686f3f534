#include "services/invoice/issue/vat_rates.h"
#include "base/buf.h"

enum class { STANDARD, LISTED_GOODS, TRANSPORT, TELECOM, CONSTRUCTION, MODERN, LIVING, CLASSES };

static const struct {
	const char *kind;
	enum class class;
} classes[] = {
	{ "goods", STANDARD },
	{ "processing", STANDARD },
	{ "leasing_movables", STANDARD },
	{ "farm_produce", LISTED_GOODS },
	{ "utilities", LISTED_GOODS },
	{ "books", LISTED_GOODS },
	{ "transport", TRANSPORT },
	{ "basic_telecom", TELECOM },
	{ "construction", CONSTRUCTION },
	{ "real_estate", CONSTRUCTION },
	{ "modern_services", MODERN },
	{ "living_services", LIVING },
	{ "financial_services", LIVING },
};

#define LAW_2008 N_("增值税暂行条例（2008年修订）第二条")
#define LAW_2013 N_("财税〔2013〕37号")
#define LAW_2014 N_("财税〔2014〕43号")
#define LAW_2016 N_("财税〔2016〕36号")
#define LAW_2017 N_("财税〔2017〕37号")
#define LAW_2018 N_("财税〔2018〕32号")
#define LAW_2019 N_("财政部 税务总局 海关总署公告2019年第39号")
#define LAW_2026 N_("增值税法 第十条")

/* Of each class the latest row that is not after the day holds. */
static const struct {
	enum class class;
	struct date from;
	struct rate rate;
	const char *law;
} rates[] = {
	{ STANDARD, { 2009, 1, 1 }, { 170000 }, LAW_2008 },
	{ STANDARD, { 2018, 5, 1 }, { 160000 }, LAW_2018 },
	{ STANDARD, { 2019, 4, 1 }, { 130000 }, LAW_2019 },
	{ STANDARD, { 2026, 1, 1 }, { 130000 }, LAW_2026 },
	{ LISTED_GOODS, { 2009, 1, 1 }, { 130000 }, LAW_2008 },
	{ LISTED_GOODS, { 2017, 7, 1 }, { 110000 }, LAW_2017 },
	{ LISTED_GOODS, { 2018, 5, 1 }, { 100000 }, LAW_2018 },
	{ LISTED_GOODS, { 2019, 4, 1 }, { 90000 }, LAW_2019 },
	{ LISTED_GOODS, { 2026, 1, 1 }, { 90000 }, LAW_2026 },
	{ TRANSPORT, { 2013, 8, 1 }, { 110000 }, LAW_2013 },
	{ TRANSPORT, { 2018, 5, 1 }, { 100000 }, LAW_2018 },
	{ TRANSPORT, { 2019, 4, 1 }, { 90000 }, LAW_2019 },
	{ TRANSPORT, { 2026, 1, 1 }, { 90000 }, LAW_2026 },
	{ TELECOM, { 2014, 6, 1 }, { 110000 }, LAW_2014 },
	{ TELECOM, { 2018, 5, 1 }, { 100000 }, LAW_2018 },
	{ TELECOM, { 2019, 4, 1 }, { 90000 }, LAW_2019 },
	{ TELECOM, { 2026, 1, 1 }, { 90000 }, LAW_2026 },
	{ CONSTRUCTION, { 2016, 5, 1 }, { 110000 }, LAW_2016 },
	{ CONSTRUCTION, { 2018, 5, 1 }, { 100000 }, LAW_2018 },
	{ CONSTRUCTION, { 2019, 4, 1 }, { 90000 }, LAW_2019 },
	{ CONSTRUCTION, { 2026, 1, 1 }, { 90000 }, LAW_2026 },
	{ MODERN, { 2013, 8, 1 }, { 60000 }, LAW_2013 },
	{ MODERN, { 2026, 1, 1 }, { 60000 }, LAW_2026 },
	{ LIVING, { 2016, 5, 1 }, { 60000 }, LAW_2016 },
	{ LIVING, { 2026, 1, 1 }, { 60000 }, LAW_2026 },
};

#define YUAN(n)                                                                                                        \
	{                                                                                                              \
		INT64_C(n) * 100                                                                                       \
	}
/* Kept after 2026-01-01 as the rule of 2023 to 2027 says; the new law's transition texts were not found. */
static const struct {
	struct date from;
	struct rate rate, hubei;
	struct money month, quarter;
	const char *law;
} small[] = {
	{ { 2016, 5, 1 }, { 30000 }, { 30000 }, YUAN(30000), YUAN(90000), LAW_2016 },
	{ { 2019, 1, 1 }, { 30000 }, { 30000 }, YUAN(100000), YUAN(300000), N_("财税〔2019〕13号") },
	{ { 2020, 3, 1 }, { 10000 }, { 0 }, YUAN(100000), YUAN(300000), N_("财政部 税务总局公告2020年第13号、第24号") },
	{ { 2021, 4, 1 }, { 10000 }, { 10000 }, YUAN(150000), YUAN(450000),
	        N_("财政部 税务总局公告2021年第7号、第11号") },
	{ { 2022, 4, 1 }, { 0 }, { 0 }, YUAN(150000), YUAN(450000), N_("财政部 税务总局公告2022年第15号") },
	{ { 2023, 1, 1 }, { 10000 }, { 10000 }, YUAN(100000), YUAN(300000),
	        N_("财政部 税务总局公告2023年第1号、第19号") },
	{ { 2028, 1, 1 }, { 30000 }, { 30000 }, YUAN(100000), YUAN(300000), N_("增值税法 第十一条") },
};

/* Levy rates of the simple method (简易计税, 财税〔2016〕36号, 增值税法 第十一条): 5 % for letting, old real estate and
 * labour dispatch goes on until the transition rules end (not confirmed for 2026). */
static const struct {
	struct date from;
	struct rate rate;
} levies[] = {
	{ { 2009, 1, 1 }, { 30000 } },
	{ { 2016, 5, 1 }, { 50000 } },
};

bool vat_rates_has(const struct vat_rates *set, struct rate r)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->ppm[i] == r.ppm) return true;
	return false;
}

/* Keeps the list sorted, highest first, without doubles. */
static void include(struct vat_rates *set, struct rate r)
{
	size_t at = 0;
	if (vat_rates_has(set, r) || set->n == VAT_RATES_MAX) return;
	while (at < set->n && set->ppm[at] > r.ppm)
		at++;
	for (size_t i = set->n++; i > at; i--)
		set->ppm[i] = set->ppm[i - 1];
	set->ppm[at] = r.ppm;
}

void vat_rates_usable(bool general, struct date d, struct vat_rates *out)
{
	struct small_scale small_rule;
	struct rate of[CLASSES] = { 0 };
	*out = (struct vat_rates){ { 0 }, 0 };
	for (size_t i = 0; general && i < sizeof rates / sizeof *rates; i++)
		if (date_cmp(rates[i].from, d) <= 0) of[rates[i].class] = rates[i].rate;
	for (size_t i = 0; i < CLASSES; i++)
		if (of[i].ppm) include(out, of[i]);
	if (!general && vat_rates_small_scale(d, false, &small_rule)) include(out, small_rule.rate);
	for (size_t i = 0; i < sizeof levies / sizeof *levies; i++)
		if (date_cmp(levies[i].from, d) <= 0) include(out, levies[i].rate);
	include(out, PPM(0));
}

struct str vat_rates_words(struct arena *a, const struct vat_rates *set)
{
	struct buf b;
	buf_init(&b, a, 80);
	for (size_t i = 0; i < set->n; i++) {
		if (i) buf_c(&b, "、");
		buf_str(&b, rate_percent(a, PPM(set->ppm[i])));
	}
	return buf_done(&b);
}

bool vat_rates_general(struct str kind, struct date d, struct rate *out, const char **law)
{
	bool found = false;
	for (size_t c = 0; c < sizeof classes / sizeof *classes; c++) {
		if (!str_is(kind, classes[c].kind)) continue;
		for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
			if (rates[i].class != classes[c].class || date_cmp(rates[i].from, d) > 0) continue;
			*out = rates[i].rate;
			if (law) *law = rates[i].law;
			found = true;
		}
	}
	return found;
}

bool vat_rates_small_scale(struct date d, bool hubei, struct small_scale *out)
{
	bool found = false;
	for (size_t i = 0; i < sizeof small / sizeof *small && date_cmp(small[i].from, d) <= 0; i++) {
		struct rate rate = hubei ? small[i].hubei : small[i].rate;
		*out = (struct small_scale){ rate, rate.ppm == 0, small[i].month, small[i].quarter, small[i].law };
		found = true;
	}
	return found;
}

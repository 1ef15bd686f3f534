#include "services/invoice/paper/rule.h"
#include "base/error.h"

const struct paper_kind_words paper_kinds[PAPER_KINDS] = {
	[PAPER_OTHER] = { "other", N_("其他"), N_("份") },
	[PAPER_SPECIAL] = { "special", N_("增值税专用发票（纸质）"), N_("份") },
	[PAPER_PLAIN] = { "plain", N_("增值税普通发票（纸质）"), N_("份") },
	[PAPER_ROLL] = { "roll", N_("增值税普通发票（卷票）"), N_("卷") },
};

const struct paper_state_words paper_states[PAPER_STATES] = {
	[PAPER_STOCK] = { "stock", N_("在库") },
	[PAPER_SENT] = { "sent", N_("已发出，没有签收") },
	[PAPER_HANDED] = { "handed", N_("已领用，没有开具") },
	[PAPER_USED] = { "used", N_("已开具") },
	[PAPER_VOID] = { "void", N_("已作废") },
	[PAPER_LOST] = { "lost", N_("遗失或被盗") },
	[PAPER_CONVERTED] = { "converted", N_("已换开电子发票") },
};

static bool digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return s.n > 0;
}

/* 10 digits: the 8th tells; 12 digits that begin with 0: the last two. */
enum paper_kind paper_kind_of(struct str code)
{
	if (!digits(code)) return PAPER_OTHER;
	if (code.n == 10) {
		char kind = code.p[7];
		if (kind == '1' || kind == '5') return PAPER_SPECIAL;
		return kind == '3' || kind == '6' ? PAPER_PLAIN : PAPER_OTHER;
	}
	if (code.n != 12 || code.p[0] != '0') return PAPER_OTHER;
	struct str last = str_sub(code, 10, 2);
	if (str_is(last, "04") || str_is(last, "05")) return PAPER_PLAIN;
	return str_is(last, "06") || str_is(last, "07") ? PAPER_ROLL : PAPER_OTHER;
}

enum paper_kind paper_kind_named(struct str name)
{
	for (int k = PAPER_SPECIAL; k < PAPER_KINDS; k++)
		if (str_is(name, paper_kinds[k].code)) return (enum paper_kind)k;
	return PAPER_OTHER;
}

bool paper_number_read(struct str text, int64_t *out)
{
	return digits(text) && text.n <= PAPER_NUMBER_DIGITS && str_to_int(text, out) && *out > 0;
}

struct str paper_number_text(struct arena *a, int64_t n)
{
	return str_printf(a, "%08lld", (long long)n);
}

bool paper_word_read(struct str word, struct str *code, int64_t *number)
{
	if (word.n != 18 && word.n != 20) return false;
	*code = str_sub(word, 0, word.n - PAPER_NUMBER_DIGITS);
	return paper_kind_of(*code) != PAPER_OTHER &&
	       paper_number_read(str_sub(word, word.n - PAPER_NUMBER_DIGITS, PAPER_NUMBER_DIGITS), number);
}

struct str paper_word(struct arena *a, struct str code, int64_t number)
{
	return str_printf(a, "%.*s%08lld", STR_FMT(code), (long long)number);
}

enum paper_state paper_state_named(struct str code)
{
	int s = 0;
	while (s < PAPER_STATES && !str_is(code, paper_states[s].code))
		s++;
	return (enum paper_state)s;
}

/* What leads where; NO: refused (nothing leads back to the stock but what comes back unopened). */
bool paper_step(enum paper_state from, enum paper_act act, enum paper_state *to)
{
	enum { NO = -1 };
	static const int next[PAPER_STATES][PAPER_ACTS] = {
		/*                    send        sign          back         use         cancel      lose        convert
		 */
		[PAPER_STOCK] = { PAPER_SENT, NO, NO, NO, PAPER_VOID, PAPER_LOST, NO },
		[PAPER_SENT] = { NO, PAPER_HANDED, PAPER_STOCK, NO, NO, PAPER_LOST, NO },
		[PAPER_HANDED] = { NO, NO, NO, PAPER_USED, PAPER_VOID, PAPER_LOST, NO },
		[PAPER_USED] = { NO, NO, NO, NO, NO, NO, PAPER_CONVERTED },
		[PAPER_VOID] = { NO, NO, NO, NO, NO, NO, NO },
		[PAPER_LOST] = { NO, NO, NO, NO, NO, NO, NO },
		[PAPER_CONVERTED] = { NO, NO, NO, NO, NO, NO, NO },
	};
	if (next[from][act] == NO) return false;
	*to = (enum paper_state)next[from][act];
	return true;
}

int64_t paper_units_open(const struct paper_range *open, size_t n)
{
	int64_t units = 0, counted = -1; /* the last unit that was counted, of the same code */
	for (size_t i = 0; i < n; i++) {
		if (i && !str_eq(open[i].code, open[i - 1].code)) counted = -1;
		int64_t first = (open[i].from - 1) / open[i].per_unit, last = (open[i].to - 1) / open[i].per_unit;
		if (first <= counted) first = counted + 1;
		if (last < first) continue;
		units += last - first + 1;
		counted = last;
	}
	return units;
}

int64_t paper_units_whole(const struct paper_range *r, int64_t *first)
{
	int64_t begin = (r->from - 1 + r->per_unit - 1) / r->per_unit, end = r->to / r->per_unit;
	*first = begin * r->per_unit + 1;
	return end > begin ? end - begin : 0;
}

enum paper_verdict paper_booking(
        enum paper_medium medium, enum paper_state state, const struct paper_book *books, size_t n)
{
	if (state == PAPER_VOID || state == PAPER_LOST) return PAPER_IS_LISTED;
	if (state != PAPER_USED && state != PAPER_CONVERTED) return PAPER_NOT_USED;
	for (size_t i = 0; i < n; i++)
		if (books[i].medium != medium) return PAPER_TWIN_BOOKED;
	for (size_t i = 0; i < n; i++)
		if (books[i].same_use) return PAPER_IS_BOOKED;
	return medium == PAPER_MEDIUM_PAPER && state == PAPER_CONVERTED ? PAPER_IS_CONVERTED : PAPER_MAY;
}

#include "base/ids.h"
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY"; /* no I O S V Z */

const char *ids_fault_word(enum ids_fault f)
{
	static const char *const words[] = { "ok", "length", "alphabet", "dept", "category", "area", "check",
		"orgcheck", "format", "province", "date" };
	return words[f];
}

static int value_of(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

static bool digits(struct str s, size_t from, size_t n)
{
	if (from + n > s.n) return false;
	for (size_t i = from; i < from + n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return true;
}

char ids_uscc_check(struct str s)
{
	static const int8_t weights[] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
	int sum = 0;
	if (s.n < 17) return 0;
	for (size_t i = 0; i < 17; i++) {
		int v = value_of(s.p[i]);
		if (v < 0) return 0;
		sum += v * weights[i];
	}
	return alphabet[(31 - sum % 31) % 31];
}

/* Which categories (机构类别) a registration department (登记管理部门) may give. */
static const char *categories(char department)
{
	static const char *const table[] = { "11239", "219", "3123459", "419", "51239", "6129", "7129", "819", "9123",
		"A19", "N1239", "Y1" };
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i][0] == department) return table[i] + 1;
	return NULL;
}

static char organisation_check(const char *body)
{
	static const int8_t weights[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;
	for (size_t i = 0; i < 8; i++) {
		char c = body[i];
		int v = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
		if (v < 0) return 0;
		sum += v * weights[i];
	}
	int check = 11 - sum % 11;
	return check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check);
}

enum ids_fault ids_uscc(struct str s)
{
	if (s.n != 18) return IDS_LENGTH;
	for (size_t i = 0; i < 18; i++)
		if (value_of(s.p[i]) < 0) return IDS_ALPHABET;
	const char *allowed = categories(s.p[0]);
	if (!allowed) return IDS_DEPARTMENT;
	if (!strchr(allowed, s.p[1])) return IDS_CATEGORY;
	if (!digits(s, 2, 6)) return IDS_AREA;
	if (ids_uscc_check(s) != s.p[17]) return IDS_CHECK;
	return organisation_check(s.p + 8) == s.p[16] ? IDS_OK : IDS_ORGANISATION_CHECK;
}

enum ids_fault ids_organisation(struct str s)
{
	bool dash = s.n == 10 && s.p[8] == '-';
	if (!dash && s.n != 9) return IDS_FORMAT;
	char given = s.p[s.n - 1], right = organisation_check(s.p);
	if (!right || !((given >= '0' && given <= '9') || given == 'X')) return IDS_FORMAT;
	return given == right ? IDS_OK : IDS_CHECK;
}

char ids_resident_check(struct str s)
{
	static const int8_t weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;
	if (!digits(s, 0, 17)) return 0;
	for (size_t i = 0; i < 17; i++)
		sum += (s.p[i] - '0') * weights[i];
	return "10X98765432"[sum % 11];
}

static bool province(struct str s)
{
	static const char known[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 "
	                            "62 63 64 65 71 81 82 83";
	for (size_t i = 0; i + 1 < sizeof known; i += 3)
		if (memcmp(known + i, s.p, 2) == 0) return true;
	return false;
}

static int number(struct str s, size_t from, size_t n)
{
	int v = 0;
	for (size_t i = from; i < from + n; i++)
		v = v * 10 + (s.p[i] - '0');
	return v;
}

enum ids_fault ids_resident(struct str s, struct date today)
{
	if (s.n != 18 || !digits(s, 0, 17) || !((s.p[17] >= '0' && s.p[17] <= '9') || s.p[17] == 'X'))
		return IDS_FORMAT;
	if (!province(s)) return IDS_PROVINCE;
	struct date born = { (int16_t)number(s, 6, 4), (int8_t)number(s, 10, 2), (int8_t)number(s, 12, 2) };
	if (!date_valid(born) || date_cmp(born, today) > 0) return IDS_DATE;
	return ids_resident_check(s) == s.p[17] ? IDS_OK : IDS_CHECK;
}

enum ids_fault ids_taxpayer(struct str s)
{
	if (s.n != 15 && s.n != 17 && s.n != 18 && s.n != 20) return IDS_LENGTH;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'A' && s.p[i] <= 'Z'))) return IDS_ALPHABET;
	if (s.n != 18) return IDS_OK;
	/* 18 characters are a unified code or a person's number (自然人): either check will do. */
	if (ids_resident(s, (struct date){ 2999, 12, 31 }) == IDS_OK) return IDS_OK;
	return ids_uscc(s);
}

enum ids_fault ids_card(struct str s)
{
	int sum = 0;
	if (s.n < 13 || s.n > 19 || !digits(s, 0, s.n)) return IDS_FORMAT;
	for (size_t i = 0; i < s.n; i++) {
		int d = s.p[s.n - 1 - i] - '0';
		if (i % 2) d = d * 2 > 9 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	return sum % 10 == 0 ? IDS_OK : IDS_CHECK;
}

enum ids_fault ids_mobile(struct str s)
{
	if (str_starts(s, "+86"))
		s = (struct str){ s.p + 3, s.n - 3 };
	else if (str_starts(s, "0086"))
		s = (struct str){ s.p + 4, s.n - 4 };
	return s.n == 11 && digits(s, 0, 11) && s.p[0] == '1' && s.p[1] >= '3' ? IDS_OK : IDS_FORMAT;
}

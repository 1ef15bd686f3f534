#include "services/invoice/issue/taxcode.h"
#include "kernel/assets/assets.h"
#include <string.h>

enum { CHAPTER_DIGITS = 5 }; /* 篇 1, 类 2, 章 2 */

/* The line that holds byte `at`. */
static struct str line_at(struct str table, size_t at)
{
	const char *before = memrchr(table.p, '\n', at), *from = before ? before + 1 : table.p;
	const char *end = table.p + table.n, *to = memchr(table.p + at, '\n', table.n - at);
	return (struct str){ from, (size_t)((to ? to : end) - from) };
}

/* A summary item (汇总项): 篇, 类 or 章 with items below it, which begin on the next line. From 节 on a code with a
 * short name may be used although there are finer ones (domain/invoice.md §5.1, §5.3: 服装, 钢材, 乘用车). */
static bool heads(struct str table, struct str line, struct str code)
{
	size_t next = (size_t)(line.p - table.p) + line.n + 1, level = CHAPTER_DIGITS;
	if (code.p[level] != '0' || code.p[level + 1] != '0' || next + code.n > table.n) return false;
	while (level > 1 && code.p[level - 1] == '0' && code.p[level - 2] == '0')
		level -= 2;
	return memcmp(table.p + next, code.p, level) == 0;
}

/* The table is sorted by code, so that its text itself is searched: no start-up work, no copy. */
bool taxcode_find(struct str code, struct taxcode *out)
{
	struct str table = asset_get("data/tax-codes.csv");
	size_t low = line_at(table, 0).n + 1, high = table.n; /* behind the head line */
	if (code.n != 19) return false;
	while (low < high) {
		struct str line = line_at(table, (low + high) / 2), rest = str_trim(line);
		struct str key;
		if (!str_split(&rest, ',', &key)) return false;
		int order = str_cmp(code, key);
		if (order == 0) {
			out->code = key;
			out->heading = heads(table, line, key);
			return str_split(&rest, ',', &out->name) && (out->short_name = rest.p ? rest : S(""), true);
		}
		size_t start = (size_t)(line.p - table.p);
		if (order < 0)
			high = start;
		else
			low = start + line.n + 1;
	}
	return false;
}

bool taxcode_well_formed(struct str code)
{
	bool ended = false;
	if (code.n != 19 || code.p[0] < '1' || code.p[0] > '6') return false;
	for (size_t i = 1; i < 19; i++)
		if (code.p[i] < '0' || code.p[i] > '9') return false;
	for (size_t i = 1; i < 19; i += 2) {
		bool empty = code.p[i] == '0' && code.p[i + 1] == '0';
		if (ended && !empty) return false;
		ended = empty;
	}
	return true;
}

bool taxcode_selectable(const struct taxcode *t)
{
	return t->short_name.n > 0 && !t->heading;
}

#include "services/invoice/verify/fact.h"
#include "kernel/ctx/app.h"
#include <string.h>

enum { FACT_VERSION = 2, AT_STATE = 1, AT_TOTAL = 2, AT_DATE = 10, AT_RED = 14 };

static void put(unsigned char *to, int n, uint64_t v)
{
	for (int i = n - 1; i >= 0; i--, v >>= 8)
		to[i] = (unsigned char)v;
}

static uint64_t get(const char *from, int n)
{
	uint64_t v = 0;
	for (int i = 0; i < n; i++)
		v = v << 8 | (unsigned char)from[i];
	return v;
}

void fact_pack(const struct fact *f, unsigned char out[FACT_SIZE])
{
	out[0] = FACT_VERSION;
	out[AT_STATE] = (unsigned char)f->state;
	put(out + AT_TOTAL, 8, (uint64_t)f->total.fen);
	put(out + AT_DATE, 4, (uint32_t)date_days(f->date));
	memcpy(out + AT_RED, f->red.b, sizeof f->red.b);
}

bool fact_read(struct str bytes, struct fact *f)
{
	if (bytes.n != FACT_SIZE || bytes.p[0] != FACT_VERSION || bytes.p[AT_STATE] > FACT_RED) return false;
	f->state = (enum fact_state)bytes.p[AT_STATE];
	f->total = FEN((int64_t)get(bytes.p + AT_TOTAL, 8));
	f->date = date_from_days((int32_t)get(bytes.p + AT_DATE, 4));
	memcpy(f->red.b, bytes.p + AT_RED, sizeof f->red.b);
	return true;
}

err_t fact_find(struct ctx *c, struct str number, struct fact *f, bool *found)
{
	struct plane_key key;
	struct plane_value v;
	*found = false;
	if (!plane_key_digits(number, &key)) return OK;
	err_t e = plane_get(c->app->plane, PLANE_INVOICE, &key, &v);
	if (e == E_NOT_FOUND) return OK;
	if (e != OK) return e;
	*found = fact_read((struct str){ (const char *)v.b, v.n }, f);
	return *found ? OK : E_INTERNAL;
}

struct str fact_number(struct arena *a, const struct plane_key *key)
{
	char digits[20];
	for (size_t i = 0; i < sizeof digits; i++)
		digits[i] = (char)('0' + (i % 2 ? key->b[i / 2] & 15 : key->b[i / 2] >> 4));
	return str_dup(a, (struct str){ digits, sizeof digits });
}

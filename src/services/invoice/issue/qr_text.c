#include "services/invoice/issue/qr_text.h"
#include "base/buf.h"
#include "base/utf8.h"
#include <string.h>
#include <strings.h>

#define FIELDS_MAX 9

/* Which code and number each type has (§2.1). */
struct kind {
	char type[3];
	int8_t code_n, other_code_n; /* permitted lengths of the code */
	int8_t number_n;
	bool check_code; /* 20 digits, else empty */
	bool reflected;  /* CRC-16/MODBUS */
};
static const struct kind kinds[] = {
	{ "01", 10, 10, 8 },
	{ "02", 10, 10, 8 },
	{ "03", 12, 12, 8 },
	{ "04", 10, 12, 8, true },
	{ "08", 12, 12, 8 },
	{ "10", 12, 12, 8, true },
	{ "11", 12, 12, 8, true },
	{ "14", 12, 12, 8, true },
	{ "15", 12, 12, 8 },
	{ "31", 0, 0, 20 },
	{ "32", 0, 0, 20 },
	{ "51", 0, 0, 20, false, true },
	{ "61", 0, 0, 20, false, true },
	{ "81", 0, 0, 20 },
	{ "82", 0, 0, 20 },
	{ "83", 0, 0, 20 },
	{ "84", 0, 0, 20 },
};

const char *qr_text_fault_word(enum qr_text_fault f)
{
	static const char *const words[] = { "ok", "fields", "version", "type", "code", "number", "amount", "date",
		"checkcode", "crc" };
	return words[f];
}

static const struct kind *kind_of(struct str type)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && type.n == 2; i++)
		if (type.p[0] == kinds[i].type[0] && type.p[1] == kinds[i].type[1]) return &kinds[i];
	return NULL;
}

static bool digits(struct str s, int n)
{
	if (s.n != (size_t)n) return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return true;
}

/* A byte is its two halves: what each adds stands in a table of sixteen. */
static unsigned crc16(struct str s, bool reflected)
{
	static const uint16_t forward[2][16] = { { 0x0000, 0x8005, 0x800f, 0x000a, 0x801b, 0x001e, 0x0014, 0x8011,
		                                         0x8033, 0x0036, 0x003c, 0x8039, 0x0028, 0x802d, 0x8027,
		                                         0x0022 },
		{ 0x0000, 0x8063, 0x80c3, 0x00a0, 0x8183, 0x01e0, 0x0140, 0x8123, 0x8303, 0x0360, 0x03c0, 0x83a3,
		        0x0280, 0x82e3, 0x8243, 0x0220 } };
	static const uint16_t backward[2][16] = { { 0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800, 0xe401,
		                                          0xa001, 0x6c00, 0x7800, 0xb401, 0x5000, 0x9c01, 0x8801,
		                                          0x4400 },
		{ 0x0000, 0xc0c1, 0xc181, 0x0140, 0xc301, 0x03c0, 0x0280, 0xc241, 0xc601, 0x06c0, 0x0780, 0xc741,
		        0x0500, 0xc5c1, 0xc481, 0x0440 } };
	unsigned crc = reflected ? 0xffff : 0;
	for (size_t i = 0; i < s.n && !reflected; i++) {
		unsigned x = crc >> 8 ^ (unsigned char)s.p[i];
		crc = (crc << 8 & 0xffff) ^ forward[1][x >> 4] ^ forward[0][x & 15];
	}
	for (size_t i = 0; i < s.n && reflected; i++) {
		unsigned x = (crc & 255) ^ (unsigned char)s.p[i];
		crc = crc >> 8 ^ backward[1][x & 15] ^ backward[0][x >> 4];
	}
	return crc;
}

static bool read_date(struct str s, struct date *out)
{
	int v = 0;
	if (!digits(s, 8)) return false;
	for (size_t i = 0; i < 8; i++)
		v = v * 10 + (s.p[i] - '0');
	*out = (struct date){ (int16_t)(v / 10000), (int8_t)(v / 100 % 100), (int8_t)(v % 100) };
	return date_valid(*out);
}

static bool crc_fits(struct str signed_text, struct str crc, bool reflected)
{
	unsigned v = 0;
	for (size_t i = 0; i < crc.n; i++) {
		if (!crc.p[i] || !strchr("0123456789ABCDEFabcdef", crc.p[i])) return false;
		v = v << 4 | (unsigned)(crc.p[i] <= '9' ? crc.p[i] - '0' : (crc.p[i] | 32) - 'a' + 10);
	}
	return crc.n == 4 && v == crc16(signed_text, reflected);
}

static enum qr_text_fault check_tail(
        struct str text, const struct str *f, size_t n, const struct kind *k, struct qr_text *out)
{
	if (k->check_code ? !digits(f[6], 20) : f[6].n != 0) return QR_TEXT_CHECK_CODE;
	out->check_code = f[6];
	if (n == FIELDS_MAX && f[8].n) return QR_TEXT_FIELDS;
	out->has_crc = n > 7 && f[7].n;
	/* Electronic invoices of 2016 carry none. */
	if (!out->has_crc) return str_is(f[1], "10") ? QR_TEXT_OK : QR_TEXT_CRC;
	out->crc_misfit = !crc_fits((struct str){ text.p, (size_t)(f[7].p - text.p) }, f[7], k->reflected);
	return out->crc_misfit && !k->reflected ? QR_TEXT_CRC : QR_TEXT_OK;
}

enum { SIGNED_FIELDS_OF_DEVICE = 3, COMMAS_BEFORE_NAME = 8 };

/* The certificate names the seller at its end, as the seller is written. */
static struct str clean_device(struct arena *a, struct str text)
{
	const struct str comma = S("\xef\xbc\x8c");
	int bars = 0, commas = 0;
	struct buf b;
	buf_init(&b, a, text.n);
	for (size_t i = 0; i < text.n; i++) {
		bool wide = str_starts(str_sub(text, i, text.n), comma.p);
		bars += text.p[i] == '|';
		commas += bars == SIGNED_FIELDS_OF_DEVICE && (wide || text.p[i] == ',');
		bool name = bars == SIGNED_FIELDS_OF_DEVICE && commas > COMMAS_BEFORE_NAME;
		buf_char(&b, wide && !name ? ',' : text.p[i]);
		if (wide && !name) i += comma.n - 1;
	}
	return buf_done(&b);
}

struct str qr_text_clean(struct arena *a, struct str whole)
{
	if (str_starts(whole, "\xef\xbb\xbf")) whole = str_sub(whole, 3, whole.n);
	whole = str_trim(whole);
	return str_find(whole, "|etaxl1|") > 0 ? clean_device(a, whole) : str_trim(utf8_fold(a, whole));
}

bool qr_text_is_url(struct arena *a, struct str whole, struct str *host)
{
	static const char *const schemes[] = { "http://", "https://" };
	struct str text = qr_text_clean(a, whole);
	for (size_t k = 0; k < sizeof schemes / sizeof *schemes; k++) {
		size_t n = strlen(schemes[k]), end = n;
		if (text.n <= n || strncasecmp(text.p, schemes[k], n) != 0) continue;
		while (end < text.n && !strchr("/?#", text.p[end]))
			end++;
		*host = str_sub(text, n, end - n);
		return true;
	}
	return false;
}

enum qr_text_fault qr_text_parse(struct arena *a, struct str text, struct qr_text *out)
{
	struct str f[FIELDS_MAX];
	size_t n = 0, from = 0;
	memset(out, 0, sizeof *out);
	if (text.n > QR_TEXT_BYTES_MAX) return QR_TEXT_FIELDS;
	text = qr_text_clean(a, text);
	for (size_t i = 0; i <= text.n; i++) {
		if (i < text.n && text.p[i] != ',') continue;
		if (n == FIELDS_MAX) return QR_TEXT_FIELDS;
		f[n++] = (struct str){ text.p + from, i - from };
		from = i + 1;
	}
	if (n < 7) return QR_TEXT_FIELDS;
	if (!str_is(f[0], "01")) return QR_TEXT_VERSION;
	const struct kind *k = kind_of(f[1]);
	if (!k) return QR_TEXT_TYPE;
	if (!digits(f[2], k->code_n) && !digits(f[2], k->other_code_n)) return QR_TEXT_CODE;
	if (!digits(f[3], k->number_n)) return QR_TEXT_NUMBER;
	if (!money_parse(f[4], &out->amount)) return QR_TEXT_AMOUNT;
	if (!read_date(f[5], &out->date)) return QR_TEXT_DATE;
	out->type = f[1];
	out->code = f[2];
	out->number = f[3];
	return check_tail(text, f, n, k, out);
}

static void put_hex4(char *p, unsigned v)
{
	for (size_t i = 0; i < 4; i++, v <<= 4)
		p[i] = "0123456789ABCDEF"[v >> 12 & 15];
}

/* By hand: every invoice has one, and printf costs ten times as much. */
struct str qr_text_make(struct arena *a, const struct qr_text *q)
{
	const struct kind *k = kind_of(q->type);
	const struct str date = date_format(a, q->date); /* 2026-11-24 */
	struct buf b;
	buf_init(&b, a, 100);
	buf_c(&b, "01,");
	const struct str before[] = { q->type, q->code, q->number, money_format(a, q->amount) };
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		buf_str(&b, before[i]);
		buf_char(&b, ',');
	}
	buf_str(&b, str_sub(date, 0, 4));
	buf_str(&b, str_sub(date, 5, 2));
	buf_str(&b, str_sub(date, 8, 2));
	buf_char(&b, ',');
	buf_str(&b, q->check_code);
	buf_char(&b, ',');
	char crc[4];
	put_hex4(crc, crc16(buf_done(&b), k && k->reflected));
	buf_add(&b, crc, sizeof crc);
	return buf_done(&b);
}

struct str qr_text_invoice(
        struct arena *a, const char *type, struct str number, struct money total, struct date issued_on)
{
	struct qr_text q = { .type = str_c(type),
		.code = S(""),
		.number = number,
		.check_code = S(""),
		.amount = total,
		.date = issued_on };
	return qr_text_make(a, &q);
}

void qr_text_renumber(char *text, size_t n, struct str number)
{
	enum { AT_NUMBER = 7, CRC = 4 }; /* 01,31,,NUMBER…,CRC */
	if (n < AT_NUMBER + 20 + CRC || number.n != 20) return;
	memcpy(text + AT_NUMBER, number.p, 20);
	put_hex4(text + n - CRC, crc16((struct str){ text, n - CRC }, false));
}

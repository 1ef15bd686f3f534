/* Messages of etax-bank/1: pure, safe on any bytes (fuzz/bank_message_fuzz.c). */
#include "base/csv.h"
#include "services/tax/payment/payment.h"
#include <string.h>

enum { NAME_MAX_BYTES = 64, NONCE_MIN = 16, NONCE_MAX = 64, CSV_COLUMNS = 4 };
#define SECOND INT64_C(1000000)

static struct str signed_text(struct arena *a, const struct payment_envelope *e)
{
	return str_printf(a, "etax-bank/1\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n", STR_FMT(e->from), STR_FMT(e->to),
	        STR_FMT(e->timestamp), STR_FMT(e->nonce), STR_FMT(e->message));
}

struct str payment_seal(struct arena *a, struct str from, struct str to, const struct crypto_key *key, instant_us now,
        struct str message)
{
	unsigned char signature[CRYPTO_SM2_SIG_MAX];
	struct payment_envelope e = { from, to, str_from_int(a, now / SECOND), crypto_random_hex(a, 16), message,
		STR_NONE };
	size_t n = crypto_sm2_sign(key, signed_text(a, &e), signature);
	struct value *v = value_object(a);
	value_put_str(a, v, "from", from);
	value_put_str(a, v, "to", to);
	value_put_str(a, v, "timestamp", e.timestamp);
	value_put_str(a, v, "nonce", e.nonce);
	value_put_str(a, v, "message", message);
	value_put_str(a, v, "signature", str_base64(a, signature, n));
	return value_json(a, v);
}

/* Names, times and nonces stand on lines of their own in the signed text: no blanks, no line ends. */
static bool plain(struct str s, size_t min, size_t max)
{
	if (!s.p || s.n < min || s.n > max) return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] > '~') return false;
	return true;
}

static bool read_envelope(struct arena *a, struct str body, struct payment_envelope *e)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(a, body, &v, &where) != OK || v->kind != VALUE_OBJECT || v->count != 6) return false;
	*e = (struct payment_envelope){ value_text(v, "from"), value_text(v, "to"), value_text(v, "timestamp"),
		value_text(v, "nonce"), value_text(v, "message"), value_text(v, "signature") };
	return plain(e->from, 1, NAME_MAX_BYTES) && plain(e->to, 1, NAME_MAX_BYTES) && plain(e->timestamp, 1, 12) &&
	       plain(e->nonce, NONCE_MIN, NONCE_MAX) && e->message.n > 0 && e->message.n <= PAYMENT_MESSAGE_MAX &&
	       plain(e->signature, 1, 128);
}

static bool signature_good(struct arena *a, const struct payment_envelope *e, const unsigned char point[65])
{
	struct str bytes;
	struct crypto_key *key = crypto_sm2_public(point);
	bool good = key && str_unbase64(a, e->signature, &bytes) && crypto_sm2_verify(key, signed_text(a, e), bytes);
	crypto_key_free(key);
	return good;
}

enum payment_open payment_unseal(struct arena *a, struct str body, struct str from, struct str to,
        const unsigned char point[65], instant_us now, struct payment_envelope *out)
{
	int64_t at;
	if (!read_envelope(a, body, out) || !str_to_int(out->timestamp, &at)) return PAYMENT_MALFORMED;
	if (!str_eq(out->from, from) || !str_eq(out->to, to)) return PAYMENT_FOREIGN;
	int64_t apart = at - now / SECOND;
	if (apart > PAYMENT_CLOCK_SECONDS || apart < -PAYMENT_CLOCK_SECONDS) return PAYMENT_STALE;
	return signature_good(a, out, point) ? PAYMENT_OPENED : PAYMENT_FORGED;
}

/* --- reports --- */

static const char *const said_words[] = { [PAYMENT_UNKNOWN] = "unknown",
	[PAYMENT_PENDING] = "pending",
	[PAYMENT_DEBITED] = "debited",
	[PAYMENT_REFUSED] = "refused" };

struct str payment_report_write(struct arena *a, const struct payment_report *r)
{
	struct value *v = value_object(a);
	value_put_c(a, v, "kind", "report");
	value_put_str(a, v, "voucher", r->voucher);
	value_put_c(a, v, "state", said_words[r->said]);
	value_put_money(a, v, "amount", r->amount);
	if (r->said == PAYMENT_DEBITED) {
		value_put_str(a, v, "bank_no", r->bank_no);
		value_put_instant(a, v, "debited_at", r->debited_at);
	}
	if (r->reason.p) value_put_str(a, v, "reason", r->reason);
	return value_json(a, v);
}

static bool all_digits(struct str s, size_t n)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return s.p && s.n == n;
}

bool payment_report_read(struct arena *a, struct str message, struct payment_report *out)
{
	struct value *v;
	struct json_fault where;
	*out = (struct payment_report){ .said = PAYMENT_UNKNOWN };
	if (json_parse(a, message, &v, &where) != OK || !str_is(value_text(v, "kind"), "report")) return false;
	struct str state = value_text(v, "state");
	int said = 0;
	while (said <= PAYMENT_REFUSED && !str_is(state, said_words[said]))
		said++;
	if (said > PAYMENT_REFUSED) return false;
	out->said = (enum payment_said)said;
	out->voucher = value_text(v, "voucher");
	out->reason = value_text(v, "reason");
	if (out->reason.p && !plain(out->reason, 1, NAME_MAX_BYTES)) return false;
	if (!all_digits(out->voucher, 18) || !money_parse(value_text(v, "amount"), &out->amount)) return false;
	if (out->said != PAYMENT_DEBITED) return true;
	out->bank_no = value_text(v, "bank_no");
	return plain(out->bank_no, 1, NAME_MAX_BYTES) && instant_parse(value_text(v, "debited_at"), &out->debited_at);
}

/* --- file of a day --- */

struct str payment_file_write(struct arena *a, const struct payment_bank_line *lines, size_t n)
{
	struct buf b;
	struct money sum = FEN(0);
	buf_init(&b, a, 64 + n * 96);
	for (size_t i = 0; i < n; i++) {
		struct str row[CSV_COLUMNS] = { lines[i].voucher, lines[i].bank_no, money_format(a, lines[i].amount),
			instant_format(a, lines[i].debited_at) };
		csv_write(&b, row, CSV_COLUMNS, false);
		sum.fen += lines[i].amount.fen;
	}
	struct str total[] = { S("TOTAL"), str_from_int(a, (int64_t)n), money_format(a, sum) };
	csv_write(&b, total, COUNT(total), false);
	return buf_done(&b);
}

static bool read_line(const struct str *row, size_t n, struct payment_bank_line *out)
{
	if (n != CSV_COLUMNS) return false;
	out->voucher = row[0];
	out->bank_no = row[1];
	return all_digits(row[0], 18) && plain(row[1], 1, NAME_MAX_BYTES) && money_parse(row[2], &out->amount) &&
	       out->amount.fen > 0 && instant_parse(row[3], &out->debited_at);
}

static size_t count_lines(struct str file)
{
	size_t n = 0;
	for (size_t i = 0; i < file.n; i++)
		n += file.p[i] == '\n';
	return n;
}

bool payment_file_read(
        struct arena *a, struct str file, struct payment_bank_line **lines, size_t *n, struct money *sum, int64_t *line)
{
	struct csv_reader r;
	struct str row[CSV_COLUMNS + 1];
	size_t fields, room = count_lines(file) + 1;
	int64_t count;
	struct money total;
	*n = 0;
	*sum = FEN(0);
	*line = 0;
	if (room > PAYMENT_FILE_LINES_MAX + 2) return false;
	*lines = arena_array(a, room, sizeof **lines);
	csv_open(&r, file);
	while (csv_read(&r, a, row, COUNT(row), &fields) == CSV_ROW) {
		*line = r.line;
		if (fields == 3 && str_is(row[0], "TOTAL"))
			return str_to_int(row[1], &count) && money_parse(row[2], &total) && (size_t)count == *n &&
			       total.fen == sum->fen && csv_read(&r, a, row, COUNT(row), &fields) == CSV_END;
		if (*n >= room || !read_line(row, fields, &(*lines)[*n]) || !money_add(*sum, (*lines)[*n].amount, sum))
			return false;
		(*n)++;
	}
	return false; /* without its last line the file may have been cut off */
}

/* Alipay open platform: parameters sorted by name, RSA2 over them; the gateway signs the text of its answer's node.
 * Pure; safe on any bytes (fuzz/payout_message_fuzz.c). */
#include "services/invoice/lottery/own.h"
#include <stdlib.h>
#include <string.h>

static int hex_of(char ch)
{
	if (ch >= '0' && ch <= '9') return ch - '0';
	if ((ch | 32) >= 'a' && (ch | 32) <= 'f') return (ch | 32) - 'a' + 10;
	return -1;
}

static bool decode(struct arena *a, struct str s, struct str *out)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (ch == '+') ch = ' ';
		if (ch == '%') {
			int h = i + 2 < s.n ? hex_of(s.p[i + 1]) : -1, l = i + 2 < s.n ? hex_of(s.p[i + 2]) : -1;
			if (h < 0 || l < 0) return false;
			ch = (char)(h << 4 | l);
			i += 2;
		}
		if (ch == 0) return false;
		p[n++] = ch;
	}
	*out = (struct str){ p, n };
	return true;
}

bool lottery_alipay_form_read(struct arena *a, struct str body, struct lottery_param *out, size_t *n)
{
	struct str rest = body, pair, name;
	*n = 0;
	while (rest.n && str_split(&rest, '&', &pair)) {
		struct str value = pair;
		if (*n == LOTTERY_PARAMS_MAX || !str_split(&value, '=', &name) || !name.n) return false;
		struct lottery_param *p = &out[*n];
		if (!decode(a, name, &p->name) || !decode(a, value.p ? value : S(""), &p->value)) return false;
		for (size_t i = 0; i < *n; i++)
			if (str_eq(out[i].name, p->name)) return false; /* twice: which one was signed? */
		(*n)++;
	}
	return *n > 0;
}

static void encode(struct buf *b, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		bool safe = (ch >= '0' && ch <= '9') || ((ch | 32) >= 'a' && (ch | 32) <= 'z') || ch == '-' ||
		            ch == '_' || ch == '.';
		if (safe) {
			buf_char(b, (char)ch);
		} else {
			buf_char(b, '%');
			buf_char(b, digits[ch >> 4]);
			buf_char(b, digits[ch & 15]);
		}
	}
}

struct str lottery_alipay_form(struct arena *a, const struct lottery_param *p, size_t n)
{
	struct buf b;
	buf_init(&b, a, 1024);
	for (size_t i = 0; i < n; i++) {
		if (i) buf_char(&b, '&');
		encode(&b, p[i].name);
		buf_char(&b, '=');
		encode(&b, p[i].value);
	}
	return buf_done(&b);
}

struct str lottery_param_get(const struct lottery_param *p, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(p[i].name, name)) return p[i].value;
	return STR_NONE;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(
	        (*(const struct lottery_param *const *)a)->name, (*(const struct lottery_param *const *)b)->name);
}

struct str lottery_alipay_text(struct arena *a, const struct lottery_param *p, size_t n, bool incoming)
{
	const struct lottery_param **list = arena_array(a, n + 1, sizeof *list);
	struct buf b;
	size_t m = 0;
	for (size_t i = 0; i < n; i++) {
		bool out = str_is(p[i].name, "sign") || (incoming && str_is(p[i].name, "sign_type")) || !p[i].value.n;
		if (!out) list[m++] = &p[i];
	}
	qsort(list, m, sizeof *list, by_name);
	buf_init(&b, a, 1024);
	for (size_t i = 0; i < m; i++) {
		if (i) buf_char(&b, '&');
		buf_str(&b, list[i]->name);
		buf_char(&b, '=');
		buf_str(&b, list[i]->value);
	}
	return buf_done(&b);
}

static bool good(struct arena *a, const struct crypto_key *key, struct str text, struct str sign)
{
	struct str raw;
	return key && sign.n && sign.n <= 1024 && str_unbase64(a, sign, &raw) && crypto_rsa_verify(key, text, raw);
}

bool lottery_alipay_good(
        struct arena *a, const struct crypto_key *key, const struct lottery_param *p, size_t n, bool incoming)
{
	return str_is(lottery_param_get(p, n, "sign_type"), "RSA2") &&
	       good(a, key, lottery_alipay_text(a, p, n, incoming), lottery_param_get(p, n, "sign"));
}

/* --- answers --- */

/* End of the JSON object that begins at p; NULL: it has none. */
static const char *object_end(const char *p, const char *end)
{
	int depth = 0;
	bool quoted = false;
	for (; p < end; p++) {
		if (quoted && *p == '\\')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && *p == '{')
			depth++;
		else if (!quoted && *p == '}' && --depth == 0)
			return p + 1;
	}
	return NULL;
}

struct str lottery_alipay_answer(struct arena *a, const struct crypto_key *key, const char *name, struct str node)
{
	struct str raw = crypto_rsa_sign(a, key, node), sign = str_base64(a, raw.p, raw.n);
	return str_printf(a, "{\"%s\":%.*s,\"sign\":\"%.*s\"}", name, STR_FMT(node), STR_FMT(sign));
}

/* The signature is over the text as it stands, so the node is cut out before it is read. */
bool lottery_alipay_answer_read(
        struct arena *a, const struct crypto_key *key, struct str body, const char *name, struct value **out)
{
	struct value *whole;
	struct json_fault where;
	struct str begin = str_printf(a, "{\"%s\":", name);
	if (!body.p || !str_starts(body, begin.p) || json_parse(a, body, &whole, &where) != OK) return false;
	const char *from = body.p + begin.n, *end = object_end(from, body.p + body.n);
	if (!end || *from != '{') return false;
	struct str node = { from, (size_t)(end - from) };
	return good(a, key, node, value_text(whole, "sign")) && json_parse(a, node, out, &where) == OK;
}

/* What a head may look like. Free of the library and of sockets, so that it can be fuzzed alone. */
#include "kernel/http/http_internal.h"
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

/* Most names differ in their first letter. */
static bool is_named(const struct http_header *h, const char *name)
{
	return ((h->name.p[0] ^ name[0]) & ~0x20) == 0 && strcasecmp(h->name.p, name) == 0;
}

struct str http_header(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (is_named(&r->headers[i], name)) return r->headers[i].value;
	return STR_NONE;
}

void http_set(struct http_response *r, const char *name, struct str value)
{
	if (r->n_headers == sizeof r->headers / sizeof *r->headers) return;
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
			return; /* no CR, LF, NUL can leave in a head */
	r->headers[r->n_headers++] = (struct http_header){ str_c(name), value };
}

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* Bytes of the UTF-8 character at s (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF); 0: none. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
	size_t want = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
	if (want == 0 || want > n) return 0;
	for (size_t i = 1; i < want; i++)
		if ((s[i] & 0xc0) != 0x80) return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
	        (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return want;
}

static bool is_utf8(struct str s)
{
	for (size_t i = 0, step; i < s.n; i += step) {
		step = utf8_length((const unsigned char *)s.p + i, s.n - i);
		if (step == 0) return false;
	}
	return true;
}

/* What stands for itself in a path: visible ASCII but the percent sign. */
static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || s.p[i] == '%') return false;
	return true;
}

/* Percent-decodes once; refuses a broken escape, control characters and what is not UTF-8. */
static bool decode_path(struct arena *a, struct str raw, struct str *out)
{
	*out = raw;
	if (is_plain(raw)) return raw.n > 0 && raw.p[0] == '/';
	char *p = arena_alloc(a, raw.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		int c = (unsigned char)raw.p[i];
		if (c == '%') {
			if (raw.n - i < 3 || hex(raw.p[i + 1]) < 0 || hex(raw.p[i + 2]) < 0) return false;
			c = hex(raw.p[i + 1]) * 16 + hex(raw.p[i + 2]);
			i += 2;
		}
		if (c < 0x20 || c == 0x7f) return false;
		p[n++] = (char)c;
	}
	*out = (struct str){ p, n };
	return n > 0 && p[0] == '/' && is_utf8(*out);
}

int http_target(struct arena *a, struct str target, struct http_request *r)
{
	struct str path = target, query = S("");
	const char *mark = target.n ? memchr(target.p, '?', target.n) : NULL;
	if (mark) {
		path.n = (size_t)(mark - target.p);
		query = (struct str){ mark + 1, target.n - path.n - 1 };
	}
	r->path = r->raw_path = S("/");
	r->query = S("");
	if (path.n > HTTP_PATH_MAX || query.n > HTTP_QUERY_MAX) return 414;
	r->raw_path = str_dup(a, path);
	r->query = str_dup(a, query);
	if (decode_path(a, r->raw_path, &r->path)) return 0;
	r->path = S("/");
	return 400;
}

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return s.n > 0 && s.n <= 15;
}

/* RFC 9110 §5.6.2; most names are letters and hyphens. */
static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i], letter = ch | 0x20;
		if ((letter >= 'a' && letter <= 'z') || ch == '-') continue;
		if (ch <= 0x20 || ch >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", ch)) return false;
	}
	return s.n > 0;
}

int http_head_check(const struct http_request *r)
{
	int lengths = 0, hosts = 0, encodings = 0;
	for (size_t i = 0; i < r->n_headers; i++) {
		const struct http_header *h = &r->headers[i];
		if (!is_token(h->name)) return 400;
		for (size_t k = 0; k < h->value.n; k++)
			if ((unsigned char)h->value.p[k] < 0x20 && h->value.p[k] != '\t') return 400;
		if (is_named(h, "Content-Length")) lengths += is_digits(h->value) ? 1 : 9;
		if (is_named(h, "Host")) hosts++;
		if (is_named(h, "Transfer-Encoding")) encodings += strcasecmp(h->value.p, "chunked") == 0 ? 1 : 9;
	}
	return hosts <= 1 && lengths + encodings <= 1 ? 0 : 400;
}

int http_method(const char *name, struct http_request *r)
{
	static const char *const served[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
	static const char *const known[] = { "OPTIONS", "TRACE", "CONNECT" };
	r->method_name = str_dup(r->arena, str_sub(str_c(name), 0, 40));
	r->head = strcmp(name, "HEAD") == 0;
	r->method = GET;
	if (r->head) return 0;
	for (size_t i = 0; i < sizeof served / sizeof *served; i++)
		if (strcmp(name, served[i]) == 0) {
			r->method = (enum op_method)i;
			return 0;
		}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(name, known[i]) == 0) return 405;
	return 501;
}

struct str http_real_ip(const struct http_request *r)
{
	struct str ip = http_header(r, "X-Real-IP");
	unsigned char binary[16];
	bool good = ip.p && (inet_pton(AF_INET, ip.p, binary) == 1 || inet_pton(AF_INET6, ip.p, binary) == 1);
	return good ? ip : S("unix");
}

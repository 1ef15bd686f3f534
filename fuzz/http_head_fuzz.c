/* Request heads: target, method, headers. The input is the head as text; whatever it holds, a path that passes is
 * decoded UTF-8 without control characters, and a head that passes has one reading only. */
#include "kernel/http/http_internal.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void split_headers(struct arena *a, struct str rest, struct http_header *headers, size_t *n)
{
	for (struct str line; *n < HTTP_HEADERS_MAX && str_split(&rest, '\n', &line);) {
		struct str value = line, name;
		if (!str_split(&value, ':', &name)) continue;
		/* C strings, as the library gives them. */
		headers[*n].name = str_c(str_dup(a, name).p);
		headers[*n].value = str_c(str_dup(a, value.p ? str_trim(value) : S("")).p);
		++*n;
	}
}

static void must(bool holds)
{
	if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str rest = { (const char *)data, size }, method, target;
	struct http_header headers[HTTP_HEADERS_MAX];
	struct http_request r = { .arena = a, .headers = headers };
	if (str_split(&rest, ' ', &method) && str_split(&rest, '\n', &target)) {
		(void)http_method(str_dup(a, method).p, &r);
		bool good = http_target(a, target, &r) == 0;
		must(r.path.n > 0 && r.path.p[0] == '/');
		for (size_t i = 0; good && i < r.path.n; i++)
			must((unsigned char)r.path.p[i] >= 0x20);
		split_headers(a, rest, headers, &r.n_headers);
		size_t framed = 0;
		for (size_t i = 0; i < r.n_headers; i++)
			framed += strcasecmp(headers[i].name.p, "Content-Length") == 0 ||
			          strcasecmp(headers[i].name.p, "Transfer-Encoding") == 0;
		if (http_head_check(&r) == 0) must(framed <= 1);
		struct http_response out = { .status = 200 };
		http_set(&out, "Location", r.path);
		must(out.n_headers == 1 || !good);
		(void)http_real_ip(&r);
	}
	arena_free(a);
	return 0;
}

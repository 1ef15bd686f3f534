/* Fetch: calls to programs of others over HTTP (libcurl), for jobs: a bank, a registry. Never inside db_write.
 * No redirects, no proxies, bounded time and size; TLS certificates are checked. */
#ifndef KERNEL_FETCH_H
#define KERNEL_FETCH_H
#include "base/str.h"

enum { FETCH_TIMEOUT_MS = 5000, FETCH_ANSWER_MAX = 8 << 20 };

struct fetch {
	struct str base;   /* "https://bank.example", "http://127.0.0.1:8080", "unix:/run/etax/http.sock" */
	const char *path;  /* "/v1/orders" */
	const char *media; /* of the body; NULL: GET without a body */
	struct str body;
	const struct str *headers; /* "Name: value", for protocols that sign there */
	size_t n_headers;
	int timeout_ms; /* 0: FETCH_TIMEOUT_MS */
};
struct fetched {
	int status; /* 0: no answer came (refused, broken, too slow, too large): whether the act was done is not known */
	struct str body;
	struct str head; /* the answer's header lines, as they came */
};
struct str fetch_header(const struct fetched *f, const char *name); /* of the last answer; STR_NONE: not there */
struct fetched fetch_call(struct arena *a, const struct fetch *f);
#endif

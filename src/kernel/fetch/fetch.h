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
	struct str pin; /* "host:port:address" of fetch_guard: no other address is asked; STR_NONE: as the name resolves */
};
struct fetched {
	int status; /* 0: no answer came (refused, broken, too slow, too large): whether the act was done is not known */
	struct str body;
	struct str head; /* the answer's header lines, as they came */
};
struct str fetch_header(const struct fetched *f, const char *name); /* of the last answer; STR_NONE: not there */
/* Addresses that somebody else chose (webhooks): nothing inside may be reached through us (SSRF). */
struct fetch_target {
	struct str base, host, path; /* "https://shop.example:8443", "shop.example", "/hooks?a=b" */
	uint16_t port;
	bool tls;
};
bool fetch_target_read(struct arena *a, struct str url, struct fetch_target *out); /* false: no http(s) URL, or with a user */
enum fetch_reach {
	FETCH_PUBLIC,
	FETCH_LOOPBACK,
	FETCH_INNER, /* private, link-local, shared, reserved, multicast, or a mapping of such */
};
enum fetch_reach fetch_reach_of(int family, const void *address); /* AF_INET, AF_INET6; network order */
enum fetch_guarded { FETCH_ALLOWED, FETCH_UNKNOWN_HOST, FETCH_REFUSED };
/* Resolves the host and looks at every address: one that is not public refuses all. Gives the pin, so that the name cannot lead
 * elsewhere a moment later. loopback: may be reached (sandbox), and without TLS. */
enum fetch_guarded fetch_guard(struct arena *a, const struct fetch_target *t, bool loopback, struct str *pin);

struct fetched fetch_call(struct arena *a, const struct fetch *f);
#endif

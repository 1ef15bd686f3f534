/* Inner parts of the room: the head's checks (no library, fuzzed), request bodies, listening sockets. */
#ifndef KERNEL_HTTP_INTERNAL_H
#define KERNEL_HTTP_INTERNAL_H
#include "kernel/http/http.h"

enum { HTTP_HEADERS_MAX = 64, HTTP_PATH_MAX = 2048, HTTP_QUERY_MAX = 8192, HTTP_BODY_IN_MEMORY = 1 << 20 };

/* Splits a request target; decodes the path once. 0, or the status to answer: 400, 414. */
int http_target(struct arena *a, struct str target, struct http_request *r);
/* 0, or 400: nothing that two readers could split differently (smuggling) passes. */
int http_head_check(const struct http_request *r);
/* 0, or 405 (a method we do not serve), or 501 (no method we know). Sets method, method_name, head. */
int http_method(const char *name, struct http_request *r);
/* Behind the Unix socket: X-Real-IP if it is an address, else "unix". */
struct str http_real_ip(const struct http_request *r);

/* A body grows in the arena up to 1 MiB, from there on in a nameless file that is mapped at the end. */
struct http_body {
	struct arena *arena;
	struct buf memory;
	int fd; /* -1: in memory */
	size_t n;
};
void http_body_init(struct http_body *b, struct arena *a);
bool http_body_add(struct http_body *b, const char *data, size_t n); /* false: no room on the disk */
bool http_body_done(struct http_body *b, struct str *out);

struct http_listener {
	int fd;
	bool is_unix;
	char address[200]; /* "http://127.0.0.1:PORT", "unix:PATH" */
	const char *why;   /* when refused */
};
bool http_listen(const char *text, struct http_listener *l);
#endif

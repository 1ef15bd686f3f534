/* What a request asks for in its head: in which language, in which form, in whose name. */
#ifndef KERNEL_ASKED_H
#define KERNEL_ASKED_H
#include "kernel/http/http.h"

struct str asked_language(const struct http_request *r); /* "zh" or "en" */
bool asked_data(const struct http_request *r); /* a problem is told as JSON, not as a page, where nothing is found */
struct str asked_bearer(const struct http_request *r); /* STR_NONE: none */
#endif

/* The one road of design/house §1: route, who, input, replay, transaction, answer. Callbacks of the HTTP server. */
#ifndef KERNEL_PIPELINE_H
#define KERNEL_PIPELINE_H
#include "kernel/http/http.h"

/* arg of all: struct app *. Builds app->router from all services and the kernel's own operations. */
MUST_USE err_t pipeline_start(struct app *app, struct arena *lifetime);
struct http_gate pipeline_gate(void *arg, struct http_request *r);
struct str pipeline_allow(void *arg, struct http_request *r); /* for the header Allow; empty: nothing is there */
void pipeline_handle(void *arg, struct http_request *r, struct http_response *out);
void pipeline_problem(void *arg, struct http_request *r, err_t kind, int status, struct http_response *out);
void *pipeline_thread_start(void *arg, enum op_class class);
void pipeline_thread_end(void *arg, void *thread);
#endif

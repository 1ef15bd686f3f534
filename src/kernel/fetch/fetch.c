#include "kernel/fetch/fetch.h"
#include "base/buf.h"
#include "kernel/log/log.h"
#include <curl/curl.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

enum { HEAD_MAX = 32768 };

struct taken {
	struct buf body, head;
	bool too_large;
};

static void start(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t take(char *bytes, size_t size, size_t n, void *arg)
{
	struct taken *t = arg;
	t->too_large = t->body.n + n > FETCH_ANSWER_MAX;
	if (t->too_large) return 0;
	buf_add(&t->body, bytes, n);
	return size * n;
}

static size_t take_head(char *bytes, size_t size, size_t n, void *arg)
{
	struct taken *t = arg;
	if (t->head.n + n > HEAD_MAX) return 0;
	buf_add(&t->head, bytes, n);
	return size * n;
}

struct str fetch_header(const struct fetched *f, const char *name)
{
	struct str rest = f->head, line, out = STR_NONE;
	size_t n = strlen(name);
	while (rest.n && str_split(&rest, '\n', &line))
		if (line.n > n && line.p[n] == ':' && strncasecmp(line.p, name, n) == 0)
			out = str_trim(str_sub(line, n + 1, line.n));
	return out;
}

/* A Unix socket has a path of its own; the host name in the address is then only a name. */
static void set_target(CURL *h, struct arena *a, const struct fetch *f)
{
	bool local = str_starts(f->base, "unix:");
	struct str host = local ? S("http://localhost") : f->base;
	(void)curl_easy_setopt(h, CURLOPT_URL, str_printf(a, "%.*s%s", STR_FMT(host), f->path).p);
	if (local) (void)curl_easy_setopt(h, CURLOPT_UNIX_SOCKET_PATH, str_printf(a, "%.*s", STR_FMT(f->base)).p + 5);
}

static void set_limits(CURL *h, const struct fetch *f)
{
	(void)curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(h, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)(f->timeout_ms ? f->timeout_ms : FETCH_TIMEOUT_MS));
	(void)curl_easy_setopt(h, CURLOPT_USERAGENT, "etaxd");
}

static struct curl_slist *set_body(CURL *h, struct arena *a, const struct fetch *f)
{
	struct curl_slist *headers = NULL;
	for (size_t i = 0; i < f->n_headers; i++)
		headers = curl_slist_append(headers, str_dup(a, f->headers[i]).p);
	if (f->media) headers = curl_slist_append(headers, str_printf(a, "Content-Type: %s", f->media).p);
	if (headers) (void)curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
	if (!f->media) return headers;
	(void)curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)f->body.n);
	(void)curl_easy_setopt(h, CURLOPT_POSTFIELDS, f->body.p);
	return headers;
}

struct fetched fetch_call(struct arena *a, const struct fetch *f)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct taken t = { .too_large = false };
	long status = 0;
	(void)pthread_once(&once, start);
	CURL *h = curl_easy_init();
	if (!h) return (struct fetched){ 0 };
	buf_init(&t.body, a, 1024);
	buf_init(&t.head, a, 512);
	set_target(h, a, f);
	set_limits(h, f);
	struct curl_slist *headers = set_body(h, a, f), *pins = NULL;
	if (f->pin.p) pins = curl_slist_append(NULL, str_dup(a, f->pin).p);
	if (pins) (void)curl_easy_setopt(h, CURLOPT_RESOLVE, pins);
	(void)curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take);
	(void)curl_easy_setopt(h, CURLOPT_WRITEDATA, &t);
	(void)curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, take_head);
	(void)curl_easy_setopt(h, CURLOPT_HEADERDATA, &t);
	CURLcode code = curl_easy_perform(h);
	if (code == CURLE_OK)
		(void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	else
		log_event(LOG_WARN_LEVEL, "fetch-failed", STR_NONE, "path", f->path, "why",
		        t.too_large ? "answer too large" : curl_easy_strerror(code), NULL);
	curl_easy_cleanup(h);
	curl_slist_free_all(headers);
	curl_slist_free_all(pins);
	if (!status) return (struct fetched){ 0 };
	return (struct fetched){ (int)status, buf_done(&t.body), buf_done(&t.head) };
}

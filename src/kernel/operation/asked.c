#include "kernel/operation/asked.h"
#include <string.h>
#include <strings.h>

enum { QUALITY_MAX = 1000, TOKEN_MAX = 512 };

/* "0.123" in thousandths (RFC 9110 §12.4.2); -1: no quality. */
static int quality_value(struct str s)
{
	int q = 0, unit = QUALITY_MAX;
	for (size_t i = 0; i < s.n; i++) {
		if (i == 1 && s.p[i] != '.') return -1;
		if (i == 1) continue;
		if (s.p[i] < '0' || s.p[i] > '9' || i > 4 || (i == 0 && s.p[i] > '1')) return -1;
		q += (s.p[i] - '0') * unit;
		unit /= 10;
	}
	return s.n > 0 && q <= QUALITY_MAX ? q : -1;
}

/* "en-GB;q=0.8" is the range "en-GB" with 800; without a quality it has 1000, with one that is none 0. */
static struct str range_of(struct str item, int *quality)
{
	struct str range, parameter;
	*quality = QUALITY_MAX;
	if (!str_split(&item, ';', &range)) return S("");
	while (str_split(&item, ';', &parameter)) {
		parameter = str_trim(parameter);
		if (parameter.n < 2 || strncasecmp(parameter.p, "q=", 2) != 0) continue;
		int q = quality_value(str_sub(parameter, 2, parameter.n));
		*quality = q < 0 ? 0 : q;
	}
	return str_trim(range);
}

static bool begins(struct str range, const char *what)
{
	return range.n >= strlen(what) && strncasecmp(range.p, what, strlen(what)) == 0;
}

/* "en" takes "EN" and "en-GB", not "enm". */
static bool is_language(struct str range, const char *language)
{
	return begins(range, language) && (range.n == strlen(language) || range.p[strlen(language)] == '-');
}

static bool is_media(struct str range, const char *media)
{
	return begins(range, media) && range.n == strlen(media);
}

/* How much of `what` is wanted, -1 if it is not named; *place: which of the ranges names it. */
static int wanted(struct str header, bool (*is)(struct str range, const char *what), const char *what, int *place)
{
	struct str item;
	int best = -1, quality;
	for (int i = 0; header.n && str_split(&header, ',', &item); i++) {
		if (!is(range_of(item, &quality), what) || quality <= best) continue;
		best = quality;
		*place = i;
	}
	return best;
}

/* Chinese, unless English is wanted more, or as much and named before. What is not named is as good as "*". */
struct str asked_language(const struct http_request *r)
{
	struct str accept = http_header(r, "Accept-Language");
	int en_at = 0, zh_at = 0, any_at;
	if (!accept.p) return S("zh");
	int any = wanted(accept, is_media, "*", &any_at), en = wanted(accept, is_language, "en", &en_at),
	    zh = wanted(accept, is_language, "zh", &zh_at);
	bool both = en >= 0 && zh >= 0;
	if (en < 0) en = any;
	if (zh < 0) zh = any;
	return en > 0 && (en > zh || (both && en == zh && en_at < zh_at)) ? S("en") : S("zh");
}

bool asked_data(const struct http_request *r)
{
	static const char *const roots[] = { "/v1/", "/public/", "/channels/", "/log/" };
	static const char *const names[] = { "/v1", "/healthz", "/metrics", "/openapi.json" };
	struct str accept = http_header(r, "Accept");
	int ignored, json, problem;
	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
		if (str_starts(r->path, roots[i])) return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(r->path, names[i])) return true;
	if (!accept.p) return false;
	json = wanted(accept, is_media, "application/json", &ignored);
	problem = wanted(accept, is_media, "application/problem+json", &ignored);
	if (problem > json) json = problem;
	return json > 0 && json > wanted(accept, is_media, "text/html", &ignored);
}

/* Names of schemes know no case (RFC 9110 §11.1). */
struct str asked_bearer(const struct http_request *r)
{
	struct str h = http_header(r, "Authorization");
	return h.p && begins(h, "Bearer ") ? str_trim(str_sub(h, strlen("Bearer "), TOKEN_MAX)) : STR_NONE;
}

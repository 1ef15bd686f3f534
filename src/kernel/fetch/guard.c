#include "base/buf.h"
#include "kernel/fetch/fetch.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

enum { URL_MAX = 400, HOST_MAX = 253 };

/* --- which addresses are inside (RFC 6890 and the registries of special-purpose addresses) --- */

struct range {
	unsigned char bytes[16];
	unsigned bits;
};
static const struct range inner_4[] = { { { 0 }, 8 }, { { 10 }, 8 }, { { 100, 64 }, 10 }, { { 169, 254 }, 16 },
	{ { 172, 16 }, 12 }, { { 192, 0, 0 }, 24 }, { { 192, 0, 2 }, 24 }, { { 192, 88, 99 }, 24 },
	{ { 192, 168 }, 16 }, { { 198, 18 }, 15 }, { { 198, 51, 100 }, 24 }, { { 203, 0, 113 }, 24 }, { { 224 }, 4 },
	{ { 240 }, 4 } };
/* Of IPv6 only 2000::/3 is given out; in it are tunnels to IPv4 and examples. */
static const struct range inner_6[] = { { { 0x20, 0x01, 0, 0 }, 23 }, { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
	{ { 0x20, 0x02 }, 16 }, { { 0x3f, 0xff }, 20 } };
static const struct range given_6 = { { 0x20 }, 3 }, loopback_4 = { { 127 }, 8 };

static bool within(const unsigned char *p, const struct range *r)
{
	unsigned whole = r->bits / 8, rest = r->bits % 8;
	if (memcmp(p, r->bytes, whole) != 0) return false;
	unsigned mask = (0xff00u >> rest) & 0xff;
	return !rest || (p[whole] & mask) == (r->bytes[whole] & mask);
}

static enum fetch_reach reach_4(const unsigned char *p)
{
	if (within(p, &loopback_4)) return FETCH_LOOPBACK;
	for (size_t i = 0; i < sizeof inner_4 / sizeof inner_4[0]; i++)
		if (within(p, &inner_4[i])) return FETCH_INNER;
	return FETCH_PUBLIC;
}

enum fetch_reach fetch_reach_of(int family, const void *address)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	const unsigned char *p = address;
	if (family == AF_INET) return reach_4(p);
	if (family != AF_INET6) return FETCH_INNER;
	if (memcmp(p, mapped, sizeof mapped) == 0) return reach_4(p + 12);
	if (memcmp(p, &in6addr_loopback, 16) == 0) return FETCH_LOOPBACK;
	if (!within(p, &given_6)) return FETCH_INNER;
	for (size_t i = 0; i < sizeof inner_6 / sizeof inner_6[0]; i++)
		if (within(p, &inner_6[i])) return FETCH_INNER;
	return FETCH_PUBLIC;
}

/* --- the URL --- */

static bool host_good(struct str h)
{
	if (!h.n || h.n > HOST_MAX) return false;
	for (size_t i = 0; i < h.n; i++) {
		char ch = h.p[i], low = (char)(ch | 32);
		if (!((low >= 'a' && low <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '-')) return false;
	}
	return true;
}

static bool path_good(struct str p)
{
	for (size_t i = 0; i < p.n; i++)
		if (p.p[i] <= ' ' || p.p[i] > '~' || p.p[i] == '#' || p.p[i] == '\\') return false;
	return true;
}

/* Names and IPv4 addresses; no IPv6 in brackets, no user, no fragment. */
bool fetch_target_read(struct arena *a, struct str url, struct fetch_target *out)
{
	int64_t port;
	*out = (struct fetch_target){ .tls = str_starts(url, "https://") };
	if (url.n > URL_MAX || (!out->tls && !str_starts(url, "http://"))) return false;
	struct str rest = str_sub(url, out->tls ? 8 : 7, url.n);
	size_t end = 0;
	while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?')
		end++;
	struct str authority = str_sub(rest, 0, end), path = str_sub(rest, end, rest.n);
	ptrdiff_t colon = str_find(authority, ":");
	out->host = str_dup(a, colon < 0 ? authority : str_sub(authority, 0, (size_t)colon));
	port = out->tls ? 443 : 80;
	if (colon >= 0 && !str_to_int(str_sub(authority, (size_t)colon + 1, authority.n), &port)) return false;
	if (port < 1 || port > 65535 || !host_good(out->host) || !path_good(path)) return false;
	out->port = (uint16_t)port;
	out->path = path.n && path.p[0] == '/' ? str_dup(a, path) : str_printf(a, "/%.*s", STR_FMT(path));
	out->base = str_printf(a, "http%s://%.*s:%u", out->tls ? "s" : "", STR_FMT(out->host), (unsigned)out->port);
	return true;
}

/* --- the host --- */

static const void *bytes_of(const struct addrinfo *i)
{
	return i->ai_family == AF_INET ? (const void *)&((const struct sockaddr_in *)(const void *)i->ai_addr)->sin_addr
	                               : &((const struct sockaddr_in6 *)(const void *)i->ai_addr)->sin6_addr;
}

static enum fetch_guarded judge(const struct addrinfo *list, bool tls, bool loopback)
{
	for (const struct addrinfo *i = list; i; i = i->ai_next) {
		enum fetch_reach reach = fetch_reach_of(i->ai_family, bytes_of(i));
		if (reach == FETCH_INNER || (reach == FETCH_LOOPBACK && !loopback)) return FETCH_REFUSED;
		if (reach == FETCH_PUBLIC && !tls) return FETCH_REFUSED;
	}
	return FETCH_ALLOWED;
}

enum fetch_guarded fetch_guard(struct arena *a, const struct fetch_target *t, bool loopback, struct str *pin)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC }, *list = NULL;
	char text[INET6_ADDRSTRLEN];
	*pin = STR_NONE;
	if (getaddrinfo(t->host.p, NULL, &hints, &list) != 0 || !list) return FETCH_UNKNOWN_HOST;
	enum fetch_guarded result = judge(list, t->tls, loopback);
	if (result == FETCH_ALLOWED && inet_ntop(list->ai_family, bytes_of(list), text, sizeof text)) {
		bool six = list->ai_family == AF_INET6;
		*pin = str_printf(
		        a, "%.*s:%u:%s%s%s", STR_FMT(t->host), (unsigned)t->port, six ? "[" : "", text, six ? "]" : "");
	}
	freeaddrinfo(list);
	return pin->p ? FETCH_ALLOWED : result == FETCH_ALLOWED ? FETCH_UNKNOWN_HOST : result;
}

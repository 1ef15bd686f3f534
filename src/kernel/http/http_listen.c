/* Listening: loopback or a Unix socket (0660, for nginx), nothing else: the library is not fit to face the internet. */
#include "kernel/http/http_internal.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

union any_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un un;
};

static bool fail(struct http_listener *l, const char *why)
{
	if (l->fd >= 0) (void)close(l->fd);
	l->fd = -1;
	l->why = why;
	return false;
}

static bool open_at(struct http_listener *l, const union any_address *a, socklen_t n)
{
	int one = 1;
	l->fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0) return fail(l, "no socket");
	if (!l->is_unix) (void)setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(l->fd, &a->any, n) != 0) return fail(l, errno == EADDRINUSE ? "address in use" : "cannot bind");
	if (l->is_unix && chmod(a->un.sun_path, 0660) != 0) return fail(l, "cannot set mode 0660");
	return listen(l->fd, 1024) == 0 || fail(l, "cannot listen");
}

/* A socket file that nobody answers behind is left over from a crash. */
static bool is_stale(const union any_address *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answered = fd >= 0 && connect(fd, &a->any, sizeof a->un) == 0;
	if (fd >= 0) (void)close(fd);
	return !answered;
}

static bool listen_unix(struct http_listener *l, const char *path)
{
	union any_address a = { .un = { .sun_family = AF_UNIX } };
	struct stat st;
	l->is_unix = true;
	if (strlen(path) >= sizeof a.un.sun_path) return fail(l, "path too long");
	(void)snprintf(a.un.sun_path, sizeof a.un.sun_path, "%s", path);
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) && is_stale(&a)) (void)unlink(path);
	(void)snprintf(l->address, sizeof l->address, "unix:%s", path);
	return open_at(l, &a, sizeof a.un);
}

static bool is_loopback(const char *host, union any_address *a)
{
	if (strcmp(host, "localhost") == 0) host = "127.0.0.1";
	if (inet_pton(AF_INET, host, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		return ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
	}
	if (strcmp(host, "[::1]") != 0) return false;
	a->v6.sin6_family = AF_INET6;
	a->v6.sin6_addr = in6addr_loopback;
	return true;
}

static bool listen_loopback(struct http_listener *l, const char *text)
{
	char host[64];
	union any_address a;
	int64_t port;
	const char *colon = strrchr(text, ':');
	memset(&a, 0, sizeof a);
	if (!colon || (size_t)(colon - text) >= sizeof host) return fail(l, "HOST:PORT or unix:PATH expected");
	if (!str_to_int(str_c(colon + 1), &port) || port < 0 || port > 65535) return fail(l, "port is 0 to 65535");
	(void)snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
	if (!is_loopback(host, &a))
		return fail(l, "only loopback addresses and unix: sockets are allowed; put nginx before");
	/* The port stands at the same place in both kinds of address. */
	a.v4.sin_port = htons((uint16_t)port);
	socklen_t n = a.any.sa_family == AF_INET ? sizeof a.v4 : sizeof a.v6;
	if (!open_at(l, &a, n)) return false;
	if (getsockname(l->fd, &a.any, &n) != 0) return fail(l, "no address");
	(void)snprintf(l->address, sizeof l->address, "http://%s:%u", host, ntohs(a.v4.sin_port));
	return true;
}

bool http_listen(const char *text, struct http_listener *l)
{
	*l = (struct http_listener){ .fd = -1 };
	return strncmp(text, "unix:", 5) == 0 ? listen_unix(l, text + 5) : listen_loopback(l, text);
}

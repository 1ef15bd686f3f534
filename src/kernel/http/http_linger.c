/* Closing behind an answer that came before the request's end. Whoever is still sending when a socket is closed with
 * unread bytes gets a reset, which takes the answer out of his hands. So the socket is kept beside the library's, and
 * what comes is read and thrown away for a while: few connections, a bounded time, a bounded number of bytes. */
#include "kernel/http/http_exchange.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINGER_US = 10000000, LINGER_BYTES = 64 << 20, ROUND_BYTES = 1 << 20, THROWN_AWAY = 32 * 1024 };

/* The library closes its own descriptor of the connection; ours keeps the socket. */
void linger_take(struct http_loop *l, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	int fd = -1;
	if (info && l->n_lingering < HTTP_LINGERING_MAX) fd = fcntl(info->connect_fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0) return;
	l->lingering[l->n_lingering++] =
	        (struct http_lingering){ .fd = fd, .until_us = http_monotonic_us() + LINGER_US, .left = LINGER_BYTES };
}

/* false: the peer is done, or his time is over. */
static bool goes_on(struct http_lingering *one)
{
	char thrown_away[THROWN_AWAY];
	if (http_monotonic_us() > one->until_us) return false;
	(void)shutdown(one->fd, SHUT_WR); /* the library's close is none while our descriptor is open */
	for (int64_t round = ROUND_BYTES; round > 0;) {
		ssize_t n = recv(one->fd, thrown_away, sizeof thrown_away, MSG_DONTWAIT);
		if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
		if (n == 0) return false;
		round -= n;
		one->left -= n;
		if (one->left < 0) return false;
	}
	return true;
}

void linger_round(struct http_loop *l)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < l->n_lingering; i++)
		if (goes_on(&l->lingering[i]))
			l->lingering[kept++] = l->lingering[i];
		else
			(void)close(l->lingering[i].fd);
	l->n_lingering = kept;
}

void linger_end(struct http_loop *l)
{
	for (unsigned i = 0; i < l->n_lingering; i++)
		(void)close(l->lingering[i].fd);
	l->n_lingering = 0;
}

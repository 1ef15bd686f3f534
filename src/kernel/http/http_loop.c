/* The epoll threads. Each has a daemon of the library without a thread of its own, all on one listening socket, and
 * runs it when its epoll descriptor has something.
 *
 * Why not the library's own threads: Debian's 0.9.75 fetches events 128 at a time and asks again, with the whole
 * timeout, after exactly 128 (MHD_epoll); when 128 or 256 clients wait for answers at once, it sleeps on all of them.
 * MHD_run never sleeps. And many answers that are ready at once (a group of acts has been committed) wake a thread
 * once, where the library would write to its descriptor for each. */
#include "kernel/http/http_exchange.h"
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { CONNECTIONS = 4096, TIMEOUT_S = 15, LONGEST_SLEEP_MS = 60000, LINGER_SLEEP_MS = 1000 };

static int sleep_ms(const struct http_loop *l)
{
	MHD_UNSIGNED_LONG_LONG ms;
	int longest = l->n_lingering ? LINGER_SLEEP_MS : LONGEST_SLEEP_MS;
	if (MHD_get_timeout(l->daemon, &ms) != MHD_YES) return longest;
	return ms < (MHD_UNSIGNED_LONG_LONG)longest ? (int)ms : longest;
}

static nfds_t watch_lingering(const struct http_loop *l, struct pollfd *fds)
{
	for (unsigned i = 0; i < l->n_lingering; i++)
		fds[i] = (struct pollfd){ .fd = l->lingering[i].fd, .events = POLLIN };
	return l->n_lingering;
}

/* What is resumed before `woken` is cleared is seen by the run behind it; what is resumed later wakes again. */
static void *loop_main(void *arg)
{
	struct http_loop *l = arg;
	(void)pthread_setname_np(pthread_self(), "epoll");
	struct pollfd fds[2 + HTTP_LINGERING_MAX] = {
		{ .fd = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, .events = POLLIN },
		{ .fd = l->wake, .events = POLLIN }
	};
	eventfd_t count;
	while (!atomic_load(&l->ending)) {
		if (poll(fds, 2 + watch_lingering(l, fds + 2), sleep_ms(l)) > 0 && fds[1].revents)
			(void)eventfd_read(l->wake, &count);
		atomic_store(&l->woken, false);
		(void)MHD_run(l->daemon);
		if (l->n_lingering) linger_round(l);
	}
	linger_end(l);
	return NULL;
}

static void wake(struct http_loop *l)
{
	if (!atomic_exchange(&l->woken, true)) (void)eventfd_write(l->wake, 1);
}

void loop_resume(struct exchange *x)
{
	struct http_loop *l = x->loop; /* x may be gone when it is resumed */
	MHD_resume_connection(x->connection);
	wake(l);
}

static struct MHD_Daemon *open_daemon(struct http_loop *l, unsigned n_loops)
{
	struct http_server *s = l->server;
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, exchange_on_request, s,
	        MHD_OPTION_LISTEN_SOCKET, s->listener.fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS / n_loops,
	        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(s->config.head_bytes ? s->config.head_bytes : 16 * 1024),
	        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	        MHD_OPTION_NOTIFY_COMPLETED, exchange_on_completed, s, MHD_OPTION_NOTIFY_CONNECTION,
	        exchange_on_connection, s, MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, l, MHD_OPTION_END);
}

/* Half of the cores: nginx in front needs as much for its part of a request, and the writer and the workers want
 * theirs. */
static unsigned loops_of(const struct http_server *s)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN), half = cores > 1 ? cores / 2 : 1;
	unsigned n = s->config.epoll_threads ? s->config.epoll_threads : (unsigned)half;
	return n < HTTP_MAX_LOOPS ? n : HTTP_MAX_LOOPS;
}

err_t loop_start_all(struct http_server *s)
{
	unsigned n = loops_of(s);
	for (; s->n_loops < n; s->n_loops++) {
		struct http_loop *l = &s->loops[s->n_loops];
		l->server = s;
		l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		l->daemon = l->wake >= 0 ? open_daemon(l, n) : NULL;
		if (!l->daemon) return E_INTERNAL;
		if (pthread_create(&l->thread, NULL, loop_main, l) != 0) abort(); /* the machine is dying */
	}
	return OK;
}

void loop_quiesce_all(struct http_server *s)
{
	for (unsigned i = 0; i < s->n_loops; i++)
		(void)MHD_quiesce_daemon(s->loops[i].daemon);
}

void loop_stop_all(struct http_server *s)
{
	for (unsigned i = 0; i < s->n_loops; i++) {
		struct http_loop *l = &s->loops[i];
		atomic_store(&l->ending, true);
		wake(l);
		pthread_join(l->thread, NULL);
		MHD_stop_daemon(l->daemon);
		(void)close(l->wake);
	}
	(void)close(s->listener.fd);
}

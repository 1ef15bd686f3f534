/* Load generator: one thread, epoll, keep-alive, closed loop. wrk cannot send a fresh key with every request at the
 * rates measured here, and Node cannot send at them at all.
 *
 *     load_bench --to 127.0.0.1:PORT --requests FILE [--connections 64] [--seconds 10] [--warm 2] [--count N]
 *                [--from N] [--expect 201]
 *
 * FILE holds whole requests, each ended by a NUL byte; they are sent in turn. Each run of twelve '@' in one becomes a
 * number of twelve digits that no other request of the run carries (it counts up from --from). The answer is one line
 * of JSON: rates, latencies in microseconds, statuses, and this program's own CPU time, which shares the machine. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MARK = 12, MARKS_MAX = 8, REQUEST_MAX = 16384, ANSWER_MAX = 1 << 20, CONNECTIONS_MAX = 1024 };
/* Latencies: 128 steps to each power of two, so within 1 %. */
enum { STEPS = 128, CELLS = 40 * STEPS };

struct template
{
	const char *text;
	size_t n;
	size_t marks[MARKS_MAX], n_marks;
};
struct connection {
	int fd;
	char out[REQUEST_MAX];
	size_t n_out, sent;
	char *in;
	size_t n_in, want; /* want: whole answer, 0 while its head is not there */
	int status;
	int64_t started;
	bool busy;
};
struct load {
	struct sockaddr_in to;
	struct template *templates;
	size_t n_templates, next_template;
	struct connection *connections;
	int n_connections, epoll;
	double seconds, warm;
	int64_t count, expect, number, sent;
	int64_t begin, measure_from, end;
	uint64_t cells[CELLS];
	int64_t answers, first, last, bytes, worst, sum, unexpected, broken;
	int64_t statuses[6];
	char sample[400]; /* the first answer that was not expected */
};

static _Noreturn void fail(const char *what)
{
	(void)fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "");
	exit(2);
}

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

/* --- requests --- */

static void add_template(struct load *l, const char *text, size_t n)
{
	struct template t = { .text = text, .n = n };
	if (n > REQUEST_MAX) fail("a request is longer than 16 KiB");
	for (size_t i = 0; i + MARK <= n && t.n_marks < MARKS_MAX; i++) {
		if (memcmp(text + i, "@@@@@@@@@@@@", MARK) != 0) continue;
		t.marks[t.n_marks++] = i;
		i += MARK - 1;
	}
	l->templates = realloc(l->templates, (l->n_templates + 1) * sizeof t);
	if (!l->templates) abort();
	l->templates[l->n_templates++] = t;
}

static void read_templates(struct load *l, const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END) != 0) fail(path);
	long size = ftell(f);
	char *text = malloc((size_t)size + 1);
	if (!text || fseek(f, 0, SEEK_SET) != 0 || fread(text, 1, (size_t)size, f) != (size_t)size) fail(path);
	(void)fclose(f);
	text[size] = 0;
	for (char *p = text; p < text + size;) {
		size_t n = strlen(p);
		if (n) add_template(l, p, n);
		p += n + 1;
	}
	if (!l->n_templates) fail("no request in the file");
}

static void put_number(char *at, int64_t n)
{
	for (int i = MARK - 1; i >= 0; i--, n /= 10)
		at[i] = (char)('0' + n % 10);
}

/* --- connections --- */

static void watch(struct load *l, struct connection *c, int how, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = c };
	if (epoll_ctl(l->epoll, how, c->fd, &e) != 0) fail("epoll_ctl");
}

static void connect_one(struct load *l, struct connection *c, bool again)
{
	int one = 1;
	if (again) (void)close(c->fd);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&l->to, sizeof l->to) != 0) fail("connect");
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	watch(l, c, EPOLL_CTL_ADD, EPOLLIN);
}

static void broken(struct load *l, struct connection *c)
{
	l->broken++;
	if (l->broken > 1000) fail("connections break all the time");
	c->busy = false;
	connect_one(l, c, true);
}

static void push_out(struct load *l, struct connection *c)
{
	while (c->sent < c->n_out) {
		ssize_t n = send(c->fd, c->out + c->sent, c->n_out - c->sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) {
			broken(l, c);
			return;
		}
		c->sent += (size_t)n;
	}
}

static void send_next(struct load *l, struct connection *c)
{
	const struct template *t = &l->templates[l->next_template];
	if (l->count && l->sent >= l->count) return;
	if (++l->next_template == l->n_templates) l->next_template = 0;
	memcpy(c->out, t->text, t->n);
	for (size_t i = 0; i < t->n_marks; i++)
		put_number(c->out + t->marks[i], l->number);
	l->number++;
	l->sent++;
	c->n_out = t->n;
	c->sent = c->n_in = c->want = 0;
	c->started = now_us();
	c->busy = true;
	push_out(l, c);
}

/* --- answers --- */

static size_t cell_of(int64_t us)
{
	if (us < STEPS) return us < 0 ? 0 : (size_t)us;
	int power = 63 - __builtin_clzll((uint64_t)us), shift = power - 7;
	size_t cell = (size_t)(shift + 1) * STEPS + ((size_t)(us >> shift) - STEPS);
	return cell < CELLS ? cell : CELLS - 1;
}

static int64_t cell_value(size_t cell)
{
	if (cell < STEPS) return (int64_t)cell;
	size_t shift = cell / STEPS - 1;
	return (int64_t)((cell % STEPS + STEPS) << shift);
}

static int64_t percentile(const struct load *l, double share)
{
	uint64_t wanted = (uint64_t)((double)l->answers * share), seen = 0;
	for (size_t i = 0; i < CELLS; i++)
		if ((seen += l->cells[i]) > wanted) return cell_value(i);
	return l->worst;
}

static void count_answer(struct load *l, struct connection *c)
{
	int64_t now = now_us(), us = now - c->started;
	bool expected = !l->expect || c->status == l->expect;
	if (!expected && !l->unexpected++) (void)snprintf(l->sample, sizeof l->sample, "%.390s", c->in);
	c->busy = false;
	if (now < l->measure_from) return;
	if (!l->answers) l->first = now;
	l->last = now;
	l->answers++;
	l->bytes += (int64_t)c->want;
	l->sum += us;
	if (us > l->worst) l->worst = us;
	l->cells[cell_of(us)]++;
	l->statuses[c->status >= 100 && c->status < 600 ? c->status / 100 : 0]++;
}

/* Head and length of the answer, once its blank line is there. Answers in chunks are not asked for in these benches. */
static void read_head(struct connection *c)
{
	c->in[c->n_in] = 0;
	char *end = strstr(c->in, "\r\n\r\n");
	if (!end) return;
	const char *length = strcasestr(c->in, "\r\ncontent-length:");
	if (!length || length > end) {
		errno = 0;
		fail("an answer without Content-Length");
	}
	c->status = (int)strtol(c->in + sizeof "HTTP/1.1", NULL, 10);
	c->want = (size_t)(end + 4 - c->in) + strtoull(length + sizeof "\r\ncontent-length:" - 1, NULL, 10);
	if (c->want > ANSWER_MAX) fail("an answer is longer than 1 MiB");
}

static void on_readable(struct load *l, struct connection *c)
{
	ssize_t n = recv(c->fd, c->in + c->n_in, ANSWER_MAX - c->n_in, 0);
	if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
	if (n <= 0) {
		broken(l, c);
		if (now_us() < l->end) send_next(l, c);
		return;
	}
	c->n_in += (size_t)n;
	if (!c->want) read_head(c);
	if (!c->want || c->n_in < c->want) return;
	count_answer(l, c);
	if (now_us() < l->end) send_next(l, c);
}

static int busy(const struct load *l)
{
	int n = 0;
	for (int i = 0; i < l->n_connections; i++)
		n += l->connections[i].busy;
	return n;
}

static void run(struct load *l)
{
	struct epoll_event events[256];
	l->begin = now_us();
	l->measure_from = l->begin + (int64_t)(l->warm * 1e6);
	l->end = l->measure_from + (int64_t)(l->seconds * 1e6);
	for (int i = 0; i < l->n_connections; i++)
		send_next(l, &l->connections[i]);
	/* What is under way at the end is waited for: an act that was begun is counted or known as lost. */
	while (busy(l)) {
		int n = epoll_wait(l->epoll, events, 256, 10000);
		if (n < 0 && errno != EINTR) fail("epoll_wait");
		if (n == 0) {
			errno = 0;
			fail("no answer for 10 seconds");
		}
		for (int i = 0; i < n; i++)
			on_readable(l, events[i].data.ptr);
	}
}

static void print(const struct load *l)
{
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	double cpu = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	             (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
	double seconds = (double)(l->last - (l->measure_from < l->first ? l->measure_from : l->first)) / 1e6;
	double n = l->answers ? (double)l->answers : 1;
	(void)printf("{\"answers\":%lld,\"seconds\":%.3f,\"per_second\":%.1f,\"mean_us\":%.0f,", (long long)l->answers,
	        seconds, (double)l->answers / (seconds > 0 ? seconds : 1), (double)l->sum / n);
	(void)printf("\"p50_us\":%lld,\"p90_us\":%lld,\"p99_us\":%lld,\"p999_us\":%lld,\"max_us\":%lld,",
	        (long long)percentile(l, .5), (long long)percentile(l, .9), (long long)percentile(l, .99),
	        (long long)percentile(l, .999), (long long)l->worst);
	(void)printf("\"statuses\":{");
	for (int i = 1; i < 6; i++)
		(void)printf("%s\"%dxx\":%lld", i > 1 ? "," : "", i, (long long)l->statuses[i]);
	(void)printf("},\"unexpected\":%lld,\"broken\":%lld,\"bytes\":%lld,\"sent\":%lld,\"next\":%lld,\"own_cpu_s\":%."
	             "3f}\n",
	        (long long)l->unexpected, (long long)l->broken, (long long)l->bytes, (long long)l->sent,
	        (long long)l->number, cpu);
	if (l->unexpected) (void)fprintf(stderr, "load: first unexpected answer:\n%s\n", l->sample);
}

static void target(struct load *l, const char *text)
{
	char host[64] = "";
	int port = 0;
	errno = 0;
	if (sscanf(text, "%63[0-9.]:%d", host, &port) != 2 || port < 1 || port > 65535) fail("--to takes ADDRESS:PORT");
	l->to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	if (inet_pton(AF_INET, host, &l->to.sin_addr) != 1) fail("--to takes an IPv4 address");
}

int main(int argc, char **argv)
{
	static struct load l;
	const char *requests = NULL;
	l.n_connections = 64;
	l.seconds = 10;
	l.warm = 2;
	for (int i = 1; i + 1 < argc; i += 2) {
		const char *name = argv[i], *value = argv[i + 1];
		if (strcmp(name, "--to") == 0) target(&l, value);
		if (strcmp(name, "--requests") == 0) requests = value;
		if (strcmp(name, "--connections") == 0) l.n_connections = atoi(value);
		if (strcmp(name, "--seconds") == 0) l.seconds = atof(value);
		if (strcmp(name, "--warm") == 0) l.warm = atof(value);
		if (strcmp(name, "--count") == 0) l.count = atoll(value);
		if (strcmp(name, "--from") == 0) l.number = atoll(value);
		if (strcmp(name, "--expect") == 0) l.expect = atoll(value);
	}
	if (!requests || !l.to.sin_port || l.n_connections < 1 || l.n_connections > CONNECTIONS_MAX) {
		(void)fputs("load_bench --to ADDRESS:PORT --requests FILE [--connections N] [--seconds S] [--warm S] "
		            "[--count N] [--from N] [--expect STATUS]\n",
		        stderr);
		return 2;
	}
	read_templates(&l, requests);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	l.connections = calloc((size_t)l.n_connections, sizeof *l.connections);
	if (l.epoll < 0 || !l.connections) fail("start");
	for (int i = 0; i < l.n_connections; i++) {
		l.connections[i].in = malloc(ANSWER_MAX + 1);
		if (!l.connections[i].in) abort();
		connect_one(&l, &l.connections[i], false);
	}
	run(&l);
	print(&l);
	return l.answers && !l.unexpected ? 0 : 1;
}

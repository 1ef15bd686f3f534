#include "kernel/http/http_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct mapping {
	void *p;
	size_t n;
};

static void unmap(void *p)
{
	struct mapping *m = p;
	(void)munmap(m->p, m->n);
}

static void close_file(void *p)
{
	struct http_body *b = p;
	if (b->fd >= 0) (void)close(b->fd);
	b->fd = -1;
}

void http_body_init(struct http_body *b, struct arena *a)
{
	*b = (struct http_body){ .arena = a, .fd = -1 };
	buf_init(&b->memory, a, 1024);
	arena_cleanup(a, close_file, b);
}

static bool write_all(int fd, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, data, n);
		if (done < 0 && errno == EINTR) continue;
		if (done <= 0) return false;
		data += done;
		n -= (size_t)done;
	}
	return true;
}

bool http_body_add(struct http_body *b, const char *data, size_t n)
{
	b->n += n;
	if (b->fd < 0 && b->n <= HTTP_BODY_IN_MEMORY) {
		buf_add(&b->memory, data, n);
		return true;
	}
	if (b->fd < 0) {
		const char *directory = getenv("TMPDIR");
		b->fd = open(directory ? directory : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		if (b->fd < 0 || !write_all(b->fd, b->memory.p, b->memory.n)) return false;
	}
	return write_all(b->fd, data, n);
}

bool http_body_done(struct http_body *b, struct str *out)
{
	if (b->fd < 0) {
		*out = buf_done(&b->memory);
		return true;
	}
	/* One byte more, so that a NUL stands behind the body as behind every string. */
	struct mapping *m = arena_new_of(b->arena, struct mapping);
	m->n = b->n + 1;
	if (ftruncate(b->fd, (off_t)m->n) != 0) return false;
	m->p = mmap(NULL, m->n, PROT_READ, MAP_PRIVATE, b->fd, 0);
	if (m->p == MAP_FAILED) return false;
	arena_cleanup(b->arena, unmap, m);
	close_file(b);
	*out = (struct str){ m->p, b->n };
	return true;
}

#include "main/instance.h"
#include "base/str.h"
#include "kernel/crypto/crypto.h"
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { NAME_BYTES = 16, NAME_HEX = 2 * NAME_BYTES };

static void close_it(void *fd)
{
	(void)close((int)(intptr_t)fd);
}

const char *instance_name(struct arena *lifetime, const char *data_dir)
{
	unsigned char random[NAME_BYTES];
	char old[NAME_HEX];
	struct str path = str_printf(lifetime, "%s/instance", data_dir);
	int fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) return NULL;
	arena_cleanup(lifetime, close_it, (void *)(intptr_t)fd);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) return NULL;
	if (pread(fd, old, sizeof old, 0) == NAME_HEX) return str_dup(lifetime, (struct str){ old, NAME_HEX }).p;
	crypto_random(random, sizeof random);
	struct str name = str_hex(lifetime, random, sizeof random);
	return pwrite(fd, name.p, name.n, 0) == NAME_HEX ? name.p : NULL;
}

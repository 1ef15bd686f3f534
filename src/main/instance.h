/* A name that a data directory keeps, for the one process at a time that holds its lock. */
#ifndef MAIN_INSTANCE_H
#define MAIN_INSTANCE_H
#include "base/arena.h"

/* NULL: another process bears it, or it cannot be kept. The lock ends with the process, however that ends. */
const char *instance_name(struct arena *lifetime, const char *data_dir);
#endif

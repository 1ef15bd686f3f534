/* Built pieces of the front end (web/dist) at /static/{version}/{name}, already compressed in the binary. */
#ifndef KERNEL_STATIC_H
#define KERNEL_STATIC_H
#include "kernel/operation/operation.h"

struct static_in {
	struct str version, name;
};
extern const struct field static_fields[];
op_run static_file;
#endif

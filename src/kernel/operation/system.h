/* The kernel's own operations: health, and the sandbox's clock. */
#ifndef KERNEL_SYSTEM_H
#define KERNEL_SYSTEM_H
#include "kernel/operation/operation.h"

extern const struct operation system_operations[];
extern const size_t n_system_operations;
bool system_owns(const struct operation *op); /* served at its bare path too */
#endif

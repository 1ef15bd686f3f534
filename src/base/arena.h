/* Arena: memory that lives as long as one request, job or test and is freed in one step.
 * Allocation never returns NULL: exhaustion aborts the process; input limits keep users away from it.
 * Not thread-safe: one arena belongs to one thread at a time. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);                 /* runs the clean-ups, latest first */
void arena_reset(struct arena *a);                /* as free + new, keeps the first block */
void *arena_alloc(struct arena *a, size_t size);  /* aligned for any type, zeroed */
void *arena_bytes(struct arena *a, size_t size);  /* the same, not zeroed: for what is written before it is read */
void *arena_array(struct arena *a, size_t n, size_t size); /* n*size with overflow check, zeroed */
void *arena_dup(struct arena *a, const void *p, size_t n);
size_t arena_used(const struct arena *a);         /* bytes handed out so far */

/* Registers fn(p) to run at reset or free: resources are released where they were opened. */
void arena_cleanup(struct arena *a, void (*fn)(void *), void *p);

#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))
#endif

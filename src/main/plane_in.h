/* Segments of the plane taken in, from a folder or from an address where any web server hands one on. */
#ifndef MAIN_PLANE_IN_H
#define MAIN_PLANE_IN_H
#include <stdbool.h>
#include <stdint.h>

struct reader;
struct reader *plane_in_open(const char *data, const char *from, const char *key); /* NULL: told on standard error */
/* What is there and not here yet. false: told on standard error; what was taken in before stays. */
bool plane_in(struct reader *r, int64_t *position);
void plane_in_close(struct reader *r);
#endif

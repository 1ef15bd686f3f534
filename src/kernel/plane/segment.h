/* Segments: entries of the plane as signed files, to be shipped to machines that have nothing but the plane
 * (docs/spec/plane-segment.md). Pure. */
#ifndef KERNEL_PLANE_SEGMENT_H
#define KERNEL_PLANE_SEGMENT_H
#include "base/date.h"
#include "kernel/plane/plane.h"
#include "kernel/tlog/tlog.h"

struct segment {
	int64_t from, to; /* positions; from 0: all there is, in several parts */
	int64_t part;     /* 1, 2, 3 … */
	bool last;        /* of the parts */
	instant_us as_of;
	int64_t n;
	struct str body;
};
/* Names of files: FROM-TO.PART.plane, and "now.plane"; the index lists them, one a line. */
#define SEGMENT_INDEX "index"
struct segment_name {
	int64_t from, to, part;
};
bool segment_name_read(struct str name, struct segment_name *out); /* false: another file ("now.plane" too) */
/* The next segment that the index names, and its file's name; other lines are passed over. false: the end. */
enum { SEGMENT_NAME_MAX = 80 };
bool segment_index_next(struct str *index, struct segment_name *out, char name[SEGMENT_NAME_MAX]);

void segment_add(struct buf *body, enum plane_kind kind, const struct plane_key *key, struct str value);
bool segment_next(struct str *rest, struct plane_entry *out); /* false: the end, or broken (rest->n > 0 then) */
struct str segment_text(struct arena *a, const struct segment *s);
struct str segment_file(struct arena *a, const struct segment *s, struct str text, struct str signature_lines);
/* false: broken, changed, or not signed by one of the keys (why says which). */
bool segment_read(struct arena *a, struct str file, const struct tlog_verifier *keys, size_t n_keys,
        struct segment *out, const char **why);
#endif

/* Inside the access room: the buffer in front of the records' table. */
#ifndef KERNEL_ACCESS_RECORDER_H
#define KERNEL_ACCESS_RECORDER_H
#include "kernel/access/access.h"

/* Fixed size, copied into the buffer: its maker's arena is gone when it is written. */
struct access_record {
	bool event; /* a security event; else a reading */
	int64_t subject_id, person_id;
	instant_us at;
	char what[RECORD_TEXT];    /* reading: what; event: its name */
	char purpose[RECORD_TEXT]; /* reading: purpose; event: detail */
	char office[64];           /* reading: the officer's office; event: operation */
	char client[64], trace[24];
};
MUST_USE err_t access_record(struct ctx *c, const struct access_record *r);
#endif

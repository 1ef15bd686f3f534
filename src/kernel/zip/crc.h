/* CRC-32 as ZIP has it. */
#ifndef KERNEL_ZIP_CRC_H
#define KERNEL_ZIP_CRC_H
#include "base/arena.h"
#include "base/str.h"

struct crc; /* tables, made when the first message needs them */
struct crc *crc_new(struct arena *a);
uint32_t crc_of(struct crc *c, struct str s);
#endif

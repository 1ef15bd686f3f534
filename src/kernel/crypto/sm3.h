/* SM3's compression function (GB/T 32905-2016), here and in the browser. */
#ifndef KERNEL_CRYPTO_SM3_H
#define KERNEL_CRYPTO_SM3_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SM3_START                                                                                                      \
	{                                                                                                              \
		0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e         \
	}
enum { SM3_LANES = 8 };
/* n blocks of 64 bytes. */
void sm3_blocks(uint32_t v[8], const unsigned char *p, size_t n);
/* The same for eight messages at once, word by word beside each other: v[word][lane]. */
void sm3_blocks_of_eight(uint32_t v[8][SM3_LANES], const unsigned char *p[SM3_LANES], size_t n);
bool sm3_has_lanes(void); /* this machine is faster with eight */
#endif

/* SHA-256's compression function for two messages at once, where the machine has it (SHA-NI). Inner header of crypto.
 */
#ifndef KERNEL_CRYPTO_SHA_PAIR_H
#define KERNEL_CRYPTO_SHA_PAIR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool sha_pair_there(void);
/* n blocks of 64 bytes each. */
void sha_pair_blocks(uint32_t a[8], const unsigned char *p, uint32_t b[8], const unsigned char *q, size_t n);
#endif

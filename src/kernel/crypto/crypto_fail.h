/* Inside the room: the library itself failed, nothing can be trusted; and the fetched digests. */
#ifndef KERNEL_CRYPTO_FAIL_H
#define KERNEL_CRYPTO_FAIL_H
#include "kernel/crypto/crypto.h"
#include <openssl/evp.h>

void crypto_fail(const char *what) __attribute__((noreturn));
const EVP_MD *crypto_evp(enum crypto_digest d);
#endif

/* Ciphers: AES-256-GCM, AES-256-CBC, SM4-ECB. */
#include "kernel/crypto/crypto.h"
#include "kernel/crypto/crypto_fail.h"

void crypto_gcm_seal(const unsigned char key[32], const unsigned char nonce[12], struct str aad, struct str plain,
        unsigned char *out, unsigned char tag[16])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	if (!ctx || plain.n > INT32_MAX || aad.n > INT32_MAX ||
	        !EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) ||
	        (aad.n && !EVP_EncryptUpdate(ctx, NULL, &n, (const unsigned char *)aad.p, (int)aad.n)) ||
	        (plain.n && !EVP_EncryptUpdate(ctx, out, &n, (const unsigned char *)plain.p, (int)plain.n)) ||
	        !EVP_EncryptFinal_ex(ctx, out + plain.n, &n) ||
	        !EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, 16, tag))
		crypto_fail("gcm");
	EVP_CIPHER_CTX_free(ctx);
}

bool crypto_gcm_open(const unsigned char key[32], const unsigned char nonce[12], struct str aad, struct str sealed,
        const unsigned char tag[16], unsigned char *out)
{
	unsigned char expected[16];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	if (!ctx) crypto_fail("gcm");
	for (int i = 0; i < 16; i++)
		expected[i] = tag[i];
	bool ok = sealed.n <= INT32_MAX && aad.n <= INT32_MAX &&
	          EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) &&
	          (!aad.n || EVP_DecryptUpdate(ctx, NULL, &n, (const unsigned char *)aad.p, (int)aad.n)) &&
	          (!sealed.n || EVP_DecryptUpdate(ctx, out, &n, (const unsigned char *)sealed.p, (int)sealed.n)) &&
	          EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, 16, expected) &&
	          EVP_DecryptFinal_ex(ctx, out + sealed.n, &n) > 0;
	EVP_CIPHER_CTX_free(ctx);
	if (!ok && sealed.n) crypto_wipe(out, sealed.n); /* unauthenticated plaintext must not leave */
	return ok;
}

static bool blocks(const EVP_CIPHER *cipher, int encrypt, const unsigned char *key, const unsigned char *iv,
        struct str in, unsigned char *out)
{
	if (in.n % 16 || in.n > INT32_MAX) return false;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0, last = 0;
	if (!ctx || !EVP_CipherInit_ex(ctx, cipher, NULL, key, iv, encrypt) || !EVP_CIPHER_CTX_set_padding(ctx, 0) ||
	        (in.n && !EVP_CipherUpdate(ctx, out, &n, (const unsigned char *)in.p, (int)in.n)) ||
	        !EVP_CipherFinal_ex(ctx, out + n, &last))
		crypto_fail("cipher");
	EVP_CIPHER_CTX_free(ctx);
	return true;
}

bool crypto_cbc_encrypt(const unsigned char key[32], const unsigned char iv[16], struct str plain, unsigned char *out)
{
	return blocks(EVP_aes_256_cbc(), 1, key, iv, plain, out);
}

bool crypto_cbc_decrypt(const unsigned char key[32], const unsigned char iv[16], struct str sealed, unsigned char *out)
{
	return blocks(EVP_aes_256_cbc(), 0, key, iv, sealed, out);
}

bool crypto_sm4_ecb_encrypt(const unsigned char key[16], struct str plain, unsigned char *out)
{
	return blocks(EVP_sm4_ecb(), 1, key, NULL, plain, out);
}

bool crypto_sm4_ecb_decrypt(const unsigned char key[16], struct str sealed, unsigned char *out)
{
	return blocks(EVP_sm4_ecb(), 0, key, NULL, sealed, out);
}

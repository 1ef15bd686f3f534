/* The protocol of WeChat official accounts (domain/invoice.md §9.1): signature, XML messages, AES mode. No I/O, no
 * state. */
#ifndef CHANNEL_WECHAT_H
#define CHANNEL_WECHAT_H
#include "base/buf.h"

enum { WECHAT_KEY_DIGITS = 43, WECHAT_PARTS_MAX = 4, WECHAT_CONTENT_MAX = 2048 };

/* Hex of the SHA-1 of the parts, sorted bytewise and joined: token, timestamp, nonce [, encrypted text]. */
struct str wechat_signature(struct arena *a, const struct str *parts, size_t n);
bool wechat_key(struct arena *a, struct str encoding_aes_key, unsigned char key[32]); /* of 43 characters */
/* AES-256-CBC, padded to 32: 16 random bytes, length, message, application id. false: broken, or for another one. */
bool wechat_open(
        struct arena *a, const unsigned char key[32], struct str appid, struct str base64, struct str *message);
struct str wechat_seal(struct arena *a, const unsigned char key[32], struct str appid, struct str message,
        const unsigned char random[16]);

struct wechat_message {
	struct str to, from, created, type, id; /* id: MsgId; events have none */
	struct str content;                     /* text; Recognition of a voice */
	struct str event, event_key, scanned;   /* scanned: ScanCodeInfo/ScanResult */
	struct str encrypted;                   /* the whole message is in here */
};
/* No DTD, no entities; unknown members are passed over. false: not such a message. */
bool wechat_read(struct arena *a, struct str xml, struct wechat_message *out);
struct str wechat_reply(struct arena *a, const struct wechat_message *m, int64_t unix_seconds, struct str content);
struct str wechat_envelope(
        struct arena *a, struct str encrypted, struct str signature, struct str timestamp, struct str nonce);
#endif

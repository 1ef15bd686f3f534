#include "services/invoice/channel/wechat.h"
#include "base/utf8.h"
#include "kernel/crypto/crypto.h"
#include "kernel/xml/xml.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 32, RANDOM = 16, LENGTH = 4 };

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct str wechat_signature(struct arena *a, const struct str *parts, size_t n)
{
	struct str sorted[WECHAT_PARTS_MAX];
	unsigned char digest[20];
	struct buf b;
	if (n > WECHAT_PARTS_MAX) return STR_NONE;
	memcpy(sorted, parts, n * sizeof *parts);
	qsort(sorted, n, sizeof *sorted, by_bytes);
	buf_init(&b, a, 128);
	for (size_t i = 0; i < n; i++)
		buf_str(&b, sorted[i]);
	crypto_sha1(b.p, b.n, digest);
	return str_hex(a, digest, sizeof digest);
}

/* The 43rd digit has two bits too many and platforms do not clear them, so strict Base64 with "=" would refuse it: a
 * digit is appended, and the 33rd byte is left alone. */
bool wechat_key(struct arena *a, struct str text, unsigned char key[32])
{
	struct str bytes;
	if (text.n != WECHAT_KEY_DIGITS) return false;
	if (!str_unbase64(a, str_printf(a, "%.*sA", STR_FMT(text)), &bytes) || bytes.n != 33) return false;
	memcpy(key, bytes.p, 32);
	return true;
}

static bool unpack(struct str plain, struct str appid, struct str *message)
{
	if (plain.n < BLOCK) return false;
	const unsigned char *p = (const unsigned char *)plain.p;
	size_t pad = p[plain.n - 1], head = RANDOM + LENGTH;
	if (pad < 1 || pad > BLOCK || pad > plain.n - head) return false;
	for (size_t i = 0; i < pad; i++)
		if (p[plain.n - 1 - i] != pad) return false;
	size_t n = (size_t)p[16] << 24 | (size_t)p[17] << 16 | (size_t)p[18] << 8 | p[19], body = plain.n - head - pad;
	if (n > body || body - n != appid.n || memcmp(p + head + n, appid.p, appid.n) != 0) return false;
	*message = (struct str){ plain.p + head, n };
	return true;
}

bool wechat_open(struct arena *a, const unsigned char key[32], struct str appid, struct str base64, struct str *message)
{
	struct str sealed;
	if (!base64.p || !appid.p || !str_unbase64(a, base64, &sealed) || !sealed.n || sealed.n % 16) return false;
	unsigned char *plain = arena_alloc(a, sealed.n + 1);
	if (!crypto_cbc_decrypt(key, key, sealed, plain)) return false;
	return unpack((struct str){ (const char *)plain, sealed.n }, appid, message);
}

struct str wechat_seal(struct arena *a, const unsigned char key[32], struct str appid, struct str message,
        const unsigned char random[16])
{
	struct buf b;
	const unsigned char length[LENGTH] = { (unsigned char)(message.n >> 24), (unsigned char)(message.n >> 16),
		(unsigned char)(message.n >> 8), (unsigned char)message.n };
	buf_init(&b, a, message.n + appid.n + 2 * BLOCK);
	buf_add(&b, random, RANDOM);
	buf_add(&b, length, LENGTH);
	buf_str(&b, message);
	buf_str(&b, appid);
	for (size_t pad = BLOCK - b.n % BLOCK, i = 0; i < pad; i++)
		buf_char(&b, (char)pad);
	unsigned char *sealed = arena_alloc(a, b.n + 1);
	if (!crypto_cbc_encrypt(key, key, buf_done(&b), sealed)) return STR_NONE;
	return str_base64(a, sealed, b.n);
}

bool wechat_read(struct arena *a, struct str xml, struct wechat_message *out)
{
	struct xml_node *root;
	int64_t line;
	const char *why;
	*out = (struct wechat_message){ 0 };
	if (xml_parse(a, xml, &root, &line, &why) != OK || !str_is(root->name, "xml")) return false;
	out->to = xml_text(root, "ToUserName");
	out->from = xml_text(root, "FromUserName");
	out->created = xml_text(root, "CreateTime");
	out->type = xml_text(root, "MsgType");
	out->id = xml_text(root, "MsgId");
	out->content = str_is(out->type, "voice") ? xml_text(root, "Recognition") : xml_text(root, "Content");
	out->event = xml_text(root, "Event");
	out->event_key = xml_text(root, "EventKey");
	out->scanned = xml_text(root, "ScanCodeInfo/ScanResult");
	out->encrypted = xml_text(root, "Encrypt");
	bool plain = out->to.n && out->from.n && out->created.n && out->type.n && (out->id.n || out->event.n);
	return plain || out->encrypted.n;
}

/* "]]>" would end the section. */
static void put_text(struct buf *b, const char *name, struct str s)
{
	ptrdiff_t end;
	buf_printf(b, "<%s><![CDATA[", name);
	while ((end = str_find(s, "]]>")) >= 0) {
		buf_add(b, s.p, (size_t)end + 2);
		buf_c(b, "]]><![CDATA[");
		s = str_sub(s, (size_t)end + 2, s.n);
	}
	buf_str(b, s);
	buf_printf(b, "]]></%s>", name);
}

/* At most `max` bytes, between two code points. */
static struct str clipped(struct str s, size_t max)
{
	size_t at = 0, next = 0;
	while (next < s.n && next <= max) {
		at = next;
		if (utf8_next(s, &next) < 0) next++;
	}
	return next <= max ? s : str_sub(s, 0, at);
}

struct str wechat_reply(struct arena *a, const struct wechat_message *m, int64_t unix_seconds, struct str content)
{
	struct buf b;
	buf_init(&b, a, content.n + 400);
	buf_c(&b, "<xml>");
	put_text(&b, "ToUserName", m->from);
	put_text(&b, "FromUserName", m->to);
	buf_printf(&b, "<CreateTime>%lld</CreateTime>", (long long)unix_seconds);
	put_text(&b, "MsgType", S("text"));
	put_text(&b, "Content", clipped(content, WECHAT_CONTENT_MAX));
	buf_c(&b, "</xml>");
	return buf_done(&b);
}

struct str wechat_envelope(
        struct arena *a, struct str encrypted, struct str signature, struct str timestamp, struct str nonce)
{
	struct buf b;
	buf_init(&b, a, encrypted.n + 400);
	buf_c(&b, "<xml>");
	put_text(&b, "Encrypt", encrypted);
	put_text(&b, "MsgSignature", signature);
	buf_printf(&b, "<TimeStamp>%.*s</TimeStamp>", STR_FMT(timestamp));
	put_text(&b, "Nonce", nonce);
	buf_c(&b, "</xml>");
	return buf_done(&b);
}

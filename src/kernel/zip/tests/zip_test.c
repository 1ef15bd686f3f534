/* ZIP: what is written is read, what another program packs is read, and hostile packages stop at their limit. */
#include "base/buf.h"
#include "kernel/zip/crc.h"
#include "kernel/zip/zip.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Raw deflate of fifty times "abc", made by zlib. */
static const unsigned char fifty[] = { 0x4b, 0x4c, 0x4a, 0x4e, 0x1c, 0x7c, 0x08, 0x00 };

static void written_is_read(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct zip_entry list[] = { { S("OFD.xml"), S("<a/>") }, { S("Doc_0/x.xml"), S("") },
		{ S("b"), S("0123456789") } };
	struct str file = zip_write(a, list, 3);
	struct zip z;
	const char *why;
	assert_int_equal(zip_read(a, file, &z, &why), ZIP_GOOD);
	assert_int_equal(z.n, 3);
	assert_true(str_is(zip_find(&z, S("/b")), "0123456789"));
	assert_true(str_is(zip_find(&z, S("OFD.xml")), "<a/>"));
	assert_null(zip_find(&z, S("c")).p);
	for (size_t n = 0; n < file.n; n++) {
		struct str cut = { arena_dup(a, file.p, n + 1), n };
		assert_int_not_equal(zip_read(a, cut, &z, &why), ZIP_GOOD);
	}
	arena_free(a);
}

/* Bit by bit, as the standard says it, against what is quick: each length over the steps of 8, 16 and 64 bytes. */
static void checksum_is_that_of_the_polynomial(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct crc *c = crc_new(a);
	char text[400];
	uint32_t v = 0xffffffff;
	assert_int_equal(crc_of(c, S("123456789")), 0xcbf43926);
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)(i * 37 + i / 7);
	for (size_t n = 0; n < sizeof text; n++) {
		assert_int_equal(crc_of(c, (struct str){ text, n }), ~v);
		v ^= (unsigned char)text[n];
		for (int k = 0; k < 8; k++)
			v = v & 1 ? v >> 1 ^ 0xedb88320 : v >> 1;
	}
	arena_free(a);
}

static void inflated(void **state)
{
	(void)state;
	unsigned char out[200];
	struct str packed = { (const char *)fifty, sizeof fifty };
	assert_true(zip_inflate(packed, out, 150));
	for (int i = 0; i < 150; i++)
		assert_int_equal(out[i], "abc"[i % 3]);
	assert_false(zip_inflate(packed, out, 149));
	assert_false(zip_inflate(packed, out, 151));
	assert_false(zip_inflate((struct str){ packed.p, 4 }, out, 150));
	assert_false(zip_inflate(S("\x07"), out, 1)); /* a kind of block that does not exist */
	assert_true(zip_inflate((struct str){ "\x01\x02\x00\xfd\xffhi", 7 }, out, 2));
	assert_memory_equal(out, "hi", 2);
}

static enum zip_fault of_name(struct arena *a, struct str name)
{
	const struct zip_entry list[] = { { name, S("x") } };
	struct zip z;
	const char *why;
	return zip_read(a, zip_write(a, list, 1), &z, &why);
}

static void names_stay_inside(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	static const char *const bad[] = { "../x", "a/../../x", "/x", "a\\x", "c:x", "./x", "a//b", "a/./b", "" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(of_name(a, str_c(bad[i])), ZIP_LIMIT);
	assert_int_equal(of_name(a, S("a/b..c/d")), ZIP_GOOD);
	const struct zip_entry twice[] = { { S("a"), S("1") }, { S("a"), S("2") } };
	struct zip z;
	const char *why;
	assert_int_equal(zip_read(a, zip_write(a, twice, 2), &z, &why), ZIP_BROKEN);
	arena_free(a);
}

/* A header that claims a gigabyte: refused before memory is taken. */
static void claims(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct zip_entry list[] = { { S("a"), S("0123456789") } };
	struct str file = zip_write(a, list, 1);
	struct zip z;
	const char *why;
	char *bytes = arena_dup(a, file.p, file.n + 1);
	size_t central = file.n - 22 - 47;
	memcpy(bytes + central + 24, "\0\0\0\x40", 4);
	assert_int_equal(zip_read(a, (struct str){ bytes, file.n }, &z, &why), ZIP_LIMIT);
	bytes = arena_dup(a, file.p, file.n + 1);
	bytes[central + 10] = 8; /* now packed, with ten bytes for a megabyte */
	memcpy(bytes + central + 24, "\0\0\x10\0", 4);
	assert_int_equal(zip_read(a, (struct str){ bytes, file.n }, &z, &why), ZIP_LIMIT);
	struct zip_entry *many = arena_array(a, ZIP_ENTRIES_MAX + 1, sizeof *many);
	for (int i = 0; i <= ZIP_ENTRIES_MAX; i++)
		many[i] = (struct zip_entry){ str_printf(a, "f%d", i), S("") };
	assert_int_equal(zip_read(a, zip_write(a, many, ZIP_ENTRIES_MAX), &z, &why), ZIP_GOOD);
	assert_int_equal(zip_read(a, zip_write(a, many, ZIP_ENTRIES_MAX + 1), &z, &why), ZIP_LIMIT);
	arena_free(a);
}

/* Each bit of each byte around the parts: refused, or told as not plain. */
static void no_byte_is_free(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct zip_entry list[] = { { S("OFD.xml"), S("<a/>") }, { S("Doc_0/x.xml"), S("") },
		{ S("b"), S("0123456789") } };
	struct str file = zip_write(a, list, 3);
	struct zip z;
	const char *why;
	assert_int_equal(zip_read(a, file, &z, &why), ZIP_GOOD);
	assert_true(z.plain);
	char *bytes = arena_dup(a, file.p, file.n);
	struct str bent = { bytes, file.n };
	for (size_t i = 0; i < file.n * 8; i++) {
		bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
		if (zip_read(a, bent, &z, &why) == ZIP_GOOD) assert_false(z.plain);
		bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
	}
	arena_free(a);
}

/* Bytes before, between, behind, and a part that lies inside of another. */
static void nothing_lies_between(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct buf b;
	struct zip z;
	const char *why;
	const struct zip_entry list[] = { { S("a"), S("1") }, { S("b"), S("2") } };
	struct str file = zip_write(a, list, 2);
	buf_init(&b, a, file.n + 1);
	buf_str(&b, file);
	buf_char(&b, 'x');
	assert_int_equal(zip_read(a, buf_done(&b), &z, &why), ZIP_BROKEN);
	/* one byte more in front of the directory, which is told to begin behind it */
	enum { ENTRY = 32, DIRECTORY = 64 };
	buf_init(&b, a, file.n + 1);
	buf_add(&b, file.p, DIRECTORY);
	buf_char(&b, 'x');
	buf_add(&b, file.p + DIRECTORY, file.n - DIRECTORY);
	char *bytes = arena_dup(a, b.p, b.n);
	bytes[b.n - 6] = DIRECTORY + 1;
	assert_int_equal(zip_read(a, (struct str){ bytes, b.n }, &z, &why), ZIP_BROKEN);
	assert_string_equal(why, "bytes between its entries");
	/* both names for one part */
	bytes = arena_dup(a, file.p, file.n);
	bytes[ENTRY + 30] = 'a';
	assert_int_equal(zip_read(a, (struct str){ bytes, file.n }, &z, &why), ZIP_BROKEN);
	arena_free(a);
}

/* As a program writes that does not know the sizes beforehand: bit 3, and a descriptor behind the data. */
static void descriptors(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct buf b;
	struct zip z;
	const char *why;
	const struct zip_entry list[] = { { S("a"), S("0123456789") } };
	struct str file = zip_write(a, list, 1);
	enum { DATA = 31, DIRECTORY = 41 };
	for (int mark = 0; mark < 2; mark++) {
		char *bytes = arena_dup(a, file.p, file.n);
		bytes[6] = bytes[DIRECTORY + 8] = 8;
		bytes[file.n - 6] = (char)(DIRECTORY + 12 + 4 * mark);
		buf_init(&b, a, file.n + 16);
		buf_add(&b, bytes, 14);
		buf_add(&b, "\0\0\0\0\0\0\0\0\0\0\0", 12);
		buf_add(&b, bytes + 26, DIRECTORY - 26);
		if (mark) buf_add(&b, "PK\7\10", 4);
		buf_add(&b, bytes + DIRECTORY + 16, 12);
		buf_add(&b, bytes + DIRECTORY, file.n - DIRECTORY);
		struct str whole = buf_done(&b);
		assert_int_equal(zip_read(a, whole, &z, &why), ZIP_GOOD);
		assert_true(str_is(zip_find(&z, S("a")), "0123456789"));
		assert_false(z.plain);
		char *bent = arena_dup(a, whole.p, whole.n);
		bent[DIRECTORY + 4 * mark] ^= 1;
		assert_int_equal(zip_read(a, (struct str){ bent, whole.n }, &z, &why), ZIP_BROKEN);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(written_is_read),
		cmocka_unit_test(checksum_is_that_of_the_polynomial), cmocka_unit_test(inflated),
		cmocka_unit_test(names_stay_inside), cmocka_unit_test(claims), cmocka_unit_test(no_byte_is_free),
		cmocka_unit_test(nothing_lies_between), cmocka_unit_test(descriptors) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Value: a JSON tree in an arena. Handlers answer with one; it leaves as JSON or through a page template as HTML.
 * Keys are kept in order and are not copied (they are literals nearly always). Money and decimals travel as strings. */
#ifndef KERNEL_VALUE_H
#define KERNEL_VALUE_H
#include "base/buf.h"
#include "base/date.h"
#include "base/error.h"
#include "base/money.h"

/* A numeral is a number that is no whole int64, as it was written. It stands in requests only, so that a field can say
 * what is wrong with it: no declared field takes one (json_parse_numerals). */
enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_INT, VALUE_STR, VALUE_ARRAY, VALUE_OBJECT, VALUE_NUMERAL };

struct value;
struct value_member {
	struct str key;
	struct value *value;
	struct value_member *next;
};
struct value {
	enum value_kind kind;
	uint32_t count; /* members or items */
	union {
		bool boolean;
		int64_t integer;
		struct str str;             /* text, or a numeral */
		struct value_member *first; /* items of an array have no key */
	};
	struct value_member *last;
};

struct value *value_null(struct arena *a);
struct value *value_bool(struct arena *a, bool v);
struct value *value_int(struct arena *a, int64_t v);
struct value *value_str(struct arena *a, struct str v); /* not copied; STR_NONE makes null */
struct value *value_numeral(struct arena *a, struct str digits);
struct value *value_array(struct arena *a);
struct value *value_object(struct arena *a);

void value_push(struct arena *a, struct value *array, struct value *item);
void value_put(struct arena *a, struct value *object, const char *key, struct value *v); /* appends; key not copied */
void value_put_key(struct arena *a, struct value *object, struct str key, struct value *v); /* the same */
void value_put_str(struct arena *a, struct value *object, const char *key, struct str v);
void value_put_c(struct arena *a, struct value *object, const char *key, const char *v);
void value_put_int(struct arena *a, struct value *object, const char *key, int64_t v);
void value_put_bool(struct arena *a, struct value *object, const char *key, bool v);
void value_put_money(struct arena *a, struct value *object, const char *key, struct money v); /* "1234.50" */
void value_put_date(struct arena *a, struct value *object, const char *key, struct date v);   /* "2026-11-24" */
void value_put_instant(struct arena *a, struct value *object, const char *key, instant_us v); /* ISO with +08:00 */
void value_set(
        struct arena *a, struct value *object, struct str key, struct value *v); /* replaces or appends; key copied */
struct value *value_put_object(struct arena *a, struct value *object, const char *key); /* new empty member */
struct value *value_put_array(struct arena *a, struct value *object, const char *key);

const struct value *value_get(const struct value *object, struct str key); /* NULL: not there, or no object */
const struct value *value_at(const struct value *array, size_t i);
struct str value_text(const struct value *object, const char *key); /* STR_NONE unless a string */
int64_t value_number(const struct value *object, const char *key, int64_t otherwise);
const struct value *value_find(const struct value *root, struct str json_pointer); /* RFC 6901 */
bool value_equal(const struct value *a, const struct value *b);

void value_write_json(struct buf *b, const struct value *v);      /* as ordered */
struct str value_json(struct arena *a, const struct value *v);    /* the same as a text of its own */
void value_write_text(struct buf *b, struct str s);               /* one JSON string, as JCS writes it */
void value_write_pretty(struct buf *b, const struct value *v);    /* indented by 2 */
void value_write_canonical(struct buf *b, const struct value *v); /* JCS, RFC 8785 */

/* Strict JSON: no duplicate keys, no NUL, valid UTF-8, depth <= 32, integers in int64, no reals (amounts are strings).
 * Texts are copied. On failure *where says line, column and reason (N_(), to be translated). */
struct json_fault {
	int line, column;
	struct str reason;
};
MUST_USE err_t json_parse(struct arena *a, struct str text, struct value **out, struct json_fault *where);
/* The same with numerals: for what goes on to input_read, which refuses each at its place, with all other faults. */
MUST_USE err_t json_parse_numerals(struct arena *a, struct str text, struct value **out, struct json_fault *where);
#endif

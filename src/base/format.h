/* vsnprintf with a short way for what nearly all our formats are: texts and whole numbers without padding. The same
 * result, a tenth of the time; anything else goes to the C library. */
#ifndef BASE_FORMAT_H
#define BASE_FORMAT_H
#include <stdarg.h>
#include <stddef.h>

/* As vsnprintf: at most room bytes with the final zero, and the length that the whole has. */
int format_print(char *out, size_t room, const char *fmt, va_list args) __attribute__((format(printf, 3, 0)));
#endif

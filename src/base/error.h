/* Errors. A function that can fail returns err_t and is MUST_USE. The kind says what the caller can do;
 * the words for the user (a problem with its faults) are collected in a struct problem and rendered once, at the
 * edge, as RFC 9457 problem+json or as the form again with the faults at their fields. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H
#include "base/str.h"

#define MUST_USE __attribute__((warn_unused_result))

/* Marks a Chinese text as message id for translation (i18n, *.po); the text itself is the Chinese version. */
#define N_(text) text

typedef enum err {
	OK = 0,
	E_INPUT,           /* 400/422: what was sent breaks a rule; faults say where */
	E_UNAUTHENTICATED, /* 401 */
	E_FORBIDDEN,       /* 403: signed in, but lacks a right that may be named */
	E_NOT_FOUND,       /* 404: is not there, or not for this caller */
	E_METHOD,          /* 405 */
	E_NOT_ACCEPTABLE,  /* 406 */
	E_CONFLICT,        /* 409: state does not allow it, or Idempotency-Key with another body */
	E_TOO_LARGE,       /* 413 */
	E_MEDIA,           /* 415 */
	E_LIMITED,         /* 429 */
	E_BUSY,            /* 503: try again later (queue full, fault injected, database away) */
	E_INTERNAL,        /* 500: our fault; details go to the log only */
} err_t;

int err_status(err_t e); /* HTTP status */

#define TRY(call)                   \
	do {                            \
		err_t err_ = (call);        \
		if (err_ != OK) return err_; \
	} while (0)

/* What can be wrong, declared once as static const beside the rule that finds it. In message and fix, {1}..{4} are
 * replaced by the arguments. Wording: what happened + why + what to do (design/ui §8), at most 40 characters or so. */
struct fault_def {
	const char *code;    /* "uscc-check": stable, for programs */
	const char *message; /* N_("校验码不符：按前 17 位计算，第 18 位应为 {1}") */
	const char *fix;     /* may be NULL */
	const char *law;     /* N_("发票管理办法 第二十一条"), may be NULL */
};

struct fault {
	const struct fault_def *def;
	struct str pointer; /* JSON pointer of the field: "/lines/0/tax_code"; "" = the whole document */
	struct str arg[4];
};

struct problem {
	struct arena *arena;
	err_t kind;
	const struct fault_def *def; /* the headline; NULL = the standard one of the kind */
	struct str arg[4];
	struct fault *faults;
	size_t n, cap;
};

#define PROBLEM_FAULTS_MAX 200 /* more are counted, not kept */

void problem_init(struct problem *p, struct arena *a);
/* Adds a fault at a field; ends the argument list with STR_NONE-terminated varargs of struct str (0 to 4). */
void problem_fault(struct problem *p, struct str pointer, const struct fault_def *def, ...);
#define PROBLEM_FAULT(p, pointer, ...) problem_fault((p), (pointer), __VA_ARGS__, STR_NONE)
/* Sets the headline and returns kind, so that rules can say: return problem_raise(p, E_CONFLICT, &def, arg...) */
err_t problem_raise(struct problem *p, err_t kind, const struct fault_def *def, ...);
#define PROBLEM_RAISE(p, kind, ...) problem_raise((p), (kind), __VA_ARGS__, STR_NONE)
/* OK without faults, else E_INPUT: the usual end of a checking function. */
err_t problem_result(const struct problem *p) MUST_USE;
/* The message with its arguments filled in; text is the (translated) pattern. */
struct str problem_fill(struct arena *a, const char *text, const struct str arg[4]);
#endif

#include "base/error.h"
#include "base/buf.h"
#include <string.h>

int err_status(err_t e)
{
	switch (e) {
	case OK: return 200;
	case E_INPUT: return 422;
	case E_UNAUTHENTICATED: return 401;
	case E_FORBIDDEN: return 403;
	case E_NOT_FOUND: return 404;
	case E_METHOD: return 405;
	case E_NOT_ACCEPTABLE: return 406;
	case E_CONFLICT: return 409;
	case E_TOO_LARGE: return 413;
	case E_MEDIA: return 415;
	case E_LIMITED: return 429;
	case E_BUSY: return 503;
	case E_INTERNAL: return 500;
	}
	return 500;
}

void problem_init(struct problem *p, struct arena *a)
{
	memset(p, 0, sizeof *p);
	p->arena = a;
}

/* Arguments outlive the caller's buffers: they are copied. */
static void take_args(struct arena *a, struct str arg[4], va_list list)
{
	for (size_t i = 0; i < 4; i++) {
		struct str s = va_arg(list, struct str);
		if (!s.p) return;
		arg[i] = str_dup(a, s);
	}
}

void problem_fault(struct problem *p, struct str pointer, const struct fault_def *def, ...)
{
	if (p->kind == OK) p->kind = E_INPUT;
	if (p->n++ >= PROBLEM_FAULTS_MAX) return;
	if (p->n > p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 8;
		struct fault *grown = arena_array(p->arena, cap, sizeof *grown);
		if (p->cap) memcpy(grown, p->faults, p->cap * sizeof *grown);
		p->faults = grown;
		p->cap = cap;
	}
	struct fault *f = &p->faults[p->n - 1];
	f->def = def;
	f->pointer = str_dup(p->arena, pointer);
	va_list list;
	va_start(list, def);
	take_args(p->arena, f->arg, list);
	va_end(list);
}

err_t problem_raise(struct problem *p, err_t kind, const struct fault_def *def, ...)
{
	p->kind = kind;
	p->def = def;
	memset(p->arg, 0, sizeof p->arg);
	va_list list;
	va_start(list, def);
	take_args(p->arena, p->arg, list);
	va_end(list);
	return kind;
}

err_t problem_result(const struct problem *p)
{
	return p->n ? E_INPUT : OK;
}

struct str problem_fill(struct arena *a, const char *text, const struct str arg[4])
{
	struct buf b;
	buf_init(&b, a, strlen(text) + 64);
	for (const char *c = text; *c; c++) {
		if (c[0] == '{' && c[1] >= '1' && c[1] <= '4' && c[2] == '}') {
			buf_str(&b, arg[c[1] - '1']);
			c += 2;
		} else {
			buf_char(&b, *c);
		}
	}
	return buf_done(&b);
}

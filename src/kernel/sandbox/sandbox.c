#include "kernel/sandbox/sandbox.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct armed {
	const char *operation; /* id in an operation table: lives as long as the program */
	enum sandbox_fault fault;
	unsigned times, wait_ms;
};
struct party {
	const char *key, *account, *name, *what;
};
struct setting {
	const char *name, *value;
};

struct sandbox {
	pthread_mutex_t lock;
	unsigned waiting; /* calls still to strike: read without the lock, so that a sandbox without faults costs
	                     nothing */
	struct armed faults[SANDBOX_FAULTS_MAX];
	struct party parties[SANDBOX_PARTIES_MAX];
	size_t n_parties;
	struct setting settings[SANDBOX_SETTINGS_MAX];
	size_t n_settings;
	bool steerable;
};

static const char *const fault_names[] = { "latency", "unavailable", "reply_lost" };

struct sandbox *sandbox_new(bool steerable)
{
	struct sandbox *s = calloc(1, sizeof *s);
	if (!s) abort();
	pthread_mutex_init(&s->lock, NULL);
	s->steerable = steerable;
	return s;
}

void sandbox_free(struct sandbox *s)
{
	if (!s) return;
	pthread_mutex_destroy(&s->lock);
	free(s);
}

bool sandbox_steerable(const struct sandbox *s)
{
	return s->steerable;
}

/* The armed one of this kind, else a free place; NULL: neither. */
static struct armed *place_of(struct sandbox *s, const char *operation, enum sandbox_fault fault)
{
	struct armed *room = NULL;
	for (size_t i = 0; i < SANDBOX_FAULTS_MAX; i++) {
		struct armed *f = &s->faults[i];
		if (f->times && f->fault == fault && strcmp(f->operation, operation) == 0) return f;
		if (!f->times && !room) room = f;
	}
	return room;
}

bool sandbox_arm(struct sandbox *s, const char *operation, enum sandbox_fault fault, unsigned times, unsigned wait_ms)
{
	pthread_mutex_lock(&s->lock);
	struct armed *f = place_of(s, operation, fault);
	if (f) {
		unsigned waiting = s->waiting - f->times + times;
		*f = (struct armed){ operation, fault, times, wait_ms };
		__atomic_store_n(&s->waiting, waiting, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&s->lock);
	return f != NULL;
}

static bool strikes(struct sandbox *s, const char *operation, enum sandbox_fault fault, unsigned *wait_ms)
{
	if (!s || !__atomic_load_n(&s->waiting, __ATOMIC_ACQUIRE)) return false;
	pthread_mutex_lock(&s->lock);
	struct armed *f = place_of(s, operation, fault);
	bool there = f && f->times;
	if (there) {
		*wait_ms = f->wait_ms;
		f->times--;
		__atomic_store_n(&s->waiting, s->waiting - 1, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&s->lock);
	return there;
}

bool sandbox_strikes(struct sandbox *s, const char *operation, enum sandbox_fault fault)
{
	unsigned wait_ms;
	return strikes(s, operation, fault, &wait_ms);
}

err_t sandbox_before(struct ctx *c)
{
	unsigned ms;
	if (!c->app->sandbox || !c->op) return OK;
	if (strikes(c->app->sandbox, c->op->id, SANDBOX_LATENCY, &ms)) {
		const struct timespec wait = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
		(void)nanosleep(&wait, NULL);
	}
	return strikes(c->app->sandbox, c->op->id, SANDBOX_UNAVAILABLE, &ms) ? E_BUSY : OK;
}

bool sandbox_reply_lost(const struct ctx *c)
{
	return c->app->sandbox && c->op && sandbox_strikes(c->app->sandbox, c->op->id, SANDBOX_REPLY_LOST);
}

void sandbox_party(struct sandbox *s, const char *key, const char *account, const char *name, const char *what)
{
	size_t i = 0;
	while (s && i < s->n_parties && strcmp(s->parties[i].key, key) != 0) /* seeding may run twice */
		i++;
	if (!s || i == SANDBOX_PARTIES_MAX) return;
	s->parties[i] = (struct party){ key, account, name, what };
	if (i == s->n_parties) s->n_parties++;
}

void sandbox_setting(struct sandbox *s, const char *name, const char *value)
{
	size_t i = 0;
	while (s && i < s->n_settings && strcmp(s->settings[i].name, name) != 0)
		i++;
	if (!s || i == SANDBOX_SETTINGS_MAX) return;
	s->settings[i] = (struct setting){ name, value };
	if (i == s->n_settings) s->n_settings++;
}

struct value *sandbox_value(struct ctx *c)
{
	struct sandbox *s = c->app->sandbox;
	struct value *to = value_object(c->arena);
	struct value *list = value_put_array(c->arena, to, "parties");
	for (size_t i = 0; i < s->n_parties; i++) {
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "key", s->parties[i].key);
		value_put_c(c->arena, v, "account", s->parties[i].account);
		value_put_c(c->arena, v, "name", s->parties[i].name);
		value_put_c(c->arena, v, "what", s->parties[i].what);
		value_push(c->arena, list, v);
	}
	list = value_put_array(c->arena, to, "settings");
	for (size_t i = 0; i < s->n_settings; i++) {
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "name", s->settings[i].name);
		value_put_str(c->arena, v, "value", s->settings[i].value ? str_c(s->settings[i].value) : STR_NONE);
		value_push(c->arena, list, v);
	}
	list = value_put_array(c->arena, to, "faults");
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < SANDBOX_FAULTS_MAX; i++) {
		const struct armed *f = &s->faults[i];
		if (!f->times) continue;
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "operation", f->operation);
		value_put_c(c->arena, v, "fault", fault_names[f->fault]);
		value_put_int(c->arena, v, "times", f->times);
		if (f->fault == SANDBOX_LATENCY) value_put_int(c->arena, v, "milliseconds", f->wait_ms);
		value_push(c->arena, list, v);
	}
	pthread_mutex_unlock(&s->lock);
	return to;
}

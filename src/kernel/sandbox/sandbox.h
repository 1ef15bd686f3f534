/* Sandbox: the same server for trying out. Faults by operation (to see what a client does when the network breaks), a
 * clock that can be set, and the parties that are there. Exists only with --sandbox, and steers only from loopback. */
#ifndef KERNEL_SANDBOX_H
#define KERNEL_SANDBOX_H
#include "kernel/ctx/app.h"
#include "kernel/operation/operation.h"

enum sandbox_fault {
	SANDBOX_LATENCY,     /* waits before the act */
	SANDBOX_UNAVAILABLE, /* 503, nothing was done */
	SANDBOX_REPLY_LOST,  /* the act is done and durable, the connection closes without an answer */
};
enum { SANDBOX_FAULTS_MAX = 64, SANDBOX_PARTIES_MAX = 40, SANDBOX_SETTINGS_MAX = 8 };

/* steerable: false where the address may be reached from elsewhere (behind a proxy). */
struct sandbox *sandbox_new(bool steerable);
void sandbox_free(struct sandbox *s);

/* Arms a fault of an operation, for the next `times` calls (replaces one that waits; 0 takes it away).
 * false: SANDBOX_FAULTS_MAX operations have one. */
bool sandbox_arm(struct sandbox *s, const char *operation, enum sandbox_fault fault, unsigned times, unsigned wait_ms);
/* Takes one call off a waiting fault of this kind. s may be NULL. */
bool sandbox_strikes(struct sandbox *s, const char *operation, enum sandbox_fault fault);

/* The two places of the road: before the act (E_BUSY: unavailable), and before its answer is sent (true: send none). */
MUST_USE err_t sandbox_before(struct ctx *c);
bool sandbox_reply_lost(const struct ctx *c);

/* What seeds put there, for GET /sandbox; literals, not copied. */
void sandbox_party(struct sandbox *s, const char *key, const char *account, const char *name, const char *what);

/* A setting that outside clients must know, as it holds in this sandbox; value: a literal, NULL: it was set to another.
 */
void sandbox_setting(struct sandbox *s, const char *name, const char *value);

/* Simulated partners (a bank, a payer, a courier), told to misbehave. A fault is named by its service:
 * "bank_simulator.refuse". */
struct partner_fault_in {
	struct str fault; /* without the service: that of the operation */
	int64_t times;
};
MUST_USE err_t sandbox_only(struct ctx *c); /* E_FORBIDDEN outside a sandbox */
op_run sandbox_partner_arm;                 /* the operation SERVICE.fault, with struct partner_fault_in */
MUST_USE err_t sandbox_partner_fault(struct ctx *c, const char *fault, bool *yes); /* inside db_write: takes one off */
bool sandbox_partner_strikes(struct ctx *c, const char *fault);                    /* outside: the same */

extern const struct operation sandbox_operations[];
extern const size_t n_sandbox_operations;
struct value *sandbox_value(struct ctx *c); /* parties and waiting faults */
bool sandbox_steerable(const struct sandbox *s);
#endif

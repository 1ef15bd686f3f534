/* Faults of simulated partners (bank, payer, courier). In the database, not in memory: all processes of a sandbox share
 * one partner, and what a transaction took comes back when it is rolled back. */
#include "kernel/db/db.h"
#include "kernel/sandbox/sandbox.h"
#include "sandbox_sql.h"

static const struct fault_def no_sandbox = { "sandbox-only", N_("只有演示环境能这样做"), NULL, NULL };

err_t sandbox_only(struct ctx *c)
{
	return c->app->sandbox ? OK : RAISE(c, E_FORBIDDEN, &no_sandbox);
}

static err_t arm(struct ctx *c, void *arg)
{
	const struct partner_fault_in *in = arg;
	struct str id = str_c(c->op->id), partner;
	(void)str_split(&id, '.', &partner);
	struct str fault = str_printf(c->arena, "%.*s.%.*s", STR_FMT(partner), STR_FMT(in->fault));
	return sandbox_fault_put(c, fault, in->times, NULL);
}

err_t sandbox_partner_arm(struct ctx *c, const void *input, struct reply *out)
{
	struct partner_fault_in in = *(const struct partner_fault_in *)input;
	TRY(sandbox_only(c));
	TRY(db_write(c, arm, &in));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "fault", in.fault);
	value_put_int(c->arena, out->value, "times", in.times);
	return OK;
}

err_t sandbox_partner_fault(struct ctx *c, const char *fault, bool *yes)
{
	int64_t n;
	TRY(sandbox_fault_take(c, str_c(fault), &n));
	*yes = n > 0;
	return OK;
}

struct strike {
	const char *fault;
	bool yes;
};
static err_t strike(struct ctx *c, void *arg)
{
	struct strike *s = arg;
	return sandbox_partner_fault(c, s->fault, &s->yes);
}

bool sandbox_partner_strikes(struct ctx *c, const char *fault)
{
	struct strike s = { fault, false };
	return db_write(c, strike, &s) == OK && s.yes;
}

/* Handlers of the registry service. */
#ifndef REGISTRY_HANDLERS_H
#define REGISTRY_HANDLERS_H
#include "services/foundation/registry/registry.h"

struct change_in {
	struct str field, value;
};
struct account_in {
	struct str bank, account;
};
struct uscc_in {
	struct str uscc;
};

op_run registration_event, own_data, change, account_add, public_check, public_search;
err_t registry_seed(struct ctx *c);
#endif

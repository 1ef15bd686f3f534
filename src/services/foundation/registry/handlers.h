/* Handlers of the registry service. */
#ifndef REGISTRY_HANDLERS_H
#define REGISTRY_HANDLERS_H
#include "kernel/receipt/receipt.h"
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

struct search_in {
	struct str q, after;
};
struct batch_in {
	struct str csv;
};
struct account_id_in {
	int64_t id;
};

enum registry_outcome { REGISTRY_CREATED, REGISTRY_UPDATED, REGISTRY_UNCHANGED };
/* registry_register, and what came of it. In db_write. */
MUST_USE err_t registry_take(
        struct ctx *c, const struct registry_event *e, int64_t *taxpayer_id, enum registry_outcome *outcome);
/* The receipt of an act, into out->value. In db_write. */
MUST_USE err_t registry_receipt(struct ctx *c, enum act_kind kind, int64_t holder, struct str uscc, struct str what,
        struct str value, struct value *to);
/* All that the file of a taxpayer holds. */
MUST_USE err_t registry_file(struct ctx *c, const struct taxpayer *t, struct value *to);
extern const struct field registry_event_fields[];
enum { REGISTRY_BATCH_ROWS = 10000 };

op_run own_view, public_view, taxpayers_view, registration_event, registration_batch, registration_list, registration_show, own_data, change, account_add,
        account_end, public_check, public_search;
err_t registry_seed(struct ctx *c);
#endif

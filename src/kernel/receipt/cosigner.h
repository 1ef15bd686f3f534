/* Asks the witnesses of the log to cosign its newest checkpoint, in a thread of its own: no commit and no job waits for
 * them, and one that does not answer does not take the others' signatures away. */
#ifndef KERNEL_RECEIPT_COSIGNER_H
#define KERNEL_RECEIPT_COSIGNER_H
#include "kernel/ctx/app.h"

/* witnesses: a line each, "URL VERIFIER-KEY" (http://127.0.0.1:8090, unix:/run/etax/witness.sock; https behind nginx); empty
 * lines and such with # are passed over. E_INPUT: *line is not such a line. */
MUST_USE err_t cosigner_start(struct app *app, struct str witnesses, unsigned *line);
void cosigner_stop(struct app *app);
#endif

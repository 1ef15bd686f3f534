/* Running a transaction again that failed because of another one. */
#ifndef KERNEL_DB_RETRY_H
#define KERNEL_DB_RETRY_H
#include "kernel/ctx/app.h"

enum { RETRY_TRIES = 6 }; /* of one transaction, the first run among them */

/* After the failure of run number tried (from 1): waits a little, longer each time and never as long as the neighbour,
 * and counts it. False: that was the last one. */
MUST_USE bool retry_pause(struct app *app, int tried);
#endif

/* SQLite: what is committed stands in the WAL until a checkpoint brings it into the file. The writer's own checkpoint
 * would hold up everybody who waits for it, so a thread with a connection of its own does it beside the writer.
 *
 * The log begins again at its start only when a checkpoint has brought in all of it and nothing was added meanwhile,
 * which under steady load only the writer itself can bring about: it does so when the log has grown long, and by then
 * little is left to do. */
#ifndef KERNEL_DB_CHECKPOINTER_H
#define KERNEL_DB_CHECKPOINTER_H
#include <sqlite3.h>

struct checkpointer;

struct checkpointer *checkpointer_start(
        const char *path, sqlite3 *writer);     /* hooks itself to the writer; NULL: cannot */
void checkpointer_stop(struct checkpointer *k); /* before the writer is closed; NULL allowed */
#endif

/* Wrong answers: who asks whether a secret value is so-and-so, and is wrong, finds it by asking often enough. Counted
 * for each subject (an invoice number) and for each asker and subject, in a window of an hour; beyond the limits nobody
 * learns anything of that subject, not even that he is right. In force whatever --rate-limit says.
 * The table is fixed in size, takes no lock and is this process's own: behind several processes (etaxd verify beside
 * the core) each counts for itself, and a start forgets. When a set is full, the one with the fewest wrong answers
 * gives way.
 */
#ifndef KERNEL_GUESSES_H
#define KERNEL_GUESSES_H
#include "kernel/ctx/app.h"

enum { GUESSES_OWN = 10, GUESSES_ALL = 50, GUESSES_WINDOW_SECONDS = 3600 };

struct guesses;
struct guesses *guesses_new(void);
void guesses_free(struct guesses *g);

/* Seconds until the subject may be asked again by this asker; 0: now. One look into the table, as long as nobody was
 * wrong about it. */
int64_t guesses_wait(struct guesses *g, struct str subject, struct str who, int64_t now);
/* true: with this one a limit is reached. */
bool guesses_wrong(struct guesses *g, struct str subject, struct str who, int64_t now);

/* The same for c->caller, or for a sender behind a gateway; who reaches a limit is told to the security log. */
int64_t guess_wait(struct ctx *c, struct str subject, struct str sender);
void guess_wrong(struct ctx *c, struct str subject, struct str sender);
#endif

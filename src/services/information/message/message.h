/* Messages (站内消息): what happened to a party, in its box, in plain words. Nobody calls this service to send one: it
 * subscribes to the events of others. It is the channel of record; each message says what to do and leads there. */
#ifndef INFORMATION_MESSAGE_H
#define INFORMATION_MESSAGE_H
#include "kernel/operation/service.h"

enum { MESSAGE_UNREAD_MAX = 100 }; /* counted up to here: "99+" */

/* The three newest of the caller's subject that the caller may see, as {id, kind, title, text, href, at, read}, and how many are
 * unread: one statement. */
MUST_USE err_t message_newest(struct ctx *c, struct value **list, int64_t *unread);
#endif

/* What messages say: one row for each kind of event (and each of its cases). */
#ifndef MESSAGE_TEXTS_H
#define MESSAGE_TEXTS_H
#include "kernel/operation/service.h"

/* Who may read it follows from what it is about: bits, so that one statement filters. */
enum message_area { AREA_TAX = 1, AREA_INVOICE = 2, AREA_REGISTRY = 4 };

/* Kinds subscribed to: exactly those of the table. */
#define MESSAGE_KINDS                                                                                                  \
	"obligation.due_soon obligation.overdue return.filed payment.settled payment.failed certificate.issued "       \
	"invoice.reversal_requested invoice.reversed invoice.used_twice report.closed "                                \
	"registration.changed quota.decided agency.changed lane.waiting paper.decided paper.delivered "                \
	"invoice.booked_again "                                                                                        \
	"lottery.won lottery.paid lottery.failed lottery.expired lottery.reclaim lottery.void lottery.case"

bool texts_area(struct str kind, int *area); /* false: a kind without words */
bool texts_bundled(struct str kind);         /* one message a day that counts, instead of one for each event */
int texts_areas_of(const struct ctx *c);     /* areas that the caller's scopes open */
/* {kind, title, text, href} from the body of the event; title, text in the reader's language; href null: nothing to
 * open. */
struct value *texts_value(struct ctx *c, struct str kind, struct str body);
#endif

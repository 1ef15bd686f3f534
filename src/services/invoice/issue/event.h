/* Making the event invoice.issued. Inner header. */
#ifndef ISSUE_EVENT_H
#define ISSUE_EVENT_H
#include "services/invoice/issue/face.h"
#include "services/invoice/issue/issue.h"

struct invoice_event event_of(struct arena *a, const struct face *f, int64_t seller_id, int64_t buyer_id);
#endif

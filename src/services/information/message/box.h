/* The box: events become messages, messages are listed and marked. */
#ifndef MESSAGE_BOX_H
#define MESSAGE_BOX_H
#include "services/information/message/message.h"

struct list_in {
	bool unread;
	int64_t after;
};
struct read_in {
	int64_t id;
	bool stay;
};
struct all_in {
	int64_t up_to;
};

op_run box_list, box_read, box_read_all;
err_t box_feed(struct ctx *c, const struct event *events, size_t n);
err_t box_received(struct ctx *c, struct str argument);
err_t box_retention(struct ctx *c, struct str argument);
err_t box_frame(struct ctx *c, struct value *page);
#endif

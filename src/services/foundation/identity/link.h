/* Signing in on a phone by a code that a signed-in screen shows. Inner header. */
#ifndef IDENTITY_LINK_H
#define IDENTITY_LINK_H
#include "services/foundation/identity/session.h"

enum { LINK_CODE = 64 };
struct link_in {
	struct str code;
};
op_run link_page, link_new, link_new_view, link_ask, link_use;
#endif

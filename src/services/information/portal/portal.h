/* Portal (统一门户, G06): the home pages, the menu, the task search, to-dos and the calendar. It owns no data: it asks the other
 * services through their headers and nobody calls it. */
#ifndef INFORMATION_PORTAL_H
#define INFORMATION_PORTAL_H
#include "kernel/operation/service.h"
#endif

/* QR texts that a seller's device has signed (service lane). Inner header. */
#ifndef VERIFY_LANE_QR_H
#define VERIFY_LANE_QR_H
#include "kernel/plane/plane.h"
#include "services/invoice/verify/asked.h"

/* Event lane.status -> entry of the plane; false: not such an event. */
bool lane_fact_put(struct arena *a, struct str event, struct plane_entry *out);
MUST_USE err_t verify_lane_qr(struct ctx *c, const struct verify_qr_in *in, struct value **out);
#endif

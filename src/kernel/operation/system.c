#include "kernel/operation/system.h"
#include "kernel/ctx/app.h"
#include "kernel/metrics/metrics.h"
#include "kernel/operation/openapi.h"
#include "kernel/operation/service.h"
#include "kernel/operation/static.h"
#include "kernel/plane/plane.h"
#include <string.h>

static err_t health(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	value_put_c(c->arena, out->value, "status", "ok");
	value_put_instant(c->arena, out->value, "now", c->now);
	return OK;
}

/* How far the plane is: on a machine that has nothing else, its lag is the distance to the core's figure. */
static void put_plane(struct ctx *c, struct buf *b)
{
	int64_t position, invoices;
	if (!c->app->plane || plane_position(c->app->plane, &position) != OK ||
	        plane_count(c->app->plane, PLANE_INVOICE, &invoices) != OK)
		return;
	buf_printf(b, "# TYPE etax_plane_position gauge\netax_plane_position %lld\n", (long long)position);
	buf_printf(b, "# TYPE etax_plane_invoices gauge\netax_plane_invoices %lld\n", (long long)invoices);
}

static err_t measures(struct ctx *c, const void *input, struct reply *out)
{
	struct buf b;
	(void)input;
	buf_init(&b, c->arena, 8192);
	metrics_write(c->app->metrics, &b);
	put_plane(c, &b);
	out->bytes = buf_done(&b);
	out->media = "text/plain; version=0.0.4; charset=utf-8";
	return OK;
}

const struct operation system_operations[] = {
	{ .id = "system.health",
	        .method = GET,
	        .path = "/healthz",
	        .who = PUBLIC,
	        .run = health,
	        .class = OP_FAST,
	        .title = N_("运行状态"),
	        .requirements = "A20.1" },
	{ .id = "system.openapi",
	        .method = GET,
	        .path = "/openapi.json",
	        .who = PUBLIC,
	        .run = openapi_document,
	        .title = N_("接口说明"),
	        .requirements = "G02.1" },
	{ .id = "system.static",
	        .method = GET,
	        .path = "/static/{version}/{name}",
	        .who = PUBLIC,
	        .in = static_fields,
	        .in_size = sizeof(struct static_in),
	        .run = static_file,
	        .class = OP_FAST,
	        .title = N_("页面的样式和图标"),
	        .requirements = "G03.1",
	        .page_only = "style sheets and icons of pages" },
	{ .id = "system.metrics",
	        .method = GET,
	        .path = "/metrics",
	        .who = PUBLIC,
	        .run = measures,
	        .class = OP_FAST,
	        .title = N_("运行指标"),
	        .requirements = "A20.1" },
};
const size_t n_system_operations = COUNT(system_operations);

bool system_owns(const struct operation *op)
{
	/* What others fetch or call at addresses of their own: the log, gateways of messages, signed files. */
	static const char *const roots[] = { "/log/", "/channels/", "/public/status" };
	bool own = op >= system_operations && op < system_operations + 4;
	for (size_t i = 0; i < COUNT(roots); i++)
		own = own || strncmp(op->path, roots[i], strlen(roots[i])) == 0;
	return own;
}

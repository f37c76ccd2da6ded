#include "routes.h"

/* clang-format off */
const struct sark_route status_routes[] = {
	/* method, path, access, input, handler, audited as, limit */
	{ SARK_GET, "/health", SARK_ANYONE, NULL, get_health, NULL, SARK_LIMIT_HEALTH },
	{ SARK_GET, "/health/live", SARK_ANYONE, NULL, get_live, NULL, SARK_LIMIT_HEALTH },
	{ SARK_GET, "/health/ready", SARK_ANYONE, NULL, get_ready, NULL, SARK_LIMIT_HEALTH },
	{ SARK_GET, "/health/detailed", SARK_MAY("health:read"), NULL, get_detailed, NULL, SARK_LIMIT_HEALTH },
	{ SARK_GET, "/metrics", SARK_ANYONE, NULL, get_metrics, NULL, SARK_LIMIT_HEALTH },
	{ SARK_GET, "/api/openapi.json", SARK_ANYONE, NULL, get_openapi, NULL, SARK_LIMIT_USER },
	{ SARK_GET, "/docs", SARK_ANYONE, NULL, get_docs, NULL, SARK_LIMIT_USER },
	{ 0 }
};
/* clang-format on */

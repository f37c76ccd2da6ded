#include "routes.h"

/* clang-format off */
const struct sark_route refresh_routes[] = {
	/* method, path, access, input, handler, audited as, limit, body_max */
	{ SARK_POST, "/api/v1/auth/logout", SARK_SIGNED_IN, NULL, post_logout,
	  "session_ended", SARK_LIMIT_USER },
	{ 0 }
};
/* clang-format on */

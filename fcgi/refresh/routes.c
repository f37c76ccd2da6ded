#include "routes.h"

#include <stddef.h>

/* A refresh token, and room for one of a later version. */
#define TOKEN_MAX	 512
#define REFRESH_BODY_MAX 4096

#define AT(type, member) offsetof(struct type, member)

/* clang-format off */
static const struct sark_field token[] = {
	{ "/refresh_token", SARK_SECRET, AT(refresh_body, refresh_token), 1, TOKEN_MAX, SARK_REQUIRED },
	{ NULL }
};
static const struct sark_field list[] = {
	{ "limit", SARK_INT, AT(sessions_query, limit), 1, 200 },
	{ "cursor", SARK_TEXT, AT(sessions_query, cursor), 1, 1000 },
	{ NULL }
};

static const struct sark_input token_in = { token, sizeof(struct refresh_body) };
static const struct sark_input list_in = { list, sizeof(struct sessions_query) };

const struct sark_route refresh_routes[] = {
	/* method, path, access, input, handler, audited as, limit, body_max */
	{ SARK_POST, "/api/v1/auth/refresh", SARK_ANYONE, &token_in, post_refresh,
	  "token_refreshed", SARK_LIMIT_USER, REFRESH_BODY_MAX },
	{ SARK_POST, "/api/v1/auth/revoke", SARK_SIGNED_IN, &token_in, post_revoke,
	  "session_ended", SARK_LIMIT_USER, REFRESH_BODY_MAX },
	{ SARK_POST, "/api/v1/auth/logout", SARK_SIGNED_IN, NULL, post_logout,
	  "session_ended", SARK_LIMIT_USER },
	{ SARK_GET, "/api/v1/auth/sessions", SARK_SIGNED_IN, &list_in, get_sessions,
	  NULL, SARK_LIMIT_USER },
	{ SARK_DELETE, "/api/v1/auth/sessions", SARK_SIGNED_IN, NULL, delete_sessions,
	  "session_ended", SARK_LIMIT_USER },
	{ SARK_DELETE, "/api/v1/auth/sessions/{id}", SARK_SIGNED_IN, NULL, delete_session,
	  "session_ended", SARK_LIMIT_USER },
	{ 0 }
};
/* clang-format on */

#include "routes.h"

#include <stddef.h>

#include "crypto/jwt.h"

/* A refresh token, and room for one of a later version. */
#define TOKEN_MAX 512
/* The longest access token, each byte escaped. */
#define FORM_MAX	 32768
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

static const struct sark_field form[] = {
	{ "token", SARK_SECRET, AT(token_form, token), 1, SARK_JWT_MAX, SARK_REQUIRED },
	{ "token_type_hint", SARK_TEXT, AT(token_form, token_type_hint), 1, 100 },
	{ NULL }
};

static const struct sark_input token_in = { token, sizeof(struct refresh_body) };
static const struct sark_input form_in = { form, sizeof(struct token_form) };
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
	/* The standards' own end points, for resource servers. */
	{ SARK_POST, "/api/v1/auth/introspect", SARK_MAY("token:introspect"), &form_in, post_introspect,
	  NULL, SARK_LIMIT_USER, FORM_MAX, .form = true },
	{ SARK_POST, "/api/v1/auth/token/revoke", SARK_MAY("token:revoke"), &form_in, post_token_revoke,
	  "session_ended", SARK_LIMIT_USER, FORM_MAX, .form = true },
	{ 0 }
};
/* clang-format on */

#ifndef SARK_REFRESH_ROUTES_H
#define SARK_REFRESH_ROUTES_H

#include <stdint.h>

#include "http/route.h"

/* POST /api/v1/auth/refresh, POST /api/v1/auth/revoke */
struct refresh_body {
	const char *refresh_token;
};

/* POST /api/v1/auth/introspect, POST /api/v1/auth/token/revoke */
struct token_form {
	const char *token;
	const char *token_type_hint; /* what a token is, it says itself */
};

/* GET /api/v1/auth/sessions */
struct sessions_query {
	int64_t limit;
	const char *cursor;
};

extern const struct sark_route refresh_routes[];

sark_handler delete_session;
sark_handler delete_sessions;
sark_handler get_sessions;
sark_handler post_introspect;
sark_handler post_logout;
sark_handler post_refresh;
sark_handler post_revoke;
sark_handler post_token_revoke;

/* {"success":true} */
void success_to_json(struct sark_resp *resp) SARK_NONNULL(1);

#endif

#include "routes.h"

#include <stddef.h>

#define AT(type, member) offsetof(struct type, member)

const char *const admin_yes_no[] = { "true", "false", NULL };

/* clang-format off */
static const struct sark_field user_list[] = {
	{ "search", SARK_TEXT, AT(users_query, search), 1, 200 },
	{ "role", SARK_TEXT, AT(users_query, role), 1, 100 },
	{ "team", SARK_TEXT, AT(users_query, team), 1, 320 },
	{ "disabled", SARK_CHOICE, AT(users_query, disabled),
	  .choices = admin_yes_no },
	{ "limit", SARK_INT, AT(users_query, limit), 1, 200 },
	{ "cursor", SARK_TEXT, AT(users_query, cursor), 1, 1000 },
	{ NULL }
};

static const struct sark_input user_list_in = { user_list, sizeof(struct users_query) };

/* Writers' events are written by the area, in the writer's transaction. */
const struct sark_route admin_routes[] = {
	{ SARK_GET, "/api/v1/users", SARK_MAY("user:read"),
	  &user_list_in, get_users, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_GET, "/api/v1/users/{id}", SARK_MAY("user:read"),
	  NULL, get_user, NULL, SARK_LIMIT_USER, 0 },
	{ 0 }
};
/* clang-format on */

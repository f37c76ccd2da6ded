#include "routes.h"

#include <stddef.h>

#include "auth/group.h"
#include "auth/role.h"
#include "api_key_input.h"
#include "auth/username.h"
#include "crypto/password.h"

/* Two passwords of 1024 bytes as \u escapes, lists of roles and teams. */
#define USER_BODY_MAX 65536

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
static const struct sark_field new_user[] = {
	{ "/username", SARK_TEXT, AT(user_body, user.username), 1, SARK_USERNAME_MAX, SARK_REQUIRED },
	{ "/password", SARK_SECRET, AT(user_body, user.password), 1, SARK_PASSWORD_MAX, SARK_REQUIRED },
	{ "/password_change_required", SARK_BOOL, AT(user_body, user.password_change_required) },
	{ "/email", SARK_TEXT, AT(user_body, user.email), 0, 320 },
	{ "/name", SARK_TEXT, AT(user_body, user.name), 0, 320 },
	{ "/agent", SARK_BOOL, AT(user_body, user.agent) },
	{ "/roles", SARK_WORDS, AT(user_body, user.roles), 0, 50 },
	{ "/teams", SARK_WORDS, AT(user_body, user.teams), 0, 200 },
	{ "/managed_teams", SARK_WORDS, AT(user_body, user.managed_teams), 0, 200 },
	{ NULL }
};
static const struct sark_field patch[] = {
	{ "/email", SARK_TEXT, AT(user_patch, change.email), 0, 320 },
	{ "/name", SARK_TEXT, AT(user_patch, change.name), 0, 320 },
	{ "/agent", SARK_BOOL, AT(user_patch, agent) },
	{ "/roles", SARK_WORDS, AT(user_patch, change.roles), 0, 50 },
	{ "/teams", SARK_WORDS, AT(user_patch, change.teams), 0, 200 },
	{ "/managed_teams", SARK_WORDS, AT(user_patch, change.managed_teams), 0, 200 },
	{ "/disabled", SARK_BOOL, AT(user_patch, disabled) },
	{ NULL }
};
static const struct sark_field password[] = {
	{ "/password", SARK_SECRET, AT(password_body, password), 1, SARK_PASSWORD_MAX, SARK_REQUIRED },
	{ "/current_password", SARK_SECRET, AT(password_body, current), 1, SARK_PASSWORD_MAX },
	{ "/change_required", SARK_BOOL, AT(password_body, change_required) },
	{ NULL }
};

static const struct sark_field role_list[] = {
	{ "limit", SARK_INT, AT(roles_query, limit), 1, 200 },
	{ "cursor", SARK_TEXT, AT(roles_query, cursor), 1, 1000 },
	{ NULL }
};
static const struct sark_field new_role[] = {
	{ "/name", SARK_TEXT, AT(sark_new_role, name), 1, 63, SARK_REQUIRED },
	{ "/description", SARK_TEXT, AT(sark_new_role, description), 0, 1000 },
	{ "/permissions", SARK_WORDS, AT(sark_new_role, permissions), 0,
	  SARK_ROLE_PERMISSIONS, SARK_REQUIRED },
	{ NULL }
};
static const struct sark_field role[] = {
	{ "/description", SARK_TEXT, AT(role_body, description), 0, 1000 },
	{ "/permissions", SARK_WORDS, AT(role_body, permissions), 0,
	  SARK_ROLE_PERMISSIONS, SARK_REQUIRED },
	{ NULL }
};
static const struct sark_field binding_list[] = {
	{ "role", SARK_TEXT, AT(bindings_query, role), 1, 63 },
	{ "user_id", SARK_UUID, AT(bindings_query, user_id) },
	{ "group", SARK_TEXT, AT(bindings_query, group), 1, SARK_GROUP_MAX },
	{ "api_key_id", SARK_UUID, AT(bindings_query, key_id) },
	{ "limit", SARK_INT, AT(bindings_query, limit), 1, 200 },
	{ "cursor", SARK_TEXT, AT(bindings_query, cursor), 1, 1000 },
	{ NULL }
};
static const struct sark_field new_window[] = {
	{ "/days", SARK_WORDS, AT(sark_new_window, days), 1, 7 },
	{ "/from", SARK_TEXT, AT(sark_new_window, from), 5, 5, SARK_REQUIRED },
	{ "/to", SARK_TEXT, AT(sark_new_window, to), 5, 5, SARK_REQUIRED },
	{ "/zone", SARK_TEXT, AT(sark_new_window, zone), 1, 64, SARK_REQUIRED },
	{ NULL }
};
static const struct sark_field new_binding[] = {
	{ "/role", SARK_TEXT, AT(binding_body, binding.role), 1, 63, SARK_REQUIRED },
	{ "/user_id", SARK_UUID, AT(binding_body, binding.user_id) },
	{ "/group", SARK_TEXT, AT(binding_body, binding.group), 1, SARK_GROUP_MAX },
	{ "/api_key_id", SARK_UUID, AT(binding_body, binding.key_id) },
	{ "/scope", SARK_OBJECT, AT(binding_body, binding.scope), 2, 2 },
	{ "/expires_at", SARK_TIME, AT(binding_body, binding.expires_at) },
	{ "/windows", SARK_LIST, AT(binding_body, windows), 0, SARK_WINDOWS,
	  .sub = new_window, .sub_size = sizeof(struct sark_new_window) },
	{ NULL }
};

static const struct sark_input new_user_in = { new_user, sizeof(struct user_body) };
static const struct sark_input patch_in = { patch, sizeof(struct user_patch) };
static const struct sark_input password_in = { password, sizeof(struct password_body) };
static const struct sark_input user_list_in = { user_list, sizeof(struct users_query) };
static const struct sark_input role_list_in = { role_list, sizeof(struct roles_query) };
static const struct sark_input new_role_in = { new_role, sizeof(struct sark_new_role) };
static const struct sark_input role_in = { role, sizeof(struct role_body) };
static const struct sark_input binding_list_in = { binding_list, sizeof(struct bindings_query) };
static const struct sark_input new_binding_in = { new_binding, sizeof(struct binding_body) };

/* Writers' events are written by the area, in the writer's transaction. */
const struct sark_route admin_routes[] = {
	{ SARK_GET, "/api/v1/users", SARK_MAY("user:read"),
	  &user_list_in, get_users, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_GET, "/api/v1/users/{id}", SARK_MAY("user:read"),
	  NULL, get_user, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_GET, "/api/v1/users/{id}/permissions", SARK_MAY("role:read"),
	  NULL, get_user_permissions, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_GET, "/api/v1/roles", SARK_MAY("role:read"),
	  &role_list_in, get_roles, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_POST, "/api/v1/roles", SARK_MAY("role:write"),
	  &new_role_in, post_role, "role_created", SARK_LIMIT_USER, 0,
	  .creates = true },
	{ SARK_GET, "/api/v1/roles/{name}", SARK_MAY("role:read"),
	  NULL, get_role, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_PUT, "/api/v1/roles/{name}", SARK_MAY("role:write"),
	  &role_in, put_role, "role_changed", SARK_LIMIT_USER, 0 },
	{ SARK_DELETE, "/api/v1/roles/{name}", SARK_MAY("role:write"),
	  NULL, delete_role, "role_removed", SARK_LIMIT_USER, 0 },
	{ SARK_GET, "/api/v1/role-bindings", SARK_MAY("role:read"),
	  &binding_list_in, get_role_bindings, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_POST, "/api/v1/role-bindings", SARK_MAY("role:write"),
	  &new_binding_in, post_role_binding, "role_bound", SARK_LIMIT_USER, 0,
	  .creates = true },
	{ SARK_GET, "/api/v1/role-bindings/{id}", SARK_MAY("role:read"),
	  NULL, get_role_binding, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_DELETE, "/api/v1/role-bindings/{id}", SARK_MAY("role:write"),
	  NULL, delete_role_binding, "role_unbound", SARK_LIMIT_USER, 0 },
	{ SARK_GET, "/api/v1/api-keys", SARK_IN_PERSON,
	  &api_key_list_in, get_api_keys, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_POST, "/api/v1/api-keys", SARK_IN_PERSON,
	  &api_key_new_in, post_api_key, "api_key_created", SARK_LIMIT_USER, 0,
	  .creates = true },
	{ SARK_GET, "/api/v1/api-keys/{id}", SARK_IN_PERSON,
	  NULL, get_api_key, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_PATCH, "/api/v1/api-keys/{id}", SARK_IN_PERSON,
	  &api_key_change_in, patch_api_key, "api_key_changed",
	  SARK_LIMIT_USER, 0 },
	{ SARK_POST, "/api/v1/api-keys/{id}/rotate", SARK_IN_PERSON,
	  &api_key_rotate_in, post_api_key_rotate, "api_key_rotated",
	  SARK_LIMIT_USER, 0, .creates = true },
	{ SARK_DELETE, "/api/v1/api-keys/{id}", SARK_IN_PERSON,
	  NULL, delete_api_key, "api_key_revoked", SARK_LIMIT_USER, 0 },
	{ SARK_POST, "/api/v1/users", SARK_MAY("user:write"),
	  &new_user_in, post_user, "user_created", SARK_LIMIT_USER, USER_BODY_MAX,
	  .creates = true },
	{ SARK_PATCH, "/api/v1/users/{id}", SARK_MAY("user:write"),
	  &patch_in, patch_user, "user_changed", SARK_LIMIT_USER, USER_BODY_MAX },
	{ SARK_DELETE, "/api/v1/users/{id}", SARK_MAY("user:write"),
	  NULL, delete_user, "user_disabled", SARK_LIMIT_USER, 0 },
	{ SARK_POST, "/api/v1/users/{id}/unlock", SARK_MAY("user:write"),
	  NULL, post_user_unlock, "account_unlocked", SARK_LIMIT_USER, 0 },
	/* One's own without a permission, anybody's with user:write. */
	{ SARK_PUT, "/api/v1/users/{id}/password", SARK_SIGNED_IN,
	  &password_in, put_password, "user_password_changed", SARK_LIMIT_USER, USER_BODY_MAX },
	{ 0 }
};
/* clang-format on */

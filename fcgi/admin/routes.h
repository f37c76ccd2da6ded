#ifndef SARK_ADMIN_ROUTES_H
#define SARK_ADMIN_ROUTES_H

#include "auth/binding.h"
#include "auth/user.h"
#include "http/route.h"

/* GET /api/v1/users */
struct users_query {
	const char *search;
	const char *role;
	const char *team;
	int disabled; /* 1 "true", 2 "false" */
	int64_t limit;
	const char *cursor;
};

/* GET /api/v1/roles */
struct roles_query {
	int64_t limit;
	const char *cursor;
};

/* PUT /api/v1/roles/{name} */
struct role_body {
	const char *description;
	const char *const *permissions;
};

/* GET /api/v1/role-bindings */
struct bindings_query {
	const char *role;
	const char *user_id;
	const char *group;
	const char *key_id;
	int64_t limit;
	const char *cursor;
};

/* POST /api/v1/role-bindings */
struct binding_body {
	struct sark_new_binding binding;
	struct sark_list windows; /* of struct sark_new_window */
};

/* POST /api/v1/users */
struct user_body {
	struct sark_new_user user;
};

/* PATCH /api/v1/users/{id} */
struct user_patch {
	struct sark_user_change change;
	bool agent;
	bool disabled;
};

/* PUT /api/v1/users/{id}/password */
struct password_body {
	const char *password;
	const char *current;
	bool change_required;
};

extern const struct sark_route admin_routes[];
extern const char *const admin_yes_no[];

sark_handler delete_role;
sark_handler delete_role_binding;
sark_handler get_role;
sark_handler get_role_binding;
sark_handler get_role_bindings;
sark_handler get_roles;
sark_handler delete_api_key;
sark_handler get_api_key;
sark_handler get_api_keys;
sark_handler delete_user;
sark_handler get_user;
sark_handler get_user_permissions;
sark_handler get_users;
sark_handler post_role;
sark_handler post_role_binding;
sark_handler put_role;
sark_handler patch_api_key;
sark_handler post_api_key;
sark_handler post_api_key_rotate;
sark_handler patch_user;
sark_handler post_user;
sark_handler post_user_unlock;
sark_handler put_password;

#endif

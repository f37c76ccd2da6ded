#include "auth/rbac.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define PERMISSIONS_MAX 16

/* What every role may. */
#define EVERYONE "policy:evaluate"

/* clang-format off */
static const struct role {
	const char	*name;
	const char	*permissions[PERMISSIONS_MAX];
} built_in[] = {
	{ "admin", { "*" } },
	{ "security_officer", { "audit:read", "policy:read", "policy:write",
	    "policy:evaluate:any", "server:read", "tool:read",
	    "tool:sensitivity", "health:read" } },
	{ "developer", { "server:read", "server:register", "tool:read",
	    "task:submit", "task:read" } },
	{ "operator", { "server:read", "tool:read", "task:*", "health:read" } },
	{ "viewer", { "server:read", "tool:read" } },
	{ "service", { NULL } },
};
/* clang-format on */

static const struct role *
role_of(const char *name)
{
	size_t i;

	for (i = 0; i < SARK_COUNT(built_in); i++)
		if (sark_str_eq(built_in[i].name, name))
			return &built_in[i];
	return NULL;
}

bool
sark_rbac_known(const char *role)
{
	return role_of(role) != NULL;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
add(const char **list, size_t *n, const char *permission)
{
	if (!sark_str_in(permission, list))
		list[(*n)++] = permission;
}

const char *const *
sark_rbac_permissions(void *ctx, const char *const *roles)
{
	/* The list stays NULL-terminated while it grows. */
	const char **list = sark_new_array(
	    ctx, const char *, SARK_COUNT(built_in) * PERMISSIONS_MAX + 2);
	const char *const *permission;
	const struct role *role;
	size_t n = 0;

	if (*roles != NULL)
		add(list, &n, EVERYONE);
	for (; *roles != NULL; roles++) {
		role = role_of(*roles);
		if (role == NULL)
			continue;
		for (permission = role->permissions; *permission != NULL;
		     permission++)
			add(list, &n, *permission);
	}
	qsort(list, n, sizeof(*list), by_name);
	/* Remembered with each token: no longer than need be. */
	return sark_mem_check(
	    talloc_realloc(ctx, list, const char *, (unsigned int)n + 1));
}

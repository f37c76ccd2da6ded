#include "auth/rbac.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/permission.h"
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

const char *const sark_rbac_names[] = { "admin", "developer", "operator",
	"security_officer", "service", "viewer", NULL };
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

static size_t
length(const char *const *list)
{
	size_t n = 0;

	while (list[n] != NULL)
		n++;
	return n;
}

static void
add(const char **list, size_t *n, const char *permission)
{
	if (!sark_str_in(permission, list))
		list[(*n)++] = permission;
}

static void
add_all(const char **list, size_t *n, const char *const *permissions)
{
	for (; *permissions != NULL; permissions++)
		add(list, n, *permissions);
}

/* What roles permit together, and more; everybody's if somebody. */
static const char *const *
together(
    void *ctx, const char *const *roles, const char *const *more, bool somebody)
{
	/* The list stays NULL-terminated while it grows. */
	const char **list = sark_new_array(ctx, const char *,
	    SARK_COUNT(built_in) * PERMISSIONS_MAX + length(more) + 2);
	const struct role *role;
	size_t n = 0;

	if (somebody)
		add(list, &n, EVERYONE);
	for (; *roles != NULL; roles++) {
		role = role_of(*roles);
		if (role != NULL)
			add_all(list, &n, role->permissions);
	}
	add_all(list, &n, more);
	qsort(list, n, sizeof(*list), by_name);
	/* Remembered with each token: no longer than need be. */
	return sark_mem_check(
	    talloc_realloc(ctx, list, const char *, (unsigned int)n + 1));
}

const char *const *
sark_rbac_permissions(void *ctx, const char *const *roles)
{
	static const char *const none[] = { NULL };

	return together(ctx, roles, none, *roles != NULL);
}

const char *const *
sark_rbac_effective(void *ctx, const struct sark_effective *effective)
{
	return together(ctx, effective->roles, effective->permissions,
	    *effective->roles != NULL || *effective->scoped != NULL);
}

const char *const *
sark_rbac_built_in(void *ctx, const char *role)
{
	const char *const names[] = { role, NULL };

	return role_of(role) == NULL ? NULL : sark_rbac_permissions(ctx, names);
}

static const char *
joined(void *ctx, const char *const *list)
{
	struct sark_buf buf;

	sark_buf_init(&buf, ctx);
	for (; *list != NULL; list++) {
		if (buf.len > 0)
			sark_buf_char(&buf, ' ');
		sark_buf_str(&buf, *list);
	}
	return buf.data == NULL ? "" : buf.data;
}

const char *const *
sark_rbac_scoped(void *ctx, const char *const *scoped)
{
	size_t i, n = length(scoped);
	const char **list = sark_new_array(ctx, const char *, n + 1);
	const struct role *role;

	for (i = 0; i < n; i++) {
		list[i] = scoped[i];
		role = i % SARK_SCOPED_TEXTS == SARK_SCOPED_PERMISSIONS
		    ? role_of(list[i - SARK_SCOPED_PERMISSIONS])
		    : NULL;
		if (role != NULL)
			list[i] = joined(ctx, role->permissions);
	}
	return list;
}

#include "auth/scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/catalogue.h"
#include "base/mem.h"
#include "base/permission.h"
#include "base/str.h"

/* Whose rights are those of the key he shows. */
#define SERVICE "service"

/* What the shipped policy is asked about and no route asks for. */
static const char *const actions[] = { "agent:invoke", "server:delete",
	"server:update", "task:cancel", "tool:discover", "tool:invoke", NULL };

static bool
covers_one(const char *scope, const char *const *list)
{
	for (; *list != NULL; list++)
		if (sark_permission_covers(scope, *list))
			return true;
	return false;
}

bool
sark_scope_known(const struct sark_conf *conf, const char *scope)
{
	/* Of all wildcards only that of an area, as the policy reads it. */
	const char *star = strchr(scope, '*'), *colon = strchr(scope, ':');

	if (star != NULL && (colon == NULL || star != colon + 1))
		return false;
	return sark_permission_known(scope) || covers_one(scope, actions) ||
	    covers_one(scope, conf->apikey_scopes);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *const *
sorted(void *ctx, const char *const *list)
{
	const char **copy;
	size_t n = 0, i, kept = 0;

	while (list[n] != NULL)
		n++;
	copy = sark_new_array(ctx, const char *, n + 1);
	memcpy(copy, list, n * sizeof(*copy));
	qsort(copy, n, sizeof(*copy), by_name);
	for (i = 0; i < n; i++)
		if (kept == 0 || !sark_str_eq(copy[kept - 1], copy[i]))
			copy[kept++] = copy[i];
	copy[kept] = NULL;
	return copy;
}

int
sark_scopes_check(void *ctx, const struct sark_conf *conf,
    const struct sark_caller *giver, const char *const *scopes,
    const char *const **scopes_r, struct sark_err *err)
{
	char pointer[32];
	size_t i;

	for (i = 0; scopes[i] != NULL; i++) {
		if (sark_scope_known(conf, scopes[i]))
			continue;
		snprintf(pointer, sizeof(pointer), "/scopes/%zu", i);
		sark_err_field(err, pointer, "there is no such scope");
	}
	if (err->code != SARK_OK)
		return -1;
	for (i = 0; scopes[i] != NULL; i++)
		if (!sark_permission_at(giver, scopes[i], NULL))
			return sark_err_set(err, SARK_FORBIDDEN,
			    "you may not give the scope %.100s, as you do not "
			    "have it",
			    scopes[i]);
	*scopes_r = sorted(ctx, scopes);
	return 0;
}

const char *const *
sark_scopes_permit(void *ctx, const char *const *scopes,
    const char *const *roles, const char *const *permissions)
{
	bool service = sark_str_in(SERVICE, roles);
	const char **list;
	size_t n = 0, i;

	for (i = 0; scopes[i] != NULL; i++)
		n++;
	for (i = 0; permissions[i] != NULL; i++)
		n++;
	list = sark_new_array(ctx, const char *, n + 1);
	n = 0;
	for (i = 0; scopes[i] != NULL; i++)
		if (service || sark_permission_in(permissions, scopes[i]))
			list[n++] = scopes[i];
	for (i = 0; permissions[i] != NULL; i++)
		if (sark_permission_in(scopes, permissions[i]) &&
		    !sark_str_in(permissions[i], list))
			list[n++] = permissions[i];
	qsort(list, n, sizeof(*list), by_name);
	return list;
}

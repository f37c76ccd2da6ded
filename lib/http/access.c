#include "http/access.h"

#include <string.h>

#include "base/str.h"

static bool
covers(const char *granted, const char *wanted)
{
	size_t n = strlen(granted);

	if (sark_str_eq(granted, "*"))
		return true;
	if (n > 2 && granted[n - 1] == '*' && granted[n - 2] == ':')
		return strncmp(granted, wanted, n - 1) == 0 &&
		    wanted[n - 1] != '\0';
	return sark_str_eq(granted, wanted);
}

bool
sark_access_covers(const char *const *granted, const char *wanted)
{
	for (; *granted != NULL; granted++)
		if (covers(*granted, wanted))
			return true;
	return false;
}

int
sark_access_check(const struct sark_route *route,
    const struct sark_caller *caller, struct sark_err *err)
{
	if (route->access != SARK_ACCESS_PERMISSION)
		return 0;
	if (!sark_access_covers(caller->permissions, route->permission))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "the permission %s is required", route->permission);
	if (caller->scopes != NULL &&
	    !sark_access_covers(caller->scopes, route->permission))
		return sark_err_set(err, SARK_INSUFFICIENT_SCOPE,
		    "the scope %s is required", route->permission);
	return 0;
}

#include "http/access.h"

#include <stddef.h>

#include "base/permission.h"

int
sark_access_check(const struct sark_route *route,
    const struct sark_caller *caller, struct sark_err *err)
{
	if (route->access == SARK_ACCESS_IN_PERSON &&
	    *caller->session_id == '\0')
		return sark_err_set(
		    err, SARK_FORBIDDEN, "this cannot be done with an API key");
	if (route->access != SARK_ACCESS_PERMISSION)
		return 0;
	if (!sark_permission_in(caller->permissions, route->permission) &&
	    !(route->scoped &&
		sark_permission_scoped(caller, route->permission, NULL)))
		return sark_err_set(err,
		    caller->withheld ? SARK_MFA_ENROLMENT_REQUIRED
				     : SARK_FORBIDDEN,
		    "the permission %s is required", route->permission);
	if (caller->scopes != NULL &&
	    !sark_permission_in(caller->scopes, route->permission))
		return sark_err_set(err, SARK_INSUFFICIENT_SCOPE,
		    "the scope %s is required", route->permission);
	return 0;
}

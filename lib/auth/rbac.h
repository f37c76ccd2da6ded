#ifndef SARK_AUTH_RBAC_H
#define SARK_AUTH_RBAC_H

#include <stdbool.h>

#include "base/attr.h"

/*
 * The built-in roles and what they permit.  A permission is
 * area:verb[:scope]; "*" permits everything, "area:*" all of an area.
 * A service account's permissions come from the scopes of its key.
 */

/* Whether a role is built in. */
bool sark_rbac_known(const char *role) SARK_NONNULL(1);
/*
 * What the roles permit together: a NULL-terminated list on ctx, sorted,
 * each once.  An unknown role permits what every role does.
 */
const char *const *sark_rbac_permissions(void *ctx, const char *const *roles)
    SARK_NONNULL(2);

#endif

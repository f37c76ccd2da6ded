#ifndef SARK_AUTH_RBAC_H
#define SARK_AUTH_RBAC_H

#include <stdbool.h>

#include "base/attr.h"
#include "store/effective.h"

/*
 * The built-in roles and what they permit.  They are part of the programs and
 * not rows, as what they permit changes with a version: nobody can change or
 * remove them, and no own role has the name of one.  A permission is
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
/*
 * The same for roles as they were read: what the own ones among them permit
 * is with them.  Whoever has a role on some resource alone has a role.
 */
const char *const *sark_rbac_effective(
    void *ctx, const struct sark_effective *effective) SARK_NONNULL(2);
/* What a built-in role permits, on ctx; NULL if there is none. */
const char *const *sark_rbac_built_in(void *ctx, const char *role)
    SARK_NONNULL(2);
/* The names of the built-in roles, sorted. */
extern const char *const sark_rbac_names[];
/*
 * For sark_caller.scoped: the four texts of each role, with what it permits
 * filled in where it is built in.  On ctx.
 */
const char *const *sark_rbac_scoped(void *ctx, const char *const *scoped)
    SARK_NONNULL(2);

#endif

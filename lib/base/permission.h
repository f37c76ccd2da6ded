#ifndef SARK_BASE_PERMISSION_H
#define SARK_BASE_PERMISSION_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/caller.h"

/*
 * Permissions are area:verb[:scope].  A granted one covers a wanted one if it
 * is the same, is "*", or is a prefix that ends in ":*": "audit:*" covers
 * "audit:read" and "audit:*", but "audit:read" does not cover "audit:*".
 */
bool sark_permission_covers(const char *granted, const char *wanted)
    SARK_NONNULL(1, 2);
/* Whether one of a NULL-ended list does. */
bool sark_permission_in(const char *const *granted, const char *wanted)
    SARK_NONNULL(1, 2);

/*
 * A role that counts on a resource alone is four texts of caller->scoped, one
 * after the other.
 */
enum sark_scoped_text {
	SARK_SCOPED_ROLE,
	SARK_SCOPED_TYPE, /* "team", "server" */
	SARK_SCOPED_ID,
	SARK_SCOPED_PERMISSIONS, /* joined by blanks */
	SARK_SCOPED_TEXTS
};

/* A resource as scopes see it: "" where it has none. */
struct sark_place {
	const char *team;
	const char *server_id;
};

/* Whether the role at scoped counts there. */
bool sark_scoped_here(const char *const *scoped, const struct sark_place *place)
    SARK_NONNULL(1, 2);

/*
 * Whether a role of the caller that is scoped to the team or server of place
 * has the permission; with place NULL, to any.
 */
bool sark_permission_scoped(const struct sark_caller *caller,
    const char *wanted, const struct sark_place *place) SARK_NONNULL(1, 2);
/*
 * Whether the caller has the permission everywhere, or, with a place, there by
 * such a role.  The scopes of his API key, if he has one, must cover it too.
 */
bool sark_permission_at(const struct sark_caller *caller, const char *wanted,
    const struct sark_place *place) SARK_NONNULL(1, 2);

#endif

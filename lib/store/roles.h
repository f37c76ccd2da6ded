#ifndef SARK_STORE_ROLES_H
#define SARK_STORE_ROLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct sark_pg;
struct sark_tx;

/*
 * A role.  Of a built-in one the store knows the name alone: what it permits
 * is rbac.h's.  Times are ms since the epoch; texts are never NULL.
 */
struct sark_role {
	const char *name;
	const char *description;
	const char *const *permissions;
	bool built_in;
	const char *created_by;
	int64_t created_at; /* 0 for a built-in one */
	int64_t updated_at;
};

struct sark_roles {
	struct sark_role *items;
	size_t count;
};

/*
 * One after the other: who changes roles or bindings, or takes a role away in
 * another way, waits here for who did so before, until his transaction ends.
 */
int sark_roles_lock(struct sark_tx *tx, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/*
 * Whether somebody is an administrator of his own and for good: not disabled,
 * and has the role admin without end, hours or scope.  Who has it through a
 * group does not count: the directory may take it from him.
 * Returns 1, 0 or -1.
 */
int sark_roles_admin_left(struct sark_tx *tx, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

/* An own role on ctx: 1, 0 or -1. */
int sark_roles_get(struct sark_pg *pg, void *ctx, const char *name,
    struct sark_role **role_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/*
 * Own roles and those of built_in by name, from behind after (NULL: from the
 * first), at most limit.
 */
int sark_roles_list(struct sark_pg *pg, void *ctx, const char *const *built_in,
    const char *after, int64_t limit, struct sark_roles *roles_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 6, 7) SARK_CHECKED;
/* Errors: CONFLICT the name is taken. */
int sark_roles_insert(struct sark_tx *tx, void *ctx,
    const struct sark_role *role, struct sark_err *err)
    SARK_NONNULL(1, 3, 4) SARK_CHECKED;
/* Changes description, permissions and updated_at.  Errors: NOT_FOUND. */
int sark_roles_update(struct sark_tx *tx, void *ctx,
    const struct sark_role *role, struct sark_err *err)
    SARK_NONNULL(1, 3, 4) SARK_CHECKED;
/*
 * Removes a role with its bindings that have expired.
 * Errors: CONFLICT others are there; NOT_FOUND.
 */
int sark_roles_delete(struct sark_tx *tx, const char *name,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/* One reason why a user has a role, or would have it. */
struct sark_given {
	const char *role;
	const char *binding_id; /* "" a plain role */
	const char *group;	/* "" not through one */
	const char *scope_type; /* "" everywhere */
	const char *scope_id;
	int64_t expires_at;
	const char *state; /* "active", "expired", "outside_window" */
	int64_t changes_at;
	bool own; /* there is an own role of this name, permitting: */
	const char *const *permissions;
};

struct sark_givens {
	struct sark_given *items;
	size_t count;
};

/* All of them now, by role. */
int sark_roles_given(struct sark_pg *pg, void *ctx, const char *user_id,
    struct sark_givens *givens_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

#endif

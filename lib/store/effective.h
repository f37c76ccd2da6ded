#ifndef SARK_STORE_EFFECTIVE_H
#define SARK_STORE_EFFECTIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct sark_pg;
struct sark_rows;

/*
 * The roles of a user that count at a moment, by sark.roles_at, whatever gave
 * them: plain roles, bindings to him, to his groups, to the API key that he
 * uses.  What has expired or lies outside its hours is not among them.
 * Lists end in NULL, are sorted and never NULL.
 */
struct sark_effective {
	const char *const *roles;
	/* of the own roles among them; a built-in one's are rbac.h's */
	const char *const *permissions;
	/* roles that count on a resource: sark_scoped of base/permission.h */
	const char *const *scoped;
	int64_t until_ms; /* when this may change by itself, 0 never */
};

/*
 * The columns and the table for a statement about sark.users AS u, so that
 * whoever reads a user reads his roles by the same text.
 */
#define SARK_EFFECTIVE_COLUMNS               \
	" e.roles, e.permissions, e.scoped," \
	" coalesce(floor(extract(epoch FROM e.until) * 1000), 0)::bigint"
#define SARK_EFFECTIVE_OF(user, key) \
	" CROSS JOIN LATERAL sark.roles_at(" user ", " key ", now()) AS e"
#define SARK_EFFECTIVE_COUNT 4

/* Reads the SARK_EFFECTIVE_COUNT columns from column on; lists on ctx. */
void sark_effective_fill(struct sark_effective *effective_r, void *ctx,
    const struct sark_rows *rows, size_t row, int column) SARK_NONNULL(1, 3);

/*
 * The roles of a user now, on ctx, who may be disabled; key_id is NULL unless
 * he came with an API key.  Errors: those of pg.h.
 */
int sark_effective_now(struct sark_pg *pg, void *ctx, const char *user_id,
    const char *key_id, struct sark_effective *effective_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 5, 6) SARK_CHECKED;

#endif

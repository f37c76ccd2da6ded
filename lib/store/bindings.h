#ifndef SARK_STORE_BINDINGS_H
#define SARK_STORE_BINDINGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/uuid.h"

struct sark_pg;
struct sark_tx;

/* Hours of some days of the week, in a zone; minutes of the day. */
struct sark_window {
	unsigned int days; /* bit 1 Monday .. bit 7 Sunday */
	int opens;	   /* 0..1439 */
	int closes;	   /* 0..1440; not behind opens: on the next day */
	const char *zone;  /* IANA name */
};

/*
 * A role bound to a user, a group or an API key: one of the three, the others
 * are "".  Texts are never NULL, times are ms since the epoch, 0 for none.
 */
struct sark_binding {
	char id[SARK_UUID_TEXT];
	const char *role;
	const char *user_id;
	const char *username; /* of user_id */
	const char *group;    /* normal form, auth/group.h */
	const char *key_id;
	const char *scope_type; /* "" everywhere */
	const char *scope_id;
	int64_t expires_at;
	const char *granted_by; /* user name */
	const char *granted_by_id;
	int64_t granted_at;
	struct sark_window *windows;
	size_t nwindows;
};

struct sark_bindings {
	struct sark_binding *items;
	size_t count;
};

/* What is NULL does not narrow the list. */
struct sark_binding_filter {
	const char *role;
	const char *user_id;
	const char *group;
	const char *key_id;
	const char *before_id; /* of the page before */
	int64_t limit;
};

/* With its windows.  Errors: those of pg.h. */
int sark_bindings_insert(struct sark_tx *tx, void *ctx,
    const struct sark_binding *binding, struct sark_err *err)
    SARK_NONNULL(1, 3, 4) SARK_CHECKED;
/* Errors: NOT_FOUND. */
int sark_bindings_delete(struct sark_tx *tx, const char *id,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* On ctx: 1, 0 or -1. */
int sark_bindings_get(struct sark_pg *pg, void *ctx, const char *id,
    struct sark_binding **binding_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/* The newest first. */
int sark_bindings_list(struct sark_pg *pg, void *ctx,
    const struct sark_binding_filter *filter, struct sark_bindings *bindings_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/* Whether PostgreSQL has a time zone of this name: 1, 0 or -1. */
int sark_bindings_zone(struct sark_pg *pg, const char *zone,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif

#ifndef SARK_STORE_PASSWORDS_H
#define SARK_STORE_PASSWORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct sark_pg;
struct sark_tx;

/*
 * The hashes of a user's passwords, the present one and those that he had
 * before.  Only sark_login and sark_admin may read them.
 * Errors of all: those of pg.h.
 */

/* At most n of them on ctx, newest first, a NULL-ended list. */
int sark_passwords_last(struct sark_pg *pg, void *ctx, const char *user_id,
    int64_t n, const char *const **hashes_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 5, 6) SARK_CHECKED;

struct sark_password_change {
	const char *user_id;
	const char *hash;
	bool change_required; /* at the next login, again */
	int64_t remembered;   /* passwords, this one counted */
};
/* Gives a new password; the old one is remembered.  Errors: NOT_FOUND. */
int sark_passwords_set(struct sark_tx *tx,
    const struct sark_password_change *change, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif

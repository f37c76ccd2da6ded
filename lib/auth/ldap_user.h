#ifndef SARK_AUTH_LDAP_USER_H
#define SARK_AUTH_LDAP_USER_H

#include <stdbool.h>

#include "auth/directory.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "store/directory.h"

/* The users whom the directory vouches for, kept as it has them. */

/* What there is to do about a user. */
struct sark_ldap_change {
	const struct sark_directory_user *was; /* NULL: he is new */
	struct sark_directory_user now;
	bool differs;
};

/*
 * Compares the person with the user of his id, or of his name.  Lists of
 * change_r live on app->mem and as long as person.
 * Returns 1, or 0 and *why_r: other_provider somebody of another kind has
 * the name, other_person another person of the directory had it, disabled an
 * administrator disabled him.  Errors: those of pg.h.
 */
int sark_ldap_user_compare(struct sark_app *app,
    const struct sark_person *person, struct sark_ldap_change *change_r,
    const char **why_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/*
 * Makes it so, under a hold of his generation, with the event user_created
 * or user_synchronized of caller.  Nothing is done if nothing differs.
 * Errors: CONFLICT somebody else has taken the name, those of pg.h and of
 * generations.h.
 */
int sark_ldap_user_keep(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_ldap_change *change, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/*
 * The directory no longer has the user, or bars him: why says it.  Disables
 * him and ends his sessions, with the event user_disabled of caller, under a
 * hold of his generation.  He may come back by himself.
 * Errors: those of pg.h and of generations.h.
 */
int sark_ldap_user_gone(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_directory_user *user, const char *why,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif

#ifndef SARK_AUTH_LDAP_SYNC_H
#define SARK_AUTH_LDAP_SYNC_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

/* Brings all users of the directory up to date. */

/* What there is to do about one of them, lent during the call of tell. */
struct sark_ldap_step {
	const char *username; /* as he is called here */
	const char *why;      /* he is to be disabled; NULL: to be changed */
	const char *const *roles;
	const char *const *teams;
	const char *const *managed_teams;
};

struct sark_ldap_sync {
	bool dry_run;			   /* only tells */
	bool force;			   /* disables however many */
	const volatile sig_atomic_t *stop; /* not 0: ends after a user */
	void (*tell)(void *arg, const struct sark_ldap_step *step);
	void *arg;
	/* the outcome */
	size_t users; /* that were looked at */
	size_t changed;
	size_t disabled;
};

/*
 * Asks the directory about every user of it who is not disabled by an
 * administrator, first to count, then to change him: nothing is changed when
 * not all can be asked about, or too many would be disabled.  Each change is
 * a transaction of its own, as ldap_user.h has it, with caller in its event.
 * Who was gone and is back may log in again.  A dry run counts what would be.
 *
 * Errors: PROVIDER_DISABLED no directory is set; CONFLICT more than the share
 * ldap_sync_percent of those who are not disabled would be, and not force;
 * UNAVAILABLE, TIMEOUT, UNCERTAIN.
 */
int sark_ldap_sync_run(struct sark_app *app, const struct sark_caller *caller,
    struct sark_ldap_sync *sync, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif

#ifndef SARK_POLICY_SUBJECT_H
#define SARK_POLICY_SUBJECT_H

#include "policy/policy.h"

/* Whose rights are judged.  Lists end in NULL; scopes is NULL without. */
struct sark_subject {
	const char *user_id;
	const char *username;
	const char *provider;
	const char *const *roles;
	const char *const *teams;
	const char *const *managed_teams;
	const char *const *scopes;
	const char *const *scoped; /* base/permission.h; NULL: none */
	bool mfa;
	int64_t mfa_time; /* s since the epoch, 0 without */
	bool agent;
	bool other;	  /* not the caller: of the database */
	int64_t until_ms; /* of another: when his roles may change, 0 never */
};

/*
 * The caller himself, or the user he asks about: then only who is known so
 * far, the id; sark_subject_load reads the rest.
 * Errors: FORBIDDEN without the permission policy:evaluate:any.
 */
int sark_subject_of(const struct sark_caller *caller, const char *user_id,
    struct sark_subject *subject_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4) SARK_CHECKED;
/*
 * Reads another user's roles and teams; one who is disabled has none.
 * Errors: INVALID no such user; those of the store.
 */
int sark_subject_load(struct sark_app *app, struct sark_subject *subject,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif

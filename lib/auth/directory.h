#ifndef SARK_AUTH_DIRECTORY_H
#define SARK_AUTH_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * The company's directory: who somebody is, whether the password is his,
 * and what his groups give him, by the settings ldap_*.  Nothing here knows
 * PostgreSQL; ldap.h does.
 */
struct sark_conf;
struct sark_directory;

/* Strings are never NULL unless said; lists end in NULL and are sorted. */
struct sark_person {
	const char *dn;
	const char *id; /* what stays when he is renamed; "" unknown */
	const char *username;
	const char *email;
	const char *name;
	const char *barred; /* why he may not come in, a word; NULL */
	/* the DNs of his groups, also through groups, as ldap_name.h has it */
	const char *const *groups;
	/* what these give him */
	const char *const *roles;
	const char *const *teams;
	const char *const *managed_teams;
};

/*
 * Reads the map of groups and checks the settings; nobody is asked yet.
 * *directory_r is NULL when no server is set.
 * Errors: CONFIG.
 */
int sark_directory_open(void *ctx, const struct sark_conf *conf,
    struct sark_directory **directory_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/* Ends every wait when the request ends, at *until_ns (store/deadline.h). */
void sark_directory_bound(
    struct sark_directory *directory, const int64_t *until_ns) SARK_NONNULL(1);
/* Keeps the connection of the service account between calls. */
void sark_directory_keep(struct sark_directory *directory) SARK_NONNULL(1);
/*
 * Has each step told, for people: what, and how it came out.  Never a
 * password.
 */
typedef void sark_directory_step(void *arg, const char *what, const char *how);
void sark_directory_tell(struct sark_directory *directory,
    sark_directory_step *step, void *arg) SARK_NONNULL(1, 2);

/*
 * Finders of a person by the name given at login, on ctx; login wants the
 * right password too.  0: not he, *why_r says why by a word that does not
 * change: unknown_user, ambiguous_user, too_many_groups; of login also
 * wrong_password, disabled, expired, locked, not_permitted,
 * password_expired, password_must_change.  find also finds who is barred.
 * All that takes ldap_timeout_ms at most; an empty password is wrong without
 * that anybody is asked.
 * Errors: UNAVAILABLE no server answers, or not as it should; TIMEOUT.
 */
int sark_directory_find(struct sark_directory *directory, void *ctx,
    const char *username, struct sark_person **person_r, const char **why_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5, 6) SARK_CHECKED;
int sark_directory_login(struct sark_directory *directory, void *ctx,
    const char *username, const char *password, struct sark_person **person_r,
    const char **why_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5, 6, 7) SARK_CHECKED;

#endif

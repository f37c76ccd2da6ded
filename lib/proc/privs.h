#ifndef SARK_PROC_PRIVS_H
#define SARK_PROC_PRIVS_H

#include "base/attr.h"
#include "base/err.h"

/*
 * Programs run unprivileged.  Started as root, a program becomes user (and
 * group, or the user's own when group is ""), with that user's groups, and
 * makes sure that it cannot go back.  Started as anybody else it stays that.
 * Errors: CONFIG root and user is "", or an unknown name, or root again;
 * INTERNAL the kernel refused.
 */
int sark_privs_drop(const char *user, const char *group, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * What holds from here to the end: files are not for others (umask 027), no
 * core dumps and no ptrace (secrets lie in memory), execve(2) gains nothing
 * (no_new_privs).  Call after sark_privs_drop, which undoes some of it.
 * Errors: INTERNAL.
 */
int sark_privs_harden(struct sark_err *err) SARK_NONNULL(1) SARK_CHECKED;
/*
 * Empties the environment but for a PATH of our own: nobody who starts us
 * gets to name a proxy, a PostgreSQL server or a library to load.
 */
void sark_privs_scrub(void);

#endif

#ifndef SARK_PROC_LOCK_H
#define SARK_PROC_LOCK_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * A lock that one run of a tool holds: flock(2) on dir/name.lock, so it goes
 * with the process, however that ends.  The file stays and holds the number
 * of the last process, for people.
 */
struct sark_lock;

/*
 * Takes the lock or fails at once; freeing *lock_r gives it back.
 * Errors: LOCKED another run holds it (a tool exits 75), CONFIG the file
 * cannot be made.
 */
int sark_lock_take(void *ctx, const char *dir, const char *name,
    struct sark_lock **lock_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;

/*
 * Who holds the lock, as its file says: 1 and *pid_r, 0 when nobody does.
 * Errors: CONFIG the file cannot be read or holds no number.
 */
int sark_lock_holder(void *ctx, const char *dir, const char *name, pid_t *pid_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;
/*
 * A lock outlives exec: its descriptor, which exec closes unless it is told
 * otherwise, becomes the lock again by take_on.
 */
int sark_lock_fd(const struct sark_lock *lock) SARK_NONNULL(1) SARK_CHECKED;
struct sark_lock *sark_lock_take_on(void *ctx, int fd)
    __attribute__((returns_nonnull));

#endif

#ifndef SARK_BIN_RENEW_H
#define SARK_BIN_RENEW_H

#include "base/attr.h"
#include "base/err.h"
#include "supervise.h"

struct sark_lock;

/*
 * How sark-run becomes its own successor: the program file that is installed
 * now takes the place of the one that runs, by execve(2), in the same
 * process.  It has the lock, the sockets and the children, and puts new
 * programs beside the old ones (supervise.h).
 */
struct renewal {
	const char *path; /* of sark-run */
	char *const *argv;
	const struct sark_lock *lock;
};

/*
 * Asks the new file whether it would start with these arguments, and becomes
 * it.  Returns when it would not, which the log says; nothing has changed.
 */
void renew(void *ctx, const struct renewal *renewal,
    const struct supervision *all) SARK_NONNULL(2, 3);
/*
 * In the successor: 1 when this process has taken over, with fd and old of
 * the programs and the lock; 0 when it was started by somebody else.  A
 * process of a program that is none any more is asked to end.
 * Errors: INTERNAL.
 */
int renew_take(void *ctx, const struct supervision *all,
    struct sark_lock **lock_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;

#endif

#ifndef SARK_BIN_READY_H
#define SARK_BIN_READY_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * The other end of proc/notify.h: a socket to which programs say that they
 * are ready.  The kernel says who spoke, so none can speak for another.
 */

/*
 * Opens it, closed by exec; name_r is for NOTIFY_SOCKET.
 * Errors: INTERNAL.
 */
#define READY_NAME 16
int ready_open(int *fd_r, char name_r[READY_NAME], struct sark_err *err)
    SARK_NONNULL(1, 3) SARK_CHECKED;
/* The next process that said so, 0 for none; does not wait. */
pid_t ready_take(int fd);

#endif

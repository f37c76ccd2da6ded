#ifndef SARK_BIN_LISTEN_H
#define SARK_BIN_LISTEN_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/* The sockets that sark-run hands over, and the folders they lie in. */

/*
 * The number of a group; (gid_t)-1 for "", which leaves things as they are.
 * Errors: CONFIG there is no such group.
 */
int listen_group(const char *name, gid_t *gid_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * Makes the folder path, mode 0755, unless it is there.  As root it is then
 * given to user; "" leaves it root's.
 * Errors: CONFIG it cannot be made, or there is no such user.
 */
int listen_folder(const char *path, const char *user, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * A listening Unix socket at path, mode 0660, of group gid unless that is
 * (gid_t)-1; what lay there is removed first if it is a socket.  The
 * descriptor is closed by exec.
 * Errors: CONFIG.
 */
int listen_unix(const char *path, gid_t gid, int *fd_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4) SARK_CHECKED;

#endif

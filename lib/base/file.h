#ifndef SARK_BASE_FILE_H
#define SARK_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * Reads a regular file whole, at most max bytes.  *data_r is on ctx and
 * followed by a NUL that does not count.
 * Errors: CONFIG with path and reason.
 */
int sark_file_read(const void *ctx, const char *path, size_t max, char **data_r,
    size_t *len_r, struct sark_err *err) SARK_NONNULL(2, 4, 5, 6) SARK_CHECKED;
/* The same for a secret: refuses a file that "others" can read or write. */
int sark_file_read_secret(const void *ctx, const char *path, size_t max,
    char **data_r, size_t *len_r, struct sark_err *err)
    SARK_NONNULL(2, 4, 5, 6) SARK_CHECKED;
/*
 * Writes a file so that a reader sees the old or the new content, also after
 * a crash: temporary file, fsync, rename, fsync of the folder.
 */
int sark_file_replace(const char *path, const void *data, size_t len,
    mode_t mode, struct sark_err *err) SARK_NONNULL(1, 2, 5) SARK_CHECKED;
/* Writes all len bytes, over short writes and EINTR.  0, or -1 with errno. */
int sark_file_write_all(int fd, const void *data, size_t len)
    SARK_NONNULL(2) SARK_CHECKED;

#endif

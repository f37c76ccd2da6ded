#ifndef SARK_AUDIT_SPOOL_H
#define SARK_AUDIT_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * The local spool: a folder of append-only segment files, one writer a file.
 * A writer appends each record by one write(2) and holds a lock on its
 * segment while it lives; the loader takes a segment away when it has loaded
 * all of it and its writer is gone or has gone on to the next.  Record and
 * file format: spool(5) in man/sark-spool.5.
 */
struct sark_spool;

/*
 * Does not create a segment yet; the first record does.  program is part of
 * the segments' names.  Errors: CONFIG the folder is missing or not ours.
 */
int sark_spool_open(void *ctx, const char *dir, const char *program,
    int64_t segment_bytes, bool sync, struct sark_spool **spool_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 6, 7) SARK_CHECKED;
/*
 * Appends one record of len bytes.  A short write (disk full) is undone by
 * cutting the segment back; if that fails too the segment is left behind and
 * its torn tail is skipped by the loader.
 * Errors: AUDIT_UNAVAILABLE.
 */
int sark_spool_append(struct sark_spool *spool, const char *record, size_t len,
    struct sark_err *err) SARK_NONNULL(1, 2, 4) SARK_CHECKED;
/* Whether a record could be written now (for /health/ready). */
int sark_spool_check(const struct sark_spool *spool, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif

#ifndef SARK_AUDIT_FOLDER_H
#define SARK_AUDIT_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * The spool's folder as the loader sees it, sark-spool(5).
 */

/*
 * Names of the segments, ended by NULL, in the order in which they were
 * begun.  Errors: CONFIG the folder cannot be read.
 */
int sark_folder_list(void *ctx, const char *dir, const char ***names_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/* Removes what writers left that died while they made a segment. */
void sark_folder_sweep(const char *dir) SARK_NONNULL(1);

/* A segment that is being read. */
struct sark_reading {
	int fd;
	int64_t size;
	bool finished; /* no writer: size will not change */
};

/*
 * Opens a segment.  Returns 1, 0 if it is gone, or -1.
 * Errors: CONFIG it is no file that we may read.
 */
int sark_folder_open(const char *dir, const char *name,
    struct sark_reading *reading_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
void sark_folder_close(struct sark_reading *reading) SARK_NONNULL(1);
/* Removes a segment; that it is gone already is no error. */
int sark_folder_remove(const char *dir, const char *name, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/* A damaged line of a segment, at offset in it. */
struct sark_damage {
	const char *segment;
	int64_t offset;
	const char *reason;
	const char *line;
	size_t size;
};

/*
 * Keeps a damaged line in the file SEGMENT.bad, unless it is there already;
 * on return it is on the disk.  Errors: AUDIT_UNAVAILABLE.
 */
int sark_folder_keep(const char *dir, const struct sark_damage *damage,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif

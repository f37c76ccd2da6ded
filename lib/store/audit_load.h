#ifndef SARK_STORE_AUDIT_LOAD_H
#define SARK_STORE_AUDIT_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "store/audit_log.h"
#include "store/pg.h"

/*
 * What the loader does to the audit trail, all within one transaction: store
 * events, number them, remember how far it is.
 */

/*
 * Waits until no other loader (of another host) is in a transaction like
 * this one: numbers are given by one at a time.  Held until the end of tx.
 */
int sark_audit_load_lock(struct sark_tx *tx, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

/* Adds an event as a line of COPY's text format. */
void sark_audit_load_line(
    struct sark_buf *out, const struct sark_audit_row *row) SARK_NONNULL(1, 2);
/* Stores such lines.  Errors: CONFLICT an event is there already. */
int sark_audit_load_copy(struct sark_tx *tx, const struct sark_buf *lines,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * Stores one event unless it is there already, and marks it as waiting for
 * its number.  Returns 1, 0 if it was there, or -1.
 */
int sark_audit_load_insert(struct sark_tx *tx, const struct sark_audit_row *row,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * Numbers the events whose ids and times are given (NULL-ended lists of one
 * length) and those that wait, by time and id, without a gap.  Returns how
 * many, or -1.
 */
int64_t sark_audit_load_number(struct sark_tx *tx, const char *const *ids,
    const char *const *times, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* Whether an event waits for its number: 1, 0 or -1. */
int sark_audit_load_waiting(struct sark_pg *pg, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/* Makes the partitions of this month and the next three. */
int sark_audit_load_partitions(struct sark_pg *pg, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

/* How far a segment is loaded. */
struct sark_spool_cursor {
	int64_t position; /* bytes */
	bool done;	  /* all of it, and its writer is gone */
};

/* Returns 1 and the cursor, 0 (and zeros) if there is none yet, or -1. */
int sark_spool_cursor_read(struct sark_pg *pg, const char *segment,
    struct sark_spool_cursor *cursor_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
int sark_spool_cursor_write(struct sark_tx *tx, const char *segment,
    const struct sark_spool_cursor *cursor, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* After the segment is removed. */
int sark_spool_cursor_forget(struct sark_pg *pg, const char *segment,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* Forgets cursors that are done for a week: a crash kept them. */
int sark_spool_cursor_sweep(struct sark_pg *pg, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif

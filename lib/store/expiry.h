#ifndef SARK_STORE_EXPIRY_H
#define SARK_STORE_EXPIRY_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct sark_pg;

/*
 * Rows that have had their time: the programs take no notice of them any
 * more, whether they are there or not.  Kinds are numbered from 0.
 */

/* What rows of this kind are, "kept answers"; NULL behind the last kind. */
const char *sark_expiry_what(size_t kind);
/*
 * Removes at most limit rows of a kind, the oldest first.  Those whose end is
 * of interest to people stay for keep_days after it.  Returns how many were
 * removed, or -1.  Errors: those of pg.h.
 */
int64_t sark_expiry_remove(struct sark_pg *pg, size_t kind, int64_t keep_days,
    int64_t limit, struct sark_err *err) SARK_NONNULL(1, 5) SARK_CHECKED;
/* How many that would be, without a limit; or -1. */
int64_t sark_expiry_count(struct sark_pg *pg, size_t kind, int64_t keep_days,
    struct sark_err *err) SARK_NONNULL(1, 4) SARK_CHECKED;

#endif

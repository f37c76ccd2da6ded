#ifndef SARK_STORE_LEDGER_H
#define SARK_STORE_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct sark_pg;

/* A row of sark.migration: a migration that is in effect. */
struct sark_ledger_entry {
	int64_t version;
	const char *name;	/* "0001-schema" */
	const char *checksum;	/* SHA-256 of its deploy file, hex */
	int64_t applied_ms;	/* ms since the epoch */
	const char *applied_by; /* PostgreSQL role */
	int64_t oldest_program; /* version of the oldest that works with it */
};
struct sark_ledger {
	size_t count;
	struct sark_ledger_entry *entries; /* by version, ascending */
};

/*
 * Reads the ledger onto ctx; a database without one has an empty one.
 * Errors: those of pg.h.
 */
int sark_ledger_read(struct sark_pg *pg, void *ctx,
    struct sark_ledger *ledger_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4) SARK_CHECKED;
/*
 * Waits up to wait_s seconds to be the only one, on any host, who migrates
 * this database.  Ends with pg's connection.
 * Errors: LOCKED another is at it, those of pg.h.
 */
int sark_ledger_lock(struct sark_pg *pg, int64_t wait_s, struct sark_err *err)
    SARK_NONNULL(1, 3) SARK_CHECKED;

#endif

#ifndef SARK_AUDIT_LOAD_H
#define SARK_AUDIT_LOAD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/pg.h"

/*
 * Moves the spool's events into the audit trail, each exactly once: how far
 * a segment is loaded is written in the transaction that stores its events.
 * May be killed at any point.
 */
struct sark_load;

struct sark_load_options {
	struct sark_pg *pg;
	const char *dir; /* the spool */
	bool dry_run;	 /* reads and counts only */
	/* set when to stop at the next transaction; never NULL */
	const volatile sig_atomic_t *stop;
};

/* What passes did, summed. */
struct sark_load_result {
	int64_t events;	    /* stored */
	int64_t duplicates; /* were there already */
	int64_t numbered;   /* got their place in the trail */
	int64_t bad;	    /* lines kept in a .bad file */
	int64_t torn;	    /* segments with an unfinished last line */
	int64_t skipped;    /* segments that cannot be read */
	int64_t removed;    /* segments that are loaded and removed */
};

/* Lends the members of options. */
struct sark_load *sark_load_new(
    void *ctx, const struct sark_load_options *options) SARK_NONNULL(2)
    __attribute__((returns_nonnull));
/* The chores of a start: partitions, leftovers of crashes. */
int sark_load_prepare(struct sark_load *load, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/*
 * Loads what is there now and adds to result.  Damaged lines are logged and
 * kept; they do not make it fail.  After an error call it again: it asks
 * PostgreSQL how far it came.  Errors: those of pg.h; CONFIG the folder.
 */
int sark_load_pass(struct sark_load *load, struct sark_load_result *result,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif

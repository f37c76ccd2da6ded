#ifndef SARK_STORE_AUDIT_SEARCH_H
#define SARK_STORE_AUDIT_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/audit_log.h"
#include "store/pg.h"

/*
 * What to look for, every member NULL for "any".  Times are RFC 3339 with
 * microseconds; from is part of the range, to is not.  text is looked for
 * inside actor, action, resource and reason, whatever the case.
 */
struct sark_audit_query {
	const char *from, *to;
	const char *type, *severity, *outcome;
	const char *actor, *actor_id;
	const char *action, *resource, *decision;
	const char *request_id, *trace_id;
	const char *text;
	/* only what comes behind this event in the order of the answer */
	const char *behind_time, *behind_id;
};

/* Events, newest first (by time, then id). */
struct sark_audit_rows {
	size_t count;
	struct sark_audit_row *rows;
	const char **times; /* of each, with microseconds */
};

/* At most limit events, on ctx. */
int sark_audit_search_list(struct sark_pg *pg, void *ctx,
    const struct sark_audit_query *query, int64_t limit,
    struct sark_audit_rows *rows_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 5, 6) SARK_CHECKED;
/* The event with an id (a valid UUID): 1, 0 or -1. */
int sark_audit_search_get(struct sark_pg *pg, void *ctx, const char *id,
    struct sark_audit_row *row_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

/* What a count is of: the members of the API's statistics. */
enum sark_audit_by {
	SARK_AUDIT_BY_DAY,
	SARK_AUDIT_BY_TYPE,
	SARK_AUDIT_BY_DECISION,
	SARK_AUDIT_BY_DENIAL_REASON,
	SARK_AUDIT_BYS
};
struct sark_audit_count {
	enum sark_audit_by by;
	const char *value;
	int64_t count;
};
struct sark_audit_counts {
	size_t count;
	struct sark_audit_count *counts; /* days in order, else most first */
};

/* Counts the events of a range; the ten most frequent denial reasons. */
int sark_audit_search_counts(struct sark_pg *pg, void *ctx, const char *from,
    const char *to, struct sark_audit_counts *counts_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5, 6) SARK_CHECKED;

#endif

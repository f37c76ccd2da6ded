#ifndef SARK_AUDIT_SEARCH_H
#define SARK_AUDIT_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "store/audit_search.h"

/*
 * Reading the audit trail.  Each call is itself recorded (audit_read): who
 * looked for what.  Errors of all: those of pg.h; AUDIT_UNAVAILABLE the look
 * could not be recorded, so it is not given.
 */

/* Filters as they come in; 0 and NULL are "any". */
struct sark_audit_filter {
	int64_t from, to; /* ms since the epoch; to excluded */
	const char *type;
	int severity;	   /* 1 low ... 4 critical */
	int outcome;	   /* 1 success, 2 failure */
	const char *actor; /* name, or id if it is a UUID */
	const char *action;
	const char *resource;
	int decision; /* 1 allow, 2 deny */
	const char *request_id;
	const char *trace_id;
	const char *q; /* anywhere in four texts */
	int64_t limit; /* 0 is SARK_AUDIT_LIMIT */
	const char *cursor;
};
#define SARK_AUDIT_LIMIT 50

/* The words of the choices, ended by NULL. */
extern const char *const sark_audit_severities[];
extern const char *const sark_audit_outcomes[];
extern const char *const sark_audit_decisions[];

struct sark_audit_page {
	size_t count;
	const struct sark_audit_row *rows; /* newest first */
	const char *next_cursor;	   /* NULL on the last page */
};

/*
 * A page of events, on app->mem.  A cursor is bound to the caller and to the
 * filters it was made with.  Errors: INVALID_CURSOR.
 */
int sark_audit_search(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_audit_filter *filter, struct sark_audit_page *page_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/* One event.  Errors: NOT_FOUND. */
int sark_audit_find(struct sark_app *app, const struct sark_caller *caller,
    const char *id, struct sark_audit_row *row_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif

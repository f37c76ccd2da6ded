#ifndef SARK_AUDIT_EVENT_H
#define SARK_AUDIT_EVENT_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/caller.h"
#include "base/err.h"
#include "base/uuid.h"

struct sark_app;
struct sark_tx;

enum sark_severity {
	SARK_SEVERITY_LOW,
	SARK_SEVERITY_MEDIUM,
	SARK_SEVERITY_HIGH,
	SARK_SEVERITY_CRITICAL,
};

/*
 * Something that happened, as it will be kept for ever.  What is NULL or ""
 * is left out of the record.  A text is cut to 2 KiB; a detail of more than
 * 64 KiB, or that is no JSON object, is replaced by its size.
 */
struct sark_event {
	char id[SARK_UUID_TEXT]; /* UUIDv7, its time too */
	const char *type;	 /* "policy_decision" */
	enum sark_severity severity;
	const char *outcome;		 /* "success" | "failure" */
	const char *action;		 /* "tool:invoke" */
	const char *resource;		 /* what was acted on */
	const char *decision;		 /* "allow" | "deny" | NULL */
	const char *reason;		 /* for people, or a stable word */
	const char *detail;		 /* a JSON object, or NULL */
	const struct sark_caller *actor; /* whoever asked; never NULL */
	/* who it is about when that is not the caller: a failed login */
	const char *actor_name; /* overrides actor->username */
};

/* A new event of the caller: id, type and defaults (low, success). */
void sark_event_init(struct sark_event *event, const struct sark_caller *actor,
    const char *type) SARK_NONNULL(1, 2, 3);

/*
 * Writes the event into the open transaction: it is there exactly if the
 * change is.  Errors: those of pg.h.
 */
int sark_audit_in(struct sark_tx *tx, const struct sark_event *event,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * Writes the event to the local spool; on return it survives the death of
 * the process (and of the machine, if spool_sync is on).
 * Errors: AUDIT_UNAVAILABLE: then nothing may be answered as done.
 */
int sark_audit_spool(struct sark_app *app, const struct sark_event *event,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * The event as the JSON object that the spool and the API carry; program,
 * who wrote it, may be NULL.
 */
void sark_event_to_json(struct sark_buf *out, const struct sark_event *event,
    const char *program) SARK_NONNULL(1, 2);

#endif

#ifndef SARK_STORE_AUDIT_LOG_H
#define SARK_STORE_AUDIT_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "store/pg.h"

/*
 * One audit event as the table sark.audit_event and the spool have it, all
 * text.  NULL or "" is absent, but for id, time, type, severity and outcome.
 */
struct sark_audit_row {
	const char *seq;  /* place in the trail, once loaded */
	const char *id;	  /* UUIDv7 */
	const char *time; /* RFC 3339 UTC, the time in id */
	const char *type;
	const char *severity;
	const char *outcome;
	const char *actor_id; /* UUID */
	const char *actor;
	const char *action;
	const char *resource;
	const char *decision;
	const char *reason;
	const char *client_ip;
	const char *user_agent;
	const char *request_id;
	const char *trace_id;
	const char *program; /* "" in a transaction: by the role */
	const char *detail;  /* JSON object */
};

/* Inserts an event and marks it as waiting for its number. */
int sark_audit_log_insert(struct sark_tx *tx, const struct sark_audit_row *row,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif

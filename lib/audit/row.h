#ifndef SARK_AUDIT_ROW_H
#define SARK_AUDIT_ROW_H

#include "base/attr.h"
#include "json/reader.h"
#include "json/writer.h"
#include "store/audit_log.h"

/*
 * An event's one shape as JSON, in the spool and in the API:
 *
 *	{"id", "seq", "time", "type", "severity", "outcome",
 *	 "actor": {"id", "name"}, "action", "resource", "decision", "reason",
 *	 "client_ip", "user_agent", "request_id", "trace_id", "program",
 *	 "detail": {}}
 *
 * What is absent is left out; seq is a number and only in the API.
 */
void sark_audit_row_to_json(struct sark_jw *jw, const char *name,
    const struct sark_audit_row *row) SARK_NONNULL(1, 3);
/*
 * The way back from a spool record.  The row's texts live on ctx.
 * Errors: BAD_REQUEST the record is no event: it could not be stored.
 */
int sark_audit_row_from_json(void *ctx, const char *json, size_t len,
    struct sark_audit_row *row_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 4, 5) SARK_CHECKED;

#endif

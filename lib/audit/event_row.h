#ifndef SARK_AUDIT_EVENT_ROW_H
#define SARK_AUDIT_EVENT_ROW_H

#include "audit/event.h"
#include "base/attr.h"
#include "store/audit_log.h"

/*
 * An event as the row that is stored: texts cut to what a record holds,
 * always valid UTF-8, the detail on one line.  What is not the event's or
 * the caller's own lives on ctx.  program may be NULL.
 */
void sark_event_row(void *ctx, const struct sark_event *event,
    const char *program, struct sark_audit_row *row_r) SARK_NONNULL(2, 4);
/* "low" ... "critical" */
const char *sark_severity_name(enum sark_severity severity);

#endif

#include "store/audit_log.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A program in a transaction is named by the role it logged in as:
 * sark_registry is sark-registry.
 */
static const struct sark_stmt insert_event = { "audit_log_insert", 17,
	"WITH event AS (INSERT INTO sark.audit_event (id, time, type, severity,"
	" outcome, actor_id, actor, action, resource, decision, reason,"
	" client_ip, user_agent, request_id, trace_id, program, detail)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
	" $15, COALESCE($16, pg_catalog.replace(CURRENT_USER, '_', '-')), $17))"
	" INSERT INTO sark.audit_pending (id, time) VALUES ($1, $2)" };

/* NULL for what is absent. */
static const char *
some(const char *text)
{
	return text != NULL && *text != '\0' ? text : NULL;
}

int
sark_audit_log_insert(
    struct sark_tx *tx, const struct sark_audit_row *row, struct sark_err *err)
{
	if (sark_pg_exec(tx->pg, &insert_event, err, row->id, row->time,
		row->type, row->severity, row->outcome, some(row->actor_id),
		some(row->actor), some(row->action), some(row->resource),
		some(row->decision), some(row->reason), some(row->client_ip),
		some(row->user_agent), some(row->request_id),
		some(row->trace_id), some(row->program),
		some(row->detail)) == -1)
		return -1;
	return 0;
}

#include "store/audit_search.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"

/* In the order of fill() below. */
#define EVENT                                                            \
	"SELECT (SELECT s.seq FROM sark.audit_sequence AS s"             \
	" WHERE s.id = e.id), e.id,"                                     \
	" pg_catalog.to_char(e.time AT TIME ZONE 'UTC',"                 \
	" 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'),"                         \
	" e.type, e.severity, e.outcome, e.actor_id, e.actor, e.action," \
	" e.resource, e.decision, e.reason, e.client_ip, e.user_agent,"  \
	" e.request_id, e.trace_id, e.program, e.detail,"                \
	" pg_catalog.to_char(e.time AT TIME ZONE 'UTC',"                 \
	" 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"                          \
	" FROM sark.audit_event AS e"
#define EXACT_TIME 18

#define IN_TEXT(column)                                     \
	"pg_catalog.strpos(pg_catalog.lower(e." column ")," \
	" pg_catalog.lower($13)) > 0"

/*
 * One text for every set of filters.  The role plans each call anew, so a
 * filter that is absent costs nothing and one that is there finds its index.
 */
static const struct sark_stmt list_events = {
	"audit_search_list", 16,
	EVENT
	" WHERE ($1::timestamptz IS NULL OR e.time >= $1)"
	" AND ($2::timestamptz IS NULL OR e.time < $2)"
	" AND ($3::text IS NULL OR e.type = $3)"
	" AND ($4::text IS NULL OR e.severity = $4)"
	" AND ($5::text IS NULL OR e.outcome = $5)"
	" AND ($6::text IS NULL OR e.actor = $6)"
	" AND ($7::uuid IS NULL OR e.actor_id = $7)"
	" AND ($8::text IS NULL OR e.action = $8)"
	" AND ($9::text IS NULL OR e.resource = $9)"
	" AND ($10::text IS NULL OR e.decision = $10)"
	" AND ($11::text IS NULL OR e.request_id = $11)"
	" AND ($12::text IS NULL OR e.trace_id = $12)"
	" AND ($13::text IS NULL OR " IN_TEXT("actor") " OR " IN_TEXT(
	    "action") " OR " IN_TEXT("resource") " OR " IN_TEXT("reason") ")"
									  " AND"
									  " ($"
									  "14::"
									  "time"
									  "stam"
									  "ptz "
									  "IS "
									  "NULL"
									  " OR "
									  "(e."
									  "time"
									  " <= "
									  "$14"
									  " AND"
									  " (e."
									  "time"
									  ", "
									  "e."
									  "id) "
									  "< "
									  "($"
									  "14, "
									  "$15:"
									  ":uui"
									  "d)))"
									  " ORD"
									  "ER "
									  "BY "
									  "e."
									  "time"
									  " DES"
									  "C, "
									  "e."
									  "id "
									  "DESC"
									  " LIM"
									  "IT "
									  "$16:"
									  ":big"
									  "int"
};

static const struct sark_stmt get_event = { "audit_search_get", 1,
	EVENT " WHERE e.id = $1" };

/* The first column is an enum sark_audit_by. */
static const struct sark_stmt count_events = { "audit_search_counts", 2,
	"WITH e AS MATERIALIZED (SELECT pg_catalog.to_char("
	"time AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, type, decision, reason"
	" FROM sark.audit_event"
	" WHERE time >= $1::timestamptz AND time < $2::timestamptz),"
	" sums AS (SELECT CASE WHEN GROUPING(day) = 0 THEN 0"
	" WHEN GROUPING(type) = 0 THEN 1 ELSE 2 END AS by,"
	" COALESCE(day, type, decision) AS value, pg_catalog.count(*) AS n"
	" FROM e GROUP BY GROUPING SETS ((day), (type), (decision))),"
	" reasons AS (SELECT 3 AS by, reason AS value, pg_catalog.count(*) AS n"
	" FROM e WHERE decision = 'deny' AND reason IS NOT NULL"
	" GROUP BY reason ORDER BY n DESC, reason LIMIT 10)"
	" SELECT by, value, n FROM (SELECT * FROM sums"
	" UNION ALL SELECT * FROM reasons) AS counts WHERE value IS NOT NULL"
	" ORDER BY by, CASE WHEN by = 0 THEN value END, n DESC, value" };

static void
fill(struct sark_audit_row *row, const struct sark_rows *rows, size_t i)
{
	const char **columns[] = { &row->seq, &row->id, &row->time, &row->type,
		&row->severity, &row->outcome, &row->actor_id, &row->actor,
		&row->action, &row->resource, &row->decision, &row->reason,
		&row->client_ip, &row->user_agent, &row->request_id,
		&row->trace_id, &row->program, &row->detail };
	size_t c;

	for (c = 0; c < SARK_COUNT(columns); c++)
		*columns[c] = sark_rows_text(rows, i, (int)c);
}

int
sark_audit_search_list(struct sark_pg *pg, void *ctx,
    const struct sark_audit_query *query, int64_t limit,
    struct sark_audit_rows *rows_r, struct sark_err *err)
{
	char limit_text[24];
	const char *params[] = { query->from, query->to, query->type,
		query->severity, query->outcome, query->actor, query->actor_id,
		query->action, query->resource, query->decision,
		query->request_id, query->trace_id, query->text,
		query->behind_time, query->behind_id, limit_text };
	struct sark_rows *rows;
	size_t i;

	snprintf(limit_text, sizeof(limit_text), "%" PRId64, limit);
	if (sark_pg_queryv(pg, &list_events, ctx, params, &rows, err) == -1)
		return -1;
	rows_r->count = sark_rows_count(rows);
	rows_r->rows =
	    sark_new_array(ctx, struct sark_audit_row, rows_r->count + 1);
	rows_r->times = sark_new_array(ctx, const char *, rows_r->count + 1);
	for (i = 0; i < rows_r->count; i++) {
		fill(&rows_r->rows[i], rows, i);
		rows_r->times[i] = sark_rows_text(rows, i, EXACT_TIME);
	}
	return 0;
}

int
sark_audit_search_get(struct sark_pg *pg, void *ctx, const char *id,
    struct sark_audit_row *row_r, struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(pg, &get_event, ctx, &rows, err, id) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	fill(row_r, rows, 0);
	return 1;
}

int
sark_audit_search_counts(struct sark_pg *pg, void *ctx, const char *from,
    const char *to, struct sark_audit_counts *counts_r, struct sark_err *err)
{
	struct sark_audit_count *count;
	struct sark_rows *rows;
	size_t i;

	if (sark_pg_query(pg, &count_events, ctx, &rows, err, from, to) == -1)
		return -1;
	counts_r->count = sark_rows_count(rows);
	counts_r->counts =
	    sark_new_array(ctx, struct sark_audit_count, counts_r->count + 1);
	for (i = 0; i < counts_r->count; i++) {
		count = &counts_r->counts[i];
		count->by = (enum sark_audit_by)sark_rows_int(rows, i, 0);
		count->value = sark_rows_text(rows, i, 1);
		count->count = sark_rows_int(rows, i, 2);
	}
	return 0;
}

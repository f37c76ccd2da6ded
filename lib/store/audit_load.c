#include "store/audit_load.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define COLUMNS                                                           \
	"id, time, type, severity, outcome, actor_id, actor, action,"     \
	" resource, decision, reason, client_ip, user_agent, request_id," \
	" trace_id, program, detail"

static const struct sark_stmt lock = { "audit_load_lock", 0,
	"SELECT pg_catalog.pg_advisory_xact_lock("
	"pg_catalog.hashtextextended('sark.audit_load', 0))" };

static const struct sark_stmt insert_one = { "audit_load_insert", 17,
	"WITH event AS (INSERT INTO sark.audit_event (" COLUMNS ")"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
	" $15, $16, $17) ON CONFLICT DO NOTHING RETURNING id, time)"
	" INSERT INTO sark.audit_pending (id, time)"
	" SELECT id, time FROM event ON CONFLICT DO NOTHING" };

/* Those that wait are taken in bites: one transaction stays short. */
static const struct sark_stmt number = { "audit_load_number", 2,
	"WITH waiting AS (DELETE FROM sark.audit_pending WHERE id IN"
	" (SELECT id FROM sark.audit_pending ORDER BY time, id LIMIT 20000)"
	" RETURNING id, time), events AS (SELECT id, time FROM waiting"
	" UNION ALL SELECT * FROM"
	" ROWS FROM (pg_catalog.unnest($1::uuid[]),"
	" pg_catalog.unnest($2::timestamptz[])))"
	" INSERT INTO sark.audit_sequence (seq, id, time)"
	" SELECT (SELECT COALESCE(pg_catalog.max(seq), 0)"
	" FROM sark.audit_sequence)"
	" + pg_catalog.row_number() OVER (ORDER BY time, id), id, time"
	" FROM events" };

static const struct sark_stmt waiting = { "audit_load_waiting", 0,
	"SELECT 1 FROM sark.audit_pending LIMIT 1" };

static const struct sark_stmt partitions = { "audit_load_partitions", 0,
	"SELECT sark.audit_partitions(3)" };

static const struct sark_stmt read_cursor = { "spool_cursor_read", 1,
	"SELECT position, done FROM sark.spool_cursor WHERE segment = $1" };

static const struct sark_stmt write_cursor = { "spool_cursor_write", 3,
	"INSERT INTO sark.spool_cursor (segment, position, done)"
	" VALUES ($1, $2, $3) ON CONFLICT (segment) DO UPDATE"
	" SET position = EXCLUDED.position, done = EXCLUDED.done,"
	" updated_at = pg_catalog.now()" };

static const struct sark_stmt forget_cursor = { "spool_cursor_forget", 1,
	"DELETE FROM sark.spool_cursor WHERE segment = $1" };

static const struct sark_stmt sweep_cursors = { "spool_cursor_sweep", 0,
	"DELETE FROM sark.spool_cursor WHERE done"
	" AND updated_at < pg_catalog.now() - interval '7 days'" };

/* Runs a statement whose rows do not matter. */
static int
run(struct sark_pg *pg, const struct sark_stmt *stmt, struct sark_err *err)
{
	struct sark_rows *rows;
	void *ctx = talloc_new(NULL);
	int ret;

	ret = sark_pg_query(pg, stmt, ctx, &rows, err);
	talloc_free(ctx);
	return ret;
}

int
sark_audit_load_lock(struct sark_tx *tx, struct sark_err *err)
{
	return run(tx->pg, &lock, err);
}

int
sark_audit_load_partitions(struct sark_pg *pg, struct sark_err *err)
{
	return run(pg, &partitions, err);
}

/* A column of COPY's text format: \N is NULL, four bytes are escaped. */
static void
add_column(struct sark_buf *out, const char *value, char end)
{
	size_t run;

	if (value == NULL || *value == '\0')
		value = "\\N";
	else
		for (;; value++) {
			run = strcspn(value, "\\\t\n\r");
			sark_buf_add(out, value, run);
			value += run;
			if (*value == '\0')
				break;
			sark_buf_char(out, '\\');
			sark_buf_char(out,
			    *value == '\t'	 ? 't'
				: *value == '\n' ? 'n'
				: *value == '\r' ? 'r'
						 : '\\');
		}
	sark_buf_str(out, value);
	sark_buf_char(out, end);
}

void
sark_audit_load_line(struct sark_buf *out, const struct sark_audit_row *row)
{
	const char *const columns[] = { row->id, row->time, row->type,
		row->severity, row->outcome, row->actor_id, row->actor,
		row->action, row->resource, row->decision, row->reason,
		row->client_ip, row->user_agent, row->request_id, row->trace_id,
		row->program, row->detail };
	size_t i;

	for (i = 0; i < SARK_COUNT(columns); i++)
		add_column(
		    out, columns[i], i + 1 < SARK_COUNT(columns) ? '\t' : '\n');
}

int
sark_audit_load_copy(
    struct sark_tx *tx, const struct sark_buf *lines, struct sark_err *err)
{
	if (sark_tx_copy_begin(tx,
		"COPY sark.audit_event (" COLUMNS ") FROM STDIN", err) == -1 ||
	    sark_tx_copy_data(tx, lines->data, lines->len, err) == -1 ||
	    sark_tx_copy_end(tx, err) == -1)
		return -1;
	return 0;
}

int
sark_audit_load_insert(
    struct sark_tx *tx, const struct sark_audit_row *row, struct sark_err *err)
{
	int64_t n;

	n = sark_pg_exec(tx->pg, &insert_one, err, row->id, row->time,
	    row->type, row->severity, row->outcome, row->actor_id, row->actor,
	    row->action, row->resource, row->decision, row->reason,
	    row->client_ip, row->user_agent, row->request_id, row->trace_id,
	    row->program, row->detail);
	return n == -1 ? -1 : n > 0;
}

int64_t
sark_audit_load_number(struct sark_tx *tx, const char *const *ids,
    const char *const *times, struct sark_err *err)
{
	void *ctx = talloc_new(NULL);
	int64_t n;

	n = sark_pg_exec(tx->pg, &number, err, sark_pg_array(ctx, ids),
	    sark_pg_array(ctx, times));
	talloc_free(ctx);
	return n;
}

int
sark_audit_load_waiting(struct sark_pg *pg, struct sark_err *err)
{
	struct sark_rows *rows;
	void *ctx = talloc_new(NULL);
	int ret = -1;

	if (sark_pg_query(pg, &waiting, ctx, &rows, err) == 0)
		ret = sark_rows_count(rows) > 0;
	talloc_free(ctx);
	return ret;
}

int
sark_spool_cursor_read(struct sark_pg *pg, const char *segment,
    struct sark_spool_cursor *cursor_r, struct sark_err *err)
{
	struct sark_rows *rows;
	void *ctx = talloc_new(NULL);
	int ret = -1;

	memset(cursor_r, 0, sizeof(*cursor_r));
	if (sark_pg_query(pg, &read_cursor, ctx, &rows, err, segment) == -1)
		goto out;
	ret = sark_rows_count(rows) > 0;
	if (ret == 1) {
		cursor_r->position = sark_rows_int(rows, 0, 0);
		cursor_r->done = sark_rows_bool(rows, 0, 1);
	}
out:
	talloc_free(ctx);
	return ret;
}

int
sark_spool_cursor_write(struct sark_tx *tx, const char *segment,
    const struct sark_spool_cursor *cursor, struct sark_err *err)
{
	char position[24];

	snprintf(position, sizeof(position), "%" PRId64, cursor->position);
	if (sark_pg_exec(tx->pg, &write_cursor, err, segment, position,
		cursor->done ? "true" : "false") == -1)
		return -1;
	return 0;
}

int
sark_spool_cursor_forget(
    struct sark_pg *pg, const char *segment, struct sark_err *err)
{
	return sark_pg_exec(pg, &forget_cursor, err, segment) == -1 ? -1 : 0;
}

int
sark_spool_cursor_sweep(struct sark_pg *pg, struct sark_err *err)
{
	return sark_pg_exec(pg, &sweep_cursors, err) == -1 ? -1 : 0;
}

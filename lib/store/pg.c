#include "store/pg.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/span.h"
#include "base/str.h"
#include "base/uuid.h"
#include "store/report.h"
#include "store/deadline.h"
#include "store/rows.h"
#include "store/wire.h"

#define NS_PER_MS	 INT64_C(1000000)
#define QUIET_MIN_MS	 200
#define QUIET_SPREAD_MS	 300
#define ANSWER_BYTES_MAX ((size_t)64 << 20)
#define COPY_FLUSH_BYTES ((size_t)64 << 10)

void
sark_pg_drop(struct sark_pg *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->nprepared = 0;
	pg->unflushed = 0;
}

/* A bare database name is no connection string, but libpq takes it. */
static bool
is_name(const char *conninfo)
{
	return strchr(conninfo, '=') == NULL && strstr(conninfo, "://") == NULL;
}

char *
sark_pg_option(const void *ctx, const char *conninfo, const char *keyword)
{
	PQconninfoOption *o, *options = PQconninfoParse(conninfo, NULL);
	char *value = NULL;

	for (o = options; o != NULL && o->keyword != NULL; o++)
		if (o->val != NULL && sark_str_eq(o->keyword, keyword))
			value = sark_strdup(ctx, o->val);
	PQconninfoFree(options);
	return value;
}

static void
say_nothing(void *arg SARK_UNUSED, const PGresult *notice SARK_UNUSED)
{
}

/* Keeps a message of libpq as one line. */
static void
keep_text(struct sark_pg *pg, const char *message)
{
	size_t len;

	(void)sark_str_copy(
	    pg->text, sizeof(pg->text), message != NULL ? message : "");
	len = strlen(pg->text);
	while (len > 0 && pg->text[len - 1] == '\n')
		pg->text[--len] = '\0';
	for (char *p = pg->text; *p != '\0'; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
}

static enum sark_wire
misused(struct sark_pg *pg, enum sark_code code, const char *text)
{
	pg->code = code;
	keep_text(pg, text);
	return SARK_WIRE_MISUSED;
}

static int64_t
deadline_of(const struct sark_pg *pg)
{
	return sark_deadline_of(pg->timeout_ms, pg->until_ns);
}

void
sark_pg_bound(struct sark_pg *pg, const int64_t *until_ns)
{
	pg->until_ns = until_ns;
}

/* Waits for the socket: the events that came, 0 at the deadline, or -1. */
static int
await(const PGconn *conn, short events, int64_t deadline_ns)
{
	struct pollfd fd = { .fd = PQsocket(conn), .events = events };
	int64_t left_ns;
	int n;

	if (fd.fd < 0)
		return -1;
	do {
		left_ns = deadline_ns - sark_clock_mono_ns();
		if (left_ns < 0)
			left_ns = 0;
		n = poll(&fd, 1, (int)((left_ns + NS_PER_MS - 1) / NS_PER_MS));
	} while (n == -1 && errno == EINTR);
	return n > 0 ? fd.revents : n;
}

static PGconn *
connect_start(const struct sark_pg *pg)
{
	/* The server gives up a little before we would. */
	char *options = sark_format(pg,
	    "-c search_path=pg_catalog,sark,pg_temp -c statement_timeout=%lld"
	    " -c timezone=UTC -c datestyle=ISO",
	    (long long)(pg->timeout_ms - pg->timeout_ms / 10));
	const char *const keywords[] = { "dbname", "user", "options",
		"application_name", "client_encoding", NULL };
	const char *const values[] = { pg->conninfo, pg->role, options, "sark",
		"UTF8", NULL };
	PGconn *conn = PQconnectStartParams(keywords, values, 1);

	talloc_free(options);
	return sark_mem_check(conn);
}

static enum sark_wire
connect_finish(struct sark_pg *pg, int64_t deadline_ns)
{
	PostgresPollingStatusType want = PGRES_POLLING_WRITING;

	while (PQstatus(pg->conn) != CONNECTION_BAD &&
	    want != PGRES_POLLING_OK && want != PGRES_POLLING_FAILED) {
		if (await(pg->conn,
			want == PGRES_POLLING_READING ? POLLIN : POLLOUT,
			deadline_ns) == 0) {
			keep_text(pg, "connecting takes too long");
			return SARK_WIRE_AWAY;
		}
		want = PQconnectPoll(pg->conn);
	}
	if (PQstatus(pg->conn) != CONNECTION_OK ||
	    PQsetnonblocking(pg->conn, 1) == -1) {
		keep_text(pg, PQerrorMessage(pg->conn));
		return SARK_WIRE_AWAY;
	}
	PQsetNoticeReceiver(pg->conn, say_nothing, NULL);
	return SARK_WIRE_DONE;
}

static enum sark_wire
connect_now(struct sark_pg *pg)
{
	struct sark_span span;
	enum sark_wire end;
	uint32_t spread;

	if (sark_clock_mono_ns() < pg->quiet_until_ns)
		return SARK_WIRE_AWAY; /* text still says why */
	if (!is_name(pg->conninfo)) {
		/* libpq's own complaint could show a part of a password. */
		PQconninfoOption *o = PQconninfoParse(pg->conninfo, NULL);

		if (o == NULL)
			return misused(pg, SARK_CONFIG,
			    "postgresql is not a valid connection string");
		PQconninfoFree(o);
	}
	sark_span_begin(
	    pg->tracer, &span, SARK_SPAN_POSTGRESQL, SARK_SPAN_CONNECT);
	pg->conn = connect_start(pg);
	end = connect_finish(pg, deadline_of(pg));
	sark_span_end(pg->tracer, &span, sark_wire_word(pg, end));
	if (end == SARK_WIRE_DONE)
		return end;

	sark_pg_drop(pg);
	/* The server was not given its time. */
	if (sark_deadline_over(pg->until_ns))
		return SARK_WIRE_OVERDUE;
	/* Workers that failed together shall not come back together. */
	sark_random(&spread, sizeof(spread));
	pg->quiet_until_ns = sark_clock_mono_ns() +
	    (QUIET_MIN_MS + spread % QUIET_SPREAD_MS) * NS_PER_MS;
	return SARK_WIRE_AWAY;
}

bool
sark_wire_stands(const struct sark_pg *pg)
{
	/* An idle server that has something to say is going away. */
	return pg->conn != NULL && await(pg->conn, POLLIN, 0) == 0;
}

enum sark_wire
sark_wire_ensure(struct sark_pg *pg)
{
	if (pg->in_tx && pg->conn == NULL) {
		keep_text(pg, "the connection was lost in the transaction");
		return SARK_WIRE_AWAY;
	}
	if (sark_deadline_over(pg->until_ns))
		return SARK_WIRE_OVERDUE;
	if (!pg->in_tx && pg->conn != NULL && !sark_wire_stands(pg))
		sark_pg_drop(pg);
	return pg->conn != NULL ? SARK_WIRE_DONE : connect_now(pg);
}

bool
sark_wire_idle(const struct sark_pg *pg)
{
	return PQtransactionStatus(pg->conn) == PQTRANS_IDLE;
}

bool
sark_wire_in_tx(const struct sark_pg *pg)
{
	PGTransactionStatusType status = PQtransactionStatus(pg->conn);

	return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

/* Keeps why the server refused; not its detail, which quotes values. */
static void
keep_refusal(struct sark_pg *pg, const PGresult *res)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

	(void)sark_str_copy(
	    pg->sqlstate, sizeof(pg->sqlstate), state != NULL ? state : "");
	keep_text(pg, text != NULL ? text : PQresultErrorMessage(res));
}

/* Sends what is buffered and waits until a result can be had. */
static enum sark_wire
await_result(struct sark_pg *pg, int64_t deadline_ns)
{
	int ready, unsent;

	for (;;) {
		unsent = PQflush(pg->conn);
		if (unsent == -1)
			return SARK_WIRE_LOST;
		if (unsent == 0 && PQisBusy(pg->conn) == 0)
			return SARK_WIRE_DONE;
		ready = await(pg->conn, unsent == 1 ? POLLIN | POLLOUT : POLLIN,
		    deadline_ns);
		if (ready == 0)
			return SARK_WIRE_LATE;
		if (ready == -1)
			return SARK_WIRE_LOST;
		/* what came before an end of the connection may explain it */
		if ((ready & ~POLLOUT) != 0 && PQconsumeInput(pg->conn) == 0 &&
		    PQisBusy(pg->conn) != 0)
			return SARK_WIRE_LOST;
	}
}

static bool
good(const PGresult *res)
{
	ExecStatusType status = PQresultStatus(res);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
	    status == PGRES_COPY_IN;
}

/*
 * Reads an answer to its end: outside a transaction the commit comes after
 * the rows.  *res_r, the first result, is the caller's to clear.
 */
static enum sark_wire
receive(struct sark_pg *pg, PGresult **res_r)
{
	int64_t deadline_ns = deadline_of(pg);
	enum sark_wire outcome, end = SARK_WIRE_DONE;
	PGresult *res;

	*res_r = NULL;
	pg->sqlstate[0] = pg->text[0] = '\0';
	for (;;) {
		outcome = await_result(pg, deadline_ns);
		if (outcome != SARK_WIRE_DONE) {
			end = outcome;
			break;
		}
		res = PQgetResult(pg->conn);
		if (res == NULL)
			break;
		if (!good(res)) {
			keep_refusal(pg, res);
			end = SARK_WIRE_REFUSED;
		}
		if (*res_r == NULL)
			*res_r = res;
		else
			PQclear(res);
		if (PQresultStatus(*res_r) == PGRES_COPY_IN)
			break;
	}
	if (PQstatus(pg->conn) == CONNECTION_BAD)
		end = SARK_WIRE_LOST;
	if (end == SARK_WIRE_LOST && pg->text[0] == '\0')
		keep_text(pg, PQerrorMessage(pg->conn));
	if (end == SARK_WIRE_LOST || end == SARK_WIRE_LATE)
		sark_pg_drop(pg);
	if (end != SARK_WIRE_DONE) {
		PQclear(*res_r);
		*res_r = NULL;
	}
	return end;
}

/* The bytes of all cells with their NULs. */
static size_t
cells_bytes(const PGresult *res, int count, int columns)
{
	size_t bytes = 0;

	for (int row = 0; row < count; row++)
		for (int column = 0; column < columns; column++)
			bytes += (size_t)PQgetlength(res, row, column) + 1;
	return bytes;
}

static enum sark_wire
copy_rows(struct sark_pg *pg, const PGresult *res, struct sark_answer *answer)
{
	int count = PQntuples(res), columns = PQnfields(res);
	size_t bytes = cells_bytes(res, count, columns), len;
	struct sark_rows *rows = sark_new(answer->ctx, struct sark_rows);
	const char **cell;
	char *at;

	if (bytes > ANSWER_BYTES_MAX)
		return misused(pg, SARK_INTERNAL, "the answer is too large");
	rows->count = (size_t)count;
	rows->columns = (size_t)columns;
	rows->cells = cell =
	    sark_new_array(rows, const char *, rows->count * rows->columns);
	at = sark_mem_check(talloc_size(rows, bytes + 1));
	for (int row = 0; row < count; row++) {
		for (int column = 0; column < columns; column++, cell++) {
			if (PQgetisnull(res, row, column) != 0)
				continue;
			len = (size_t)PQgetlength(res, row, column) + 1;
			memcpy(at, PQgetvalue(res, row, column), len);
			*cell = at;
			at += len;
		}
	}
	answer->rows = rows;
	return SARK_WIRE_DONE;
}

/* Reads the answer to what was sent (1) or could not be sent (0). */
static enum sark_wire
take(struct sark_pg *pg, int sent, struct sark_answer *answer)
{
	PGresult *res = NULL;
	enum sark_wire end;

	if (sent == 0) {
		keep_text(pg, PQerrorMessage(pg->conn));
		sark_pg_drop(pg);
		return SARK_WIRE_UNSENT;
	}
	end = receive(pg, &res);
	if (end != SARK_WIRE_DONE)
		return end;
	if (res == NULL)
		return misused(pg, SARK_INTERNAL, "the server said nothing");
	answer->committed = sark_str_eq(PQcmdStatus(res), "COMMIT");
	if (sark_num_int(PQcmdTuples(res), 0, INT64_MAX, &answer->touched) ==
	    -1)
		answer->touched = 0; /* not a command that counts */
	if (answer->ctx != NULL)
		end = copy_rows(pg, res, answer);
	PQclear(res);
	return end;
}

static enum sark_wire
prepare(struct sark_pg *pg, const struct sark_stmt *stmt)
{
	struct sark_answer answer = { 0 };
	enum sark_wire end;

	for (size_t i = 0; i < pg->nprepared; i++)
		if (pg->prepared[i] == stmt)
			return SARK_WIRE_DONE;
	end = take(pg, PQsendPrepare(pg->conn, stmt->name, stmt->sql, 0, NULL),
	    &answer);
	if (end == SARK_WIRE_LOST)
		return SARK_WIRE_UNSENT;
	if (end != SARK_WIRE_DONE)
		return end;
	pg->prepared = sark_mem_check(talloc_realloc(pg, pg->prepared,
	    const struct sark_stmt *, (unsigned int)pg->nprepared + 1));
	pg->prepared[pg->nprepared++] = stmt;
	return SARK_WIRE_DONE;
}

enum sark_wire
sark_wire_run(struct sark_pg *pg, const struct sark_stmt *stmt,
    const char *const *params, struct sark_answer *answer)
{
	enum sark_wire end = prepare(pg, stmt);

	if (end != SARK_WIRE_DONE)
		return end;
	return take(pg,
	    PQsendQueryPrepared(
		pg->conn, stmt->name, stmt->nparams, params, NULL, NULL, 0),
	    answer);
}

enum sark_wire
sark_wire_command(
    struct sark_pg *pg, const char *sql, struct sark_answer *answer)
{
	return take(pg, PQsendQuery(pg->conn, sql), answer);
}

/* Pushes out what the copy has buffered. */
static enum sark_wire
flush(struct sark_pg *pg)
{
	int64_t deadline_ns = deadline_of(pg);
	int ready, unsent;

	pg->unflushed = 0;
	while ((unsent = PQflush(pg->conn)) == 1) {
		ready = await(pg->conn, POLLIN | POLLOUT, deadline_ns);
		if (ready == 0) {
			sark_pg_drop(pg);
			return SARK_WIRE_LATE;
		}
		if (ready == -1 ||
		    ((ready & ~POLLOUT) != 0 &&
			PQconsumeInput(pg->conn) == 0)) {
			unsent = -1;
			break;
		}
	}
	if (unsent == 0)
		return SARK_WIRE_DONE;
	keep_text(pg, PQerrorMessage(pg->conn));
	sark_pg_drop(pg);
	return SARK_WIRE_LOST;
}

enum sark_wire
sark_wire_copy_data(struct sark_pg *pg, const void *data, size_t len)
{
	enum sark_wire end;
	int taken;

	while ((taken = PQputCopyData(pg->conn, data, (int)len)) == 0) {
		end = flush(pg);
		if (end != SARK_WIRE_DONE)
			return end;
	}
	if (taken == -1)
		return misused(pg, SARK_INTERNAL, PQerrorMessage(pg->conn));
	pg->unflushed += len;
	return pg->unflushed < COPY_FLUSH_BYTES ? SARK_WIRE_DONE : flush(pg);
}

enum sark_wire
sark_wire_copy_end(struct sark_pg *pg, struct sark_answer *answer)
{
	enum sark_wire end;
	int taken;

	while ((taken = PQputCopyEnd(pg->conn, NULL)) == 0) {
		end = flush(pg);
		if (end != SARK_WIRE_DONE)
			return end;
	}
	if (taken == -1)
		return misused(pg, SARK_INTERNAL, PQerrorMessage(pg->conn));
	return take(pg, 1, answer);
}

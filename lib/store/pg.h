#ifndef SARK_STORE_PG_H
#define SARK_STORE_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * One PostgreSQL connection of one process.  It connects when first used,
 * prepares each statement when first used on a connection, reconnects by
 * itself (a statement outside a transaction that never reached the server is
 * tried once more), and is thrown away after a timeout.  Used by lib/store
 * only, but for sark_pg_new, sark_pg_free, the transaction calls and
 * sark_pg_ping.
 *
 * Errors of all calls: UNAVAILABLE no server or it refused, TIMEOUT it did
 * not answer in time, CONFLICT a unique constraint (23505), UNCERTAIN a
 * commit whose answer never came (also of an exec outside a transaction, which
 * is its own commit), CONFIG a missing table or right or a connection string
 * that is none, BAD_REQUEST a text that PostgreSQL cannot hold, INTERNAL.
 * The server runs a statement at most 9/10 of timeout_ms, time zone UTC.
 */
struct sark_pg;
struct sark_tracer;
struct sark_rows; /* the rows of an answer */

/* A prepared statement: a name unique in the process, $1..$n all text. */
struct sark_stmt {
	const char *name;
	int nparams;
	const char *sql;
};

/*
 * conninfo is libpq's; role is the PostgreSQL role to log in as (NULL: what
 * conninfo says).  Does not connect.
 */
struct sark_pg *sark_pg_new(void *ctx, const char *conninfo, const char *role,
    int64_t timeout_ms) SARK_NONNULL(2);
/*
 * Has every connect and every statement be a span of tracer, which is lent;
 * its name is the statement's.
 */
void sark_pg_trace(struct sark_pg *pg, struct sark_tracer *tracer)
    SARK_NONNULL(1);
/*
 * Cuts every wait to what is left of the request that ends at *until_ns
 * (deadline.h); nothing is sent after that, and no transaction committed:
 * TIMEOUT.
 */
void sark_pg_bound(struct sark_pg *pg, const int64_t *until_ns) SARK_NONNULL(1);
/* Closes the connection; the next call makes a new one. */
void sark_pg_drop(struct sark_pg *pg) SARK_NONNULL(1);
/*
 * What a connection string gives for an option, on ctx; NULL if it does not,
 * or is none.
 */
char *sark_pg_option(const void *ctx, const char *conninfo, const char *keyword)
    SARK_NONNULL(2, 3) SARK_CHECKED;
/* Round trip to the server. */
int sark_pg_ping(struct sark_pg *pg, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

/*
 * Transactions do not nest.  Every statement between begin and end goes
 * through the transaction.  sark_tx_end rolls back what was not committed
 * and may be called always.
 */
struct sark_tx {
	struct sark_pg *pg;
	bool open;
};
int sark_tx_begin(struct sark_tx *tx, struct sark_pg *pg, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;
int sark_tx_commit(struct sark_tx *tx, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
void sark_tx_end(struct sark_tx *tx) SARK_NONNULL(1);
/*
 * Whether a transaction that failed and was ended shall be run once more from
 * its beginning: PostgreSQL rolled it back because it collided with another
 * (40001, 40P01), and that was not yet done three times.  Then clears err,
 * counts in *tries, which starts at 0, and waits a little.
 */
bool sark_tx_again(struct sark_pg *pg, int *tries, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/*
 * What has to be there exactly if a change is, whoever makes the change: it
 * rides with every transaction until it is set to NULL.  On -1 of begun or
 * committing the transaction is rolled back, and its caller has the error.
 */
struct sark_rider {
	int (*begun)(void *arg, struct sark_tx *tx, struct sark_err *err);
	int (*committing)(void *arg, struct sark_tx *tx, struct sark_err *err);
	void (*committed)(void *arg);
	void *arg;
};
/* rider is lent. */
void sark_pg_ride(struct sark_pg *pg, const struct sark_rider *rider)
    SARK_NONNULL(1);

/*
 * Runs a statement; exactly stmt->nparams parameters follow as const char *
 * (NULL is SQL NULL).  exec returns the number of rows touched or -1.
 */
int64_t sark_pg_exec(struct sark_pg *pg, const struct sark_stmt *stmt,
    struct sark_err *err, ...) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * The same for an answer with rows, which live on ctx (freed with it).
 * Returns 0, also for no rows, or -1.
 */
int sark_pg_query(struct sark_pg *pg, const struct sark_stmt *stmt, void *ctx,
    struct sark_rows **rows_r, struct sark_err *err, ...)
    SARK_NONNULL(1, 2, 4, 5) SARK_CHECKED;
/* With the parameters in an array of stmt->nparams. */
int sark_pg_queryv(struct sark_pg *pg, const struct sark_stmt *stmt, void *ctx,
    const char *const *params, struct sark_rows **rows_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 5, 6) SARK_CHECKED;

size_t sark_rows_count(const struct sark_rows *rows) SARK_NONNULL(1);
/* Text of a column, lent by rows; "" for NULL. */
const char *sark_rows_text(const struct sark_rows *rows, size_t row, int column)
    SARK_NONNULL(1);
bool sark_rows_null(const struct sark_rows *rows, size_t row, int column)
    SARK_NONNULL(1);
int64_t sark_rows_int(const struct sark_rows *rows, size_t row, int column)
    SARK_NONNULL(1);
bool sark_rows_bool(const struct sark_rows *rows, size_t row, int column)
    SARK_NONNULL(1);
/* A text[] column as a NULL-terminated list on ctx. */
const char *const *sark_rows_list(const struct sark_rows *rows, void *ctx,
    size_t row, int column) SARK_NONNULL(1);
/* A NULL-terminated list as a text[] literal for a parameter, on ctx. */
const char *sark_pg_array(void *ctx, const char *const *list);

/*
 * COPY ... FROM STDIN in text format inside a transaction.
 * copy_sql is a constant.  Errors end the copy; end returns the row count.
 */
int sark_tx_copy_begin(struct sark_tx *tx, const char *copy_sql,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
int sark_tx_copy_data(struct sark_tx *tx, const void *data, size_t len,
    struct sark_err *err) SARK_NONNULL(1, 2, 4) SARK_CHECKED;
int64_t sark_tx_copy_end(struct sark_tx *tx, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif

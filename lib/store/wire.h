#ifndef SARK_STORE_WIRE_H
#define SARK_STORE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/code.h"
#include "store/sqlstate.h"

/*
 * The inside of a connection, for pg.c (which alone knows libpq),
 * statement.c and tx.c; everybody else takes pg.h.
 */
struct pg_conn; /* PGconn, by the name libpq gives it */
struct sark_rider;
struct sark_rows;
struct sark_stmt;
struct sark_tracer;

#define SARK_WIRE_TEXT 256

/* How an exchange with the server went. */
enum sark_wire {
	SARK_WIRE_DONE,
	SARK_WIRE_REFUSED, /* the server said no: sqlstate, text */
	SARK_WIRE_AWAY,	   /* no connection to be had: text */
	SARK_WIRE_UNSENT,  /* it broke before the statement went out */
	SARK_WIRE_LOST,	   /* it broke before the answer */
	SARK_WIRE_LATE,	   /* no answer in time */
	SARK_WIRE_OVERDUE, /* the request's time was over: nothing was sent */
	SARK_WIRE_MISUSED, /* a fault of ours or of a setting: code, text */
};

struct sark_pg {
	char *conninfo;
	char *role;
	int64_t timeout_ms;
	const int64_t *until_ns;    /* deadline.h */
	struct sark_tracer *tracer; /* NULL without */
	struct pg_conn *conn;	    /* libpq's PGconn */
	int64_t quiet_until_ns;
	bool in_tx;
	bool collided; /* this transaction, with another: 40001, 40P01 */
	const struct sark_rider *rider;
	const struct sark_stmt **prepared; /* on this connection */
	size_t nprepared;
	size_t unflushed; /* bytes of a running COPY */
	/* why the last exchange was not DONE */
	enum sark_code code;
	char sqlstate[SARK_SQLSTATE_TEXT];
	char text[SARK_WIRE_TEXT];
};

/* What came back: rows on ctx, or the command's tag and count. */
struct sark_answer {
	void *ctx; /* in: NULL, no rows wanted */
	struct sark_rows *rows;
	int64_t touched;
	bool committed; /* the tag is COMMIT */
};

/* Makes sure of a connection; inside a transaction a lost one stays lost. */
enum sark_wire sark_wire_ensure(struct sark_pg *pg) SARK_NONNULL(1);
/* The connection, now idle, still stands; no round trip. */
bool sark_wire_stands(const struct sark_pg *pg) SARK_NONNULL(1);
/* Whether the server waits for a command and no transaction is open. */
bool sark_wire_idle(const struct sark_pg *pg) SARK_NONNULL(1);
/* The same with a transaction open or failed. */
bool sark_wire_in_tx(const struct sark_pg *pg) SARK_NONNULL(1);
/* Prepares the statement where needed and runs it. */
enum sark_wire sark_wire_run(struct sark_pg *pg, const struct sark_stmt *stmt,
    const char *const *params, struct sark_answer *answer)
    SARK_NONNULL(1, 2, 4);
/* A command that is a constant of the source. */
enum sark_wire sark_wire_command(struct sark_pg *pg, const char *sql,
    struct sark_answer *answer) SARK_NONNULL(1, 2, 3);
/* Data for a COPY ... FROM STDIN, itself a command; then its end. */
enum sark_wire sark_wire_copy_data(
    struct sark_pg *pg, const void *data, size_t len) SARK_NONNULL(1);
enum sark_wire sark_wire_copy_end(
    struct sark_pg *pg, struct sark_answer *answer) SARK_NONNULL(1, 2);

/* Waits before try number tries + 1, longer each time, never as another. */
void sark_wire_rest(int tries);

#endif

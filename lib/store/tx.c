#include <time.h>

#include "base/failpoint.h"
#include "base/span.h"
#include "base/uuid.h"
#include "store/deadline.h"
#include "store/pg.h"
#include "store/report.h"
#include "store/wire.h"

#define AGAIN_MAX 3
#define REST_MS	  5
#define NS_PER_MS 1000000

static enum sark_wire
command(struct sark_pg *pg, const char *name, const char *sql,
    struct sark_answer *answer)
{
	struct sark_span span;
	enum sark_wire end;

	sark_span_begin(pg->tracer, &span, SARK_SPAN_POSTGRESQL, name);
	end = sark_wire_command(pg, sql, answer);
	sark_span_end(pg->tracer, &span, sark_wire_word(pg, end));
	return end;
}

static enum sark_wire
begin(struct sark_pg *pg)
{
	struct sark_answer answer = { 0 };
	enum sark_wire end = sark_wire_ensure(pg);

	if (end != SARK_WIRE_DONE)
		return end;
	return command(pg, "begin", "BEGIN", &answer);
}

void
sark_pg_ride(struct sark_pg *pg, const struct sark_rider *rider)
{
	pg->rider = rider;
}

int
sark_tx_begin(struct sark_tx *tx, struct sark_pg *pg, struct sark_err *err)
{
	enum sark_wire end;

	tx->pg = pg;
	tx->open = pg->collided = false;
	if (pg->in_tx)
		return sark_err_set(
		    err, SARK_INTERNAL, "a transaction within a transaction");
	end = begin(pg);
	if (end == SARK_WIRE_UNSENT || end == SARK_WIRE_LOST)
		end = begin(pg); /* nothing has happened yet */
	if (sark_pg_report(pg, end, "begin", false, err) == -1)
		return -1;
	tx->open = true;
	pg->in_tx = true;
	if (pg->rider != NULL &&
	    pg->rider->begun(pg->rider->arg, tx, err) == -1) {
		sark_tx_end(tx);
		return -1;
	}
	return 0;
}

int
sark_tx_commit(struct sark_tx *tx, struct sark_err *err)
{
	struct sark_answer answer = { 0 };
	struct sark_pg *pg = tx->pg;
	enum sark_wire end;

	if (!tx->open)
		return sark_err_set(
		    err, SARK_INTERNAL, "commit without a transaction");
	if (pg->rider != NULL &&
	    pg->rider->committing(pg->rider->arg, tx, err) == -1)
		return -1;
	/* Lost before the commit went out: surely rolled back. */
	if (!sark_wire_stands(pg)) {
		sark_pg_drop(pg);
		end = sark_wire_ensure(pg);
	} else if (sark_deadline_over(pg->until_ns)) {
		/* Who asked is told that nothing was done: so be it. */
		end = SARK_WIRE_OVERDUE;
	} else {
		SARK_FAILPOINT(commit_before);
		end = command(pg, "commit", "COMMIT", &answer);
		if (SARK_FAILPOINT_FAILS(commit_after)) {
			sark_pg_drop(pg);
			end = SARK_WIRE_LOST;
		}
	}
	if (end == SARK_WIRE_REFUSED && sark_sqlstate_again(pg->sqlstate))
		pg->collided = true;
	if (sark_pg_report(pg, end, "commit", true, err) == -1)
		return -1;
	/* PostgreSQL answers ROLLBACK, no error, where a statement failed. */
	if (!answer.committed)
		return sark_err_set(
		    err, SARK_INTERNAL, "commit of a failed transaction");
	tx->open = false;
	pg->in_tx = false;
	if (pg->rider != NULL)
		pg->rider->committed(pg->rider->arg);
	return 0;
}

void
sark_tx_end(struct sark_tx *tx)
{
	struct sark_answer answer = { 0 };
	struct sark_pg *pg = tx->pg;

	if (!tx->open)
		return;
	tx->open = false;
	pg->in_tx = false;
	if (pg->conn == NULL || sark_wire_idle(pg))
		return;
	if (!sark_wire_in_tx(pg) ||
	    command(pg, "rollback", "ROLLBACK", &answer) != SARK_WIRE_DONE)
		sark_pg_drop(pg);
}

void
sark_wire_rest(int tries)
{
	struct timespec rest = { 0 };
	uint32_t chance;

	sark_random(&chance, sizeof(chance));
	/* From half of a time that doubles to all of it. */
	rest.tv_nsec = (REST_MS << tries) * (NS_PER_MS / 2);
	rest.tv_nsec += chance % rest.tv_nsec;
	(void)nanosleep(&rest, NULL);
}

bool
sark_tx_again(struct sark_pg *pg, int *tries, struct sark_err *err)
{
	if (!pg->collided || *tries == AGAIN_MAX)
		return false;
	pg->collided = false;
	sark_wire_rest((*tries)++);
	sark_err_init(err);
	return true;
}

/* A copy needs the open connection of its transaction. */
static int
in_tx(const struct sark_tx *tx, struct sark_err *err)
{
	if (!tx->open)
		return sark_err_set(
		    err, SARK_INTERNAL, "copy without a transaction");
	return sark_pg_report(
	    tx->pg, sark_wire_ensure(tx->pg), "copy", false, err);
}

int
sark_tx_copy_begin(
    struct sark_tx *tx, const char *copy_sql, struct sark_err *err)
{
	struct sark_answer answer = { 0 };

	if (in_tx(tx, err) == -1)
		return -1;
	return sark_pg_report(tx->pg,
	    command(tx->pg, "copy", copy_sql, &answer), "copy", false, err);
}

int
sark_tx_copy_data(
    struct sark_tx *tx, const void *data, size_t len, struct sark_err *err)
{
	if (in_tx(tx, err) == -1)
		return -1;
	return sark_pg_report(
	    tx->pg, sark_wire_copy_data(tx->pg, data, len), "copy", false, err);
}

int64_t
sark_tx_copy_end(struct sark_tx *tx, struct sark_err *err)
{
	struct sark_answer answer = { 0 };

	if (in_tx(tx, err) == -1 ||
	    sark_pg_report(tx->pg, sark_wire_copy_end(tx->pg, &answer), "copy",
		false, err) == -1)
		return -1;
	return answer.touched;
}

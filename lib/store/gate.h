#ifndef SARK_STORE_GATE_H
#define SARK_STORE_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"
#include "store/redis.h"

/*
 * The gate of a request: what Redis is asked before anything is done for it,
 * one command a part, and who judges the answers.  All parts go in one round
 * trip: one of their own, or one that the request makes anyway.
 *
 * A request that has yet to pass has its gate in app->gate; once it has
 * passed, that is NULL.  A gate that refused stays, and refuses again: no
 * answer is given past it, whatever becomes of the error on its way.
 *
 * Who looks something up for a request whose gate is still there takes the
 * commands along:
 *
 *	n = sark_gate_ask(app, cmds);		SARK_GATE_PARTS at most
 *	... adds commands of his own, sends all as one pipeline ...
 *	sark_gate_answer(app, replies);		NULL: Redis was away
 *	switch (sark_gate_pass(app, &err))	only judges now
 */
#define SARK_GATE_PARTS 3

enum {
	SARK_GATE_REFUSED = -1,
	SARK_GATE_SAME = 0,
	/* the caller is another than was thought: ask all of it again */
	SARK_GATE_OTHER = 1,
};

struct sark_gate_part {
	struct sark_redis_cmd cmd;
	/*
	 * Judges the reply to cmd; NULL: Redis is away.  What it learns of
	 * the caller it writes into the caller.  Parts are judged in order;
	 * those behind one that refuses are not.
	 */
	int (*judge)(
	    void *arg, const struct sark_reply *reply, struct sark_err *err);
	void *arg;
};

struct sark_gate {
	struct sark_gate_part parts[SARK_GATE_PARTS];
	size_t count;
	/* After SARK_GATE_OTHER: whether that caller may; 0 or -1. */
	int (*again)(void *arg, struct sark_err *err);
	void *arg;
	/* of the calls below */
	bool asked;
	const struct sark_reply *replies;
	struct sark_err *why; /* it refused */
};

/* Copies the commands, if the gate is yet to be asked; how many. */
size_t sark_gate_ask(const struct sark_app *app,
    struct sark_redis_cmd cmds[SARK_GATE_PARTS]) SARK_NONNULL(1, 2);
/* The replies to those, which must last until the gate is passed. */
void sark_gate_answer(struct sark_app *app, const struct sark_reply *replies)
    SARK_NONNULL(1);
/*
 * Passes the gate, if there is one; asks Redis where nobody has.
 * Returns a verdict, with the error where it refused.
 */
int sark_gate_pass(struct sark_app *app, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif

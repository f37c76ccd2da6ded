#ifndef SARK_STORE_DECISIONS_H
#define SARK_STORE_DECISIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"

#define SARK_GENERATION_TEXT 48

/*
 * The generations that a decision depends on, as words ("0" where Redis has
 * none): of everything, of the subject, of the tool, of the server.  run is
 * the life of Redis itself: one that came back with an old dump has old
 * generations, and records to go with them.
 */
struct sark_generations {
	char run[SARK_GENERATION_TEXT];
	char all[SARK_GENERATION_TEXT];
	char user[SARK_GENERATION_TEXT];
	char tool[SARK_GENERATION_TEXT];
	char server[SARK_GENERATION_TEXT];
};

struct sark_redis;

/* Whose generations; "" where the decision is not about one. */
struct sark_decision_of {
	const char *user_id;
	const char *tool;
	const char *server_id;
};

/* What Redis knows, by one command. */
struct sark_remembered {
	struct sark_generations generations;
	bool held;	      /* somebody changes one of them */
	const char *decision; /* record, NULL without */
	const char *facts;    /* record, NULL without */
};

/*
 * Reads generations, holds and the records under decision_key and facts_key
 * (hex digests), on app->mem; what the gate has to ask (gate.h) goes along.
 */
int sark_decisions_recall(struct sark_app *app,
    const struct sark_decision_of *of, const char *decision_key,
    const char *facts_key, struct sark_remembered *remembered_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5, 6) SARK_CHECKED;

/* A record to keep for ttl_s seconds; a NULL key keeps nothing. */
struct sark_decision_record {
	const char *key;
	const char *text;
	int64_t ttl_s;
};
/* Keeps the decision and the facts, one round trip. */
int sark_decisions_remember(struct sark_redis *redis, void *ctx,
    const struct sark_decision_record *decision,
    const struct sark_decision_record *facts, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

#endif

#ifndef SARK_POLICY_CACHE_H
#define SARK_POLICY_CACHE_H

#include "policy/facts.h"
#include "policy/key.h"

/*
 * Decisions and facts kept in Redis under the keys of key.h.  Every record is
 * authenticated for its key: Redis can forget, but what it makes up is a miss.
 */
struct sark_cache;

struct sark_cache *sark_cache_new(void *ctx) __attribute__((returns_nonnull));

/* Where a question's decision and facts are kept. */
struct sark_cache_place {
	char decision_key[SARK_SHA256_TEXT];
	char facts_key[SARK_SHA256_TEXT];
	bool held; /* nothing may be kept now */
	bool away; /* Redis is: nothing can be kept */
};

/* What was there. */
struct sark_recalled {
	struct sark_cache_place place;
	const char *decision; /* record, NULL without */
	struct sark_facts facts;
	bool facts_found;
};

/*
 * Looks for the decision and, where there is none, for the facts; one round
 * trip where the generations are as this process saw them last, else two.  A
 * gate that is still there (store/gate.h) has been asked afterwards.
 */
void sark_cache_recall(struct sark_app *app, struct sark_cache *cache,
    const struct sark_cache_query *query, struct sark_recalled *recalled_r)
    SARK_NONNULL(1, 2, 3, 4);

/*
 * Keeps the decision for ttl_s seconds (0: not) and the facts if they are
 * new.  Best effort: what is not kept is decided again.
 */
void sark_cache_remember(struct sark_app *app,
    const struct sark_cache_place *place, const struct sark_decision *decision,
    const struct sark_facts *new_facts) SARK_NONNULL(1, 2, 3);

#endif

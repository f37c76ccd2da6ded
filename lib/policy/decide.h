#ifndef SARK_POLICY_DECIDE_H
#define SARK_POLICY_DECIDE_H

#include "policy/policy.h"

struct sark_cache;
struct sark_engine;

/* Inside of the area: what a policy holds open. */
struct sark_policy {
	struct sark_engine *engine;
	const char *engine_name; /* setting policy_engine */
	struct sark_cache *cache;
	bool cached; /* setting policy_cache */
};

/*
 * Seconds that a decision may be kept: the tier of its sensitivity
 * (critical 30, high 60, medium 300, low 600), lowered by what the policy
 * said; a policy that says nothing may have read the clock, so its answer
 * lasts to the end of the minute at most.
 */
int64_t sark_decision_ttl(
    const char *sensitivity, int64_t said_s, int64_t now_s) SARK_NONNULL(1);

#endif

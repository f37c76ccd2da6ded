#ifndef SARK_POLICY_ANSWER_H
#define SARK_POLICY_ANSWER_H

#include "policy/policy.h"

/* cache_ttl_s of an answer that does not say. */
#define SARK_TTL_UNSAID (-1)

/*
 * Reads what the policy answered into allow, reason, rule, the parameters,
 * obligations and cache_ttl_s of decision.  Strict: an object whose allow is
 * a boolean, whose other members are the known ones with their types; a
 * reason and a rule are texts.  Anything else is the engine's fault.
 * Errors: POLICY_UNAVAILABLE, decision is not to be used.
 */
int sark_answer_read(void *ctx, const char *text, size_t len,
    struct sark_decision *decision, struct sark_err *err)
    SARK_NONNULL(2, 4, 5) SARK_CHECKED;

#endif

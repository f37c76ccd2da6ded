#ifndef SARK_POLICY_KEY_H
#define SARK_POLICY_KEY_H

#include "crypto/digest.h"
#include "policy/subject.h"
#include "store/decisions.h"

/* A question with everything that its answer can depend on. */
struct sark_cache_query {
	const struct sark_caller *caller;
	const struct sark_subject *subject;
	const struct sark_question *question;
	const char *revision;
};

/*
 * Key of a decision: SHA-256 over netstrings of everything that the policy
 * can see: policy revision, generations, the subject, the question, address
 * and user agent.  What the registry says of tool and server, and what the
 * database says of another subject, stand in it by their generations
 * (store/generations.h).  Time is bounded by the life of a record; the
 * request's id is for logs and no ground for a decision.
 */
void sark_key_of_decision(char key[SARK_SHA256_TEXT], void *ctx,
    const struct sark_cache_query *query,
    const struct sark_generations *generations) SARK_NONNULL(1, 3, 4);
/* Key of what the registry says of the tool and server in question. */
void sark_key_of_facts(char key[SARK_SHA256_TEXT], void *ctx,
    const struct sark_question *question,
    const struct sark_generations *generations) SARK_NONNULL(1, 3, 4);

#endif

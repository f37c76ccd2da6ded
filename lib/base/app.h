#ifndef SARK_BASE_APP_H
#define SARK_BASE_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/quota.h"

struct sark_blocklist;
struct sark_conf;
struct sark_directory;
struct sark_gate;
struct sark_hash_slots;
struct sark_key_uses;
struct sark_keyring;
struct sark_limiter;
struct sark_metrics;
struct sark_pepper;
struct sark_pg;
struct sark_policy;
struct sark_redis;
struct sark_refusals;
struct sark_repeats;
struct sark_seal;
struct sark_spool;
struct sark_token_cache;
struct sark_tracer;

/*
 * What one worker process holds open: made at its start, reachable from
 * every call, no global beside it.  A member that the program did not ask
 * for is NULL.
 */
struct sark_app {
	const char *program;	 /* "sark-policy" */
	void *mem;		 /* the current request's memory */
	int64_t deadline_ns;	 /* and its end, monotonic; 0 without one */
	struct sark_gate *gate;	 /* yet to be passed, or NULL; store/gate.h */
	struct sark_quota quota; /* of who makes it; limit 0: none */
	bool uncounted;		 /* it is only weighed, and comes again */
	const struct sark_conf *conf;
	struct sark_pg *pg;		 /* store/pg.h */
	struct sark_redis *redis;	 /* store/redis.h */
	struct sark_keyring *keys;	 /* crypto/keyring.h */
	struct sark_token_cache *tokens; /* auth/bearer.h, at first use */
	struct sark_seal *seal;		 /* crypto/seal.h */
	struct sark_pepper *pepper;	 /* crypto/pepper.h */
	struct sark_key_uses *key_uses;	 /* auth/key_use.h, at first use */
	struct sark_policy *policy;	 /* policy/policy.h */
	struct sark_directory *ldap;	 /* auth/directory.h; NULL unset */
	struct sark_spool *spool;	 /* audit/spool.h */
	struct sark_metrics *metrics;	 /* proc/metrics.h */
	struct sark_refusals *refusals;	 /* serve/refused.h */
	struct sark_limiter *limiter;	 /* serve/limits.h */
	struct sark_repeats *repeats;	 /* serve/repeats.h */
	struct sark_tracer *tracer;	 /* base/span.h */
	struct sark_blocklist *common;	 /* auth/blocklist.h */
	struct sark_hash_slots *slots;	 /* crypto/hash_slots.h */
};

#endif

#ifndef SARK_STORE_LIMITS_H
#define SARK_STORE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/quota.h"
#include "store/redis.h"

/*
 * Rates, counted in Redis for all programs on all hosts.  A bucket counts by
 * the minute of Redis's clock, under rate:limit:{tier}:{identifier}:{minute};
 * what counts at one moment is the current minute and as much of the one
 * before as is not a minute ago, taken as evenly spread.  So no sixty seconds
 * see twice the limit.  A clock that is set forgets what was counted, and
 * closes nothing.
 *
 * A request counts in all its buckets or, if one of them is full, in none.
 * It is one command, one script, which can ride in a pipeline with others:
 *
 *	sark_limits_command	before
 *	sark_limits_judge	of its reply; 0: sark_limits_take is still to do
 */
#define SARK_LIMITS_MAX	   3 /* buckets of one request */
#define SARK_LIMITS_MINUTE 60

struct sark_bucket {
	const char *tier;	/* a constant */
	const char *identifier; /* nothing secret */
	int64_t limit;		/* requests a minute, at least 1 */
};

/* The command for n buckets, 1 to SARK_LIMITS_MAX, on ctx. */
void sark_limits_command(void *ctx, const struct sark_bucket *buckets, size_t n,
    struct sark_redis_cmd *cmd_r) SARK_NONNULL(2, 4);
/*
 * What Redis said of each, in the order of the buckets.  Returns 1, or 0 if
 * Redis does not have the script, as after its start; nothing was counted.
 * Errors: UNAVAILABLE it answered something else.
 */
int sark_limits_judge(const struct sark_reply *reply,
    const struct sark_bucket *buckets, size_t n, struct sark_quota *quotas_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 4, 5) SARK_CHECKED;
/* Both, in a round trip of its own.  Errors: UNAVAILABLE, TIMEOUT. */
int sark_limits_take(struct sark_redis *redis,
    const struct sark_bucket *buckets, size_t n, struct sark_quota *quotas_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 4, 5) SARK_CHECKED;

#endif

#ifndef SARK_SERVE_SHARE_H
#define SARK_SERVE_SHARE_H

#include <stdint.h>

#include "base/attr.h"
#include "base/quota.h"

/*
 * The share of one worker in rate limits, for the time that Redis is away:
 * a table of fixed size in this process, by the monotonic clock.  A bucket
 * leaks its limit in a minute, evenly; when the table has no room, the bucket
 * that has most left is forgotten.
 */
struct sark_share;

/* workers: how many there are that share a limit, at least 1. */
struct sark_share *sark_share_new(void *ctx, int64_t workers)
    __attribute__((returns_nonnull));
/*
 * Counts one request in the bucket of this name, of limit requests a minute
 * for all workers together.  quota_r is about the share.
 */
void sark_share_take(struct sark_share *share, const char *name, int64_t limit,
    struct sark_quota *quota_r) SARK_NONNULL(1, 2, 4);

#endif

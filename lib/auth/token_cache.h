#ifndef SARK_AUTH_TOKEN_CACHE_H
#define SARK_AUTH_TOKEN_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/standing.h"
#include "base/attr.h"
#include "base/caller.h"
#include "crypto/digest.h"

/*
 * Access tokens and API keys that this process has verified, by the SHA-256
 * or the HMAC of their text: they themselves are not kept.  Four places for each value of
 * the hash's first bits; the one used longest ago makes room.
 */
struct sark_token_cache;

/* A verified token; lives on a context of its own. */
struct sark_token_entry {
	unsigned char digest[SARK_SHA256_BYTES];
	int64_t not_before_ms;
	int64_t not_after_ms;
	/* only what comes from the credential */
	struct sark_caller caller;
	struct sark_standing_slot standing;
};

/* entries is rounded up to a power of two, at least 4. */
struct sark_token_cache *sark_token_cache_new(const void *ctx, int64_t entries);
/*
 * What was remembered of a token while the keys were of this generation;
 * NULL if nothing.  Another generation than last time empties the cache.
 * The caller judges the times.
 */
struct sark_token_entry *sark_token_cache_find(struct sark_token_cache *cache,
    uint64_t generation, const unsigned char digest[SARK_SHA256_BYTES])
    SARK_NONNULL(1);
/* Remembers an entry, which becomes the cache's. */
void sark_token_cache_put(struct sark_token_cache *cache,
    struct sark_token_entry *entry) SARK_NONNULL(1, 2);

#endif

#include "auth/token_cache.h"

#include <string.h>

#include "base/mem.h"

#define WAYS 4

struct place {
	struct sark_token_entry *entry;
	uint64_t used;
};

struct sark_token_cache {
	struct place *places; /* sets of WAYS, one behind another */
	size_t sets;	      /* a power of two */
	uint64_t generation;
	uint64_t tick;
};

struct sark_token_cache *
sark_token_cache_new(const void *ctx, int64_t entries)
{
	struct sark_token_cache *cache = sark_new(ctx, struct sark_token_cache);

	cache->sets = 1;
	while ((int64_t)cache->sets * WAYS < entries)
		cache->sets *= 2;
	cache->places = sark_new_array(cache, struct place, cache->sets * WAYS);
	return cache;
}

static void
empty(struct sark_token_cache *cache)
{
	size_t i;

	for (i = 0; i < cache->sets * WAYS; i++)
		TALLOC_FREE(cache->places[i].entry);
}

static struct place *
set_of(struct sark_token_cache *cache, const unsigned char *digest)
{
	uint32_t first;

	memcpy(&first, digest, sizeof(first));
	return cache->places + (first & (cache->sets - 1)) * WAYS;
}

struct sark_token_entry *
sark_token_cache_find(struct sark_token_cache *cache, uint64_t generation,
    const unsigned char digest[SARK_SHA256_BYTES])
{
	struct place *place = set_of(cache, digest);
	size_t i;

	if (generation != cache->generation) {
		empty(cache);
		cache->generation = generation;
		return NULL;
	}
	for (i = 0; i < WAYS; i++, place++)
		if (place->entry != NULL &&
		    memcmp(place->entry->digest, digest, SARK_SHA256_BYTES) ==
			0) {
			place->used = ++cache->tick;
			return place->entry;
		}
	return NULL;
}

void
sark_token_cache_put(
    struct sark_token_cache *cache, struct sark_token_entry *entry)
{
	struct place *set = set_of(cache, entry->digest), *oldest = set;
	size_t i;

	for (i = 0; i < WAYS; i++) {
		/* The same token again, its times perhaps judged anew. */
		if (set[i].entry != NULL &&
		    memcmp(set[i].entry->digest, entry->digest,
			SARK_SHA256_BYTES) == 0) {
			oldest = &set[i];
			break;
		}
		if (set[i].used < oldest->used)
			oldest = &set[i];
	}
	talloc_free(oldest->entry);
	oldest->entry = talloc_steal(cache, entry);
	oldest->used = ++cache->tick;
}

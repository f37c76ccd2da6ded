#include "serve/share.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"

#define SETS	  1024
#define WAYS	  4
#define MINUTE_NS INT64_C(60000000000)
#define SECOND_NS INT64_C(1000000000)

struct place {
	uint64_t name;	  /* its hash, 0 nobody's */
	int64_t empty_ns; /* when all of it has leaked, monotonic */
};

struct sark_share {
	int64_t workers;
	uint64_t seed; /* so that nobody can choose who shares a place */
	struct place places[SETS][WAYS];
};

struct sark_share *
sark_share_new(void *ctx, int64_t workers)
{
	struct sark_share *share = sark_new(ctx, struct sark_share);

	share->workers = workers;
	sark_random(&share->seed, sizeof(share->seed));
	return share;
}

static uint64_t
hash(const struct sark_share *share, const char *name)
{
	uint64_t h = share->seed;

	/* FNV-1a from a secret start, and mixed at the end (splitmix64). */
	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
	h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
	return (h ^ (h >> 31)) | 1;
}

/* Its place, or the one in its set that is forgotten for it. */
static struct place *
place_of(struct sark_share *share, const char *name)
{
	uint64_t h = hash(share, name);
	struct place *set = share->places[h / 2 % SETS], *at = &set[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].name == h)
			return &set[i];
		if (set[i].empty_ns < at->empty_ns)
			at = &set[i];
	}
	*at = (struct place){ h, 0 };
	return at;
}

void
sark_share_take(struct sark_share *share, const char *name, int64_t limit,
    struct sark_quota *quota_r)
{
	struct place *place = place_of(share, name);
	int64_t most = limit / share->workers > 0 ? limit / share->workers : 1;
	int64_t each_ns = MINUTE_NS / most, now = sark_clock_mono_ns();
	int64_t full_ns = now + most * each_ns, empty_ns;
	struct sark_quota quota = { .limit = most };

	empty_ns = (place->empty_ns > now ? place->empty_ns : now) + each_ns;
	if (empty_ns > full_ns)
		quota.retry_after_s =
		    (empty_ns - full_ns + SECOND_NS - 1) / SECOND_NS;
	else
		place->empty_ns = empty_ns;
	quota.remaining = (full_ns - place->empty_ns) / each_ns;
	quota.reset_s = sark_clock_s() +
	    (place->empty_ns - now + SECOND_NS - 1) / SECOND_NS;
	*quota_r = quota;
}

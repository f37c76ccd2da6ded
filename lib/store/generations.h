#ifndef SARK_STORE_GENERATIONS_H
#define SARK_STORE_GENERATIONS_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

struct sark_redis;

/*
 * Generations make cached decisions die.  Each subject (kind "user", name
 * the user id) and each tool (kind "tool", name the tool's name) has one in
 * Redis, a random word; the key of a cached decision holds it.  Whoever
 * changes what the policy can see of a subject or tool:
 *
 *	sark_generations_hold	before the commit: gives new generations and
 *				holds the names, nothing is cached for them
 *	(commit or roll back)
 *	sark_generations_release
 *
 * The release gives new generations once more, so that a hold that Redis
 * lost on the way (restarted, or the change took too long) does no harm.
 * A hold ends by itself after SARK_GENERATION_HOLD_S seconds, longer than a
 * transaction can last, so a killed process leaves no stale allow behind.
 * Keys: policy:generation:{kind}:{name} and policy:hold:{kind}:{name}; the
 * generation of everything is kind "all", name "".
 */
#define SARK_GENERATION_HOLD_S 30

struct sark_generation_of {
	const char *kind;
	const char *name;
};

/*
 * Nothing to hold, n 0, is fine and asks nobody.
 * Errors: UNAVAILABLE, TIMEOUT: then the change must not be committed.
 */
int sark_generations_hold(struct sark_redis *redis,
    const struct sark_generation_of *of, size_t n, struct sark_err *err)
    SARK_NONNULL(1, 2, 4) SARK_CHECKED;
/*
 * Gives one that has no generation its first; what is cached under "none"
 * would be good again should Redis lose a generation.  *word_r, on ctx, is the
 * generation; NULL if somebody else was faster.
 * Errors: UNAVAILABLE, TIMEOUT.
 */
int sark_generations_begin(struct sark_redis *redis, void *ctx,
    const struct sark_generation_of *of, const char **word_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/* Best effort: what it cannot release ends by itself. */
void sark_generations_release(struct sark_redis *redis,
    const struct sark_generation_of *of, size_t n) SARK_NONNULL(1, 2);

#endif

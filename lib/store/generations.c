#include "store/generations.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "store/redis.h"

#define WORD_BYTES 8
#define STEPS	   3 /* commands for each name */

/*
 * The hold is a count: two who change the same at once hold it twice, and
 * the first to be ready does not end it for the other.  The generation moves
 * once more: should Redis have lost the hold, what was decided by the old
 * state since then was kept for the generation that the hold gave.
 */
#define STRING_(x) #x
#define STRING(x)  STRING_(x)
static const char release_script[] =
    "for i = 1, #KEYS, 2 do"
    " redis.call('SET', KEYS[i + 1], ARGV[(i + 1) / 2])"
    " if redis.call('EXISTS', KEYS[i]) == 1"
    " and redis.call('DECR', KEYS[i]) <= 0"
    " then redis.call('DEL', KEYS[i]) end "
    "end return #KEYS";

static char *
hold_key(void *ctx, const struct sark_generation_of *of)
{
	return sark_format(ctx, "policy:hold:%s:%s", of->kind, of->name);
}

static char *
generation_key(void *ctx, const struct sark_generation_of *of)
{
	return sark_format(ctx, "policy:generation:%s:%s", of->kind, of->name);
}

static char *
new_word(void *ctx)
{
	unsigned char random[WORD_BYTES];
	char word[2 * WORD_BYTES + 1];

	sark_random(random, sizeof(random));
	sark_str_hex(word, random, sizeof(random));
	return sark_strdup(ctx, word);
}

/* The commands for one name, hold first: nothing is cached in between. */
static void
add_hold(void *ctx, const struct sark_generation_of *of,
    struct sark_redis_cmd cmds[STEPS])
{
	const char **argv = sark_new_array(ctx, const char *, 8);

	argv[0] = "INCR";
	argv[1] = hold_key(ctx, of);
	argv[2] = "EXPIRE";
	argv[3] = argv[1];
	argv[4] = STRING(SARK_GENERATION_HOLD_S);
	argv[5] = "SET";
	argv[6] = generation_key(ctx, of);
	argv[7] = new_word(ctx);
	cmds[0] = (struct sark_redis_cmd){ 2, argv, NULL };
	cmds[1] = (struct sark_redis_cmd){ 3, argv + 2, NULL };
	cmds[2] = (struct sark_redis_cmd){ 3, argv + 5, NULL };
}

int
sark_generations_hold(struct sark_redis *redis,
    const struct sark_generation_of *of, size_t n, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	struct sark_redis_cmd *cmds =
	    sark_new_array(mem, struct sark_redis_cmd, n * STEPS);
	const struct sark_reply *replies;
	int ret;

	if (n == 0) {
		talloc_free(mem);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		add_hold(mem, &of[i], &cmds[i * STEPS]);
	ret = sark_redis_pipeline(redis, mem, cmds, n * STEPS, &replies, err);
	for (size_t i = 0; ret == 0 && i < n * STEPS; i++)
		if (replies[i].type == SARK_REPLY_ERROR)
			ret = sark_err_set(
			    err, SARK_UNAVAILABLE, "redis: %s", replies[i].str);
	talloc_free(mem);
	return ret;
}

void
sark_generations_release(
    struct sark_redis *redis, const struct sark_generation_of *of, size_t n)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	const char **argv = sark_new_array(mem, const char *, 3 * n + 3);
	struct sark_redis_cmd cmd = { (int)(3 * n) + 3, argv, NULL };
	const struct sark_reply *reply;
	struct sark_err err;

	if (n == 0) {
		talloc_free(mem);
		return;
	}
	argv[0] = "EVAL";
	argv[1] = release_script;
	argv[2] = sark_format(mem, "%zu", 2 * n);
	for (size_t i = 0; i < n; i++) {
		argv[2 * i + 3] = hold_key(mem, &of[i]);
		argv[2 * i + 4] = generation_key(mem, &of[i]);
		argv[2 * n + i + 3] = new_word(mem);
	}
	sark_err_init(&err);
	if (sark_redis_pipeline(redis, mem, &cmd, 1, &reply, &err) == -1)
		sark_err_init(&err); /* the hold ends by itself */
	talloc_free(mem);
}

int
sark_generations_begin(struct sark_redis *redis, void *ctx,
    const struct sark_generation_of *of, const char **word_r,
    struct sark_err *err)
{
	const char *const argv[] = { "SET", generation_key(ctx, of),
		new_word(ctx), "NX" };
	const struct sark_redis_cmd set = { SARK_COUNT(argv), argv, NULL };
	const struct sark_reply *reply;

	if (sark_redis_pipeline(redis, ctx, &set, 1, &reply, err) == -1)
		return -1;
	if (reply->type == SARK_REPLY_ERROR)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "redis: %s", reply->str);
	*word_r = reply->type == SARK_REPLY_STATUS ? argv[2] : NULL;
	return 0;
}

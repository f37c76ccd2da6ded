#include "store/limits.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"

#define MINUTE_MS 60000
#define HEAD	  3 /* of the reply: admitted, second, ms of the minute */

/*
 * KEYS are the buckets without the minute, ARGV their limits.  Counts are
 * whole numbers of 60000ths, so that C finds the same (see fill).  A key
 * lives to the end of the minute after its own.
 */
static const char script[] =
    "local t = redis.call('TIME') "
    "local second = tonumber(t[1]) "
    "local minute = math.floor(second / 60) "
    "local ms = (second % 60) * 1000 + math.floor(tonumber(t[2]) / 1000) "
    "local reply = {1, second, ms} "
    "for i, key in ipairs(KEYS) do"
    " local now = tonumber(redis.call('GET', key .. ':' .. minute) or 0)"
    " local then_ ="
    " tonumber(redis.call('GET', key .. ':' .. (minute - 1)) or 0)"
    " if now * 60000 + then_ * (60000 - ms) + 60000"
    " > tonumber(ARGV[i]) * 60000 then reply[1] = 0 end"
    " reply[2 * i + 2] = now"
    " reply[2 * i + 3] = then_ "
    "end "
    "if reply[1] == 1 then"
    " for i, key in ipairs(KEYS) do"
    " if redis.call('INCR', key .. ':' .. minute) == 1 then"
    " redis.call('EXPIRE', key .. ':' .. minute, 121) end"
    " end "
    "end "
    "return reply";

/* The name that Redis gives the script. */
static const char *
script_name(void)
{
	static char name[SARK_SHA1_TEXT];

	if (name[0] == '\0')
		sark_sha1_hex(name, script, sizeof(script) - 1);
	return name;
}

void
sark_limits_command(void *ctx, const struct sark_bucket *buckets, size_t n,
    struct sark_redis_cmd *cmd_r)
{
	const char **argv = sark_new_array(ctx, const char *, 3 + 2 * n);

	argv[0] = "EVALSHA";
	argv[1] = script_name();
	argv[2] = sark_format(ctx, "%zu", n);
	for (size_t i = 0; i < n; i++) {
		argv[3 + i] = sark_format(ctx, "rate:limit:%s:%s",
		    buckets[i].tier, buckets[i].identifier);
		argv[3 + n + i] =
		    sark_format(ctx, "%lld", (long long)buckets[i].limit);
	}
	*cmd_r = (struct sark_redis_cmd){ (int)(3 + 2 * n), argv, NULL };
}

static int64_t
ceiling(int64_t a, int64_t b)
{
	return (a + b - 1) / b;
}

/*
 * How many ms of a minute must have gone until one more than now fits, when
 * the minute before saw so many; MINUTE_MS: the whole of it.
 */
static int64_t
room_at(int64_t limit, int64_t now, int64_t before)
{
	int64_t room = limit - 1 - now;

	if (room < 0)
		return MINUTE_MS;
	if (before <= room)
		return 0;
	return ceiling((before - room) * MINUTE_MS, before);
}

static int64_t
wait_s(int64_t limit, int64_t now, int64_t before, int64_t ms)
{
	int64_t at = room_at(limit, now, before);

	/* It may take the next minute, where now is what was before. */
	if (at >= MINUTE_MS)
		at = MINUTE_MS + room_at(limit, 0, now);
	return at <= ms ? 1 : ceiling(at - ms, 1000);
}

static void
fill(struct sark_quota *quota, const struct sark_reply *head, int64_t limit,
    const struct sark_reply *counts)
{
	bool admitted = head[0].integer == 1;
	int64_t second = head[1].integer, ms = head[2].integer;
	int64_t now = counts[0].integer + (admitted ? 1 : 0);
	int64_t before = counts[1].integer;
	int64_t used = now * MINUTE_MS + before * (MINUTE_MS - ms);
	int64_t left = limit * MINUTE_MS - used;

	*quota = (struct sark_quota){
		.limit = limit,
		.remaining = left > 0 ? left / MINUTE_MS : 0,
		.reset_s = second - second % SARK_LIMITS_MINUTE,
	};
	quota->reset_s += SARK_LIMITS_MINUTE * ((now > 0) + (used > 0));
	/* This one may have room where another has none. */
	if (!admitted && left < MINUTE_MS)
		quota->retry_after_s = wait_s(limit, now, before, ms);
}

/* What we must be able to count on, whoever wrote into those keys. */
static bool
well_formed(const struct sark_reply *reply, size_t n)
{
	const struct sark_reply *head = reply->elements;

	if (reply->type != SARK_REPLY_ARRAY || reply->count != HEAD + 2 * n)
		return false;
	for (size_t i = 0; i < reply->count; i++)
		if (head[i].type != SARK_REPLY_INT || head[i].integer < 0 ||
		    head[i].integer > INT32_MAX * INT64_C(1000))
			return false;
	return head[0].integer <= 1 && head[2].integer < MINUTE_MS;
}

int
sark_limits_judge(const struct sark_reply *reply,
    const struct sark_bucket *buckets, size_t n, struct sark_quota *quotas_r,
    struct sark_err *err)
{
	if (reply->type == SARK_REPLY_ERROR) {
		if (sark_str_starts(reply->str, "NOSCRIPT "))
			return 0;
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "redis: %s", reply->str);
	}
	if (!well_formed(reply, n))
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "redis: no answer to a rate limit");
	for (size_t i = 0; i < n; i++)
		fill(&quotas_r[i], reply->elements, buckets[i].limit,
		    &reply->elements[HEAD + 2 * i]);
	return 1;
}

/* Once by its name; a Redis that does not know it is told. */
static int
take(struct sark_redis *redis, void *mem, const struct sark_bucket *buckets,
    size_t n, struct sark_quota *quotas_r, struct sark_err *err)
{
	const struct sark_reply *reply;
	struct sark_redis_cmd cmd;
	const char **argv;
	int judged;

	sark_limits_command(mem, buckets, n, &cmd);
	if (sark_redis_pipeline(redis, mem, &cmd, 1, &reply, err) == -1)
		return -1;
	judged = sark_limits_judge(reply, buckets, n, quotas_r, err);
	if (judged != 0)
		return judged;
	argv = sark_new_array(mem, const char *, cmd.argc);
	memcpy(argv, cmd.argv, (size_t)cmd.argc * sizeof(*argv));
	argv[0] = "EVAL";
	argv[1] = script;
	cmd.argv = argv;
	if (sark_redis_pipeline(redis, mem, &cmd, 1, &reply, err) == -1)
		return -1;
	return sark_limits_judge(reply, buckets, n, quotas_r, err);
}

int
sark_limits_take(struct sark_redis *redis, const struct sark_bucket *buckets,
    size_t n, struct sark_quota *quotas_r, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	int judged = take(redis, mem, buckets, n, quotas_r, err);

	talloc_free(mem);
	if (judged == 0)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "redis: it keeps no script");
	return judged == 1 ? 0 : -1;
}

/* Rate limits on the Redis that limits.t gives: SARK_TEST_REDIS, a socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/num.h"
#include "store/limits.h"
#include "store/redis.h"

#define TIMEOUT_MS 30000
#define TRIES	   5

struct fixture {
	struct sark_redis *redis;
	struct sark_err err;
};

static int
set_up(void **state)
{
	const char *socket = getenv("SARK_TEST_REDIS");
	struct fixture *f = sark_new(NULL, struct fixture);

	if (socket == NULL)
		return -1;
	f->redis = sark_redis_new(f, socket, 0, TIMEOUT_MS);
	sark_err_init(&f->err);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	return talloc_free(*state);
}

static const struct sark_reply *
says(struct fixture *f, int argc, const char *const *argv)
{
	const struct sark_redis_cmd cmd = { argc, argv, NULL };
	const struct sark_reply *reply;

	assert_int_equal(
	    sark_redis_pipeline(f->redis, f, &cmd, 1, &reply, &f->err), 0);
	return reply;
}
#define SAYS(f, ...)                                             \
	says(f,                                                  \
	    (int)(sizeof((const char *const[]){ __VA_ARGS__ }) / \
		sizeof(const char *)),                           \
	    (const char *const[]){ __VA_ARGS__ })

static int64_t
number(const struct sark_reply *reply)
{
	int64_t n = 0;

	if (reply->type == SARK_REPLY_STRING)
		assert_int_equal(sark_num_int(reply->str, 0, INT64_MAX, &n), 0);
	return reply->type == SARK_REPLY_INT ? reply->integer : n;
}

static int64_t
minute(struct fixture *f)
{
	return number(SAYS(f, "TIME")->elements) / SARK_LIMITS_MINUTE;
}

/* What is counted in a minute under rate:limit:{name}. */
static int64_t
counted(struct fixture *f, const char *name, int64_t at)
{
	return number(SAYS(f, "GET",
	    sark_format(f, "rate:limit:%s:%lld", name, (long long)at)));
}

static struct sark_quota
take(struct fixture *f, const struct sark_bucket *bucket)
{
	struct sark_quota quota;

	assert_int_equal(
	    sark_limits_take(f->redis, bucket, 1, &quota, &f->err), 0);
	return quota;
}

/* Does it in one minute of Redis: again where another one began meanwhile. */
static void
in_a_minute(struct fixture *f, void (*tell)(struct fixture *f, int64_t at))
{
	int64_t at;

	for (int i = 0; i < TRIES; i++) {
		SAYS(f, "FLUSHALL");
		at = minute(f);
		tell(f, at);
		if (minute(f) == at)
			return;
	}
	fail_msg("each try took a minute");
}

/* Quotas and counts are looked at only when no minute has passed. */
struct seen {
	struct sark_quota quotas[4];
	int64_t counts[3];
	int64_t ttl;
	int64_t at;
} seen;

static void
ask_four_times(struct fixture *f, int64_t at)
{
	const struct sark_bucket three = { "user", "u", 3 };

	for (int i = 0; i < 4; i++)
		seen.quotas[i] = take(f, &three);
	seen.counts[0] = counted(f, "user:u", at);
	seen.ttl = number(SAYS(
	    f, "TTL", sark_format(f, "rate:limit:user:u:%lld", (long long)at)));
	seen.at = at;
}

static void
what_is_refused_does_not_count(void **state)
{
	in_a_minute(*state, ask_four_times);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(seen.quotas[i].limit, 3);
		assert_int_equal(seen.quotas[i].remaining, 2 - i);
		assert_int_equal(seen.quotas[i].retry_after_s, 0);
		assert_int_equal(seen.quotas[i].reset_s, (seen.at + 2) * 60);
	}
	assert_int_equal(seen.quotas[3].remaining, 0);
	assert_in_range(seen.quotas[3].retry_after_s, 1, 81);
	assert_int_equal(seen.counts[0], 3);
	assert_in_range(seen.ttl, 1, 121);
}

static void
ask_with_a_full_one(struct fixture *f, int64_t at)
{
	const struct sark_bucket two[] = { { "a", "x", 2 }, { "b", "x", 5 } };

	(void)take(f, &two[0]);
	assert_int_equal(
	    sark_limits_take(f->redis, two, 2, &seen.quotas[0], &f->err), 0);
	seen.counts[0] = counted(f, "b:x", at);
	assert_int_equal(
	    sark_limits_take(f->redis, two, 2, &seen.quotas[2], &f->err), 0);
	seen.counts[1] = counted(f, "a:x", at);
	seen.counts[2] = counted(f, "b:x", at);
}

static void
a_request_counts_everywhere_or_nowhere(void **state)
{
	in_a_minute(*state, ask_with_a_full_one);
	assert_int_equal(seen.quotas[0].retry_after_s, 0);
	assert_int_equal(seen.quotas[1].remaining, 4);
	assert_int_equal(seen.counts[0], 1);
	assert_true(seen.quotas[2].retry_after_s > 0);
	assert_int_equal(seen.quotas[3].retry_after_s, 0);
	assert_int_equal(seen.quotas[3].remaining, 4);
	assert_int_equal(seen.counts[1], 2);
	assert_int_equal(seen.counts[2], 1);
}

/* RATE-06: as much of the minute before counts as is not a minute ago. */
static void
rate06_ask_after_a_full_minute(struct fixture *f, int64_t at)
{
	const struct sark_bucket bucket = { "user", "u", 6000 };
	const struct sark_reply *time;
	int64_t ms;

	SAYS(f, "SET",
	    sark_format(f, "rate:limit:user:u:%lld", (long long)at - 1),
	    "6000");
	seen.quotas[0] = take(f, &bucket);
	time = SAYS(f, "TIME");
	ms = number(&time->elements[0]) % 60 * 1000 +
	    number(&time->elements[1]) / 1000;
	/* a hundred a second have leaked since the minute began */
	seen.counts[0] = ms / 10;
	seen.at = at;
}

static void
rate06_no_burst_at_the_edge_of_a_minute(void **state)
{
	in_a_minute(*state, rate06_ask_after_a_full_minute);
	assert_true(seen.quotas[0].remaining <= seen.counts[0]);
	if (seen.quotas[0].retry_after_s > 0)
		assert_int_equal(seen.quotas[0].retry_after_s, 1);
}

static void
minutes_of_another_clock(struct fixture *f, int64_t at)
{
	const struct sark_bucket bucket = { "user", "u", 2 };

	/* what a clock an hour ahead, and one an hour behind, has left */
	for (int64_t i = -61; i <= 61; i++)
		if (i < -1 || i > 0)
			SAYS(f, "SET",
			    sark_format(f, "rate:limit:user:u:%lld",
				(long long)(at + i)),
			    "1000000");
	seen.quotas[0] = take(f, &bucket);
	seen.quotas[1] = take(f, &bucket);
	seen.quotas[2] = take(f, &bucket);
}

static void
rate05_a_clock_that_was_set_closes_nothing(void **state)
{
	in_a_minute(*state, minutes_of_another_clock);
	assert_int_equal(seen.quotas[0].remaining, 1);
	assert_int_equal(seen.quotas[1].retry_after_s, 0);
	/* control: it still counts */
	assert_in_range(seen.quotas[2].retry_after_s, 1, 120);
}

static void
ask_about_a_forgotten_script(struct fixture *f, int64_t at)
{
	const struct sark_bucket bucket = { "user", "u", 9 };

	(void)take(f, &bucket);
	SAYS(f, "SCRIPT", "FLUSH");
	(void)take(f, &bucket);
	(void)take(f, &bucket);
	seen.counts[0] = counted(f, "user:u", at);
}

static void
a_redis_that_forgot_the_script(void **state)
{
	in_a_minute(*state, ask_about_a_forgotten_script);
	assert_int_equal(seen.counts[0], 3);
}

static void
a_key_of_another_type_is_no_count(void **state)
{
	struct fixture *f = *state;
	const struct sark_bucket bucket = { "user", "u", 9 };
	struct sark_quota quota;
	int64_t at = minute(f);

	SAYS(f, "FLUSHALL");
	for (int i = 0; i < 10; i++)
		SAYS(f, "RPUSH",
		    sark_format(f, "rate:limit:user:u:%lld", (long long)at + i),
		    "x");
	assert_int_equal(
	    sark_limits_take(f->redis, &bucket, 1, &quota, &f->err), -1);
	assert_int_equal(f->err.code, SARK_UNAVAILABLE);
	sark_err_init(&f->err);
	SAYS(f, "FLUSHALL");
	assert_int_equal(
	    sark_limits_take(f->redis, &bucket, 1, &quota, &f->err), 0);
}

/* ---- what C makes of counts */

/* What Redis says at this ms of minute 10: admitted if there is room. */
static struct sark_quota
judged(int64_t limit, int64_t now, int64_t before, int64_t ms)
{
	const struct sark_bucket bucket = { "user", "u", limit };
	bool room =
	    now * 60000 + before * (60000 - ms) + 60000 <= limit * 60000;
	const struct sark_reply counts[5] = {
		{ .type = SARK_REPLY_INT, .integer = room },
		{ .type = SARK_REPLY_INT, .integer = 600 + ms / 1000 },
		{ .type = SARK_REPLY_INT, .integer = ms },
		{ .type = SARK_REPLY_INT, .integer = now },
		{ .type = SARK_REPLY_INT, .integer = before },
	};
	const struct sark_reply reply = {
		.type = SARK_REPLY_ARRAY, .count = 5, .elements = counts
	};
	struct sark_quota quota;
	struct sark_err err;

	sark_err_init(&err);
	assert_int_equal(
	    sark_limits_judge(&reply, &bucket, 1, &quota, &err), 1);
	return quota;
}

/* The same later: the clock goes on, nobody asks. */
static struct sark_quota
judged_later(int64_t limit, int64_t now, int64_t before, int64_t ms)
{
	if (ms < 60000)
		return judged(limit, now, before, ms);
	if (ms < 120000)
		return judged(limit, 0, now, ms - 60000);
	return judged(limit, 0, 0, ms - 120000);
}

static void
who_waits_as_told_is_admitted_and_not_before(void **state)
{
	static const int64_t limits[] = { 1, 2, 3, 7, 100, 5000 };
	static const int64_t times[] = { 0, 1, 999, 1000, 30000, 59000, 59999 };
	struct sark_quota quota;
	int refused = 0;

	(void)state;
	for (size_t l = 0; l < SARK_COUNT(limits); l++)
		for (size_t t = 0; t < SARK_COUNT(times); t++)
			for (int64_t i = 0; i <= 20; i++) {
				int64_t limit = limits[l], ms = times[t];
				int64_t now = limit * (i % 5) / 4;
				int64_t before = limit * (i / 5) / 4, wait;

				quota = judged(limit, now, before, ms);
				wait = quota.retry_after_s * 1000;
				if (wait == 0)
					continue;
				refused++;
				assert_int_equal(
				    judged_later(limit, now, before, ms + wait)
					.retry_after_s,
				    0);
				if (wait > 1000)
					assert_int_not_equal(
					    judged_later(limit, now, before,
						ms + wait - 1000)
						.retry_after_s,
					    0);
			}
	assert_true(refused > 100);
}

static void
what_is_left_and_when_all_is(void **state)
{
	(void)state;
	/* half of the minute before is a minute ago */
	assert_int_equal(judged(100, 0, 60, 30000).remaining, 69);
	assert_int_equal(judged(100, 10, 60, 30000).remaining, 59);
	assert_int_equal(judged(100, 10, 60, 30000).reset_s, 720);
	assert_int_equal(judged(100, 0, 100, 0).remaining, 0);
	assert_int_equal(judged(100, 0, 100, 0).reset_s, 660);
	assert_int_equal(judged(100, 0, 100, 0).retry_after_s, 1);
	assert_int_equal(judged(1, 1, 0, 0).retry_after_s, 120);
	assert_int_equal(judged(5, 1000000, 1000000, 0).remaining, 0);
}

static void
an_answer_that_is_none(void **state)
{
	const struct sark_bucket bucket = { "user", "u", 5 };
	const struct sark_reply one = { .type = SARK_REPLY_INT, .integer = 1 };
	const struct sark_reply minus = { .type = SARK_REPLY_INT,
		.integer = -1 };
	const struct sark_reply much = { .type = SARK_REPLY_INT,
		.integer = INT64_MAX };
	const struct sark_reply text = {
		.type = SARK_REPLY_STRING, .str = "1", .len = 1
	};
	const struct sark_reply bad[] = { minus, much, text };
	struct sark_quota quota;
	struct sark_err err;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (size_t j = 0; j < SARK_COUNT(bad); j++) {
			struct sark_reply counts[5] = { one, one, one, one,
				one };
			struct sark_reply reply = { .type = SARK_REPLY_ARRAY,
				.count = 5,
				.elements = counts };

			sark_err_init(&err);
			assert_int_equal(
			    sark_limits_judge(&reply, &bucket, 1, &quota, &err),
			    1);
			counts[i] = bad[j];
			assert_int_equal(
			    sark_limits_judge(&reply, &bucket, 1, &quota, &err),
			    -1);
			assert_int_equal(err.code, SARK_UNAVAILABLE);
		}
	sark_err_init(&err);
	assert_int_equal(sark_limits_judge(&one, &bucket, 1, &quota, &err), -1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_refused_does_not_count),
		cmocka_unit_test(a_request_counts_everywhere_or_nowhere),
		cmocka_unit_test(rate06_no_burst_at_the_edge_of_a_minute),
		cmocka_unit_test(rate05_a_clock_that_was_set_closes_nothing),
		cmocka_unit_test(a_redis_that_forgot_the_script),
		cmocka_unit_test(a_key_of_another_type_is_no_count),
		cmocka_unit_test(who_waits_as_told_is_admitted_and_not_before),
		cmocka_unit_test(what_is_left_and_when_all_is),
		cmocka_unit_test(an_answer_that_is_none),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

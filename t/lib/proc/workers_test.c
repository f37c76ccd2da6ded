#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "proc/signals.h"
#include "proc/workers.h"

#define SECOND INT64_C(1000000000)

/* How the pool of a test behaves, and what its parent has seen. */
struct way {
	unsigned int count;
	bool mortal;  /* workers do not live */
	bool refuses; /* renew finds something wrong */
	bool spoiled; /* who starts after a renew dies before it is ready */
	bool stale;   /* the first generation says so */
	/* in the parent */
	int out;
	int round; /* one more after each renew that went well */
};

/* What is written into the pipe: a worker's start, or a call of the plan. */
struct news {
	enum { STARTED, RENEWED, SETTLED, WENT_BACK } what;
	pid_t pid;
	int round;
};

struct pool {
	pid_t parent;
	int news;
};

static void
report(const struct way *way, int what)
{
	struct news news = { what, getpid(), way->round };

	if (write(way->out, &news, sizeof(news)) != sizeof(news))
		_exit(1);
}

/* What a worker of the test does; lives until SIGTERM, or not at all. */
static void
work(const struct way *way, int tell)
{
	const volatile sig_atomic_t *stop = sark_signals_stop();

	report(way, STARTED);
	if (way->mortal || (way->spoiled && way->round > 0))
		_exit(1);
	sark_workers_tell(tell, SARK_WORKER_READY);
	if (way->stale && way->round == 0)
		sark_workers_tell(tell, SARK_WORKER_STALE);
	while (!*stop)
		usleep(1000);
	_exit(0);
}

static int
renew(void *arg, bool asked)
{
	struct way *way = arg;

	if (asked == way->stale)
		_exit(1);
	report(way, RENEWED);
	if (way->refuses)
		return -1;
	way->round++;
	return 0;
}

static void
settle(void *arg, const char *how)
{
	struct way *way = arg;

	report(way, how == NULL ? SETTLED : WENT_BACK);
	if (how != NULL)
		way->round--;
}

static struct pool
start(struct way way)
{
	struct sark_workers plan = { way.count, renew, settle, &way };
	struct pool pool;
	struct sark_err err;
	int ends[2], tell;

	assert_int_equal(pipe(ends), 0);
	if ((pool.parent = fork()) == 0) {
		way.out = ends[1];
		sark_err_init(&err);
		sark_signals_hold();
		/* The log of a crash loop is not the test's output. */
		close(STDERR_FILENO);
		if (sark_workers_run(&plan, &tell, &err) == 1)
			work(&way, tell);
		_exit(err.code == SARK_OK ? 0 : 1);
	}
	close(ends[1]);
	pool.news = ends[0];
	return pool;
}

static struct news
hear(const struct pool *pool)
{
	struct news news;

	assert_int_equal(read(pool->news, &news, sizeof(news)), sizeof(news));
	return news;
}

/* The next worker that starts. */
static pid_t
next(const struct pool *pool)
{
	struct news news = hear(pool);

	assert_int_equal(news.what, STARTED);
	return news.pid;
}

static void
expect(const struct pool *pool, int what)
{
	assert_int_equal(hear(pool).what, what);
}

static void
await_end(pid_t pid)
{
	/* It is the parent's child; alarm(2) ends a wait for ever. */
	while (kill(pid, 0) == 0)
		usleep(1000);
}

static void
stop(const struct pool *pool)
{
	struct news nothing;
	int status;

	kill(pool->parent, SIGTERM);
	assert_int_equal(waitpid(pool->parent, &status, 0), pool->parent);
	assert_int_equal(status, 0);
	/* The pipe has no writer: no worker is left. */
	assert_int_equal(read(pool->news, &nothing, sizeof(nothing)), 0);
	close(pool->news);
}

static void
a_killed_worker_is_replaced(void **state)
{
	struct pool pool = start((struct way){ .count = 2 });
	pid_t first = next(&pool), second = next(&pool), third;

	(void)state;
	usleep(1100000);
	kill(first, SIGKILL);
	third = next(&pool);
	assert_int_not_equal(third, second);
	assert_int_equal(kill(second, 0), 0);
	stop(&pool);
}

static void
a_crash_loop_starts_one_a_second(void **state)
{
	int64_t before = sark_clock_mono_ns();
	struct pool pool = start((struct way){ .count = 1, .mortal = true });

	(void)state;
	next(&pool);
	next(&pool);
	next(&pool);
	assert_true(sark_clock_mono_ns() - before > 19 * SECOND / 10);
	kill(pool.parent, SIGTERM);
	assert_int_equal(waitpid(pool.parent, NULL, 0), pool.parent);
	close(pool.news);
}

static void
workers_end_with_their_parent(void **state)
{
	struct pool pool = start((struct way){ .count = 2 });
	struct news nothing;

	(void)state;
	next(&pool);
	next(&pool);
	kill(pool.parent, SIGKILL);
	assert_int_equal(waitpid(pool.parent, NULL, 0), pool.parent);
	assert_int_equal(read(pool.news, &nothing, sizeof(nothing)), 0);
	close(pool.news);
}

static void
other_signals_change_nothing(void **state)
{
	static const int signals[] = { SIGHUP, SIGPIPE, SIGUSR1, SIGUSR2,
		SIGALRM };
	struct pool pool = start((struct way){ .count = 1 });
	pid_t worker = next(&pool);
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(signals); i++) {
		kill(worker, signals[i]);
		if (signals[i] != SIGHUP)
			kill(pool.parent, signals[i]);
	}
	usleep(50000);
	assert_int_equal(kill(worker, 0), 0);
	assert_int_equal(waitpid(pool.parent, NULL, WNOHANG), 0);
	stop(&pool);
}

static void
sighup_replaces_all_one_after_the_other(void **state)
{
	struct pool pool = start((struct way){ .count = 2 });
	pid_t old[2], new[2];

	(void)state;
	old[0] = next(&pool);
	old[1] = next(&pool);
	kill(pool.parent, SIGHUP);
	expect(&pool, RENEWED);
	new[0] = next(&pool);
	expect(&pool, SETTLED);
	new[1] = next(&pool);
	await_end(old[0]);
	await_end(old[1]);
	assert_int_equal(kill(new[0], 0), 0);
	assert_int_equal(kill(new[1], 0), 0);
	stop(&pool);
}

static void
what_cannot_be_renewed_leaves_all_as_it_is(void **state)
{
	struct pool pool = start((struct way){ .count = 1, .refuses = true });
	pid_t worker = next(&pool);

	(void)state;
	kill(pool.parent, SIGHUP);
	expect(&pool, RENEWED);
	/* A second one is answered the same: the first has changed nothing. */
	kill(pool.parent, SIGHUP);
	expect(&pool, RENEWED);
	assert_int_equal(kill(worker, 0), 0);
	stop(&pool);
}

static void
a_first_worker_that_dies_ends_the_renewal(void **state)
{
	struct pool pool = start((struct way){ .count = 2, .spoiled = true });
	pid_t old[2];

	(void)state;
	old[0] = next(&pool);
	old[1] = next(&pool);
	kill(pool.parent, SIGHUP);
	expect(&pool, RENEWED);
	next(&pool);
	expect(&pool, WENT_BACK);
	assert_int_equal(kill(old[0], 0), 0);
	/* Who dies now is replaced by one that starts as before. */
	kill(old[1], SIGKILL);
	assert_int_equal(hear(&pool).round, 0);
	assert_int_equal(kill(old[0], 0), 0);
	stop(&pool);
}

static void
a_stale_worker_gets_a_successor(void **state)
{
	struct pool pool = start((struct way){ .count = 1, .stale = true });
	pid_t old = next(&pool);

	(void)state;
	expect(&pool, RENEWED);
	assert_int_not_equal(next(&pool), old);
	expect(&pool, SETTLED);
	await_end(old);
	stop(&pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_worker_is_replaced),
		cmocka_unit_test(a_crash_loop_starts_one_a_second),
		cmocka_unit_test(workers_end_with_their_parent),
		cmocka_unit_test(other_signals_change_nothing),
		cmocka_unit_test(sighup_replaces_all_one_after_the_other),
		cmocka_unit_test(what_cannot_be_renewed_leaves_all_as_it_is),
		cmocka_unit_test(a_first_worker_that_dies_ends_the_renewal),
		cmocka_unit_test(a_stale_worker_gets_a_successor),
	};

	alarm(30);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

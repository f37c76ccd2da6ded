#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
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

/* A pool under test; each worker writes its number into the pipe. */
struct pool {
	pid_t parent;
	int pids;
};

/* What a worker of the test does; lives until SIGTERM, or not at all. */
static void
work(int out, int lives)
{
	const volatile sig_atomic_t *stop = sark_signals_stop();
	pid_t pid = getpid();

	if (write(out, &pid, sizeof(pid)) != sizeof(pid) || !lives)
		_exit(1);
	while (!*stop)
		usleep(1000);
	_exit(0);
}

static struct pool
start(unsigned int count, int lives)
{
	struct pool pool;
	struct sark_err err;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	if ((pool.parent = fork()) == 0) {
		sark_err_init(&err);
		sark_signals_hold();
		/* The log of a crash loop is not the test's output. */
		close(STDERR_FILENO);
		if (sark_workers_run(count, &err) == 1)
			work(ends[1], lives);
		_exit(err.code == SARK_OK ? 0 : 1);
	}
	close(ends[1]);
	pool.pids = ends[0];
	return pool;
}

static pid_t
next(const struct pool *pool)
{
	pid_t pid;

	assert_int_equal(read(pool->pids, &pid, sizeof(pid)), sizeof(pid));
	return pid;
}

static void
stop(const struct pool *pool)
{
	pid_t nobody;
	int status;

	kill(pool->parent, SIGTERM);
	assert_int_equal(waitpid(pool->parent, &status, 0), pool->parent);
	assert_int_equal(status, 0);
	/* The pipe has no writer: no worker is left. */
	assert_int_equal(read(pool->pids, &nobody, sizeof(nobody)), 0);
	close(pool->pids);
}

static void
a_killed_worker_is_replaced(void **state)
{
	struct pool pool = start(2, 1);
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
	struct pool pool = start(1, 0);

	(void)state;
	next(&pool);
	next(&pool);
	next(&pool);
	assert_true(sark_clock_mono_ns() - before > 19 * SECOND / 10);
	kill(pool.parent, SIGTERM);
	assert_int_equal(waitpid(pool.parent, NULL, 0), pool.parent);
	close(pool.pids);
}

static void
workers_end_with_their_parent(void **state)
{
	struct pool pool = start(2, 1);
	pid_t nobody;

	(void)state;
	next(&pool);
	next(&pool);
	kill(pool.parent, SIGKILL);
	assert_int_equal(waitpid(pool.parent, NULL, 0), pool.parent);
	assert_int_equal(read(pool.pids, &nobody, sizeof(nobody)), 0);
	close(pool.pids);
}

static void
other_signals_change_nothing(void **state)
{
	static const int signals[] = { SIGHUP, SIGPIPE, SIGUSR1, SIGUSR2,
		SIGALRM };
	struct pool pool = start(1, 1);
	pid_t worker = next(&pool);
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(signals); i++) {
		kill(worker, signals[i]);
		kill(pool.parent, signals[i]);
	}
	usleep(50000);
	assert_int_equal(kill(worker, 0), 0);
	assert_int_equal(waitpid(pool.parent, NULL, WNOHANG), 0);
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
	};

	alarm(30);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

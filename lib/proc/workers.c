#include "proc/workers.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "proc/signals.h"

#define SECOND INT64_C(1000000000)

struct worker {
	pid_t pid;	 /* 0: to be started */
	int64_t started; /* monotonic ns */
};

struct pool {
	struct worker *workers;
	unsigned int count;
	pid_t parent;
	int64_t last_start;
	bool crash_loop; /* starts are a second apart */
};

/* In the child: 1; it ends with its parent from here on. */
static int
begin_work(const struct pool *pool)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	/* The parent may have died before the line above. */
	if (getppid() != pool->parent)
		raise(SIGTERM);
	return 1;
}

/* 1 in the new child, 0 in the parent, -1 when there is no process. */
static int
start(struct pool *pool, struct worker *worker)
{
	pid_t pid;

	pool->last_start = sark_clock_mono_ns();
	if ((pid = fork()) == -1)
		return -1;
	if (pid == 0)
		return begin_work(pool);
	worker->pid = pid;
	worker->started = pool->last_start;
	return 0;
}

static void
enter_crash_loop(struct pool *pool, const char *why)
{
	if (!pool->crash_loop)
		sark_log(SARK_LOG_ERROR, "worker_crash_loop", "text", why,
		    "action", "one start a second until it lives", NULL);
	pool->crash_loop = true;
}

/* Starts who is missing, as far as that may be now: as start. */
static int
start_missing(struct pool *pool)
{
	unsigned int i;

	for (i = 0; i < pool->count; i++) {
		if (pool->workers[i].pid != 0)
			continue;
		if (pool->crash_loop &&
		    sark_clock_mono_ns() < pool->last_start + SECOND)
			return 0;
		switch (start(pool, &pool->workers[i])) {
		case 1:
			return 1;
		case -1:
			enter_crash_loop(pool, strerror(errno));
			return -1;
		}
	}
	return 0;
}

/* How long the parent may sleep: for ever when nobody is missing. */
static int64_t
until_next(struct pool *pool)
{
	bool missing = false, young = false;
	int64_t now = sark_clock_mono_ns(), wait;
	unsigned int i;

	for (i = 0; i < pool->count; i++) {
		if (pool->workers[i].pid == 0)
			missing = true;
		else if (now < pool->workers[i].started + SECOND)
			young = true;
	}
	if (!missing && !young && pool->crash_loop) {
		pool->crash_loop = false;
		sark_log(SARK_LOG_INFO, "worker_crash_loop_over", NULL);
	}
	if (!missing && !pool->crash_loop)
		return -1;
	wait = pool->last_start + SECOND - now;
	return wait > 0 ? wait : 0;
}

static void
describe(int status, char *text, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(text, size, "signal %d", WTERMSIG(status));
	else
		snprintf(text, size, "exit %d", WEXITSTATUS(status));
}

static void
bury(struct pool *pool, struct worker *worker, int status, bool stopping)
{
	bool quick = sark_clock_mono_ns() < worker->started + SECOND;
	char how[32], pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)worker->pid);
	describe(status, how, sizeof(how));
	worker->pid = 0;
	if (stopping)
		return;
	if (quick)
		enter_crash_loop(pool, how);
	else
		sark_log(SARK_LOG_WARNING, "worker_died", "worker", pid, "text",
		    how, NULL);
}

/* Takes every dead child; returns how many workers live. */
static unsigned int
reap(struct pool *pool, bool stopping)
{
	unsigned int i, living = 0;
	int status;
	pid_t pid;

	/* spawn-fcgi and the like may leave us children that are not ours. */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < pool->count; i++)
			if (pool->workers[i].pid == pid)
				bury(pool, &pool->workers[i], status, stopping);
	for (i = 0; i < pool->count; i++)
		if (pool->workers[i].pid != 0)
			living++;
	return living;
}

static void
tell(const struct pool *pool, int signal)
{
	unsigned int i;

	for (i = 0; i < pool->count; i++)
		if (pool->workers[i].pid != 0)
			kill(pool->workers[i].pid, signal);
}

/* Lets the workers finish, at most so long, then ends them. */
static void
stop_all(struct pool *pool)
{
	int64_t now, limit;

	limit = sark_clock_mono_ns() + SARK_WORKERS_GRACE_S * SECOND;
	tell(pool, SIGTERM);
	while (reap(pool, true) > 0) {
		now = sark_clock_mono_ns();
		if (now >= limit) {
			sark_log(SARK_LOG_WARNING, "worker_killed", "text",
			    "still at work after the time to finish", NULL);
			tell(pool, SIGKILL);
			limit = INT64_MAX;
		}
		sark_signals_wait(
		    limit == INT64_MAX ? SECOND / 10 : limit - now);
	}
}

int
sark_workers_run(unsigned int count, struct sark_err *err)
{
	struct pool pool = { .count = count, .parent = getpid() };
	int ret, signal;

	pool.workers = sark_new_array(NULL, struct worker, count);
	ret = start_missing(&pool);
	if (ret == -1 && pool.workers[0].pid == 0) {
		sark_err_set(err, SARK_INTERNAL, "no worker could be started");
		goto out;
	}
	while (ret != 1) {
		signal = sark_signals_wait(until_next(&pool));
		if (signal == SIGTERM || signal == SIGINT) {
			stop_all(&pool);
			ret = 0;
			goto out;
		}
		reap(&pool, false);
		ret = start_missing(&pool);
	}
out:
	talloc_free(pool.workers);
	return ret;
}

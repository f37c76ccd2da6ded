#include "config.h"

#include "proc/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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
	pid_t pid;	  /* 0: a free place */
	int64_t started;  /* monotonic ns */
	int64_t leave_by; /* told to end, killed then; 0: at work */
	unsigned int generation;
	bool ready;
};

struct pool {
	const struct sark_workers *plan;
	struct worker *workers;
	unsigned int places; /* more than count: some are leaving */
	unsigned int generation;
	bool trial;	   /* none of this generation was ready yet */
	bool asked, stale; /* a new generation is wanted */
	pid_t parent;
	int said[2]; /* a pipe from all workers */
	int64_t last_start;
	bool crash_loop; /* starts are a second apart */
	bool complete;	 /* all were ready once, and the log says so */
};

/* One message in the pipe, short enough to be whole. */
struct message {
	pid_t pid;
	enum sark_worker_says says;
};

/* Those at work, counted. */
struct tally {
	unsigned int working; /* not told to end */
	unsigned int comers;  /* of them: not ready yet */
	unsigned int outdated;
	bool full; /* no place is free */
};

void
sark_workers_tell(int tell, enum sark_worker_says says)
{
	struct message message = { getpid(), says };

	/* A parent that does not hear it is gone, and we go with it. */
	if (tell != -1 && write(tell, &message, sizeof(message)) == -1)
		return;
}

static struct tally
count(const struct pool *pool)
{
	struct tally tally = { .full = true };
	const struct worker *w;

	for (w = pool->workers; w < pool->workers + pool->places; w++) {
		if (w->pid == 0)
			tally.full = false;
		if (w->pid == 0 || w->leave_by != 0)
			continue;
		tally.working++;
		if (w->generation != pool->generation)
			tally.outdated++;
		else if (!w->ready)
			tally.comers++;
	}
	return tally;
}

/* In the child: 1; it ends with its parent from here on. */
static int
begin_work(struct pool *pool)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	/* The parent may have died before the line above. */
	if (getppid() != pool->parent)
		raise(SIGTERM);
	close(pool->said[0]);
	return 1;
}

static struct worker *
free_place(struct pool *pool)
{
	struct worker *w = pool->workers;

	while (w->pid != 0)
		w++;
	return w;
}

/* 1 in the new child, 0 in the parent, -1 when there is no process. */
static int
start(struct pool *pool)
{
	struct worker *worker = free_place(pool);
	pid_t pid;

	pool->last_start = sark_clock_mono_ns();
	if ((pid = fork()) == -1)
		return -1;
	if (pid == 0)
		return begin_work(pool);
	*worker = (struct worker){
		.pid = pid,
		.started = pool->last_start,
		.generation = pool->generation,
	};
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

/* Whether one more is wanted: for a place, or to let an outdated one go. */
static bool
lacks(const struct pool *pool)
{
	struct tally tally = count(pool);

	if (tally.full || (pool->trial && tally.comers > 0))
		return false;
	if (tally.working < pool->plan->count)
		return true;
	return tally.outdated > 0 && tally.comers == 0 &&
	    tally.working == pool->plan->count;
}

/* Starts who is missing, as far as that may be now: as start. */
static int
start_missing(struct pool *pool)
{
	while (lacks(pool)) {
		if (pool->crash_loop &&
		    sark_clock_mono_ns() < pool->last_start + SECOND)
			return 0;
		switch (start(pool)) {
		case 1:
			return 1;
		case -1:
			enter_crash_loop(pool, strerror(errno));
			return -1;
		}
	}
	return 0;
}

/* One outdated worker may go when a new one more than wanted is ready. */
static void
retire(struct pool *pool)
{
	struct tally tally = count(pool);
	struct worker *w = pool->workers;

	if (tally.outdated == 0 || tally.comers > 0 ||
	    tally.working <= pool->plan->count)
		return;
	while (w->pid == 0 || w->leave_by != 0 ||
	    w->generation == pool->generation)
		w++;
	kill(w->pid, SIGTERM);
	w->leave_by = sark_clock_mono_ns() + SARK_WORKERS_GRACE_S * SECOND;
	if (tally.outdated == 1)
		sark_log(SARK_LOG_INFO, "workers_replaced", NULL);
}

static void
end_overdue(struct pool *pool)
{
	int64_t now = sark_clock_mono_ns();
	struct worker *w;

	for (w = pool->workers; w < pool->workers + pool->places; w++) {
		if (w->pid == 0 || w->leave_by == 0 || now < w->leave_by)
			continue;
		sark_log(SARK_LOG_WARNING, "worker_killed", "text",
		    "still at work after the time to finish", NULL);
		kill(w->pid, SIGKILL);
		w->leave_by = INT64_MAX;
	}
}

/* How long the parent may sleep: for ever when there is nothing to come. */
static int64_t
until_next(struct pool *pool)
{
	int64_t now = sark_clock_mono_ns(), next = INT64_MAX;
	bool young = false;
	const struct worker *w;

	for (w = pool->workers; w < pool->workers + pool->places; w++) {
		if (w->pid == 0)
			continue;
		if (w->leave_by != 0 && w->leave_by < next)
			next = w->leave_by;
		else if (now < w->started + SECOND)
			young = true;
	}
	if (pool->crash_loop && !young && !lacks(pool)) {
		pool->crash_loop = false;
		sark_log(SARK_LOG_INFO, "worker_crash_loop_over", NULL);
	}
	if (pool->crash_loop && pool->last_start + SECOND < next)
		next = pool->last_start + SECOND;
	if (next == INT64_MAX)
		return -1;
	return next > now ? next - now : 0;
}

/* The new generation is no good: the one before is at work still. */
static void
go_back(struct pool *pool, const char *how)
{
	pool->trial = false;
	pool->generation--;
	pool->plan->settle(pool->plan->arg, how);
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
	if (stopping || worker->leave_by != 0)
		return;
	if (pool->trial && worker->generation == pool->generation)
		go_back(pool, how);
	else if (quick)
		enter_crash_loop(pool, how);
	else
		sark_log(SARK_LOG_WARNING, "worker_died", "worker", pid, "text",
		    how, NULL);
}

static struct worker *
find(struct pool *pool, pid_t pid)
{
	struct worker *w;

	for (w = pool->workers; w < pool->workers + pool->places; w++)
		if (w->pid == pid)
			return w;
	return NULL;
}

/* Takes every dead child; returns how many workers live. */
static unsigned int
reap(struct pool *pool, bool stopping)
{
	struct worker *worker;
	unsigned int i, living = 0;
	int status;
	pid_t pid;

	/* spawn-fcgi and the like may leave us children that are not ours. */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if ((worker = find(pool, pid)) != NULL)
			bury(pool, worker, status, stopping);
	for (i = 0; i < pool->places; i++)
		if (pool->workers[i].pid != 0)
			living++;
	return living;
}

/* What the workers have said meanwhile. */
static void
hear(struct pool *pool)
{
	struct message message;
	struct worker *worker;

	while (read(pool->said[0], &message, sizeof(message)) ==
	    (ssize_t)sizeof(message)) {
		worker = find(pool, message.pid);
		if (worker == NULL || worker->generation != pool->generation)
			continue;
		if (message.says == SARK_WORKER_STALE) {
			pool->stale = true;
			continue;
		}
		worker->ready = true;
		if (pool->trial) {
			pool->trial = false;
			pool->plan->settle(pool->plan->arg, NULL);
		}
	}
}

/* The log says once that all are at work. */
static void
tell_complete(struct pool *pool)
{
	struct tally tally = count(pool);
	char n[16];

	if (pool->complete || tally.comers > 0 ||
	    tally.working < pool->plan->count)
		return;
	pool->complete = true;
	snprintf(n, sizeof(n), "%u", tally.working);
	sark_log(SARK_LOG_INFO, "workers_ready", "workers", n, NULL);
}

/* Begins a new generation if one is wanted and none is on trial. */
static void
renew(struct pool *pool)
{
	bool asked = pool->asked;

	if (pool->trial || (!pool->asked && !pool->stale))
		return;
	pool->asked = pool->stale = false;
	if (pool->plan->renew(pool->plan->arg, asked) == -1)
		return;
	pool->generation++;
	pool->trial = true;
}

static void
tell(const struct pool *pool, int signal)
{
	unsigned int i;

	for (i = 0; i < pool->places; i++)
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

/* Until it is to end: 0, or 1 in a new worker. */
static int
keep_up(struct pool *pool)
{
	int signal;

	for (;;) {
		signal = sark_signals_wait(until_next(pool));
		if (signal == SIGTERM || signal == SIGINT)
			break;
		if (signal == SIGHUP)
			pool->asked = true;
		hear(pool);
		/* Before the dead are counted: they were at work once. */
		tell_complete(pool);
		reap(pool, false);
		end_overdue(pool);
		renew(pool);
		retire(pool);
		if (start_missing(pool) == 1)
			return 1;
	}
	stop_all(pool);
	return 0;
}

/* SIGIO tells that a worker has written. */
static int
open_pipe(struct pool *pool, struct sark_err *err)
{
	if (pipe2(pool->said, O_CLOEXEC | O_NONBLOCK) == 0 &&
	    fcntl(pool->said[0], F_SETOWN, getpid()) != -1 &&
	    fcntl(pool->said[0], F_SETFL, O_NONBLOCK | O_ASYNC) != -1)
		return 0;
	return sark_err_set(
	    err, SARK_INTERNAL, "pipe of the workers: %s", strerror(errno));
}

int
sark_workers_run(
    const struct sark_workers *plan, int *tell_r, struct sark_err *err)
{
	struct pool pool = {
		.plan = plan,
		/* All may be leaving, and one is coming. */
		.places = 2 * plan->count + 1,
		.parent = getpid(),
		.said = { -1, -1 },
	};
	int ret;

	*tell_r = -1;
	if (open_pipe(&pool, err) == -1)
		return -1;
	pool.workers = sark_new_array(NULL, struct worker, pool.places);
	ret = start_missing(&pool);
	if (ret == -1 && count(&pool).working == 0)
		sark_err_set(err, SARK_INTERNAL, "no worker could be started");
	else if (ret != 1)
		ret = keep_up(&pool);
	if (ret == 1) {
		*tell_r = pool.said[1];
	} else {
		close(pool.said[0]);
		close(pool.said[1]);
	}
	talloc_free(pool.workers);
	return ret;
}

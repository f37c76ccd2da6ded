#ifndef SARK_PROC_WORKERS_H
#define SARK_PROC_WORKERS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * Keeps count processes at work, as one parent that does nothing else: it
 * starts them, puts a new one in the place of one that dies, and passes
 * SIGTERM or SIGINT on.  One that dies within a second of its start is
 * replaced a second after that start, so a crash loop costs one start a
 * second and is told in one line of the log.  Asked to end, the parent
 * gives the workers SARK_WORKERS_GRACE_S seconds for their last request,
 * then kills them.  Workers end with SIGTERM when their parent dies.
 *
 * On SIGHUP, or when a worker says that it is stale, all are replaced, one
 * after the other: a new one says that it is ready before an old one gets
 * SIGTERM.  What they start with is plan->renew's to prepare; the first new
 * worker proves it.  If that one dies before it is ready the old ones stay.
 */
#define SARK_WORKERS_GRACE_S 10

struct sark_workers {
	unsigned int count;
	/*
	 * Prepares what the next workers start with; asked: by SIGHUP.
	 * -1, after telling why: the workers stay.
	 */
	int (*renew)(void *arg, bool asked);
	/*
	 * After a renew that returned 0: a worker is ready with it (how is
	 * NULL), or the first one died of it and what was before counts.
	 */
	void (*settle)(void *arg, const char *how);
	void *arg;
};

/*
 * Returns 1 in each new worker, which does its work and ends by returning
 * from main; 0 in the parent when all have ended; -1 in the parent when none
 * could be started.  Call sark_signals_hold before and, in a worker,
 * sark_signals_stop afterwards.
 *
 * tell_r	in a worker: for sark_workers_tell
 *
 * Errors: INTERNAL.
 */
int sark_workers_run(const struct sark_workers *plan, int *tell_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

enum sark_worker_says {
	SARK_WORKER_READY, /* takes requests from here on */
	SARK_WORKER_STALE, /* needs a successor, works on meanwhile */
};

/* From a worker to its parent; never waits.  tell may be -1: nobody hears. */
void sark_workers_tell(int tell, enum sark_worker_says says);

#endif

#ifndef SARK_PROC_WORKERS_H
#define SARK_PROC_WORKERS_H

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
 * Returns 1 in each new worker, which does its work and ends by returning
 * from main; 0 in the parent when all have ended; -1 in the parent when none
 * could be started.  Call sark_signals_hold before and, in a worker,
 * sark_signals_stop afterwards.
 * Errors: INTERNAL.
 */
#define SARK_WORKERS_GRACE_S 10

int sark_workers_run(unsigned int count, struct sark_err *err)
    SARK_NONNULL(2) SARK_CHECKED;

#endif

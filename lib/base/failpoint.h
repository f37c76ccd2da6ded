#ifndef SARK_BASE_FAILPOINT_H
#define SARK_BASE_FAILPOINT_H

#include "config.h"

/*
 * Places where a test lets a process fail.  They exist only where configure
 * was told --enable-failpoints; elsewhere nothing of them is compiled.
 *
 * The environment variable SARK_FAILPOINT, read before main, arms them:
 *
 *	name:action[@n[+]][,...]
 *
 * at the nth time that the program, all its processes together, comes by
 * (the first without @n), and with + every time from then on.  Actions:
 *
 *	kill9		ends the process by SIGKILL
 *	exit		ends it by _exit(2), status 70
 *	stop		stops it until SIGCONT
 *	sleep(ms)	waits
 *	eio		the call at that place fails, where it can
 *
 * A name or action that is not known ends the program with EX_CONFIG.
 */

/* The one list; what is before its comma is a name everywhere. */
#define SARK_FAILPOINTS(POINT)                                             \
	POINT(worker_start)  /* a worker, before it serves */              \
	POINT(request_read)  /* a request is here, nothing was done */     \
	POINT(reply_before)  /* all is done but the answer */              \
	POINT(reply_after)   /* the answer is sent */                      \
	POINT(pg_before)     /* a statement, before it is sent */          \
	POINT(pg_after)	     /* its answer is here */                      \
	POINT(commit_before) /* COMMIT was not sent */                     \
	POINT(commit_after)  /* PostgreSQL has answered COMMIT */          \
	POINT(redis_before)  /* a pipeline, before it is sent */           \
	POINT(redis_after)   /* its answers are here */                    \
	POINT(engine_before) /* a question to the policy */                \
	POINT(engine_after)  /* its answer is here */                      \
	POINT(spool_before)  /* a record, before it is written */          \
	POINT(spool_after)   /* it is in the file (and synced) */          \
	POINT(spool_lose)    /* eio: says written and writes nothing */    \
	POINT(audit_lose)    /* eio: the same of a transaction's event */  \
	POINT(load_stored)   /* loader: events are copied */               \
	POINT(load_numbered) /* and have their numbers */                  \
	POINT(load_cursor)   /* and the cursor; not committed */           \
	POINT(load_finished) /* a segment is done, its file still there */ \
	POINT(load_removed)  /* its file is gone, its cursor is not */

#ifdef SARK_WITH_FAILPOINTS

#include <stdbool.h>

#define SARK_FAILPOINT_ENUM(name) SARK_FAILPOINT_##name,
enum sark_failpoint {
	SARK_FAILPOINTS(SARK_FAILPOINT_ENUM) SARK_FAILPOINT_COUNT
};

/* Comes by: acts if armed and due; true where the caller shall fail. */
bool sark_failpoint(enum sark_failpoint point);

#define SARK_FAILPOINT(name)	   ((void)sark_failpoint(SARK_FAILPOINT_##name))
#define SARK_FAILPOINT_FAILS(name) (sark_failpoint(SARK_FAILPOINT_##name))

#else

#define SARK_FAILPOINT(name)	   ((void)0)
#define SARK_FAILPOINT_FAILS(name) (0)

#endif

#endif

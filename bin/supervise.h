#ifndef SARK_BIN_SUPERVISE_H
#define SARK_BIN_SUPERVISE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"

/* A program that is to run for good. */
struct supervised {
	const char *name;	 /* in the log */
	const char *const *argv; /* argv[0] is a path */
	int fd;			 /* becomes descriptor 0; -1: /dev/null */
	/* The rest begins as zero. */
	pid_t pid;	 /* 0: does not run */
	int64_t started; /* monotonic ns */
	int64_t due;	 /* when it is to be started, monotonic ns */
	int64_t delay;	 /* before the last start, ns */
};

/*
 * Starts the programs and keeps them running until SIGTERM or SIGINT, which
 * goes on to all of them; returns when all have ended.  One that dies within
 * SUPERVISE_STEADY_S of its start is started again after a second, then two,
 * four, and so on up to SUPERVISE_DELAY_MAX_S; one that lived longer at once.
 * Asked to end they get SUPERVISE_GRACE_S, then are killed.  They also get
 * SIGTERM when this process dies.  Call sark_signals_hold before.
 */
#define SUPERVISE_STEADY_S    10
#define SUPERVISE_DELAY_MAX_S 30
#define SUPERVISE_GRACE_S     15

void supervise(struct supervised *programs, size_t count) SARK_NONNULL(1);

#endif

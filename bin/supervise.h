#ifndef SARK_BIN_SUPERVISE_H
#define SARK_BIN_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"

/* A program that is to run for good. */
struct supervised {
	const char *name;	 /* in the log */
	const char *const *argv; /* argv[0] is a path */
	int fd;			 /* becomes descriptor 0; -1: /dev/null */
	bool alone;		 /* never two at once: it holds a lock */
	/* The rest begins as zero. */
	pid_t pid;	 /* 0: does not run */
	pid_t old;	 /* of the programs before; ends when pid is ready */
	bool ready;	 /* pid serves, and old was asked to end */
	int64_t started; /* monotonic ns */
	int64_t due;	 /* when it is to be started, monotonic ns */
	int64_t delay;	 /* before the last start, ns */
};
struct supervision {
	struct supervised *programs;
	size_t count;
	int ready_fd; /* of ready.h */
	const char *ready_name;
};

/*
 * Starts the programs and keeps them running until SIGTERM or SIGINT, which
 * goes on to all of them; returns 0 when all have ended.  SIGUSR2: returns 1
 * at once with all at work, so that another may go on with them.
 *
 * One that dies within SUPERVISE_STEADY_S of its start is started again after
 * a second, then two, four, and so on up to SUPERVISE_DELAY_MAX_S; one that
 * lived longer at once.  Asked to end they get SUPERVISE_GRACE_S, then are
 * killed.  They also get SIGTERM when this process dies.  SIGHUP goes on to
 * all that run.
 *
 * One that has an old process: that serves on and is asked to end when the new
 * one has said that it is ready, or has lived for SUPERVISE_STEADY_S.  Where
 * it runs alone the old one ends first.
 * Call sark_signals_hold before.
 */
#define SUPERVISE_STEADY_S    10
#define SUPERVISE_DELAY_MAX_S 30
#define SUPERVISE_GRACE_S     15

int supervise(const struct supervision *all) SARK_NONNULL(1) SARK_CHECKED;

#endif

#ifndef SARK_PROC_SIGNALS_H
#define SARK_PROC_SIGNALS_H

#include <signal.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * SIGTERM and SIGINT stop a program after the request under way; SIGHUP makes
 * a parent take new settings; SIGPIPE, SIGUSR1, SIGUSR2 and SIGALRM mean
 * nothing to it.
 */

/*
 * In the parent, before it reads its settings: SIGTERM, SIGINT, SIGHUP,
 * SIGCHLD, SIGUSR2 and SIGIO wait.
 */
void sark_signals_hold(void);
/*
 * In the parent: the next signal held, or 0 after ns nanoseconds (negative:
 * waits for ever) or an interruption.
 */
int sark_signals_wait(int64_t ns);
/*
 * In a worker: from here SIGTERM and SIGINT set the flag that it returns,
 * and interrupt system calls that wait.  One flag a process.
 */
const volatile sig_atomic_t *sark_signals_stop(void)
    __attribute__((returns_nonnull));
/*
 * In a process without workers, after sark_signals_stop: SIGHUP sets the
 * flag that it returns, which is the caller's to clear.
 */
volatile sig_atomic_t *sark_signals_reload(void)
    __attribute__((returns_nonnull));

#endif

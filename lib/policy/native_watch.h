#ifndef SARK_POLICY_NATIVE_WATCH_H
#define SARK_POLICY_NATIVE_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/attr.h"
#include "base/err.h"
#include "policy/native_abi.h"

/*
 * The deadline of a call into compiled code, which cannot look at a clock:
 * a timer of the kernel (CLOCK_MONOTONIC) whose signal handler leaves the
 * call.  A timer does not survive fork(2); the first call in a child makes
 * its own.  Zero-initialise.
 */
struct sark_watch {
	const struct sark_native_module *module;
	struct sark_native_vm *vm;
	timer_t timer;
	pid_t owner; /* of the timer, 0: none yet */
};

/*
 * From here to sark_watch_end the call may be cut off after ms milliseconds.
 * Errors: POLICY_UNAVAILABLE no timer.
 */
int sark_watch_begin(struct sark_watch *watch, int64_t ms, struct sark_err *err)
    SARK_NONNULL(1, 3) SARK_CHECKED;
void sark_watch_end(struct sark_watch *watch) SARK_NONNULL(1);
/* Gives the timer back. */
void sark_watch_fini(struct sark_watch *watch) SARK_NONNULL(1);

#endif

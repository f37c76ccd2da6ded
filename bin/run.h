#ifndef SARK_BIN_RUN_H
#define SARK_BIN_RUN_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * Runs another program to its end: no shell, standard input empty, what it
 * prints kept back and shown only when it fails.  On a terminal a run of
 * more than two seconds says that it is alive.
 */
struct run {
	const char *title;	 /* for people: "compiling the policy" */
	const char *const *argv; /* argv[0] looked up in PATH */
	const char *dir;	 /* where it runs and may write */
	const char *package;	 /* that brings it */
	enum sark_code failure;	 /* when it does not end with 0 */
	bool verbose;
};

/* Whether PATH leads to an executable of this name. */
bool run_has(const char *name) SARK_NONNULL(1);
/*
 * Errors: UNAVAILABLE it is not installed, failure it failed or was
 * interrupted; its output stands on standard error then.
 */
int run_program(const struct run *run, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif

#ifndef SARK_BIN_TOOL_H
#define SARK_BIN_TOOL_H

#include <argp.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "conf/conf.h"

/* What the tools of an administrator have in common. */

/* The settings file when no option names one: $SARK_CONF or the default. */
const char *tool_config(void);
/*
 * Who runs the tool, for the audit trail: the name that the system has for
 * the real user, provider "system"; a new request id.  On ctx.
 */
void tool_caller(void *ctx, struct sark_caller *caller_r) SARK_NONNULL(2);
/* Opens the log as the settings want it; program must outlive it. */
void tool_log(const char *program, const struct sark_conf *conf)
    SARK_NONNULL(1, 2);
/*
 * The first and the last line of a main.  begin reads the command line into
 * call, which the parser of argp knows, and returns the memory of the run;
 * what is wrong with the command line ends the process (EX_USAGE).
 */
void *tool_begin(const struct argp *argp, void *call, int argc, char **argv,
    struct sark_err *err) SARK_NONNULL(1, 2, 4, 5)
    __attribute__((returns_nonnull));
/*
 * Frees ctx.  ret is what the run has returned; -1: says on standard error
 * what err says, each wrong field on a line.  Returns the exit value, also
 * when not all of standard output could be written.
 */
int tool_end(const char *program, void *ctx, int ret,
    const struct sark_err *err) SARK_NONNULL(1, 2, 4) SARK_CHECKED;

/*
 * A tool for cron or a service: --config, --dry-run, --verbose and no
 * arguments.
 */
struct tool_batch {
	const char *program;
	const char *lock; /* one at a time works; NULL: takes its own */
	const char *config;
	bool dry_run;
	bool verbose;
};

/*
 * The parser of such a tool, ended by a parser of NULL.  Its input is the
 * struct tool_batch: that of an argp which has no parser of its own, or what
 * that gives its first child at ARGP_KEY_INIT.
 */
extern const struct argp_child tool_batch_options[];
/*
 * Reads the settings onto home, opens the log, becomes the user of the
 * settings for good, and unless it is a dry run takes the lock for as long as
 * ctx lives.  Errors: CONFIG, BUSY another one works.
 */
int tool_batch_start(const struct tool_batch *batch, void *ctx, void *home,
    struct sark_conf **conf_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif

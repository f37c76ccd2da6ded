#ifndef SARK_BIN_TOOL_H
#define SARK_BIN_TOOL_H

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
/* Says on standard error what went wrong; returns the exit value. */
int tool_failed(const char *program, const struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif

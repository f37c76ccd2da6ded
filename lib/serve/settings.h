#ifndef SARK_SERVE_SETTINGS_H
#define SARK_SERVE_SETTINGS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "serve/worker.h"

/*
 * The settings of a program, which its parent can read anew while its
 * workers go on with those before.  All is on the context of sark_settings_init.
 */
struct sark_settings {
	void *ctx;
	const char *path;
	char **environment;	 /* that ${NAME} in the file means */
	struct sark_worker now;	 /* what workers start with */
	struct sark_worker then; /* until a renewal is settled */
	void *mem, *then_mem;	 /* their settings' memory */
	bool asked;		 /* and not because of stale workers */
};

/* Keeps the environment, for every reading. */
void sark_settings_init(struct sark_settings *settings, void *ctx,
    const struct sark_program *program, const char *path) SARK_NONNULL(1, 3, 4);
/*
 * The first reading; opens nothing.  The environment is scrubbed
 * afterwards, privs.h.  Errors: CONFIG as sark_conf_read.
 */
int sark_settings_read(struct sark_settings *settings, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/* The log is as they say from here on. */
void sark_settings_open_log(const struct sark_settings *settings)
    SARK_NONNULL(1);
/*
 * For struct sark_workers, arg is a struct sark_settings.  renew rehearses
 * what the next workers start with, asked: from a new reading of the file.
 * What is wrong is told in one line of the log, as settings_not_reloaded or
 * workers_not_renewed; then, as after a settle with a reason, nothing has
 * changed.  What only a restart changes (user, group, run_dir) is told as
 * settings_need_restart.
 */
int sark_settings_renew(void *arg, bool asked) SARK_NONNULL(1) SARK_CHECKED;
void sark_settings_settle(void *arg, const char *how) SARK_NONNULL(1);

#endif

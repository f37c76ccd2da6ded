#ifndef SARK_SERVE_OPEN_H
#define SARK_SERVE_OPEN_H

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"
#include "serve/serve.h"

/*
 * Opens what the program needs and watches, on ctx.  Stores connect when
 * they are first used, so nothing here waits for one.
 * Errors: CONFIG a key, folder or policy is missing or wrong.
 */
int sark_app_open(void *ctx, const struct sark_program *program,
    const struct sark_conf *conf, struct sark_app **app_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;
/* Opens what the program watches and does not have yet. */
void sark_app_watch(struct sark_app *app, const struct sark_program *program)
    SARK_NONNULL(1, 2);

#endif

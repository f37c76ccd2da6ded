#ifndef SARK_SERVE_CONFINE_H
#define SARK_SERVE_CONFINE_H

#include "base/attr.h"
#include "base/err.h"
#include "serve/serve.h"

struct sark_conf;
struct sark_watch;

/*
 * The sandbox of a program: follows from what it needs and watches, and from
 * the settings (sandbox.h, sark(7)).
 *
 * Tells in the log which barriers are missing: in the parent, so once.
 */
void sark_confine_tell(const struct sark_conf *conf) SARK_NONNULL(1);
/*
 * Enters it, in a worker that has opened what it needs.  A rule is about what
 * lies at a path now: when watch, to which they are added, says that one has
 * changed the worker cannot follow, and needs a successor.
 * Errors: INTERNAL.
 */
int sark_confine(const struct sark_program *program,
    const struct sark_conf *conf, struct sark_watch *watch,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif

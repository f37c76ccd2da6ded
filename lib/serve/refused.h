#ifndef SARK_SERVE_REFUSED_H
#define SARK_SERVE_REFUSED_H

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"
#include "http/route.h"

/*
 * Writes the audit event access_denied of a 401 or 403: the action is what
 * the route is audited as (or its path), the resource the path asked for, the
 * reason the error's code.  Of a known caller it is of medium severity and
 * always recorded.  Of a stranger it is low, and as anybody can cause those a
 * worker records SARK_REFUSED_BURST at once and then SARK_REFUSED_RATE a
 * second and counts the others in sark_refusals_unrecorded_total: strangers
 * cannot fill the spool.  A program without a spool records nothing.
 */
#define SARK_REFUSED_BURST 100
#define SARK_REFUSED_RATE  10

struct sark_refusals;

struct sark_refusals *sark_refusals_new(struct sark_app *app) SARK_NONNULL(1)
    __attribute__((returns_nonnull));
void sark_refused(struct sark_app *app, const struct sark_req *req,
    const struct sark_route *route, const struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4);

#endif

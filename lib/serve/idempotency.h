#ifndef SARK_SERVE_IDEMPOTENCY_H
#define SARK_SERVE_IDEMPOTENCY_H

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"
#include "http/route.h"

/*
 * Runs the handler of a route that creates at most once for one
 * Idempotency-Key of one caller within 24 hours, whatever happens to the
 * process or to PostgreSQL meanwhile:
 *
 *   - the key and the answer are committed with what the handler makes, so
 *     either all of it is there or nothing;
 *   - the same key with the same request (method, path, body byte by byte)
 *     has the kept answer, with Idempotent-Replayed: true; it waits for one
 *     that is just being served;
 *   - a commit whose outcome was lost is looked up by the key, never run
 *     again.
 *
 * Only what was done is kept: an error changed nothing, and the request may
 * be sent again.  The answer is sealed (seal.h), as it may hold a secret that
 * is shown once.
 *
 * The handler must fill resp before it commits, in one transaction on
 * app->pg; otherwise INTERNAL, and nothing is committed.
 *
 * Errors: BAD_REQUEST the key is none; IDEMPOTENCY_KEY_REUSED;
 * IDEMPOTENCY_IN_PROGRESS the first request takes too long; CONFLICT it was
 * done, but by another seal key, so its answer cannot be read; those of the
 * handler and of pg.h.
 */
int sark_idempotency_serve(struct sark_app *app, const struct sark_route *route,
    const struct sark_req *req, struct sark_resp *resp, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif

#ifndef SARK_SERVE_REPEATS_H
#define SARK_SERVE_REPEATS_H

#include <stdbool.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"

/*
 * The audit events login_limited: logins that a rate limit refused.  Whoever
 * tries without end is not to fill the trail: the first refusal of a limit
 * from one network has its event at once; those of the SARK_REPEATS_S seconds
 * behind it are one more event, with their number, when these are over or the
 * worker ends.  Networks beyond SARK_REPEATS at once are counted together.
 */
#define SARK_REPEATS   64
#define SARK_REPEATS_S 60

struct sark_repeats;

/*
 * Without app->spool, or app->repeats, nothing is recorded: a process that
 * serves one request cannot say what repeats.
 */
struct sark_repeats *sark_repeats_new(struct sark_app *app) SARK_NONNULL(1)
    __attribute__((returns_nonnull));
/*
 * A refusal of caller's login, of this tier (a constant).  What cannot be
 * recorded now is counted, and tried again.
 */
void sark_repeats_add(struct sark_app *app, const struct sark_caller *caller,
    const char *network, const char *tier) SARK_NONNULL(1, 2, 3, 4);
/* Records what is due, or all there is; outside of requests. */
void sark_repeats_flush(struct sark_app *app, bool all) SARK_NONNULL(1);

#endif

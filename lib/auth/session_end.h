#ifndef SARK_AUTH_SESSION_END_H
#define SARK_AUTH_SESSION_END_H

#include <stddef.h>

#include "audit/event.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "store/sessions.h"

struct sark_tx;

/* Which sessions shall end, and why. */
struct sark_session_ending {
	const char *user_id;
	const char *session_id; /* NULL: all of the user */
	const char *spared_id;	/* of all, but not this one; NULL: none */
	const char *reason;	/* a stable word: "logout" */
	/* of the event for each */
	const char *event; /* its type; NULL: session_ended */
	enum sark_severity severity;
	const char *outcome; /* NULL: success */
};

/*
 * Ends sessions for good, in one transaction with an event for each, under a hold of the user's generation: no program takes their access
 * tokens any more once this returns.  What was over already, or is another
 * user's, is left alone and not counted.
 *
 * Errors: UNAVAILABLE, TIMEOUT; UNCERTAIN: to be asked for again.
 */
int sark_session_end(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_session_ending *ending, size_t *count_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

/*
 * Ends the session of a refresh token if it is the caller's, whichever of
 * the session's tokens it is; any other text is none of his.
 * Errors: those of sark_session_end.
 */
int sark_session_end_token(struct sark_app *app,
    const struct sark_caller *caller, const char *text, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

/*
 * For who ends sessions in a transaction of his own, under a hold of his own:
 * the same without commit; what must go from Redis afterwards is in ends_r.
 */
int sark_session_end_in(struct sark_tx *tx, struct sark_app *app,
    const struct sark_caller *caller, const struct sark_session_ending *ending,
    struct sark_session_ends *ends_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5, 6) SARK_CHECKED;
/* Best effort: PostgreSQL has said already that these are over. */
void sark_session_forget(struct sark_app *app,
    const struct sark_session_ends *ends) SARK_NONNULL(1, 2);

#endif

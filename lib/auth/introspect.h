#ifndef SARK_AUTH_INTROSPECT_H
#define SARK_AUTH_INTROSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "json/writer.h"

/* What a token of ours is now. */
struct sark_token_state {
	bool active;  /* the rest counts only if it is */
	bool refresh; /* a refresh token, else an access token */
	struct sark_caller who;
	const char *jti;	    /* of an access token, else "" */
	const char *const *methods; /* RFC 8176 */
	int64_t issued_s;	    /* 0 not known; s since the epoch */
	int64_t auth_time_s;
	int64_t expires_s;
};

/*
 * What text is: a token that would be taken now, as its session goes on and
 * its user is enabled, or none.  Of an access token it is the claims that
 * count, of a refresh token that it is the live one.
 * Errors: UNAVAILABLE, TIMEOUT.
 */
int sark_token_look(struct sark_app *app, const char *text,
    struct sark_token_state *state_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* The answer of RFC 7662 section 2.2, as the top value. */
void sark_token_state_to_json(struct sark_jw *jw, const struct sark_app *app,
    const struct sark_token_state *state) SARK_NONNULL(1, 2, 3);
/*
 * Ends the session of a token of ours, whoever's, for the caller (RFC 7009
 * section 2): an access token that has not expired, or any of the session's
 * refresh tokens.  Any other text is nothing to end.
 * Errors: those of sark_session_end.
 */
int sark_token_revoke(struct sark_app *app, const struct sark_caller *caller,
    const char *text, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif

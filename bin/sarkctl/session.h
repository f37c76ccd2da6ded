#ifndef SARKCTL_SESSION_H
#define SARKCTL_SESSION_H

#include "base/attr.h"
#include "base/err.h"

/* What a login leaves behind, in a file that only its owner reads. */
struct session {
	const char *url;	  /* of the SARK that gave the token */
	const char *access_token; /* "" not logged in */
	const char *refresh_token;
};

/* $XDG_CONFIG_HOME/sark/session.json or ~/.config/sark/session.json. */
const char *session_path(void *ctx);
/* Errors: UNAUTHENTICATED nobody is logged in; CONFIG others can read it. */
int session_read(void *ctx, const char *path, struct session *session_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/* Writes it with mode 0600, in a folder of mode 0700. */
int session_write(void *ctx, const char *path, const struct session *session,
    struct sark_err *err) SARK_NONNULL(2, 3, 4) SARK_CHECKED;

#endif

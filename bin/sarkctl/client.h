#ifndef SARKCTL_CLIENT_H
#define SARKCTL_CLIENT_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/reader.h"
#include "net/http.h"
#include "session.h"

/* What every command works with. */
struct client {
	void *ctx;
	const char *url; /* as it was given, NULL not at all */
	const char *session_file;
	const char *key_file; /* of an API key, NULL: the session's login */
	const char *ca; /* who may vouch for the server; NULL: the system's */
	bool json;	/* print what the server said */
	bool insecure;	/* http to another host is fine */
	struct sark_http *http;
	const char *api_key; /* NULL without */
	struct session session;
};

/* One request; path begins with '/'. */
struct call {
	const char *method;
	const char *path;
	const char *body;
	bool anonymous; /* send no token */
	bool creates;	/* with an Idempotency-Key; see client_call */
	const char *const *headers;
};

/*
 * Reads the login and makes the handle, on client->ctx, unless that is done.
 * client_call does it, too, for the first request: --help needs no login.
 */
int client_open(struct client *client, bool anonymous, struct sark_err *err)
    SARK_NONNULL(1, 3) SARK_CHECKED;
/*
 * Sends it and reads the JSON answer; *value_r is NULL for 204.  A problem document (RFC 9457) becomes
 * the error: its code's exit value, "title: detail" and the wrong fields as
 * text.  *value_r is on client->ctx.
 *
 * A call that creates is sent once more, after a second and with the same
 * key, when the answer is lost or does not say whether it was done.
 */
int client_call(struct client *client, const struct call *call,
    struct sark_http_answer *answer_r, const struct sark_json **value_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/*
 * The id of a user who is named by it or by his user name.
 * Errors: NOT_FOUND, those of client_call.
 */
int client_user(struct client *client, const char *user, const char **id_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/*
 * New tokens for the refresh token of the login, kept in its file.
 * client_call does it by itself when the access token has expired.
 */
int client_refresh(struct client *client, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/* Text of a member, "" without; numbers and booleans as they are written. */
const char *client_text(void *ctx, const struct sark_json *value,
    const char *pointer) SARK_NONNULL(3);
/* Adds "?name=value" or "&name=value", escaped; nothing for NULL. */
void client_query(struct sark_buf *path, const char *name, const char *value)
    SARK_NONNULL(1, 2);

#endif

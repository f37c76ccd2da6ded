#ifndef SARK_REGISTRY_SERVER_H
#define SARK_REGISTRY_SERVER_H

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "json/reader.h"
#include "json/writer.h"
#include "store/servers.h"

#define SARK_SERVER_TOOLS 200 /* of one server */

/* "http", "sse", "stdio", NULL and the words of a server's status. */
extern const char *const sark_transports[];
extern const char *const sark_server_statuses[];

struct sark_new_tool {
	const char *name;
	const char *description;	    /* or NULL */
	const struct sark_json *parameters; /* or NULL */
	int sensitivity;		    /* level + 1, 0 none */
	bool requires_approval;
};

/* A registration as it comes in; members not given are NULL or 0. */
struct sark_new_server {
	const char *name;
	int transport; /* index + 1 */
	const char *endpoint;
	const char *command;
	const char *version;
	const char *description;
	int sensitivity; /* level + 1, 0 none */
	const char *team;
	const char *const *tags;
	const struct sark_json *capabilities;
	const struct sark_json *metadata;
	const struct sark_new_tool *tools;
	size_t ntools;
};

/*
 * A server as it will be registered.  Tools without a level get the one that
 * their words suggest (sensitivity.h); a server without one gets its tools'
 * highest, or medium.  The policy is asked, action "server:register".
 *
 * *server_r is on app->mem; nothing is written.
 *
 * Errors: INVALID a field that does not fit another (an http server without
 * endpoint, two tools of one name); FORBIDDEN the policy said no, its reason
 * is the text, or the team is not the caller's; POLICY_UNAVAILABLE.
 */
int sark_server_draft(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_server *in, struct sark_server **server_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/*
 * Registers it with its tools, as one transaction with its audit event.
 *
 * Errors: CONFLICT the name is taken by another live server of the team;
 * UNAVAILABLE no database or no Redis; UNCERTAIN the commit's answer was lost.
 */
int sark_server_register(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_server *server, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* A server with its tools.  Errors: NOT_FOUND; those of the store. */
int sark_server_get(struct sark_app *app, const char *id,
    struct sark_server **server_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* As the API shows it: one member of an array, or the top value. */
void sark_server_to_json(struct sark_jw *jw, const struct sark_server *server)
    SARK_NONNULL(1, 2);

#endif

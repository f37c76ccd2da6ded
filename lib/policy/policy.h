#ifndef SARK_POLICY_POLICY_H
#define SARK_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "base/uuid.h"
#include "json/reader.h"

struct sark_conf;
struct sark_server;

/*
 * Decisions: may this subject do that?  The area's door; engine.h evaluates,
 * cache.h remembers, facts.h knows tool and server, input.h puts together
 * what the policy sees.
 */
struct sark_policy;

/*
 * Opens the engine that the settings name, with the policy in policy_dir.
 * Errors: CONFIG what is wrong and where.
 */
int sark_policy_open(void *ctx, const struct sark_conf *conf,
    struct sark_policy **policy_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/*
 * Looks for a new build, at most once a second; a build that does not load
 * leaves the old one in place.  Returns 1 changed, 0 not, -1 with the reason.
 */
int sark_policy_refresh(struct sark_policy *policy, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
const char *sark_policy_revision(const struct sark_policy *policy)
    SARK_NONNULL(1);

/* Who made the loaded policy what it is; lent until the next refresh. */
struct sark_policy_info {
	const char *engine; /* "native" */
	const char *revision;
	const char *entrypoint;
	const char *const *sources;  /* names of the Rego files */
	const char *const *builtins; /* that the policy asks of us */
	int64_t built_ms, loaded_ms;
};
void sark_policy_describe(const struct sark_policy *policy,
    struct sark_policy_info *info_r) SARK_NONNULL(1, 2);

/* What is asked.  Members that are NULL were not given. */
struct sark_question {
	const char *action;		    /* "tool:invoke" */
	const char *tool;		    /* a tool's name */
	const char *server_id;		    /* UUID */
	const struct sark_json *resource;   /* string or object */
	const struct sark_json *parameters; /* object */
	const struct sark_json *context;    /* object */
	const char *user_id;		    /* subject, if not the caller */
	bool explain;
	bool bypass_cache;
	/* the server itself, where it is not in the registry yet */
	const struct sark_server *server;
};

enum sark_cache_status {
	SARK_CACHE_BYPASS,
	SARK_CACHE_MISS,
	SARK_CACHE_HIT,
};
/* "BYPASS", "MISS", "HIT". */
const char *sark_cache_status_name(enum sark_cache_status status);

/* The answer.  JSON texts are "" where the policy gave none. */
struct sark_decision {
	bool allow;
	bool unavailable; /* deny because the engine failed */
	const char *reason;
	const char *rule;		 /* "" without */
	const char *sensitivity;	 /* level's name */
	const char *filtered_parameters; /* JSON object */
	const char *removed_parameters;	 /* JSON array */
	const char *obligations;	 /* JSON array, "[]" */
	const char *revision;
	int64_t cache_ttl_s; /* left; 0 not cached */
	enum sark_cache_status cache;
	char audit_id[SARK_UUID_TEXT];
	const char *explanation; /* JSON object, "" unless asked */
};

/*
 * Decides and makes the decision's audit event safe before it returns.  A
 * deny is an answer, not an error; an engine that fails, times out or
 * answers anything odd is a deny, not cached, with unavailable set.
 * *decision_r is on app->mem.  Passes the gate that caller has yet to pass
 * (store/gate.h), with the look into the cache.
 *
 * Errors: FORBIDDEN another subject without the permission
 * policy:evaluate:any; INVALID a malformed action or an unknown subject;
 * UNAVAILABLE or TIMEOUT another subject could not be looked up;
 * AUDIT_UNAVAILABLE the event could not be written; those of the gate.
 */
int sark_policy_decide(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_question *question, struct sark_decision **decision_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif

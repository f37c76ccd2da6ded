#include "registry/server.h"

#include <stdio.h>
#include <string.h>

#include "audit/event.h"
#include "base/level.h"
#include "base/mem.h"
#include "base/permission.h"
#include "base/str.h"
#include "policy/policy.h"
#include "registry/sensitivity.h"
#include "registry/tool.h"
#include "store/generations.h"
#include "store/pg.h"
#include "store/tools.h"

#define REGISTER "server:register"

const char *const sark_transports[] = { "http", "sse", "stdio", NULL };
const char *const sark_server_statuses[] = { "registered", "active", "inactive",
	"unhealthy", "quarantined", "disabled", NULL };

static bool
is_url(const char *s)
{
	const char *host;

	if (sark_str_starts(s, "https://"))
		host = s + 8;
	else if (sark_str_starts(s, "http://"))
		host = s + 7;
	else
		return false;
	/* Whoever calls it later must see one host: no blanks, no userinfo. */
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s > '~' || *s == '\\')
			return false;
	return host[strcspn(host, "/?#@")] != '@' && strcspn(host, "/?#:") > 0;
}

static int
check_endpoint(const struct sark_new_server *in, struct sark_err *err)
{
	bool stdio = sark_str_eq(sark_transports[in->transport - 1], "stdio");

	if (stdio && (in->command == NULL || in->endpoint != NULL))
		return sark_err_field(err, "/command",
		    "a stdio server needs a command and has no endpoint");
	if (!stdio && (in->endpoint == NULL || in->command != NULL))
		return sark_err_field(err, "/endpoint",
		    "an http or sse server needs an endpoint and has no "
		    "command");
	if (!stdio && !is_url(in->endpoint))
		return sark_err_field(
		    err, "/endpoint", "must be an http or https URL");
	return 0;
}

static int
check_names(const struct sark_new_server *in, struct sark_err *err)
{
	char pointer[64];
	size_t i, j;

	for (i = 0; i < in->ntools; i++) {
		for (j = 0; j < i; j++) {
			if (!sark_str_eq(in->tools[i].name, in->tools[j].name))
				continue;
			snprintf(
			    pointer, sizeof(pointer), "/tools/%zu/name", i);
			return sark_err_field(
			    err, pointer, "another tool has this name");
		}
	}
	return 0;
}

static int
check_team(
    const struct sark_caller *caller, const char *team, struct sark_err *err)
{
	const struct sark_place place = { team == NULL ? "" : team, "" };

	/* Somebody whose role is only for a team registers only for it. */
	if (!sark_permission_at(caller, REGISTER, &place))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "the permission " REGISTER " is required");
	if (team == NULL || sark_str_in(team, caller->teams) ||
	    sark_str_in("admin", caller->roles) ||
	    sark_permission_scoped(caller, REGISTER, &place))
		return 0;
	return sark_err_set(
	    err, SARK_FORBIDDEN, "you are not a member of that team");
}

static const char *
text_or_empty(const char *s)
{
	return s != NULL ? s : "";
}

static const char *
json_or_empty(void *ctx, const struct sark_json *value)
{
	size_t len;

	return value != NULL ? sark_json_text(ctx, value, &len) : "";
}

static enum sark_level
take_tool(void *ctx, struct sark_tool *tool, const struct sark_new_tool *in)
{
	struct sark_sensitivity found;

	sark_uuid_make(tool->id);
	tool->name = in->name;
	tool->description = text_or_empty(in->description);
	tool->parameters = json_or_empty(ctx, in->parameters);
	tool->requires_approval = in->requires_approval;
	tool->source = "declared";
	found.level = (enum sark_level)(in->sensitivity - 1);
	if (in->sensitivity == 0) {
		found = sark_sensitivity_detect(
		    ctx, in->name, in->description, in->parameters);
		tool->source = "detected";
	}
	tool->sensitivity = sark_level_name(found.level);
	return found.level;
}

static struct sark_server *
server_from(void *ctx, const struct sark_caller *caller,
    const struct sark_new_server *in)
{
	static const char *const none[] = { NULL };
	struct sark_server *server = sark_new(ctx, struct sark_server);
	enum sark_level highest =
	    in->ntools == 0 ? SARK_LEVEL_MEDIUM : SARK_LEVEL_LOW;
	size_t i;

	sark_uuid_make(server->id);
	server->name = in->name;
	server->transport = sark_transports[in->transport - 1];
	server->endpoint = text_or_empty(in->endpoint);
	server->command = text_or_empty(in->command);
	server->version = text_or_empty(in->version);
	server->description = text_or_empty(in->description);
	server->status = "registered";
	server->owner_id = caller->user_id;
	server->owner = caller->username;
	server->team = text_or_empty(in->team);
	server->tags = in->tags != NULL ? in->tags : none;
	server->capabilities = json_or_empty(ctx, in->capabilities);
	server->metadata = json_or_empty(ctx, in->metadata);
	server->created_ms = server->updated_ms = caller->time_ns / 1000000;
	server->tools = sark_new_array(ctx, struct sark_tool, in->ntools + 1);
	server->ntools = in->ntools;
	for (i = 0; i < in->ntools; i++) {
		struct sark_tool *tool = &server->tools[i];
		enum sark_level level = take_tool(ctx, tool, &in->tools[i]);

		tool->server_id = server->id;
		tool->server_name = server->name;
		tool->created_ms = tool->updated_ms = server->created_ms;
		if (level > highest)
			highest = level;
	}
	server->sensitivity = sark_level_name(in->sensitivity != 0
		? (enum sark_level)(in->sensitivity - 1)
		: highest);
	return server;
}

static int
policy_lets(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_server *server, struct sark_err *err)
{
	struct sark_question question = {
		.action = REGISTER, .server = server, .bypass_cache = true
	};
	struct sark_decision *decision;

	if (sark_policy_decide(app, caller, &question, &decision, err) == -1)
		return -1;
	if (decision->unavailable)
		return sark_err_set(
		    err, SARK_POLICY_UNAVAILABLE, "%s", decision->reason);
	if (!decision->allow)
		return sark_err_set(
		    err, SARK_FORBIDDEN, "%s", decision->reason);
	return 0;
}

static int
try_insert(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_server *server, struct sark_err *err)
{
	struct sark_event event;
	struct sark_tx tx;
	size_t i;
	int ret = -1;

	if (sark_tx_begin(&tx, app->pg, err) == -1)
		return -1;
	if (sark_servers_insert(&tx, app->mem, server, err) == -1)
		goto out;
	for (i = 0; i < server->ntools; i++)
		if (sark_tool_record_first_level(
			&tx, caller, &server->tools[i], err) == -1)
			goto out;
	sark_event_init(&event, caller, "server_registered");
	event.action = REGISTER;
	event.resource = server->id;
	event.reason = server->name;
	if (sark_audit_in(&tx, &event, err) == -1)
		goto out;
	ret = sark_tx_commit(&tx, err);
out:
	sark_tx_end(&tx);
	return ret;
}

static int
insert(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_server *server, struct sark_err *err)
{
	int ret, tries = 0;

	do
		ret = try_insert(app, caller, server, err);
	while (ret == -1 && sark_tx_again(app->pg, &tries, err));
	return ret;
}

int
sark_server_draft(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_server *in, struct sark_server **server_r,
    struct sark_err *err)
{
	if (check_endpoint(in, err) == -1 || check_names(in, err) == -1 ||
	    check_team(caller, in->team, err) == -1)
		return -1;
	*server_r = server_from(app->mem, caller, in);
	return policy_lets(app, caller, *server_r, err);
}

int
sark_server_register(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_server *server, struct sark_err *err)
{
	struct sark_generation_of *changed;
	int ret;

	/* A name that nobody offered was decided as an unknown tool so far. */
	changed =
	    sark_tool_generations(app->mem, server->tools, server->ntools);
	if (sark_generations_hold(app->redis, changed, server->ntools, err) ==
	    -1)
		return -1;
	ret = insert(app, caller, server, err);
	/* With the outcome unknown the hold has to run its time. */
	if (err->code != SARK_UNCERTAIN)
		sark_generations_release(app->redis, changed, server->ntools);
	return ret;
}

int
sark_server_get(struct sark_app *app, const char *id,
    struct sark_server **server_r, struct sark_err *err)
{
	int found = 0;

	if (sark_uuid_valid(id))
		found = sark_servers_get(app->pg, app->mem, id, server_r, err);
	if (found == 0)
		sark_err_set(err, SARK_NOT_FOUND, "no such server");
	return found == 1 ? 0 : -1;
}

static void
optional(struct sark_jw *jw, const char *name, const char *value)
{
	if (*value != '\0')
		sark_jw_str(jw, name, value);
}

static void
optional_json(struct sark_jw *jw, const char *name, const char *text)
{
	if (*text != '\0')
		sark_jw_raw(jw, name, text, strlen(text));
}

void
sark_server_to_json(struct sark_jw *jw, const struct sark_server *server)
{
	size_t i;

	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "server_id", server->id);
	sark_jw_str(jw, "name", server->name);
	sark_jw_str(jw, "status", server->status);
	sark_jw_str(jw, "transport", server->transport);
	optional(jw, "endpoint", server->endpoint);
	optional(jw, "command", server->command);
	optional(jw, "version", server->version);
	optional(jw, "description", server->description);
	sark_jw_str(jw, "sensitivity_level", server->sensitivity);
	sark_jw_str(jw, "owner", server->owner);
	optional(jw, "team", server->team);
	sark_jw_list(jw, "tags", server->tags);
	optional_json(jw, "capabilities", server->capabilities);
	optional_json(jw, "metadata", server->metadata);
	sark_jw_time(jw, "created_at", server->created_ms);
	sark_jw_time(jw, "updated_at", server->updated_ms);
	sark_jw_open(jw, "tools", '[');
	for (i = 0; i < server->ntools; i++)
		sark_tool_to_json(jw, &server->tools[i]);
	sark_jw_close(jw);
	sark_jw_close(jw);
}

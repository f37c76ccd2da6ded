#include "registry/tool.h"

#include <string.h>

#include "audit/event.h"
#include "base/mem.h"
#include "base/permission.h"
#include "base/str.h"
#include "crypto/version.h"
#include "store/pg.h"

int
sark_tool_get(struct sark_app *app, const char *id, struct sark_tool **tool_r,
    struct sark_err *err)
{
	int found = 0;

	if (sark_uuid_valid(id))
		found = sark_tools_get(app->pg, app->mem, id, tool_r, err);
	if (found == 0)
		sark_err_set(err, SARK_NOT_FOUND, "no such tool");
	return found == 1 ? 0 : -1;
}

struct sark_generation_of *
sark_tool_generations(void *ctx, const struct sark_tool *tools, size_t ntools)
{
	struct sark_generation_of *of =
	    sark_new_array(ctx, struct sark_generation_of, ntools + 1);
	size_t i;

	for (i = 0; i < ntools; i++) {
		of[i].kind = "tool";
		of[i].name = tools[i].name;
	}
	return of;
}

static struct sark_tool_change
change_by(const struct sark_caller *caller, const struct sark_tool *tool)
{
	struct sark_tool_change change = { .tool_id = tool->id,
		.level = tool->sensitivity,
		.previous = "",
		.source = tool->source,
		.reason = "registered",
		.changed_by = caller->username,
		.changed_by_id = caller->user_id };

	sark_uuid_make(change.id);
	return change;
}

int
sark_tool_record_first_level(struct sark_tx *tx,
    const struct sark_caller *caller, const struct sark_tool *tool,
    struct sark_err *err)
{
	struct sark_tool_change change = change_by(caller, tool);

	return sark_tools_insert_change(tx, &change, err);
}

/* Lowering a level opens doors: that is worth more attention. */
static enum sark_severity
severity_of(const char *previous, enum sark_level level)
{
	enum sark_level was;

	if (sark_level_parse(previous, &was) == 0 && level < was)
		return SARK_SEVERITY_HIGH;
	return SARK_SEVERITY_MEDIUM;
}

static const char *
detail_of(void *ctx, const struct sark_tool_change *change,
    const struct sark_tool *tool)
{
	struct sark_buf buf;
	struct sark_jw jw;

	sark_buf_init(&buf, ctx);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "tool", tool->name);
	sark_jw_str(&jw, "level", change->level);
	sark_jw_str(&jw, "previous", change->previous);
	sark_jw_close(&jw);
	return buf.data;
}

/* A change under way. */
struct setting {
	struct sark_app *app;
	const struct sark_caller *caller;
	const char *const *versions;
	struct sark_tool_change change;
	struct sark_tool *tool; /* before the change, then after it */
};

/* Locks the tool and sees whether it is what the caller has seen. */
static int
lock_tool(struct setting *setting, struct sark_tx *tx, struct sark_err *err)
{
	void *ctx = setting->app->mem;
	struct sark_buf text;
	struct sark_jw jw;
	int found;

	found = sark_tools_lock_level(
	    tx, ctx, setting->tool->id, &setting->change.previous, err);
	if (found == 0)
		sark_err_set(err, SARK_NOT_FOUND, "no such tool");
	if (found != 1)
		return -1;
	if (setting->versions == NULL)
		return 0;
	if (sark_tool_get(
		setting->app, setting->tool->id, &setting->tool, err) == -1)
		return -1;
	sark_buf_init(&text, ctx);
	sark_jw_init(&jw, &text);
	sark_tool_to_json(&jw, setting->tool);
	if (!sark_version_in(setting->versions, text.data, text.len))
		return sark_err_set(err, SARK_PRECONDITION_FAILED,
		    "the tool is of another version");
	return 0;
}

/* The change and its event; what the level was is read under a lock. */
static int
write_level(struct setting *setting, struct sark_tx *tx, struct sark_err *err)
{
	struct sark_tool_change *change = &setting->change;
	enum sark_level level = SARK_LEVEL_CRITICAL;
	struct sark_event event;

	if (lock_tool(setting, tx, err) == -1)
		return -1;
	if (sark_level_parse(change->level, &level) == -1)
		return sark_err_set(err, SARK_INTERNAL, "no such level");
	sark_event_init(&event, setting->caller, "tool_sensitivity_changed");
	event.severity = severity_of(change->previous, level);
	event.action = "tool:sensitivity";
	event.resource = setting->tool->id;
	event.reason = change->reason;
	event.detail = detail_of(setting->app->mem, change, setting->tool);
	if (sark_tools_set_level(tx, change, err) == -1 ||
	    sark_audit_in(tx, &event, err) == -1)
		return -1;
	return sark_tool_get(
	    setting->app, setting->tool->id, &setting->tool, err);
}

static int
try_level(struct setting *setting, struct sark_err *err)
{
	struct sark_tx tx;
	int ret = -1;

	if (sark_tx_begin(&tx, setting->app->pg, err) == -1)
		return -1;
	if (write_level(setting, &tx, err) == 0)
		ret = sark_tx_commit(&tx, err);
	sark_tx_end(&tx);
	return ret;
}

static int
commit_level(struct setting *setting, struct sark_err *err)
{
	int ret, tries = 0;

	do
		ret = try_level(setting, err);
	while (ret == -1 && sark_tx_again(setting->app->pg, &tries, err));
	return ret;
}

/* A role for a team or a server alone is for their tools. */
static int
check_place(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_tool *tool, struct sark_err *err)
{
	struct sark_place place = { "", "" };
	struct sark_server *server;

	switch (sark_servers_get(
	    app->pg, app->mem, tool->server_id, &server, err)) {
	case -1:
		return -1;
	case 1:
		place.team = server->team;
		place.server_id = server->id;
	}
	if (sark_permission_at(caller, "tool:sensitivity", &place))
		return 0;
	return sark_err_set(
	    err, SARK_FORBIDDEN, "the permission tool:sensitivity is required");
}

int
sark_tool_set_level(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_level *in, struct sark_tool **tool_r,
    struct sark_err *err)
{
	struct setting setting = {
		.app = app, .caller = caller, .versions = in->versions
	};
	struct sark_generation_of *of;
	int ret;

	if (sark_tool_get(app, in->tool_id, &setting.tool, err) == -1)
		return -1;
	if (!sark_permission_in(caller->permissions, "tool:sensitivity") &&
	    check_place(app, caller, setting.tool, err) == -1)
		return -1;
	setting.change = change_by(caller, setting.tool);
	setting.change.level = sark_level_name(in->level);
	setting.change.source = "set";
	setting.change.reason = in->reason;
	of = sark_tool_generations(app->mem, setting.tool, 1);
	if (sark_generations_hold(app->redis, of, 1, err) == -1)
		return -1;
	ret = commit_level(&setting, err);
	/* With the outcome unknown the hold has to run its time. */
	if (err->code != SARK_UNCERTAIN)
		sark_generations_release(app->redis, of, 1);
	*tool_r = setting.tool;
	return ret;
}

int
sark_tool_history(struct sark_app *app, const char *id,
    struct sark_tool_changes *changes_r, struct sark_err *err)
{
	struct sark_tool *tool;

	if (sark_tool_get(app, id, &tool, err) == -1)
		return -1;
	return sark_tools_changes(
	    app->pg, app->mem, id, SARK_TOOL_CHANGES, changes_r, err);
}

void
sark_tool_to_json(struct sark_jw *jw, const struct sark_tool *tool)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "tool_id", tool->id);
	sark_jw_str(jw, "server_id", tool->server_id);
	sark_jw_str(jw, "server", tool->server_name);
	sark_jw_str(jw, "name", tool->name);
	if (*tool->description != '\0')
		sark_jw_str(jw, "description", tool->description);
	if (*tool->parameters != '\0')
		sark_jw_raw(jw, "parameters", tool->parameters,
		    strlen(tool->parameters));
	sark_jw_str(jw, "sensitivity_level", tool->sensitivity);
	sark_jw_str(jw, "sensitivity_source", tool->source);
	sark_jw_bool(jw, "requires_approval", tool->requires_approval);
	sark_jw_time(jw, "created_at", tool->created_ms);
	sark_jw_time(jw, "updated_at", tool->updated_ms);
	sark_jw_close(jw);
}

void
sark_tool_change_to_json(
    struct sark_jw *jw, const struct sark_tool_change *change)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "id", change->id);
	sark_jw_str(jw, "sensitivity_level", change->level);
	if (*change->previous != '\0')
		sark_jw_str(jw, "previous", change->previous);
	sark_jw_str(jw, "source", change->source);
	sark_jw_str(jw, "reason", change->reason);
	sark_jw_str(jw, "changed_by", change->changed_by);
	sark_jw_time(jw, "changed_at", change->changed_ms);
	sark_jw_close(jw);
}

#include "policy/facts.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/netstring.h"
#include "base/str.h"
#include "json/writer.h"
#include "store/tools.h"

#define RECORD_VERSION 1

static void
write_server(struct sark_jw *jw, const struct sark_server *server)
{
	sark_jw_open(jw, NULL, '{');
	if (server->id[0] != '\0')
		sark_jw_str(jw, "id", server->id);
	sark_jw_str(jw, "name", server->name);
	sark_jw_str(jw, "status", server->status);
	sark_jw_str(jw, "sensitivity", server->sensitivity);
	sark_jw_str(jw, "team", server->team);
	sark_jw_str(jw, "owner", server->owner_id);
	sark_jw_list(jw, "tags", server->tags);
	sark_jw_close(jw);
}

static const char *
server_text(void *ctx, const struct sark_server *server)
{
	struct sark_buf buf;
	struct sark_jw jw;

	sark_buf_init(&buf, ctx);
	sark_jw_init(&jw, &buf);
	write_server(&jw, server);
	return buf.data;
}

/* facts is NULL for a tool that nobody registered. */
static const char *
tool_text(void *ctx, const char *name, const struct sark_tool_facts *facts)
{
	struct sark_buf buf;
	struct sark_jw jw;

	sark_buf_init(&buf, ctx);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "name", name);
	sark_jw_bool(&jw, "registered", facts != NULL);
	if (facts == NULL) {
		sark_jw_str(&jw, "sensitivity", "high");
		sark_jw_bool(&jw, "requires_approval", false);
	} else {
		sark_jw_str(&jw, "sensitivity", facts->tool.sensitivity);
		sark_jw_str(&jw, "server_id", facts->tool.server_id);
		sark_jw_str(&jw, "owner", facts->server.owner_id);
		sark_jw_str(&jw, "team", facts->server.team);
		sark_jw_bool(
		    &jw, "requires_approval", facts->tool.requires_approval);
	}
	sark_jw_close(&jw);
	return buf.data;
}

/* A level that cannot be read is the worst one. */
static enum sark_level
level_of(const char *name)
{
	enum sark_level level;

	return sark_level_parse(name, &level) == 0 ? level
						   : SARK_LEVEL_CRITICAL;
}

static int
load_tool(struct sark_app *app, const struct sark_question *question,
    struct sark_facts *facts_r, struct sark_err *err)
{
	struct sark_tool_facts *found = NULL;

	if (sark_tools_facts(app->pg, app->mem, question->tool,
		question->server_id, &found, err) == -1)
		return -1;
	facts_r->tool = tool_text(app->mem, question->tool, found);
	facts_r->sensitivity = SARK_LEVEL_HIGH;
	if (found != NULL) {
		facts_r->server = server_text(app->mem, &found->server);
		facts_r->sensitivity = level_of(found->tool.sensitivity);
	}
	return 0;
}

static int
load_server(struct sark_app *app, const char *id, struct sark_facts *facts_r,
    struct sark_err *err)
{
	struct sark_server *server;
	int found;

	found = sark_servers_get(app->pg, app->mem, id, &server, err);
	if (found == 1) {
		facts_r->server = server_text(app->mem, server);
		facts_r->sensitivity = level_of(server->sensitivity);
	} else {
		facts_r->sensitivity = SARK_LEVEL_HIGH;
	}
	return found == -1 ? -1 : 0;
}

int
sark_facts_load(struct sark_app *app, const struct sark_question *question,
    struct sark_facts *facts_r, struct sark_err *err)
{
	/* A tool or server that is not even named is none we know. */
	facts_r->sensitivity = sark_str_starts(question->action, "tool:") ||
		sark_str_starts(question->action, "server:")
	    ? SARK_LEVEL_HIGH
	    : SARK_LEVEL_LOW;
	facts_r->tool = facts_r->server = "";
	if (question->tool != NULL)
		return load_tool(app, question, facts_r, err);
	if (question->server != NULL) {
		facts_r->server = server_text(app->mem, question->server);
		facts_r->sensitivity = level_of(question->server->sensitivity);
	} else if (question->server_id != NULL) {
		return load_server(app, question->server_id, facts_r, err);
	}
	return 0;
}

const char *
sark_facts_to_record(void *ctx, const struct sark_facts *facts)
{
	struct sark_buf buf;

	sark_buf_init(&buf, ctx);
	sark_netstring_add_int(&buf, RECORD_VERSION);
	sark_netstring_add_int(&buf, facts->sensitivity);
	sark_netstring_add(&buf, facts->tool);
	sark_netstring_add(&buf, facts->server);
	return buf.data;
}

int
sark_facts_from_record(
    void *ctx, const char *record, struct sark_facts *facts_r)
{
	char *at = sark_strdup(ctx, record);
	int64_t version, level;

	if (sark_netstring_take_int(&at, &version) == -1 ||
	    version != RECORD_VERSION ||
	    sark_netstring_take_int(&at, &level) == -1 ||
	    level < SARK_LEVEL_LOW || level > SARK_LEVEL_CRITICAL ||
	    sark_netstring_take(&at, &facts_r->tool) == -1 ||
	    sark_netstring_take(&at, &facts_r->server) == -1 || *at != '\0' ||
	    facts_r->tool == NULL || facts_r->server == NULL)
		return 0;
	facts_r->sensitivity = (enum sark_level)level;
	return 1;
}

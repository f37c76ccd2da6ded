#include "routes.h"

#include <stddef.h>

#include "base/level.h"

#define AT(type, member) offsetof(struct type, member)
#define DOCUMENT_MAX	 (256 * 1024)

/* clang-format off */
static const struct sark_field new_tool[] = {
	{ "/name", SARK_TEXT, AT(sark_new_tool, name), 1, 200, SARK_REQUIRED },
	{ "/description", SARK_TEXT, AT(sark_new_tool, description), 0, 4000 },
	{ "/parameters", SARK_OBJECT, AT(sark_new_tool, parameters), 0, 1000 },
	{ "/sensitivity_level", SARK_CHOICE, AT(sark_new_tool, sensitivity),
	  .choices = sark_level_names },
	{ "/requires_approval", SARK_BOOL, AT(sark_new_tool, requires_approval) },
	{ NULL }
};
static const struct sark_field new_server[] = {
	{ "/name", SARK_TEXT, AT(server_body, server.name), 1, 200, SARK_REQUIRED },
	{ "/transport", SARK_CHOICE, AT(server_body, server.transport),
	  .flags = SARK_REQUIRED, .choices = sark_transports },
	{ "/endpoint", SARK_TEXT, AT(server_body, server.endpoint), 1, 2048 },
	{ "/command", SARK_TEXT, AT(server_body, server.command), 1, 2048 },
	{ "/version", SARK_TEXT, AT(server_body, server.version), 1, 100 },
	{ "/description", SARK_TEXT, AT(server_body, server.description), 0, 4000 },
	{ "/sensitivity_level", SARK_CHOICE, AT(server_body, server.sensitivity),
	  .choices = sark_level_names },
	{ "/team", SARK_TEXT, AT(server_body, server.team), 1, 100 },
	{ "/tags", SARK_WORDS, AT(server_body, server.tags), 0, 50 },
	{ "/capabilities", SARK_ANY, AT(server_body, server.capabilities) },
	{ "/metadata", SARK_OBJECT, AT(server_body, server.metadata), 0, 200 },
	{ "/tools", SARK_LIST, AT(server_body, tools), 0, SARK_SERVER_TOOLS,
	  .sub = new_tool, .sub_size = sizeof(struct sark_new_tool) },
	{ NULL }
};
static const struct sark_field server_list[] = {
	{ "status", SARK_CHOICE, AT(servers_query, status),
	  .choices = sark_server_statuses },
	{ "sensitivity", SARK_CHOICE, AT(servers_query, sensitivity),
	  .choices = sark_level_names },
	{ "team", SARK_TEXT, AT(servers_query, team), 1, 100 },
	{ "owner", SARK_TEXT, AT(servers_query, owner), 1, 200 },
	{ "tags", SARK_TEXT, AT(servers_query, tags), 1, 1000 },
	{ "search", SARK_TEXT, AT(servers_query, search), 1, 200 },
	{ "limit", SARK_INT, AT(servers_query, limit), 1, 200 },
	{ "cursor", SARK_TEXT, AT(servers_query, cursor), 1, 1000 },
	{ NULL }
};
static const struct sark_field tool_list[] = {
	{ "sensitivity", SARK_CHOICE, AT(tools_query, sensitivity),
	  .choices = sark_level_names },
	{ "server_id", SARK_UUID, AT(tools_query, server_id) },
	{ "search", SARK_TEXT, AT(tools_query, search), 1, 200 },
	{ "limit", SARK_INT, AT(tools_query, limit), 1, 200 },
	{ "cursor", SARK_TEXT, AT(tools_query, cursor), 1, 1000 },
	{ NULL }
};
static const struct sark_field level[] = {
	{ "/sensitivity_level", SARK_CHOICE, AT(sensitivity_body, level),
	  .flags = SARK_REQUIRED, .choices = sark_level_names },
	{ "/reason", SARK_TEXT, AT(sensitivity_body, reason), 1, 500, SARK_REQUIRED },
	{ NULL }
};
static const struct sark_field detect[] = {
	{ "/tool_name", SARK_TEXT, AT(detect_body, name), 1, 200, SARK_REQUIRED },
	{ "/tool_description", SARK_TEXT, AT(detect_body, description), 0, 4000 },
	{ "/parameters", SARK_OBJECT, AT(detect_body, parameters), 0, 1000 },
	{ NULL }
};

static const struct sark_input new_server_in = { new_server, sizeof(struct server_body) };
static const struct sark_input server_list_in = { server_list, sizeof(struct servers_query) };
static const struct sark_input tool_list_in = { tool_list, sizeof(struct tools_query) };
static const struct sark_input level_in = { level, sizeof(struct sensitivity_body) };
static const struct sark_input detect_in = { detect, sizeof(struct detect_body) };

/* Writers' events are written by the area, in the writer's transaction. */
const struct sark_route registry_routes[] = {
	{ SARK_POST, "/api/v1/servers", SARK_MAY("server:register"),
	  &new_server_in, post_server, "server_registered", SARK_LIMIT_USER, 0,
	  .creates = true, .scoped = true },
	{ SARK_GET, "/api/v1/servers", SARK_MAY("server:read"),
	  &server_list_in, get_servers, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_GET, "/api/v1/servers/{id}", SARK_MAY("server:read"),
	  NULL, get_server, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_GET, "/api/v1/tools", SARK_MAY("tool:read"),
	  &tool_list_in, get_tools, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_POST, "/api/v1/tools/detect-sensitivity", SARK_MAY("tool:read"),
	  &detect_in, post_detect_sensitivity, NULL, SARK_LIMIT_USER, DOCUMENT_MAX },
	{ SARK_GET, "/api/v1/tools/{id}/sensitivity", SARK_MAY("tool:read"),
	  NULL, get_sensitivity, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_POST, "/api/v1/tools/{id}/sensitivity", SARK_MAY("tool:sensitivity"),
	  &level_in, post_sensitivity, "tool_sensitivity_changed", SARK_LIMIT_USER, 0,
	  .scoped = true },
	{ SARK_GET, "/api/v1/tools/{id}/sensitivity/history", SARK_MAY("tool:read"),
	  NULL, get_sensitivity_history, NULL, SARK_LIMIT_USER, 0 },
	{ 0 }
};
/* clang-format on */

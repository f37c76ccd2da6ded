#ifndef SARK_REGISTRY_ROUTES_H
#define SARK_REGISTRY_ROUTES_H

#include "http/route.h"
#include "registry/server.h"

/* GET /api/v1/servers */
struct servers_query {
	int status;	 /* index + 1 */
	int sensitivity; /* level + 1 */
	const char *team;
	const char *owner;
	const char *tags; /* comma-separated */
	const char *search;
	int64_t limit;
	const char *cursor;
};

/* GET /api/v1/tools */
struct tools_query {
	int sensitivity; /* level + 1 */
	const char *server_id;
	const char *search;
	int64_t limit;
	const char *cursor;
};

/* POST /api/v1/servers */
struct server_body {
	struct sark_new_server server;
	struct sark_list tools; /* of struct sark_new_tool */
};

/* POST /api/v1/tools/{id}/sensitivity */
struct sensitivity_body {
	int level; /* level + 1 */
	const char *reason;
};

/* POST /api/v1/tools/detect-sensitivity */
struct detect_body {
	const char *name;
	const char *description;
	const struct sark_json *parameters;
};

extern const struct sark_route registry_routes[];

sark_handler get_sensitivity;
sark_handler get_sensitivity_history;
sark_handler get_server;
sark_handler get_servers;
sark_handler get_tools;
sark_handler post_detect_sensitivity;
sark_handler post_sensitivity;
sark_handler post_server;

#endif

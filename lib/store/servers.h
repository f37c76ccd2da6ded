#ifndef SARK_STORE_SERVERS_H
#define SARK_STORE_SERVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/uuid.h"

struct sark_pg;
struct sark_tx;

/* A tool as it stands in the registry.  Texts are never NULL but "". */
struct sark_tool {
	char id[SARK_UUID_TEXT];
	const char *server_id;
	const char *server_name;
	const char *name;
	const char *description;
	const char *parameters;	 /* JSON Schema text, "" without */
	const char *sensitivity; /* level's name */
	const char *source;	 /* "declared" | "detected" | "set" */
	bool requires_approval;
	int64_t created_ms, updated_ms;
};

/* A server.  Texts are never NULL but ""; ids are UUIDs. */
struct sark_server {
	char id[SARK_UUID_TEXT];
	const char *name;
	const char *transport; /* "http" | "sse" | "stdio" */
	const char *endpoint;
	const char *command;
	const char *version;
	const char *description;
	const char *status; /* "registered" ... */
	const char *sensitivity;
	const char *owner_id;
	const char *owner; /* user name */
	const char *team;
	const char *const *tags;
	const char *capabilities; /* JSON text, "" without */
	const char *metadata;	  /* JSON text, "" without */
	int64_t created_ms, updated_ms;
	struct sark_tool *tools;
	size_t ntools;
};

/* What a list is narrowed to; NULL members narrow nothing. */
struct sark_server_filter {
	const char *status;
	const char *sensitivity;
	const char *team;
	const char *owner;
	const char *const *tags; /* all of them */
	const char *search;	 /* part of name or description */
	const char *before_id;	 /* older than this one */
	int64_t limit;
};

struct sark_servers {
	struct sark_server *items;
	size_t count;
};

/* Server and tools.  Errors: CONFLICT the name is taken in the team. */
int sark_servers_insert(struct sark_tx *tx, void *ctx,
    const struct sark_server *server, struct sark_err *err)
    SARK_NONNULL(1, 3, 4) SARK_CHECKED;
/* A live server with its tools: 1, 0 or -1. */
int sark_servers_get(struct sark_pg *pg, void *ctx, const char *id,
    struct sark_server **server_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/* Live servers with their tools, newest first. */
int sark_servers_list(struct sark_pg *pg, void *ctx,
    const struct sark_server_filter *filter, struct sark_servers *servers_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

#endif

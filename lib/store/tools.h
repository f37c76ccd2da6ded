#ifndef SARK_STORE_TOOLS_H
#define SARK_STORE_TOOLS_H

#include "store/servers.h"

/* A change of a tool's level, as kept for ever. */
struct sark_tool_change {
	char id[SARK_UUID_TEXT];
	const char *tool_id;
	const char *level;
	const char *previous; /* "" for the first */
	const char *source;   /* as in struct sark_tool */
	const char *reason;
	const char *changed_by;
	const char *changed_by_id;
	int64_t changed_ms;
};

struct sark_tool_changes {
	struct sark_tool_change *items;
	size_t count;
};

/* What the policy sees of a tool and its server. */
struct sark_tool_facts {
	struct sark_tool tool;
	struct sark_server server; /* without tools */
};

struct sark_tool_filter {
	const char *sensitivity;
	const char *server_id;
	const char *search;
	const char *after_name; /* with after_id: the last one seen */
	const char *after_id;
	int64_t limit;
};

struct sark_tools {
	struct sark_tool *items;
	size_t count;
};

int sark_tools_insert(struct sark_tx *tx, const struct sark_tool *tool,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * Gives each of the servers, which come in descending order of their ids,
 * its tools by name; one statement.
 */
int sark_tools_of(struct sark_pg *pg, void *ctx, struct sark_servers *servers,
    struct sark_err *err) SARK_NONNULL(1, 3, 4) SARK_CHECKED;
/* A tool of a live server: 1, 0 or -1. */
int sark_tools_get(struct sark_pg *pg, void *ctx, const char *id,
    struct sark_tool **tool_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/* Tools of live servers by name. */
int sark_tools_list(struct sark_pg *pg, void *ctx,
    const struct sark_tool_filter *filter, struct sark_tools *tools_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/*
 * The tool of that name, of that server where server_id is not NULL.  When
 * several servers offer the name, the most sensitive one stands for it: who
 * leaves the server open must be judged by the worst.  1, 0 or -1.
 */
int sark_tools_facts(struct sark_pg *pg, void *ctx, const char *name,
    const char *server_id, struct sark_tool_facts **facts_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 5, 6) SARK_CHECKED;
/*
 * The tool's level, which nobody else can change until the transaction ends;
 * on ctx.  1, 0 or -1.
 */
int sark_tools_lock_level(struct sark_tx *tx, void *ctx, const char *id,
    const char **level_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/* Sets the level and writes the change. */
int sark_tools_set_level(struct sark_tx *tx,
    const struct sark_tool_change *change, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* Only writes the change: the first level of a new tool. */
int sark_tools_insert_change(struct sark_tx *tx,
    const struct sark_tool_change *change, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* Newest first, at most limit. */
int sark_tools_changes(struct sark_pg *pg, void *ctx, const char *tool_id,
    int64_t limit, struct sark_tool_changes *changes_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 5, 6) SARK_CHECKED;

#endif

#ifndef SARK_REGISTRY_TOOL_H
#define SARK_REGISTRY_TOOL_H

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "base/level.h"
#include "json/writer.h"
#include "store/generations.h"
#include "store/tools.h"

#define SARK_TOOL_CHANGES 200 /* shown of a tool's history */

/* A tool of a live server.  Errors: NOT_FOUND; those of the store. */
int sark_tool_get(struct sark_app *app, const char *id,
    struct sark_tool **tool_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* A level that somebody gives a tool. */
struct sark_new_level {
	const char *tool_id;
	enum sark_level level;
	const char *reason; /* 1..500 bytes */
	/* one of which the tool must be as the API shows it; NULL: any */
	const char *const *versions;
};

/*
 * Sets a tool's level, with history and audit event in one transaction;
 * decisions about the tool that are cached die before anyone sees the new
 * level.  *tool_r is the tool as it is then.
 * Errors: NOT_FOUND, PRECONDITION_FAILED it is of another version,
 * UNAVAILABLE no database or no Redis, UNCERTAIN.
 */
int sark_tool_set_level(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_level *in, struct sark_tool **tool_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/* Changes of a tool's level, newest first.  Errors: NOT_FOUND. */
int sark_tool_history(struct sark_app *app, const char *id,
    struct sark_tool_changes *changes_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* Writes the first line of a new tool's history. */
int sark_tool_record_first_level(struct sark_tx *tx,
    const struct sark_caller *caller, const struct sark_tool *tool,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* The generations that a change of these tools moves, on ctx. */
struct sark_generation_of *sark_tool_generations(
    void *ctx, const struct sark_tool *tools, size_t ntools);
/* As the API shows it: a member of an array, or the top value. */
void sark_tool_to_json(struct sark_jw *jw, const struct sark_tool *tool)
    SARK_NONNULL(1, 2);
void sark_tool_change_to_json(struct sark_jw *jw,
    const struct sark_tool_change *change) SARK_NONNULL(1, 2);

#endif

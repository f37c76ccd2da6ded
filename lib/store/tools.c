#include "store/tools.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/pattern.h"
#include "store/pg.h"

#define COLUMNS                                                  \
	"t.tool_id, t.server_id, s.name, t.name, t.description," \
	" t.parameters, t.sensitivity, t.sensitivity_source,"    \
	" t.requires_approval,"                                  \
	" (extract(epoch FROM t.created_at) * 1000)::bigint,"    \
	" (extract(epoch FROM t.updated_at) * 1000)::bigint"
#define LIVE                                                                \
	" FROM sark.tool t JOIN sark.server s ON s.server_id = t.server_id" \
	" AND s.deleted_at IS NULL"

static const struct sark_stmt insert_tool = { "tools_insert", 8,
	"INSERT INTO sark.tool (tool_id, server_id, name, description,"
	" parameters, sensitivity, sensitivity_source, requires_approval)"
	" VALUES ($1, $2, $3, $4, nullif($5, '')::jsonb, $6, $7,"
	" $8::boolean)" };

static const struct sark_stmt tools_of = { "tools_of", 1,
	"SELECT " COLUMNS LIVE " WHERE t.server_id = ANY ($1::uuid[])"
	" ORDER BY t.server_id DESC, t.name" };

static const struct sark_stmt get_tool = { "tools_get", 1,
	"SELECT " COLUMNS LIVE " WHERE t.tool_id = $1" };

static const struct sark_stmt list_tools = { "tools_list", 6,
	"SELECT " COLUMNS LIVE " WHERE ($1::text IS NULL OR t.sensitivity = $1)"
	" AND ($2::uuid IS NULL OR t.server_id = $2::uuid)"
	" AND ($3::text IS NULL OR t.name ILIKE $3 OR t.description ILIKE $3)"
	" AND ($4::text IS NULL OR (t.name, t.tool_id) > ($4, $5::uuid))"
	" ORDER BY t.name, t.tool_id LIMIT $6::bigint" };

static const struct sark_stmt facts_of = { "tools_facts", 2,
	"SELECT " COLUMNS ", s.status, s.sensitivity, s.owner_id, s.owner,"
	" s.team, s.tags" LIVE
	" WHERE t.name = $1 AND ($2::uuid IS NULL OR t.server_id = $2::uuid)"
	" ORDER BY array_position("
	" '{critical,high,medium,low}'::text[], t.sensitivity),"
	" NOT t.requires_approval, t.tool_id LIMIT 1" };

static const struct sark_stmt lock_level = { "tools_lock_level", 1,
	"SELECT sensitivity FROM sark.tool WHERE tool_id = $1 FOR UPDATE" };

static const struct sark_stmt set_level = { "tools_set_level", 3,
	"UPDATE sark.tool SET sensitivity = $2, sensitivity_source = $3,"
	" updated_at = now() WHERE tool_id = $1" };

static const struct sark_stmt insert_change = { "tools_insert_change", 8,
	"INSERT INTO sark.tool_sensitivity (history_id, tool_id, level,"
	" previous, source, reason, changed_by, changed_by_id)"
	" VALUES ($1, $2, $3, nullif($4, ''), $5, $6, $7,"
	" nullif($8, '')::uuid)" };

static const struct sark_stmt changes_of = { "tools_changes", 2,
	"SELECT history_id, tool_id, level, previous, source, reason,"
	" changed_by, changed_by_id,"
	" (extract(epoch FROM changed_at) * 1000)::bigint"
	" FROM sark.tool_sensitivity WHERE tool_id = $1"
	" ORDER BY history_id DESC LIMIT $2::bigint" };

int
sark_tools_insert(
    struct sark_tx *tx, const struct sark_tool *tool, struct sark_err *err)
{
	if (sark_pg_exec(tx->pg, &insert_tool, err, tool->id, tool->server_id,
		tool->name, tool->description, tool->parameters,
		tool->sensitivity, tool->source,
		tool->requires_approval ? "true" : "false") == -1)
		return -1;
	return 0;
}

static void
read_tool(struct sark_tool *tool, const struct sark_rows *rows, size_t row)
{
	sark_str_copy(tool->id, sizeof(tool->id), sark_rows_text(rows, row, 0));
	tool->server_id = sark_rows_text(rows, row, 1);
	tool->server_name = sark_rows_text(rows, row, 2);
	tool->name = sark_rows_text(rows, row, 3);
	tool->description = sark_rows_text(rows, row, 4);
	tool->parameters = sark_rows_text(rows, row, 5);
	tool->sensitivity = sark_rows_text(rows, row, 6);
	tool->source = sark_rows_text(rows, row, 7);
	tool->requires_approval = sark_rows_bool(rows, row, 8);
	tool->created_ms = sark_rows_int(rows, row, 9);
	tool->updated_ms = sark_rows_int(rows, row, 10);
}

static void
read_tools(struct sark_tools *tools_r, void *ctx, const struct sark_rows *rows)
{
	size_t i;

	tools_r->count = sark_rows_count(rows);
	tools_r->items =
	    sark_new_array(ctx, struct sark_tool, tools_r->count + 1);
	for (i = 0; i < tools_r->count; i++)
		read_tool(&tools_r->items[i], rows, i);
}

int
sark_tools_of(struct sark_pg *pg, void *ctx, struct sark_servers *servers,
    struct sark_err *err)
{
	const char **ids =
	    sark_new_array(ctx, const char *, servers->count + 1);
	struct sark_rows *rows;
	struct sark_tools all;
	size_t i, j;

	for (i = 0; i < servers->count; i++)
		ids[i] = servers->items[i].id;
	if (sark_pg_query(
		pg, &tools_of, ctx, &rows, err, sark_pg_array(ctx, ids)) == -1)
		return -1;
	read_tools(&all, ctx, rows);
	/* Both come in descending order of the server's id. */
	for (i = 0, j = 0; i < servers->count; i++) {
		struct sark_server *server = &servers->items[i];

		server->tools = &all.items[j];
		for (; j < all.count &&
		     sark_str_eq(all.items[j].server_id, server->id);
		     j++)
			server->ntools++;
	}
	return 0;
}

int
sark_tools_get(struct sark_pg *pg, void *ctx, const char *id,
    struct sark_tool **tool_r, struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(pg, &get_tool, ctx, &rows, err, id) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	*tool_r = sark_new(ctx, struct sark_tool);
	read_tool(*tool_r, rows, 0);
	return 1;
}

int
sark_tools_list(struct sark_pg *pg, void *ctx,
    const struct sark_tool_filter *filter, struct sark_tools *tools_r,
    struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(pg, &list_tools, ctx, &rows, err, filter->sensitivity,
		filter->server_id, sark_pattern_containing(ctx, filter->search),
		filter->after_name, filter->after_id,
		sark_format(ctx, "%lld", (long long)filter->limit)) == -1)
		return -1;
	read_tools(tools_r, ctx, rows);
	return 0;
}

int
sark_tools_facts(struct sark_pg *pg, void *ctx, const char *name,
    const char *server_id, struct sark_tool_facts **facts_r,
    struct sark_err *err)
{
	struct sark_tool_facts *facts;
	struct sark_rows *rows;

	if (sark_pg_query(pg, &facts_of, ctx, &rows, err, name, server_id) ==
	    -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	facts = sark_new(ctx, struct sark_tool_facts);
	read_tool(&facts->tool, rows, 0);
	sark_str_copy(
	    facts->server.id, sizeof(facts->server.id), facts->tool.server_id);
	facts->server.name = facts->tool.server_name;
	facts->server.status = sark_rows_text(rows, 0, 11);
	facts->server.sensitivity = sark_rows_text(rows, 0, 12);
	facts->server.owner_id = sark_rows_text(rows, 0, 13);
	facts->server.owner = sark_rows_text(rows, 0, 14);
	facts->server.team = sark_rows_text(rows, 0, 15);
	facts->server.tags = sark_rows_list(rows, ctx, 0, 16);
	*facts_r = facts;
	return 1;
}

int
sark_tools_insert_change(struct sark_tx *tx,
    const struct sark_tool_change *change, struct sark_err *err)
{
	if (sark_pg_exec(tx->pg, &insert_change, err, change->id,
		change->tool_id, change->level, change->previous,
		change->source, change->reason, change->changed_by,
		change->changed_by_id) == -1)
		return -1;
	return 0;
}

int
sark_tools_lock_level(struct sark_tx *tx, void *ctx, const char *id,
    const char **level_r, struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(tx->pg, &lock_level, ctx, &rows, err, id) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	*level_r = sark_rows_text(rows, 0, 0);
	return 1;
}

int
sark_tools_set_level(struct sark_tx *tx, const struct sark_tool_change *change,
    struct sark_err *err)
{
	if (sark_pg_exec(tx->pg, &set_level, err, change->tool_id,
		change->level, change->source) == -1)
		return -1;
	return sark_tools_insert_change(tx, change, err);
}

int
sark_tools_changes(struct sark_pg *pg, void *ctx, const char *tool_id,
    int64_t limit, struct sark_tool_changes *changes_r, struct sark_err *err)
{
	struct sark_rows *rows;
	size_t i;

	if (sark_pg_query(pg, &changes_of, ctx, &rows, err, tool_id,
		sark_format(ctx, "%lld", (long long)limit)) == -1)
		return -1;
	changes_r->count = sark_rows_count(rows);
	changes_r->items =
	    sark_new_array(ctx, struct sark_tool_change, changes_r->count + 1);
	for (i = 0; i < changes_r->count; i++) {
		struct sark_tool_change *change = &changes_r->items[i];

		sark_str_copy(
		    change->id, sizeof(change->id), sark_rows_text(rows, i, 0));
		change->tool_id = sark_rows_text(rows, i, 1);
		change->level = sark_rows_text(rows, i, 2);
		change->previous = sark_rows_text(rows, i, 3);
		change->source = sark_rows_text(rows, i, 4);
		change->reason = sark_rows_text(rows, i, 5);
		change->changed_by = sark_rows_text(rows, i, 6);
		change->changed_by_id = sark_rows_text(rows, i, 7);
		change->changed_ms = sark_rows_int(rows, i, 8);
	}
	return 0;
}

#include "store/servers.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/pattern.h"
#include "store/pg.h"
#include "store/tools.h"

#define COLUMNS                                                               \
	"s.server_id, s.name, s.transport, s.endpoint, s.command, s.version," \
	" s.description, s.status, s.sensitivity, s.owner_id, s.owner,"       \
	" s.team, s.tags, s.capabilities, s.metadata,"                        \
	" (extract(epoch FROM s.created_at) * 1000)::bigint,"                 \
	" (extract(epoch FROM s.updated_at) * 1000)::bigint"

static const struct sark_stmt insert_server = { "servers_insert", 15,
	"INSERT INTO sark.server (server_id, name, transport, endpoint,"
	" command, version, description, status, sensitivity, owner_id,"
	" owner, team, tags, capabilities, metadata)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
	" nullif($10, '')::uuid, $11, $12, $13::text[],"
	" nullif($14, '')::jsonb, nullif($15, '')::jsonb)" };

static const struct sark_stmt get_server = { "servers_get", 1,
	"SELECT " COLUMNS " FROM sark.server s"
	" WHERE s.server_id = $1 AND s.deleted_at IS NULL" };

/* $6 is a LIKE pattern whose metacharacters the caller has escaped. */
static const struct sark_stmt list_servers = { "servers_list", 8,
	"SELECT " COLUMNS " FROM sark.server s WHERE s.deleted_at IS NULL"
	" AND ($1::text IS NULL OR s.status = $1)"
	" AND ($2::text IS NULL OR s.sensitivity = $2)"
	" AND ($3::text IS NULL OR s.team = $3)"
	" AND ($4::text IS NULL OR s.owner = $4)"
	" AND ($5::text[] IS NULL OR s.tags @> $5::text[])"
	" AND ($6::text IS NULL OR s.name ILIKE $6 OR s.description ILIKE $6)"
	" AND ($7::uuid IS NULL OR s.server_id < $7::uuid)"
	" ORDER BY s.server_id DESC LIMIT $8::bigint" };

int
sark_servers_insert(struct sark_tx *tx, void *ctx,
    const struct sark_server *server, struct sark_err *err)
{
	size_t i;

	if (sark_pg_exec(tx->pg, &insert_server, err, server->id, server->name,
		server->transport, server->endpoint, server->command,
		server->version, server->description, server->status,
		server->sensitivity, server->owner_id, server->owner,
		server->team, sark_pg_array(ctx, server->tags),
		server->capabilities, server->metadata) == -1)
		return -1;
	for (i = 0; i < server->ntools; i++)
		if (sark_tools_insert(tx, &server->tools[i], err) == -1)
			return -1;
	return 0;
}

static void
read_server(struct sark_server *server, void *ctx, const struct sark_rows *rows,
    size_t row)
{
	sark_str_copy(
	    server->id, sizeof(server->id), sark_rows_text(rows, row, 0));
	server->name = sark_rows_text(rows, row, 1);
	server->transport = sark_rows_text(rows, row, 2);
	server->endpoint = sark_rows_text(rows, row, 3);
	server->command = sark_rows_text(rows, row, 4);
	server->version = sark_rows_text(rows, row, 5);
	server->description = sark_rows_text(rows, row, 6);
	server->status = sark_rows_text(rows, row, 7);
	server->sensitivity = sark_rows_text(rows, row, 8);
	server->owner_id = sark_rows_text(rows, row, 9);
	server->owner = sark_rows_text(rows, row, 10);
	server->team = sark_rows_text(rows, row, 11);
	server->tags = sark_rows_list(rows, ctx, row, 12);
	server->capabilities = sark_rows_text(rows, row, 13);
	server->metadata = sark_rows_text(rows, row, 14);
	server->created_ms = sark_rows_int(rows, row, 15);
	server->updated_ms = sark_rows_int(rows, row, 16);
}

int
sark_servers_get(struct sark_pg *pg, void *ctx, const char *id,
    struct sark_server **server_r, struct sark_err *err)
{
	struct sark_servers found;
	struct sark_rows *rows;

	if (sark_pg_query(pg, &get_server, ctx, &rows, err, id) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	found.items = sark_new(ctx, struct sark_server);
	found.count = 1;
	read_server(found.items, ctx, rows, 0);
	if (sark_tools_of(pg, ctx, &found, err) == -1)
		return -1;
	*server_r = found.items;
	return 1;
}

int
sark_servers_list(struct sark_pg *pg, void *ctx,
    const struct sark_server_filter *filter, struct sark_servers *servers_r,
    struct sark_err *err)
{
	struct sark_rows *rows;
	size_t i;

	if (sark_pg_query(pg, &list_servers, ctx, &rows, err, filter->status,
		filter->sensitivity, filter->team, filter->owner,
		filter->tags == NULL ? NULL : sark_pg_array(ctx, filter->tags),
		sark_pattern_containing(ctx, filter->search), filter->before_id,
		sark_format(ctx, "%lld", (long long)filter->limit)) == -1)
		return -1;
	servers_r->count = sark_rows_count(rows);
	servers_r->items =
	    sark_new_array(ctx, struct sark_server, servers_r->count + 1);
	for (i = 0; i < servers_r->count; i++)
		read_server(&servers_r->items[i], ctx, rows, i);
	return sark_tools_of(pg, ctx, servers_r, err);
}

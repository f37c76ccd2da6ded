#include "store/roles.h"

#include "base/mem.h"
#include "store/pg.h"

/* clang-format off */
#define MS(column) "coalesce(floor(extract(epoch FROM " column ") * 1000), 0)"
#define COLUMNS \
	"r.name, r.description, r.permissions, false, r.created_by, " \
	MS("r.created_at") ", " MS("r.updated_at")

static const struct sark_stmt lock = { "roles_lock", 0,
	"SELECT pg_advisory_xact_lock(hashtextextended('sark.role', 0))" };
static const struct sark_stmt admin_left = { "roles_admin_left", 0,
	"SELECT FROM sark.users u WHERE u.disabled_at IS NULL AND (EXISTS ("
	"  SELECT FROM sark.user_role p WHERE p.user_id = u.user_id"
	"  AND p.role = 'admin' AND p.expires_at IS NULL)"
	" OR EXISTS (SELECT FROM sark.role_binding b"
	"  WHERE b.user_id = u.user_id AND b.role = 'admin'"
	"  AND b.expires_at IS NULL AND b.scope_type IS NULL"
	"  AND NOT EXISTS (SELECT FROM sark.role_window w"
	"   WHERE w.binding_id = b.binding_id))) LIMIT 1" };
static const struct sark_stmt get = { "roles_get", 1,
	"SELECT " COLUMNS " FROM sark.role r WHERE r.name = $1" };
static const struct sark_stmt list = { "roles_list", 3,
	"SELECT * FROM (SELECT " COLUMNS " FROM sark.role r"
	" UNION ALL SELECT name, '', '{}', true, '', 0, 0"
	"  FROM unnest($1::text[]) AS name) AS r"
	" WHERE $2::text IS NULL OR r.name COLLATE \"C\" > $2"
	" ORDER BY r.name COLLATE \"C\" LIMIT $3::bigint" };
static const struct sark_stmt insert = { "roles_insert", 5,
	"INSERT INTO sark.role (name, description, permissions, created_by,"
	" created_at, updated_at) VALUES ($1, $2, $3::text[], $4,"
	" to_timestamp($5::bigint / 1000.0), to_timestamp($5::bigint / 1000.0))" };
static const struct sark_stmt update = { "roles_update", 4,
	"UPDATE sark.role SET description = $2, permissions = $3::text[],"
	" updated_at = to_timestamp($4::bigint / 1000.0) WHERE name = $1" };
static const struct sark_stmt drop_expired = { "roles_drop_expired", 1,
	"DELETE FROM sark.role_binding WHERE role = $1"
	" AND expires_at <= now()" };
static const struct sark_stmt bound = { "roles_bound", 1,
	"SELECT FROM sark.role_binding WHERE role = $1 LIMIT 1" };
static const struct sark_stmt drop = { "roles_delete", 1,
	"DELETE FROM sark.role WHERE name = $1" };
static const struct sark_stmt given = { "roles_given", 1,
	"SELECT g.role, g.binding_id, g.group_name, g.scope_type, g.scope_id, "
	MS("g.expires_at") ", g.state, " MS("g.changes_at") ","
	" r.name IS NOT NULL, coalesce(r.permissions, '{}')"
	" FROM sark.roles_given($1::uuid, NULL, now()) AS g"
	" LEFT JOIN sark.role r ON r.name = g.role"
	" ORDER BY g.role COLLATE \"C\", g.binding_id NULLS FIRST" };
/* clang-format on */

int
sark_roles_lock(struct sark_tx *tx, struct sark_err *err)
{
	struct sark_rows *rows;
	int ret;

	ret = sark_pg_query(tx->pg, &lock, NULL, &rows, err);
	if (ret == 0)
		talloc_free(rows);
	return ret;
}

/* Whether a statement finds a row. */
static int
finds(struct sark_tx *tx, const struct sark_stmt *stmt,
    const char *const *params, struct sark_err *err)
{
	struct sark_rows *rows;
	int found;

	if (sark_pg_queryv(tx->pg, stmt, NULL, params, &rows, err) == -1)
		return -1;
	found = sark_rows_count(rows) > 0;
	talloc_free(rows);
	return found;
}

int
sark_roles_admin_left(struct sark_tx *tx, struct sark_err *err)
{
	return finds(tx, &admin_left, NULL, err);
}

static void
fill(
    struct sark_role *role, void *ctx, const struct sark_rows *rows, size_t row)
{
	role->name = sark_rows_text(rows, row, 0);
	role->description = sark_rows_text(rows, row, 1);
	role->permissions = sark_rows_list(rows, ctx, row, 2);
	role->built_in = sark_rows_bool(rows, row, 3);
	role->created_by = sark_rows_text(rows, row, 4);
	role->created_at = sark_rows_int(rows, row, 5);
	role->updated_at = sark_rows_int(rows, row, 6);
}

int
sark_roles_get(struct sark_pg *pg, void *ctx, const char *name,
    struct sark_role **role_r, struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(pg, &get, ctx, &rows, err, name) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	*role_r = sark_new(ctx, struct sark_role);
	fill(*role_r, ctx, rows, 0);
	return 1;
}

int
sark_roles_list(struct sark_pg *pg, void *ctx, const char *const *built_in,
    const char *after, int64_t limit, struct sark_roles *roles_r,
    struct sark_err *err)
{
	struct sark_rows *rows;
	size_t i;

	if (sark_pg_query(pg, &list, ctx, &rows, err,
		sark_pg_array(ctx, built_in), after,
		sark_format(ctx, "%lld", (long long)limit)) == -1)
		return -1;
	roles_r->count = sark_rows_count(rows);
	roles_r->items =
	    sark_new_array(ctx, struct sark_role, roles_r->count + 1);
	for (i = 0; i < roles_r->count; i++)
		fill(&roles_r->items[i], ctx, rows, i);
	return 0;
}

int
sark_roles_insert(struct sark_tx *tx, void *ctx, const struct sark_role *role,
    struct sark_err *err)
{
	if (sark_pg_exec(tx->pg, &insert, err, role->name, role->description,
		sark_pg_array(ctx, role->permissions), role->created_by,
		sark_format(ctx, "%lld", (long long)role->created_at)) == -1)
		return -1;
	return 0;
}

/* Looks at the count of a change of one role. */
static int
touched(int64_t count, struct sark_err *err)
{
	if (count == 0)
		return sark_err_set(err, SARK_NOT_FOUND, "no such role");
	return count == -1 ? -1 : 0;
}

int
sark_roles_update(struct sark_tx *tx, void *ctx, const struct sark_role *role,
    struct sark_err *err)
{
	return touched(
	    sark_pg_exec(tx->pg, &update, err, role->name, role->description,
		sark_pg_array(ctx, role->permissions),
		sark_format(ctx, "%lld", (long long)role->updated_at)),
	    err);
}

int
sark_roles_delete(struct sark_tx *tx, const char *name, struct sark_err *err)
{
	const char *const params[] = { name };
	int found;

	if (sark_pg_exec(tx->pg, &drop_expired, err, name) == -1)
		return -1;
	found = finds(tx, &bound, params, err);
	if (found == 1)
		sark_err_set(err, SARK_CONFLICT, "the role is bound");
	if (found != 0)
		return -1;
	return touched(sark_pg_exec(tx->pg, &drop, err, name), err);
}

static void
fill_given(
    struct sark_given *one, void *ctx, const struct sark_rows *rows, size_t row)
{
	one->role = sark_rows_text(rows, row, 0);
	one->binding_id = sark_rows_text(rows, row, 1);
	one->group = sark_rows_text(rows, row, 2);
	one->scope_type = sark_rows_text(rows, row, 3);
	one->scope_id = sark_rows_text(rows, row, 4);
	one->expires_at = sark_rows_int(rows, row, 5);
	one->state = sark_rows_text(rows, row, 6);
	one->changes_at = sark_rows_int(rows, row, 7);
	one->own = sark_rows_bool(rows, row, 8);
	one->permissions = sark_rows_list(rows, ctx, row, 9);
}

int
sark_roles_given(struct sark_pg *pg, void *ctx, const char *user_id,
    struct sark_givens *givens_r, struct sark_err *err)
{
	struct sark_rows *rows;
	size_t i;

	if (sark_pg_query(pg, &given, ctx, &rows, err, user_id) == -1)
		return -1;
	givens_r->count = sark_rows_count(rows);
	givens_r->items =
	    sark_new_array(ctx, struct sark_given, givens_r->count + 1);
	for (i = 0; i < givens_r->count; i++)
		fill_given(&givens_r->items[i], ctx, rows, i);
	return 0;
}

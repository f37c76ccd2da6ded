#include "store/directory.h"

#include "base/mem.h"
#include "store/pg.h"

/* clang-format off */
#define GIVER "granted_by = 'the directory'"
/* As strcmp(3) has it, to compare lists. */
#define ORDERED(column) " ORDER BY " column " COLLATE \"C\")"
#define TEAMS(which) \
	" ARRAY(SELECT t.team FROM sark.team_member t" \
	"  WHERE t.user_id = u.user_id AND " which " AND t." GIVER ORDERED("t.team")
#define COLUMNS \
	"u.user_id, u.username, u.username_norm, u.provider, u.directory_id," \
	" u.email, u.name, u.disabled_at IS NOT NULL," \
	" u.directory_gone_at IS NOT NULL," \
	" ARRAY(SELECT r.role FROM sark.user_role r" \
	"  WHERE r.user_id = u.user_id AND r." GIVER ORDERED("r.role") "," \
	TEAMS("NOT t.manager") "," TEAMS("t.manager") "," \
	" ARRAY(SELECT g.group_name FROM sark.user_group g" \
	"  WHERE g.user_id = u.user_id" ORDERED("g.group_name") "," \
	" ARRAY(SELECT r.role FROM sark.user_role r" \
	"  WHERE r.user_id = u.user_id AND NOT r." GIVER \
	"  AND (r.expires_at IS NULL OR r.expires_at > now()) ORDER BY 1)," \
	" ARRAY(SELECT t.team FROM sark.team_member t" \
	"  WHERE t.user_id = u.user_id AND NOT t." GIVER " ORDER BY 1)"

static const struct sark_stmt by_entry = { "directory_users_find", 2,
	"SELECT " COLUMNS " FROM sark.users u"
	" WHERE u.directory_id = nullif($1, '') OR u.username_norm = $2"
	" ORDER BY u.directory_id IS NOT DISTINCT FROM $1 DESC LIMIT 1" };
static const struct sark_stmt all = { "directory_users_all", 0,
	"SELECT " COLUMNS " FROM sark.users u WHERE u.provider = 'ldap'"
	" ORDER BY u.username_norm" };
static const struct sark_stmt add = { "directory_users_add", 4,
	"SELECT sark.directory_user_add($1::uuid, $2, $3, $4)" };
static const struct sark_stmt set = { "directory_users_set", 10,
	"SELECT sark.directory_user_set($1::uuid, $2, $3, $4, $5, $6,"
	" $7::text[], $8::text[], $9::text[], $10::text[])" };
static const struct sark_stmt gone = { "directory_users_gone", 1,
	"SELECT sark.directory_user_gone($1::uuid)" };
/* clang-format on */

static void
fill(struct sark_directory_user *user, void *ctx, const struct sark_rows *rows,
    size_t row)
{
	int c = 0;

	user->user_id = sark_rows_text(rows, row, c++);
	user->username = sark_rows_text(rows, row, c++);
	user->username_norm = sark_rows_text(rows, row, c++);
	user->provider = sark_rows_text(rows, row, c++);
	user->directory_id = sark_rows_text(rows, row, c++);
	user->email = sark_rows_text(rows, row, c++);
	user->name = sark_rows_text(rows, row, c++);
	user->disabled = sark_rows_bool(rows, row, c++);
	user->gone = sark_rows_bool(rows, row, c++);
	user->roles = sark_rows_list(rows, ctx, row, c++);
	user->teams = sark_rows_list(rows, ctx, row, c++);
	user->managed_teams = sark_rows_list(rows, ctx, row, c++);
	user->groups = sark_rows_list(rows, ctx, row, c++);
	user->own_roles = sark_rows_list(rows, ctx, row, c++);
	user->own_teams = sark_rows_list(rows, ctx, row, c);
}

int
sark_directory_users_find(struct sark_pg *pg, void *ctx,
    const char *directory_id, const char *username_norm,
    struct sark_directory_user **user_r, struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(pg, &by_entry, ctx, &rows, err, directory_id,
		username_norm) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	*user_r = sark_new(ctx, struct sark_directory_user);
	fill(*user_r, ctx, rows, 0);
	return 1;
}

int
sark_directory_users_all(struct sark_pg *pg, void *ctx,
    struct sark_directory_user **users_r, size_t *count_r, struct sark_err *err)
{
	struct sark_rows *rows;
	size_t i;

	if (sark_pg_query(pg, &all, ctx, &rows, err) == -1)
		return -1;
	*count_r = sark_rows_count(rows);
	*users_r =
	    sark_new_array(ctx, struct sark_directory_user, *count_r + 1);
	for (i = 0; i < *count_r; i++)
		fill(&(*users_r)[i], ctx, rows, i);
	return 0;
}

int
sark_directory_users_add(struct sark_tx *tx,
    const struct sark_directory_user *user, struct sark_err *err)
{
	return sark_pg_exec(tx->pg, &add, err, user->user_id, user->username,
		   user->username_norm, user->directory_id) == -1
	    ? -1
	    : 0;
}

/* The boolean that a function answers: 1, 0. */
static int
answer_of(const struct sark_rows *rows)
{
	return sark_rows_count(rows) == 1 && sark_rows_bool(rows, 0, 0);
}

int
sark_directory_users_set(struct sark_tx *tx,
    const struct sark_directory_user *user, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(tx->pg));
	struct sark_rows *rows;
	int ret;

	ret = sark_pg_query(tx->pg, &set, mem, &rows, err, user->user_id,
	    user->username, user->username_norm, user->directory_id,
	    user->email, user->name, sark_pg_array(mem, user->roles),
	    sark_pg_array(mem, user->teams),
	    sark_pg_array(mem, user->managed_teams),
	    sark_pg_array(mem, user->groups));
	if (ret == 0 && answer_of(rows) == 0)
		ret = sark_err_set(
		    err, SARK_NOT_FOUND, "no such user of the directory");
	talloc_free(mem);
	return ret;
}

int
sark_directory_users_gone(
    struct sark_tx *tx, const char *user_id, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(tx->pg));
	struct sark_rows *rows;
	int ret;

	ret = sark_pg_query(tx->pg, &gone, mem, &rows, err, user_id);
	if (ret == 0)
		ret = answer_of(rows);
	talloc_free(mem);
	return ret;
}

#include "store/users.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "store/pattern.h"
#include "store/pg.h"

/* clang-format off */
/* A time as ms since the epoch, 0 for NULL. */
#define MS(column) "coalesce(floor(extract(epoch FROM " column ") * 1000), 0)"

/* What a user is, but for the password hash: few may read that. */
#define USER_COLUMNS \
	"u.user_id, u.username, u.username_norm, u.email, u.name, u.provider," \
	" u.agent, u.password_change_required, " MS("u.disabled_at") ", " \
	MS("u.password_changed_at") ", " MS("u.created_at") ", " \
	MS("u.updated_at") ", " \
	MS("u.last_login_at") "," \
	" ARRAY(SELECT r.role FROM sark.user_role r" \
	"  WHERE r.user_id = u.user_id" \
	"  AND (r.expires_at IS NULL OR r.expires_at > now()) ORDER BY 1)," \
	SARK_EFFECTIVE_COLUMNS "," \
	" ARRAY(SELECT t.team FROM sark.team_member t" \
	"  WHERE t.user_id = u.user_id ORDER BY 1)," \
	" ARRAY(SELECT t.team FROM sark.team_member t" \
	"  WHERE t.user_id = u.user_id AND t.manager ORDER BY 1)"
#define FROM_USERS \
	" FROM sark.users u" SARK_EFFECTIVE_OF("u.user_id", "NULL")

/* Which rows of sark.login_attempt are about the user. */
#define LOCKED_UNTIL \
	MS("(SELECT max(a.locked_until) FROM sark.login_attempt a WHERE" \
	   " a.account = encode(sha256(convert_to(u.username_norm, 'UTF8'))," \
	   " 'hex') AND a.locked_until > now())")

static const struct sark_stmt by_username = { "users_by_username", 1,
	"SELECT " USER_COLUMNS ", u.password_hash, 0"
	FROM_USERS " WHERE u.username_norm = $1" };
static const struct sark_stmt by_id = { "users_by_id", 1,
	"SELECT " USER_COLUMNS ", NULL, 0"
	FROM_USERS " WHERE u.user_id = $1::uuid" };
static const struct sark_stmt named = { "users_named", 1,
	"SELECT " USER_COLUMNS ", NULL, 0"
	FROM_USERS " WHERE u.username_norm = $1" };
static const struct sark_stmt show = { "users_show", 1,
	"SELECT " USER_COLUMNS ", NULL, " LOCKED_UNTIL
	FROM_USERS " WHERE u.user_id = $1::uuid" };
static const struct sark_stmt page = { "users_list", 6,
	"SELECT " USER_COLUMNS ", NULL, " LOCKED_UNTIL
	" FROM (SELECT f.user_id FROM sark.users f"
	" WHERE ($1::text IS NULL OR f.username ILIKE $1 OR f.name ILIKE $1"
	"  OR f.email ILIKE $1)"
	" AND ($2::text IS NULL OR EXISTS (SELECT FROM sark.user_role r"
	"  WHERE r.user_id = f.user_id AND r.role = $2"
	"  AND (r.expires_at IS NULL OR r.expires_at > now())))"
	" AND ($3::text IS NULL OR EXISTS (SELECT FROM sark.team_member t"
	"  WHERE t.user_id = f.user_id AND t.team = $3))"
	" AND ($4::boolean IS NULL OR (f.disabled_at IS NOT NULL) = $4)"
	" AND ($5::text IS NULL OR f.username_norm COLLATE \"C\" > $5)"
	" ORDER BY f.username_norm COLLATE \"C\" LIMIT $6::bigint) AS page"
	" JOIN sark.users u USING (user_id)" SARK_EFFECTIVE_OF("u.user_id", "NULL")
	" ORDER BY u.username_norm COLLATE \"C\"" };
static const struct sark_stmt all = { "users_all", 0,
	"SELECT " USER_COLUMNS ", NULL, 0"
	FROM_USERS " ORDER BY u.username_norm" };
static const struct sark_stmt insert = { "users_insert", 10,
	"INSERT INTO sark.users (user_id, username, username_norm, email, name,"
	" provider, agent, password_hash, password_changed_at,"
	" password_change_required, created_at, updated_at)"
	" SELECT $1::uuid, $2, $3, $4, $5, $6, $7::boolean, nullif($8::text, ''),"
	" CASE WHEN $8::text <> '' THEN at END, $9::boolean, at, at FROM"
	" (SELECT CASE $10::bigint WHEN 0 THEN now() ELSE timestamptz 'epoch'"
	"  + $10::bigint * interval '1 millisecond' END)"
	" AS t (at)" };
static const struct sark_stmt lock = { "users_lock", 1,
	"SELECT FROM sark.users WHERE user_id = $1::uuid FOR NO KEY UPDATE" };
static const struct sark_stmt update = { "users_update", 4,
	"UPDATE sark.users SET email = coalesce($2, email),"
	" name = coalesce($3, name), agent = coalesce($4::boolean, agent),"
	" updated_at = now() WHERE user_id = $1::uuid" };
static const struct sark_stmt set_hash = { "users_set_hash", 2,
	"UPDATE sark.users SET password_hash = $2 WHERE user_id = $1::uuid" };
static const struct sark_stmt touch_login = { "users_touch_login", 2,
	"UPDATE sark.users AS u SET last_login_at = now()"
	" WHERE u.user_id = $1::uuid AND u.disabled_at IS NULL"
	" AND " MS("u.password_changed_at") " = $2::bigint" };
static const struct sark_stmt set_disabled = { "users_set_disabled", 2,
	"UPDATE sark.users SET disabled_at = CASE WHEN $2::boolean"
	" THEN coalesce(disabled_at, now()) END, updated_at = now()"
	" WHERE user_id = $1::uuid" };
static const struct sark_stmt drop_roles = { "users_drop_roles", 2,
	"DELETE FROM sark.user_role WHERE user_id = $1::uuid"
	" AND role <> ALL ($2::text[])" };
static const struct sark_stmt add_roles = { "users_add_roles", 3,
	"INSERT INTO sark.user_role (user_id, role, granted_by)"
	" SELECT DISTINCT $1::uuid, role, $3 FROM unnest($2::text[]) AS role"
	" ON CONFLICT (user_id, role) DO UPDATE SET expires_at = NULL" };
static const struct sark_stmt drop_teams = { "users_drop_teams", 1,
	"DELETE FROM sark.team_member WHERE user_id = $1::uuid" };
static const struct sark_stmt add_teams = { "users_add_teams", 3,
	"INSERT INTO sark.team_member (team, user_id, manager)"
	" SELECT team, $1::uuid, bool_or(manager)"
	" FROM (SELECT unnest($2::text[]) AS team, false AS manager"
	"  UNION ALL SELECT unnest($3::text[]), true) AS t GROUP BY team" };
/* clang-format on */

static void
fill(
    struct sark_user *user, void *ctx, const struct sark_rows *rows, size_t row)
{
	int c = 0;

	user->user_id = sark_rows_text(rows, row, c++);
	user->username = sark_rows_text(rows, row, c++);
	user->username_norm = sark_rows_text(rows, row, c++);
	user->email = sark_rows_text(rows, row, c++);
	user->name = sark_rows_text(rows, row, c++);
	user->provider = sark_rows_text(rows, row, c++);
	user->agent = sark_rows_bool(rows, row, c++);
	user->password_change_required = sark_rows_bool(rows, row, c++);
	user->disabled_at = sark_rows_int(rows, row, c++);
	user->password_changed_at = sark_rows_int(rows, row, c++);
	user->created_at = sark_rows_int(rows, row, c++);
	user->updated_at = sark_rows_int(rows, row, c++);
	user->last_login_at = sark_rows_int(rows, row, c++);
	user->plain_roles = sark_rows_list(rows, ctx, row, c++);
	sark_effective_fill(&user->effective, ctx, rows, row, c);
	user->roles = user->effective.roles;
	c += SARK_EFFECTIVE_COUNT;
	user->teams = sark_rows_list(rows, ctx, row, c++);
	user->managed_teams = sark_rows_list(rows, ctx, row, c++);
	user->password_hash = sark_rows_text(rows, row, c++);
	user->locked_until = sark_rows_int(rows, row, c);
}

static int
find(struct sark_pg *pg, const struct sark_stmt *stmt, void *ctx,
    const char *key, struct sark_user **user_r, struct sark_err *err)
{
	const char *const params[] = { key };
	struct sark_rows *rows;

	if (sark_pg_queryv(pg, stmt, ctx, params, &rows, err) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	*user_r = sark_new(ctx, struct sark_user);
	fill(*user_r, ctx, rows, 0);
	return 1;
}

int
sark_users_by_username(struct sark_pg *pg, void *ctx, const char *username_norm,
    struct sark_user **user_r, struct sark_err *err)
{
	return find(pg, &by_username, ctx, username_norm, user_r, err);
}

int
sark_users_by_id(struct sark_pg *pg, void *ctx, const char *user_id,
    struct sark_user **user_r, struct sark_err *err)
{
	return find(pg, &by_id, ctx, user_id, user_r, err);
}

int
sark_users_named(struct sark_pg *pg, void *ctx, const char *username_norm,
    struct sark_user **user_r, struct sark_err *err)
{
	return find(pg, &named, ctx, username_norm, user_r, err);
}

int
sark_users_show(struct sark_pg *pg, void *ctx, const char *user_id,
    struct sark_user **user_r, struct sark_err *err)
{
	return find(pg, &show, ctx, user_id, user_r, err);
}

static void
fill_all(struct sark_users *users, void *ctx, const struct sark_rows *rows)
{
	size_t i;

	users->count = sark_rows_count(rows);
	users->items = sark_new_array(ctx, struct sark_user, users->count + 1);
	for (i = 0; i < users->count; i++)
		fill(&users->items[i], ctx, rows, i);
}

int
sark_users_list(struct sark_pg *pg, void *ctx,
    const struct sark_user_filter *filter, struct sark_users *users_r,
    struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(pg, &page, ctx, &rows, err,
		sark_pattern_containing(ctx, filter->search), filter->role,
		filter->team, filter->disabled, filter->after,
		sark_format(ctx, "%lld", (long long)filter->limit)) == -1)
		return -1;
	fill_all(users_r, ctx, rows);
	return 0;
}

int
sark_users_all(struct sark_pg *pg, void *ctx, struct sark_user **users_r,
    size_t *count_r, struct sark_err *err)
{
	struct sark_users users;
	struct sark_rows *rows;

	if (sark_pg_query(pg, &all, ctx, &rows, err) == -1)
		return -1;
	fill_all(&users, ctx, rows);
	*users_r = users.items;
	*count_r = users.count;
	return 0;
}

int
sark_users_insert(
    struct sark_tx *tx, const struct sark_user *user, struct sark_err *err)
{
	char created[24];

	snprintf(created, sizeof(created), "%" PRId64, user->created_at);
	if (sark_pg_exec(tx->pg, &insert, err, user->user_id, user->username,
		user->username_norm, user->email, user->name, user->provider,
		user->agent ? "t" : "f", user->password_hash,
		user->password_change_required ? "t" : "f", created) == -1)
		return -1;
	return 0;
}

/* Looks at the count of an update of one user. */
static int
touched(int64_t count, struct sark_err *err)
{
	if (count == 0)
		return sark_err_set(err, SARK_NOT_FOUND, "no such user");
	return count == -1 ? -1 : 0;
}

int
sark_users_lock(struct sark_tx *tx, const char *user_id, struct sark_err *err)
{
	return touched(sark_pg_exec(tx->pg, &lock, err, user_id), err);
}

int
sark_users_update(struct sark_tx *tx, const char *user_id, const char *email,
    const char *name, const bool *agent, struct sark_err *err)
{
	const char *is_agent = agent == NULL ? NULL : *agent ? "t" : "f";

	return touched(
	    sark_pg_exec(tx->pg, &update, err, user_id, email, name, is_agent),
	    err);
}

int
sark_users_set_hash(struct sark_tx *tx, const char *user_id,
    const char *password_hash, struct sark_err *err)
{
	return touched(
	    sark_pg_exec(tx->pg, &set_hash, err, user_id, password_hash), err);
}

int
sark_users_touch_login(
    struct sark_tx *tx, const struct sark_user *user, struct sark_err *err)
{
	char changed[24];
	int64_t count;

	snprintf(
	    changed, sizeof(changed), "%" PRId64, user->password_changed_at);
	count = sark_pg_exec(tx->pg, &touch_login, err, user->user_id, changed);
	return count == -1 ? -1 : count > 0;
}

int
sark_users_set_disabled(struct sark_tx *tx, const char *user_id, bool disabled,
    struct sark_err *err)
{
	return touched(sark_pg_exec(tx->pg, &set_disabled, err, user_id,
			   disabled ? "t" : "f"),
	    err);
}

int
sark_users_set_roles(struct sark_tx *tx, const char *user_id,
    const char *const *roles, const char *granted_by, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(tx->pg));
	const char *list = sark_pg_array(mem, roles);
	int ret = 0;

	if (sark_pg_exec(tx->pg, &drop_roles, err, user_id, list) == -1 ||
	    sark_pg_exec(tx->pg, &add_roles, err, user_id, list, granted_by) ==
		-1)
		ret = -1;
	talloc_free(mem);
	return ret;
}

int
sark_users_set_teams(struct sark_tx *tx, const char *user_id,
    const char *const *teams, const char *const *managed_teams,
    struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(tx->pg));
	int ret = 0;

	if (sark_pg_exec(tx->pg, &drop_teams, err, user_id) == -1 ||
	    sark_pg_exec(tx->pg, &add_teams, err, user_id,
		sark_pg_array(mem, teams),
		sark_pg_array(mem, managed_teams)) == -1)
		ret = -1;
	talloc_free(mem);
	return ret;
}

#include "store/sessions.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/pg.h"
#include "store/redis.h"

/* A parameter in ms since the epoch as a time, exact. */
#define TIME(param) \
	"timestamptz 'epoch' + " param "::bigint * interval '1 millisecond'"
#define MS(column) "floor(extract(epoch FROM " column ") * 1000)"
#define LIVE	   "revoked_at IS NULL AND expires_at > now()"
#define ENDED	   " RETURNING session_id, user_id, token_id"

/* clang-format off */
static const struct sark_stmt insert = { "sessions_insert", 10,
	"INSERT INTO sark.session (session_id, user_id, token_id, secret_hash,"
	" client_ip, user_agent, created_at, last_used_at, expires_at,"
	" amr, mfa_time)"
	" VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, " TIME("$7") ","
	" " TIME("$7") ", clock_timestamp()"
	" + $8::bigint * interval '1 second', $9::text[],"
	" to_timestamp(nullif($10::bigint, 0)))" };
static const struct sark_stmt lock_user = { "sessions_lock_user", 1,
	"SELECT FROM sark.users WHERE user_id = $1::uuid FOR NO KEY UPDATE" };
static const struct sark_stmt end_oldest = { "sessions_end_oldest", 2,
	"UPDATE sark.session SET revoked_at = now(),"
	" revoke_reason = 'session_limit' WHERE session_id IN"
	" (SELECT session_id FROM sark.session WHERE user_id = $1::uuid"
	"  AND " LIVE
	"  ORDER BY created_at DESC, session_id DESC OFFSET $2::bigint)" ENDED };
static const struct sark_stmt end_one = { "sessions_end_one", 3,
	"UPDATE sark.session SET revoked_at = now(), revoke_reason = $2"
	" WHERE user_id = $1::uuid AND " LIVE
	" AND session_id = $3::uuid" ENDED };
static const struct sark_stmt end_others = { "sessions_end_others", 3,
	"UPDATE sark.session SET revoked_at = now(), revoke_reason = $2"
	" WHERE user_id = $1::uuid AND " LIVE
	" AND session_id <> $3::uuid" ENDED };
static const struct sark_stmt end_all = { "sessions_end_all", 2,
	"UPDATE sark.session SET revoked_at = now(), revoke_reason = $2"
	" WHERE user_id = $1::uuid AND " LIVE ENDED };
static const struct sark_stmt list = { "sessions_list", 3,
	"SELECT session_id, user_id, token_id, client_ip, user_agent,"
	" " MS("created_at") ", " MS("last_used_at") ", " MS("expires_at") ","
	" amr, coalesce(floor(extract(epoch FROM mfa_time)), 0)"
	" FROM sark.session WHERE user_id = $1::uuid AND " LIVE
	" AND ($2::uuid IS NULL OR session_id < $2::uuid)"
	" ORDER BY session_id DESC LIMIT $3::bigint" };
/* clang-format on */

int
sark_sessions_insert(struct sark_tx *tx, const struct sark_session *session,
    struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(tx->pg));
	int64_t count;

	count = sark_pg_exec(tx->pg, &insert, err, session->session_id,
	    session->user_id, session->token_id, session->secret_hash,
	    session->client_ip, session->user_agent,
	    sark_format(mem, "%lld", (long long)session->created_at),
	    sark_format(mem, "%lld", (long long)session->ttl_s),
	    sark_pg_array(mem, session->methods),
	    sark_format(mem, "%lld", (long long)session->mfa_time));
	talloc_free(mem);
	return count == -1 ? -1 : 0;
}

static void
read_session(struct sark_session *session, void *ctx,
    const struct sark_rows *rows, size_t row)
{
	int c = 0;

	session->session_id = sark_rows_text(rows, row, c++);
	session->user_id = sark_rows_text(rows, row, c++);
	session->token_id = sark_rows_text(rows, row, c++);
	session->client_ip = sark_rows_text(rows, row, c++);
	session->user_agent = sark_rows_text(rows, row, c++);
	session->created_at = sark_rows_int(rows, row, c++);
	session->last_used_at = sark_rows_int(rows, row, c++);
	session->expires_at = sark_rows_int(rows, row, c++);
	session->methods = sark_rows_list(rows, ctx, row, c++);
	session->mfa_time = sark_rows_int(rows, row, c);
}

int
sark_sessions_list(struct sark_pg *pg, void *ctx, const char *user_id,
    const char *before_id, int64_t limit, struct sark_session_list *list_r,
    struct sark_err *err)
{
	struct sark_rows *rows;
	size_t i;

	if (sark_pg_query(pg, &list, ctx, &rows, err, user_id, before_id,
		sark_format(ctx, "%lld", (long long)limit)) == -1)
		return -1;
	list_r->count = sark_rows_count(rows);
	list_r->items = sark_new_array(ctx, struct sark_session, list_r->count);
	for (i = 0; i < list_r->count; i++)
		read_session(&list_r->items[i], ctx, rows, i);
	return 0;
}

static int
end_sessions(struct sark_tx *tx, const struct sark_stmt *stmt, void *ctx,
    const char *const *params, struct sark_session_ends *ends_r,
    struct sark_err *err)
{
	struct sark_session_end *end;
	struct sark_rows *rows;

	if (sark_pg_queryv(tx->pg, stmt, ctx, params, &rows, err) == -1)
		return -1;
	ends_r->count = sark_rows_count(rows);
	ends_r->items =
	    sark_new_array(ctx, struct sark_session_end, ends_r->count);
	for (size_t i = 0; i < ends_r->count; i++) {
		end = &ends_r->items[i];
		end->session_id = sark_rows_text(rows, i, 0);
		end->user_id = sark_rows_text(rows, i, 1);
		end->token_id = sark_rows_text(rows, i, 2);
	}
	return 0;
}

int
sark_sessions_over_limit(struct sark_tx *tx, void *ctx, const char *user_id,
    int64_t limit, struct sark_session_ends *ends_r, struct sark_err *err)
{
	const char *const params[] = { user_id,
		sark_format(ctx, "%lld", (long long)limit) };

	if (sark_pg_exec(tx->pg, &lock_user, err, user_id) == -1)
		return -1;
	return end_sessions(tx, &end_oldest, ctx, params, ends_r, err);
}

int
sark_sessions_revoke(struct sark_tx *tx, void *ctx, const char *user_id,
    const char *session_id, const char *reason,
    struct sark_session_ends *ends_r, struct sark_err *err)
{
	const char *const params[] = { user_id, reason, session_id };

	return end_sessions(tx, session_id != NULL ? &end_one : &end_all, ctx,
	    params, ends_r, err);
}

int
sark_sessions_revoke_others(struct sark_tx *tx, void *ctx, const char *user_id,
    const char *session_id, const char *reason,
    struct sark_session_ends *ends_r, struct sark_err *err)
{
	const char *const params[] = { user_id, reason, session_id };

	return end_sessions(tx, &end_others, ctx, params, ends_r, err);
}

char *
sark_sessions_key(void *ctx, const char *user_id, const char *token_id)
{
	return sark_format(ctx, "refresh_token:user:%s:%s", user_id, token_id);
}

char *
sark_sessions_successor_key(void *ctx, const char *token_id)
{
	return sark_format(ctx, "refresh_token:successor:%s", token_id);
}

/* Runs commands whose answers matter only when they are errors. */
static int
run(struct sark_redis *redis, const struct sark_redis_cmd *cmds, size_t n,
    struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	const struct sark_reply *replies;
	int ret;

	ret = sark_redis_pipeline(redis, mem, cmds, n, &replies, err);
	for (size_t i = 0; ret == 0 && i < n; i++)
		if (replies[i].type == SARK_REPLY_ERROR)
			ret = sark_err_set(
			    err, SARK_UNAVAILABLE, "redis: %s", replies[i].str);
	talloc_free(mem);
	return ret;
}

int
sark_sessions_put(struct sark_redis *redis, const char *key, const char *sealed,
    int64_t ttl_s, const char *former, struct sark_err *err)
{
	char *ttl = sark_format(NULL, "%lld", (long long)ttl_s);
	const char *const set[] = { "SET", key, sealed, "EX", ttl };
	const char *const del[] = { "DEL", former };
	const struct sark_redis_cmd cmds[] = {
		{ SARK_COUNT(set), set, NULL },
		{ SARK_COUNT(del), del, NULL },
	};
	int ret = run(redis, cmds, former != NULL ? 2 : 1, err);

	talloc_free(ttl);
	return ret;
}

int
sark_sessions_get(struct sark_redis *redis, void *ctx, const char *key,
    const char **sealed_r, struct sark_err *err)
{
	const char *const argv[] = { "GET", key };
	const struct sark_redis_cmd cmd = { SARK_COUNT(argv), argv, NULL };
	const struct sark_reply *reply;

	if (sark_redis_pipeline(redis, ctx, &cmd, 1, &reply, err) == -1)
		return -1;
	if (reply->type == SARK_REPLY_ERROR)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "redis: %s", reply->str);
	if (reply->type != SARK_REPLY_STRING)
		return 0;
	*sealed_r = reply->str;
	return 1;
}

int
sark_sessions_drop(struct sark_redis *redis,
    const struct sark_session_ends *ends, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	const char **argv = sark_new_array(mem, const char *, ends->count + 1);
	const struct sark_redis_cmd cmd = { (int)ends->count + 1, argv, NULL };
	int ret = 0;

	argv[0] = "DEL";
	for (size_t i = 0; i < ends->count; i++)
		argv[i + 1] = sark_sessions_key(
		    mem, ends->items[i].user_id, ends->items[i].token_id);
	if (ends->count > 0)
		ret = run(redis, &cmd, 1, err);
	talloc_free(mem);
	return ret;
}

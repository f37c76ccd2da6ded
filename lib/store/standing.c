#include "store/standing.h"

#include "base/mem.h"
#include "store/pg.h"

enum { GENERATION, ALL, HOLD, HOLD_ALL, RECORD, KEYS };

/* Behind what sessions and keys have in common. */
#define FIRST_OF_KEY (12 + SARK_EFFECTIVE_COUNT)

/* clang-format off */
#define MS_UNTIL(time) "floor(extract(epoch FROM " time " - now()) * 1000)"

static const struct sark_stmt of_session = { "standing_of_session", 2,
	"SELECT coalesce(s.revoked_at IS NULL AND s.expires_at > now(), false),"
	" u.disabled_at IS NOT NULL, u.username, u.email, u.name, u.provider,"
	" u.agent, coalesce('mfa' = ANY (s.amr), false),"
	" coalesce(floor(extract(epoch FROM s.mfa_time)), 0),"
	" ARRAY(SELECT t.team FROM sark.team_member t"
	"  WHERE t.user_id = u.user_id ORDER BY 1),"
	" ARRAY(SELECT t.team FROM sark.team_member t"
	"  WHERE t.user_id = u.user_id AND t.manager ORDER BY 1),"
	/* of what ends by itself, the first */
	" coalesce(" MS_UNTIL("least(s.expires_at, e.until)") ", -1),"
	SARK_EFFECTIVE_COLUMNS
	" FROM sark.users u" SARK_EFFECTIVE_OF("u.user_id", "NULL")
	" LEFT JOIN sark.session s"
	"  ON s.session_id = $2::uuid AND s.user_id = u.user_id"
	" WHERE u.user_id = $1::uuid" };
#define KEY_ENDS "least(k.expires_at, x.expires_at, e.until)"
static const struct sark_stmt of_key = { "standing_of_key", 2,
	"SELECT coalesce(k.revoked_at IS NULL AND k.disabled_at IS NULL"
	"  AND coalesce(least(k.expires_at, x.expires_at) > now(), true),"
	"  false),"
	" u.disabled_at IS NOT NULL, u.username, u.email, u.name, u.provider,"
	" u.agent, false, 0,"
	" ARRAY(SELECT t.team FROM sark.team_member t"
	"  WHERE t.user_id = u.user_id ORDER BY 1),"
	" ARRAY(SELECT t.team FROM sark.team_member t"
	"  WHERE t.user_id = u.user_id AND t.manager ORDER BY 1),"
	" coalesce(" MS_UNTIL(KEY_ENDS) ", -1),"
	SARK_EFFECTIVE_COLUMNS ","
	" k.scopes, k.networks, coalesce(k.rate_limit, 0)"
	" FROM sark.users u"
	" JOIN sark.api_key_secret x ON x.prefix = $2"
	" JOIN sark.api_key k ON k.key_id = x.key_id AND k.user_id = u.user_id"
	SARK_EFFECTIVE_OF("u.user_id", "k.key_id")
	" WHERE u.user_id = $1::uuid" };
/* clang-format on */

static void
fill(struct sark_standing_row *row, void *ctx, const struct sark_rows *rows)
{
	int c = 0;

	row->live = sark_rows_bool(rows, 0, c++);
	row->disabled = sark_rows_bool(rows, 0, c++);
	row->username = sark_rows_text(rows, 0, c++);
	row->email = sark_rows_text(rows, 0, c++);
	row->name = sark_rows_text(rows, 0, c++);
	row->provider = sark_rows_text(rows, 0, c++);
	row->agent = sark_rows_bool(rows, 0, c++);
	row->mfa = sark_rows_bool(rows, 0, c++);
	row->mfa_time = sark_rows_int(rows, 0, c++);
	row->teams = sark_rows_list(rows, ctx, 0, c++);
	row->managed_teams = sark_rows_list(rows, ctx, 0, c++);
	row->left_ms = sark_rows_int(rows, 0, c++);
	sark_effective_fill(&row->effective, ctx, rows, 0, c);
}

/* 1, 0 or -1 */
static int
find(struct sark_pg *pg, const struct sark_stmt *stmt, void *ctx,
    const char *const params[], struct sark_rows **rows_r, struct sark_err *err)
{
	if (sark_pg_queryv(pg, stmt, ctx, params, rows_r, err) == -1)
		return -1;
	return sark_rows_count(*rows_r) > 0;
}

int
sark_standing_of_session(struct sark_pg *pg, void *ctx, const char *user_id,
    const char *session_id, struct sark_standing_row *row_r,
    struct sark_err *err)
{
	const char *const params[] = { user_id, session_id };
	struct sark_rows *rows;
	int found = find(pg, &of_session, ctx, params, &rows, err);

	if (found == 1)
		fill(row_r, ctx, rows);
	return found;
}

int
sark_standing_of_key(struct sark_pg *pg, void *ctx, const char *user_id,
    const char *prefix, struct sark_standing_row *row_r, struct sark_err *err)
{
	const char *const params[] = { user_id, prefix };
	int found, c = FIRST_OF_KEY;
	struct sark_rows *rows;

	found = find(pg, &of_key, ctx, params, &rows, err);
	if (found != 1)
		return found;
	fill(row_r, ctx, rows);
	row_r->scopes = sark_rows_list(rows, ctx, 0, c++);
	row_r->networks = sark_rows_list(rows, ctx, 0, c++);
	row_r->key_rate = sark_rows_int(rows, 0, c);
	return 1;
}

void
sark_standing_words(void *ctx, const char *user_id, const char *id,
    const char *words[SARK_STANDING_WORDS])
{
	words[0] = "MGET";
	words[1 + GENERATION] =
	    sark_format(ctx, "policy:generation:user:%s", user_id);
	words[1 + ALL] = "policy:generation:all:";
	words[1 + HOLD] = sark_format(ctx, "policy:hold:user:%s", user_id);
	words[1 + HOLD_ALL] = "policy:hold:all:";
	words[1 + RECORD] = sark_format(ctx, "session:standing:%s", id);
}

const char *
sark_standing_key(const char *const words[SARK_STANDING_WORDS])
{
	return words[1 + RECORD];
}

static const char *
text_of(const struct sark_reply *reply)
{
	return reply->type == SARK_REPLY_STRING ? reply->str : NULL;
}

int
sark_standing_see(
    const struct sark_reply *reply, struct sark_standing_seen *seen_r)
{
	if (reply->type != SARK_REPLY_ARRAY || reply->count != KEYS)
		return -1;
	seen_r->generation = text_of(&reply->elements[GENERATION]);
	seen_r->all = text_of(&reply->elements[ALL]);
	seen_r->held = reply->elements[HOLD].type != SARK_REPLY_NIL ||
	    reply->elements[HOLD_ALL].type != SARK_REPLY_NIL;
	seen_r->record = text_of(&reply->elements[RECORD]);
	return 0;
}

int
sark_standing_keep(struct sark_redis *redis, const char *key,
    const char *record, int64_t ttl_ms, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	const char *const argv[] = { "SET", key, record, "PX",
		sark_format(mem, "%lld", (long long)ttl_ms) };
	const struct sark_redis_cmd set = { SARK_COUNT(argv), argv, NULL };
	const struct sark_reply *reply;
	int ret;

	ret = sark_redis_pipeline(redis, mem, &set, 1, &reply, err);
	if (ret == 0 && reply->type == SARK_REPLY_ERROR)
		ret = sark_err_set(
		    err, SARK_UNAVAILABLE, "redis: %s", reply->str);
	talloc_free(mem);
	return ret;
}

#include "store/apikeys.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/pg.h"

/* clang-format off */
/* A time as ms since the epoch, 0 for NULL; and back. */
#define MS(column) "coalesce(floor(extract(epoch FROM " column ") * 1000), 0)"
#define TIME(param) \
	"timestamptz 'epoch' + nullif(" param "::bigint, 0)" \
	" * interval '1 millisecond'"

#define KEY \
	"SELECT k.key_id, k.user_id, u.username, k.name, k.description," \
	" coalesce((SELECT s.prefix FROM sark.api_key_secret s" \
	"  WHERE s.key_id = k.key_id ORDER BY s.created_at DESC LIMIT 1), '')," \
	" k.scopes, k.networks, coalesce(k.rate_limit, 0), k.created_by, " \
	MS("k.created_at") ", " MS("k.updated_at") ", " MS("k.expires_at") "," \
	" " MS("k.disabled_at") "," \
	" " MS("(SELECT w.last_used_at FROM sark.api_key_use w" \
	" WHERE w.key_id = k.key_id)") "," \
	" coalesce((SELECT w.usage_count FROM sark.api_key_use w" \
	"  WHERE w.key_id = k.key_id), 0)," \
	" coalesce(k.expires_at <= now(), false)" \
	" FROM sark.api_key k JOIN sark.users u ON u.user_id = k.user_id" \
	" WHERE k.revoked_at IS NULL"

static const struct sark_stmt insert = { "apikeys_insert", 10,
	"INSERT INTO sark.api_key (key_id, user_id, name, description, scopes,"
	" networks, rate_limit, created_by, expires_at, created_at, updated_at)"
	" VALUES ($1::uuid, $2::uuid, $3, $4, $5::text[], $6::text[],"
	" nullif($7::integer, 0), $8, " TIME("$9") ","
	" " TIME("$10") ", " TIME("$10") ")" };
static const struct sark_stmt insert_secret = { "apikeys_insert_secret", 3,
	"INSERT INTO sark.api_key_secret (key_id, prefix, digest)"
	" VALUES ($1::uuid, $2, $3)" };
static const struct sark_stmt get = { "apikeys_get", 1,
	KEY " AND k.key_id = $1::uuid" };
static const struct sark_stmt lock = { "apikeys_lock", 1,
	KEY " AND k.key_id = $1::uuid FOR UPDATE OF k" };
static const struct sark_stmt list = { "apikeys_list", 3,
	KEY " AND ($1::uuid IS NULL OR k.user_id = $1::uuid)"
	" AND ($2::uuid IS NULL OR k.key_id < $2::uuid)"
	" ORDER BY k.key_id DESC LIMIT $3::bigint" };
static const struct sark_stmt update = { "apikeys_update", 8,
	"UPDATE sark.api_key SET name = $2, description = $3,"
	" scopes = $4::text[], networks = $5::text[],"
	" rate_limit = nullif($6::integer, 0), expires_at = " TIME("$7") ","
	" disabled_at = " TIME("$8") ", updated_at = now()"
	" WHERE key_id = $1::uuid" };
static const struct sark_stmt end_secrets = { "apikeys_end_secrets", 2,
	"UPDATE sark.api_key_secret SET expires_at = least(expires_at,"
	" now() + $2::bigint * interval '1 second') WHERE key_id = $1::uuid" };
static const struct sark_stmt touch = { "apikeys_touch", 2,
	"UPDATE sark.api_key SET updated_at = " TIME("$2")
	" WHERE key_id = $1::uuid" };
static const struct sark_stmt count_of = { "apikeys_count", 1,
	"SELECT count(*) FROM sark.api_key"
	" WHERE user_id = $1::uuid AND revoked_at IS NULL" };
static const struct sark_stmt revoke = { "apikeys_revoke", 1,
	"UPDATE sark.api_key SET revoked_at = now(), updated_at = now()"
	" WHERE key_id = $1::uuid AND revoked_at IS NULL" };
static const struct sark_stmt find = { "apikeys_find", 1,
	"SELECT k.key_id, k.user_id, s.digest"
	" FROM sark.api_key_secret s JOIN sark.api_key k ON k.key_id = s.key_id"
	" WHERE s.prefix = $1" };
/* In one order, so that workers which tell of the same keys do not collide. */
static const struct sark_stmt used = { "apikeys_used", 3,
	"INSERT INTO sark.api_key_use AS w (key_id, usage_count, last_used_at)"
	" SELECT k.key_id, t.count, " TIME("t.last_ms") ""
	" FROM unnest($1::uuid[], $2::bigint[], $3::bigint[])"
	" AS t (key_id, count, last_ms)"
	" JOIN sark.api_key k ON k.key_id = t.key_id ORDER BY k.key_id"
	" ON CONFLICT (key_id) DO UPDATE SET"
	" usage_count = w.usage_count + excluded.usage_count,"
	" last_used_at = greatest(w.last_used_at, excluded.last_used_at)" };
/* clang-format on */

static const char *
number(void *ctx, int64_t n)
{
	return sark_format(ctx, "%lld", (long long)n);
}

static int
add_secret(struct sark_tx *tx, const char *key_id,
    const struct sark_apikey_secret *secret, struct sark_err *err)
{
	return sark_pg_exec(tx->pg, &insert_secret, err, key_id, secret->prefix,
		   secret->digest) == -1
	    ? -1
	    : 0;
}

int
sark_apikeys_insert(struct sark_tx *tx, const struct sark_apikey *key,
    const struct sark_apikey_secret *secret, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(tx->pg));
	int64_t count;

	count = sark_pg_exec(tx->pg, &insert, err, key->key_id, key->user_id,
	    key->name, key->description, sark_pg_array(mem, key->scopes),
	    sark_pg_array(mem, key->networks), number(mem, key->rate_limit),
	    key->created_by, number(mem, key->expires_at),
	    number(mem, key->created_at));
	talloc_free(mem);
	return count == -1 ? -1 : add_secret(tx, key->key_id, secret, err);
}

static void
read_key(struct sark_apikey *key, void *ctx, const struct sark_rows *rows,
    size_t row)
{
	int c = 0;

	sark_str_copy(
	    key->key_id, sizeof(key->key_id), sark_rows_text(rows, row, c++));
	key->user_id = sark_rows_text(rows, row, c++);
	key->username = sark_rows_text(rows, row, c++);
	key->name = sark_rows_text(rows, row, c++);
	key->description = sark_rows_text(rows, row, c++);
	key->prefix = sark_rows_text(rows, row, c++);
	key->scopes = sark_rows_list(rows, ctx, row, c++);
	key->networks = sark_rows_list(rows, ctx, row, c++);
	key->rate_limit = sark_rows_int(rows, row, c++);
	key->created_by = sark_rows_text(rows, row, c++);
	key->created_at = sark_rows_int(rows, row, c++);
	key->updated_at = sark_rows_int(rows, row, c++);
	key->expires_at = sark_rows_int(rows, row, c++);
	key->disabled_at = sark_rows_int(rows, row, c++);
	key->last_used_at = sark_rows_int(rows, row, c++);
	key->usage_count = sark_rows_int(rows, row, c++);
	key->expired = sark_rows_bool(rows, row, c);
}

static int
find_key(struct sark_pg *pg, const struct sark_stmt *stmt, void *ctx,
    const char *key_id, struct sark_apikey **key_r, struct sark_err *err)
{
	const char *const params[] = { key_id };
	struct sark_rows *rows;

	if (sark_pg_queryv(pg, stmt, ctx, params, &rows, err) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	*key_r = sark_new(ctx, struct sark_apikey);
	read_key(*key_r, ctx, rows, 0);
	return 1;
}

int
sark_apikeys_get(struct sark_pg *pg, void *ctx, const char *key_id,
    struct sark_apikey **key_r, struct sark_err *err)
{
	return find_key(pg, &get, ctx, key_id, key_r, err);
}

int
sark_apikeys_lock(struct sark_tx *tx, void *ctx, const char *key_id,
    struct sark_apikey **key_r, struct sark_err *err)
{
	return find_key(tx->pg, &lock, ctx, key_id, key_r, err);
}

int
sark_apikeys_list(struct sark_pg *pg, void *ctx,
    const struct sark_apikey_filter *filter, struct sark_apikeys *keys_r,
    struct sark_err *err)
{
	struct sark_rows *rows;
	size_t i;

	if (sark_pg_query(pg, &list, ctx, &rows, err, filter->user_id,
		filter->before_id, number(ctx, filter->limit)) == -1)
		return -1;
	keys_r->count = sark_rows_count(rows);
	keys_r->items =
	    sark_new_array(ctx, struct sark_apikey, keys_r->count + 1);
	for (i = 0; i < keys_r->count; i++)
		read_key(&keys_r->items[i], ctx, rows, i);
	return 0;
}

int
sark_apikeys_update(
    struct sark_tx *tx, const struct sark_apikey *key, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(tx->pg));
	int64_t count;

	count = sark_pg_exec(tx->pg, &update, err, key->key_id, key->name,
	    key->description, sark_pg_array(mem, key->scopes),
	    sark_pg_array(mem, key->networks), number(mem, key->rate_limit),
	    number(mem, key->expires_at), number(mem, key->disabled_at));
	talloc_free(mem);
	return count == -1 ? -1 : 0;
}

int
sark_apikeys_rotate(struct sark_tx *tx, const struct sark_apikey *key,
    const struct sark_apikey_secret *secret, int64_t overlap_s,
    struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(tx->pg));
	int ret = 0;

	if (sark_pg_exec(tx->pg, &end_secrets, err, key->key_id,
		number(mem, overlap_s)) == -1 ||
	    sark_pg_exec(tx->pg, &touch, err, key->key_id,
		number(mem, key->updated_at)) == -1)
		ret = -1;
	talloc_free(mem);
	return ret == -1 ? -1 : add_secret(tx, key->key_id, secret, err);
}

int
sark_apikeys_count(struct sark_tx *tx, const char *user_id, int64_t *count_r,
    struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(tx->pg));
	struct sark_rows *rows;
	int ret;

	ret = sark_pg_query(tx->pg, &count_of, mem, &rows, err, user_id);
	if (ret == 0)
		*count_r = sark_rows_int(rows, 0, 0);
	talloc_free(mem);
	return ret;
}

int
sark_apikeys_revoke(
    struct sark_tx *tx, const char *key_id, struct sark_err *err)
{
	return sark_pg_exec(tx->pg, &revoke, err, key_id) == -1 ? -1 : 0;
}

int
sark_apikeys_find(struct sark_pg *pg, void *ctx, const char *prefix,
    struct sark_apikey_secret_of *of_r, struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(pg, &find, ctx, &rows, err, prefix) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	of_r->key_id = sark_rows_text(rows, 0, 0);
	of_r->user_id = sark_rows_text(rows, 0, 1);
	of_r->digest = sark_rows_text(rows, 0, 2);
	return 1;
}

int
sark_apikeys_used(struct sark_pg *pg, const struct sark_apikey_use *uses,
    size_t n, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(pg));
	const char **ids = sark_new_array(mem, const char *, n + 1);
	const char **counts = sark_new_array(mem, const char *, n + 1);
	const char **times = sark_new_array(mem, const char *, n + 1);
	int64_t count;
	size_t i;

	for (i = 0; i < n; i++) {
		ids[i] = uses[i].key_id;
		counts[i] = number(mem, uses[i].count);
		times[i] = number(mem, uses[i].last_ms);
	}
	count = sark_pg_exec(pg, &used, err, sark_pg_array(mem, ids),
	    sark_pg_array(mem, counts), sark_pg_array(mem, times));
	talloc_free(mem);
	return count == -1 ? -1 : 0;
}

#include "store/totp.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "store/pg.h"

#define NUMBER 24 /* an int64_t as text */

/* clang-format off */
static const struct sark_stmt in_force = { "totp_in_force", 1,
	"SELECT FROM sark.totp WHERE user_id = $1::uuid"
	" AND confirmed_at IS NOT NULL" };
/*
 * One statement, so that a try is counted or refused under the lock of the
 * row, whoever else tries at the moment.
 */
static const struct sark_stmt take_try = { "totp_take_try", 5,
	"WITH tried AS (UPDATE sark.totp SET tries = tries + 1, locked_until ="
	"  CASE WHEN tries + 1 >= $2::int THEN now() + least($4::int,"
	"   $3::int * power(2, least(tries + 1 - $2::int, 30)))"
	"   * interval '1 second' END"
	"  WHERE user_id = $1::uuid AND tries < $5::int"
	"  AND (locked_until IS NULL OR locked_until <= now())"
	"  RETURNING secret, confirmed_at, last_step, tries)"
	" SELECT secret, confirmed_at IS NOT NULL, last_step, tries, 0"
	"  FROM tried UNION ALL"
	" SELECT '', confirmed_at IS NOT NULL, 0, 0, CASE"
	"  WHEN tries >= $5::int THEN $4::int"
	"  ELSE greatest(1, ceil(extract(epoch FROM locked_until - now()))) END"
	"  FROM sark.totp WHERE user_id = $1::uuid"
	"  AND NOT EXISTS (SELECT FROM tried)" };
static const struct sark_stmt put = { "totp_put", 2,
	"INSERT INTO sark.totp AS t (user_id, secret) VALUES ($1::uuid, $2)"
	" ON CONFLICT (user_id) DO UPDATE SET secret = $2, created_at = now(),"
	" last_step = 0, tries = 0, locked_until = NULL"
	" WHERE t.confirmed_at IS NULL" };
static const struct sark_stmt use = { "totp_use", 2,
	"UPDATE sark.totp SET last_step = $2::bigint, tries = 0,"
	" locked_until = NULL WHERE user_id = $1::uuid"
	" AND confirmed_at IS NOT NULL AND last_step < $2::bigint" };
static const struct sark_stmt confirm = { "totp_confirm", 3,
	"UPDATE sark.totp SET last_step = $2::bigint, tries = 0,"
	" locked_until = NULL, confirmed_at = now() WHERE user_id = $1::uuid"
	" AND confirmed_at IS NULL AND secret = $3" };
static const struct sark_stmt take_away = { "totp_remove", 1,
	"DELETE FROM sark.totp WHERE user_id = $1::uuid" };

static const struct sark_stmt recovery_put = { "recovery_put", 2,
	"INSERT INTO sark.recovery_code (user_id, digest)"
	" SELECT $1::uuid, unnest($2::text[])" };
static const struct sark_stmt recovery_known = { "recovery_known", 2,
	"SELECT FROM sark.recovery_code WHERE user_id = $1::uuid"
	" AND digest = $2 AND used_at IS NULL" };
static const struct sark_stmt recovery_use = { "recovery_use", 2,
	"UPDATE sark.recovery_code SET used_at = now()"
	" WHERE user_id = $1::uuid AND digest = $2 AND used_at IS NULL" };
static const struct sark_stmt forget_tries = { "totp_forget_tries", 1,
	"UPDATE sark.totp SET tries = 0, locked_until = NULL"
	" WHERE user_id = $1::uuid" };

static const struct sark_stmt shown = { "totp_shown", 4,
	"UPDATE sark.session SET mfa_time = to_timestamp($4::bigint),"
	" amr = amr || ARRAY(SELECT m FROM unnest($3::text[]) AS m"
	"  WHERE m <> ALL (amr))"
	" WHERE user_id = $1::uuid AND session_id = $2::uuid"
	" AND revoked_at IS NULL AND expires_at > now()"
	" RETURNING amr, floor(extract(epoch FROM expires_at) * 1000)" };
static const struct sark_stmt forget = { "totp_forget", 1,
	"UPDATE sark.session SET mfa_time = NULL,"
	" amr = array_remove(array_remove(amr, 'otp'), 'mfa')"
	" WHERE user_id = $1::uuid AND mfa_time IS NOT NULL" };
/* clang-format on */

/* Whether there is a row: 1 or 0. */
static int
exists(struct sark_pg *pg, const struct sark_stmt *stmt,
    const char *const *params, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	struct sark_rows *rows;
	int ret = -1;

	if (sark_pg_queryv(pg, stmt, mem, params, &rows, err) == 0)
		ret = sark_rows_count(rows) > 0;
	talloc_free(mem);
	return ret;
}

/* What came of a change of at most one row: 1 or 0. */
static int
changed(int64_t count)
{
	return count == -1 ? -1 : count > 0;
}

int
sark_totp_in_force(
    struct sark_pg *pg, const char *user_id, struct sark_err *err)
{
	const char *const params[] = { user_id };

	return exists(pg, &in_force, params, err);
}

int
sark_totp_take_try(struct sark_pg *pg, void *ctx, const char *user_id,
    const struct sark_totp_limit *limit, struct sark_totp_row *row_r,
    struct sark_err *err)
{
	const char *const params[] = { user_id,
		sark_format(ctx, "%" PRId64, limit->free),
		sark_format(ctx, "%" PRId64, limit->wait_s),
		sark_format(ctx, "%" PRId64, limit->longest),
		sark_format(ctx, "%" PRId64, limit->most) };
	struct sark_rows *rows;

	if (sark_pg_queryv(pg, &take_try, ctx, params, &rows, err) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	*row_r = (struct sark_totp_row){
		.secret = sark_rows_text(rows, 0, 0),
		.confirmed = sark_rows_bool(rows, 0, 1),
		.last_step = sark_rows_int(rows, 0, 2),
		.tries = sark_rows_int(rows, 0, 3),
		.wait_s = sark_rows_int(rows, 0, 4),
	};
	return 1;
}

int
sark_totp_put(struct sark_tx *tx, const char *user_id, const char *secret,
    struct sark_err *err)
{
	return changed(sark_pg_exec(tx->pg, &put, err, user_id, secret));
}

int
sark_totp_use(
    struct sark_tx *tx, const char *user_id, int64_t step, struct sark_err *err)
{
	char number[NUMBER];

	snprintf(number, sizeof(number), "%" PRId64, step);
	return changed(sark_pg_exec(tx->pg, &use, err, user_id, number));
}

int
sark_totp_confirm(struct sark_tx *tx, const char *user_id, int64_t step,
    const char *secret, struct sark_err *err)
{
	char number[NUMBER];

	snprintf(number, sizeof(number), "%" PRId64, step);
	return changed(
	    sark_pg_exec(tx->pg, &confirm, err, user_id, number, secret));
}

int
sark_totp_remove(struct sark_tx *tx, const char *user_id, struct sark_err *err)
{
	return changed(sark_pg_exec(tx->pg, &take_away, err, user_id));
}

int
sark_recovery_put(struct sark_tx *tx, const char *user_id,
    const char *const *digests, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	int64_t count = sark_pg_exec(
	    tx->pg, &recovery_put, err, user_id, sark_pg_array(mem, digests));

	talloc_free(mem);
	return count == -1 ? -1 : 0;
}

int
sark_recovery_known(struct sark_pg *pg, const char *user_id, const char *digest,
    struct sark_err *err)
{
	const char *const params[] = { user_id, digest };

	return exists(pg, &recovery_known, params, err);
}

int
sark_recovery_use(struct sark_tx *tx, const char *user_id, const char *digest,
    struct sark_err *err)
{
	int used =
	    changed(sark_pg_exec(tx->pg, &recovery_use, err, user_id, digest));

	if (used == 1 &&
	    sark_pg_exec(tx->pg, &forget_tries, err, user_id) == -1)
		return -1;
	return used;
}

int
sark_totp_shown(struct sark_tx *tx, void *ctx, struct sark_shown *what,
    struct sark_err *err)
{
	const char *const params[] = { what->user_id, what->session_id,
		sark_pg_array(ctx, what->methods),
		sark_format(ctx, "%" PRId64, what->time_s) };
	struct sark_rows *rows;

	if (sark_pg_queryv(tx->pg, &shown, ctx, params, &rows, err) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	what->amr = sark_rows_list(rows, ctx, 0, 0);
	what->until_ms = sark_rows_int(rows, 0, 1);
	return 1;
}

int
sark_totp_forget(struct sark_tx *tx, const char *user_id, struct sark_err *err)
{
	return sark_pg_exec(tx->pg, &forget, err, user_id) == -1 ? -1 : 0;
}

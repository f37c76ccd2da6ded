#include "store/attempts.h"

#include "base/mem.h"
#include "store/pg.h"

/* clang-format off */
/* The row of all networks that are not known together. */
#define ANYWHERE "'0.0.0.0/0'::cidr"
#define NETWORK \
	"CASE WHEN $2::text = '' THEN '0.0.0.0/32'::cidr ELSE" \
	" network(set_masklen($2::inet," \
	" CASE family($2::inet) WHEN 4 THEN 32 ELSE 64 END)) END"
#define KNOWN \
	"EXISTS (SELECT FROM sark.login_attempt k WHERE k.account = $1" \
	" AND k.network = h.network" \
	" AND k.last_login_at > now() - interval '90 days')"
/* The rows that count for a login: one or two. */
#define COUNTS \
	"a.account = $1 AND (a.network = h.network" \
	" OR (a.network = " ANYWHERE " AND NOT " KNOWN "))"
#define AFTER(network) \
	"CASE WHEN " network " = " ANYWHERE \
	" THEN $4::integer ELSE $3::integer END"
#define UNTIL(failures, network) \
	"CASE WHEN " failures " >= " AFTER(network) \
	" THEN now() + least($5::integer, power(2, least(" failures " - " \
	AFTER(network) ", 30))) * interval '1 second' END"

static const struct sark_stmt locked = { "attempts_locked", 2,
	"SELECT EXISTS (SELECT FROM sark.login_attempt a,"
	" (SELECT " NETWORK " AS network) AS h"
	" WHERE " COUNTS " AND a.locked_until > now())" };
/* In the order of the rows, so that two at once do not wait for each other. */
static const struct sark_stmt failed = { "attempts_failed", 5,
	"WITH h AS MATERIALIZED (SELECT " NETWORK " AS network),"
	" s AS MATERIALIZED (SELECT h.network, " KNOWN " AS known,"
	"  EXISTS (SELECT FROM sark.login_attempt a"
	"   WHERE " COUNTS " AND a.locked_until > now()) AS waits FROM h)"
	" INSERT INTO sark.login_attempt AS a"
	" (account, network, failures, locked_until)"
	" SELECT $1, r.network, CASE WHEN s.waits THEN 0 ELSE 1 END,"
	"  CASE WHEN NOT s.waits THEN " UNTIL("1", "r.network") " END"
	" FROM s, LATERAL (VALUES (" ANYWHERE "), (s.network)) AS r (network)"
	" WHERE r.network <> " ANYWHERE " OR NOT s.known ORDER BY r.network"
	" ON CONFLICT (account, network) DO UPDATE SET"
	" failures = a.failures + excluded.failures,"
	" locked_until = CASE WHEN excluded.failures = 0 THEN a.locked_until"
	"  ELSE " UNTIL("(a.failures + 1)", "a.network") " END,"
	" touched_at = now()"
	" RETURNING a.network = " ANYWHERE ", a.failures,"
	" ceil(extract(epoch FROM a.locked_until - now()))::bigint,"
	" (SELECT s.waits FROM s)" };
static const struct sark_stmt lock = { "attempts_lock", 2,
	"SELECT coalesce(a.locked_until > now(), false)"
	" FROM sark.login_attempt a, (SELECT " NETWORK " AS network) AS h"
	" WHERE " COUNTS " ORDER BY a.network FOR UPDATE OF a" };
static const struct sark_stmt reset = { "attempts_reset", 2,
	"UPDATE sark.login_attempt AS a SET failures = 0, locked_until = NULL,"
	" touched_at = now() FROM (SELECT " NETWORK " AS network) AS h"
	" WHERE " COUNTS };
static const struct sark_stmt know = { "attempts_know", 2,
	"INSERT INTO sark.login_attempt (account, network, last_login_at)"
	" VALUES ($1, " NETWORK ", now())"
	" ON CONFLICT (account, network) DO UPDATE"
	" SET last_login_at = now(), touched_at = now()" };
static const struct sark_stmt unlock = { "attempts_unlock", 1,
	"UPDATE sark.login_attempt SET failures = 0, locked_until = NULL"
	" WHERE account = $1" };
/* clang-format on */

int
sark_attempts_locked(struct sark_pg *pg, const struct sark_attempt *attempt,
    struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(pg));
	struct sark_rows *rows;
	int ret = -1;

	if (sark_pg_query(pg, &locked, mem, &rows, err, attempt->account,
		attempt->client_ip) == 0)
		ret = sark_rows_bool(rows, 0, 0);
	talloc_free(mem);
	return ret;
}

static int
read_locks(const struct sark_rows *rows, struct sark_attempt_lock locks_r[2])
{
	size_t i;
	int n = 0;

	for (i = 0; i < sark_rows_count(rows) && n < 2; i++) {
		if (sark_rows_null(rows, i, 2) || sark_rows_bool(rows, i, 3))
			continue;
		locks_r[n].everywhere = sark_rows_bool(rows, i, 0);
		locks_r[n].failures = sark_rows_int(rows, i, 1);
		locks_r[n++].seconds = sark_rows_int(rows, i, 2);
	}
	return n;
}

static char *
number(void *ctx, int64_t n)
{
	return sark_format(ctx, "%lld", (long long)n);
}

int
sark_attempts_failed(struct sark_pg *pg, const struct sark_attempt *attempt,
    const struct sark_attempt_limits *limits,
    struct sark_attempt_lock locks_r[2], struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(pg));
	struct sark_rows *rows;
	int ret = -1;

	if (sark_pg_query(pg, &failed, mem, &rows, err, attempt->account,
		attempt->client_ip, number(mem, limits->network_after),
		number(mem, limits->account_after),
		number(mem, limits->max_s)) == 0)
		ret = read_locks(rows, locks_r);
	talloc_free(mem);
	return ret;
}

static int
waits(struct sark_tx *tx, void *ctx, const struct sark_attempt *attempt,
    struct sark_err *err)
{
	struct sark_rows *rows;
	size_t i;

	if (sark_pg_query(tx->pg, &lock, ctx, &rows, err, attempt->account,
		attempt->client_ip) == -1)
		return -1;
	for (i = 0; i < sark_rows_count(rows); i++)
		if (sark_rows_bool(rows, i, 0))
			return 1;
	return 0;
}

int
sark_attempts_passed(struct sark_tx *tx, const struct sark_attempt *attempt,
    struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(tx->pg));
	int has_to_wait = waits(tx, mem, attempt, err);

	talloc_free(mem);
	if (has_to_wait != 0)
		return has_to_wait == 1 ? 0 : -1;
	if (sark_pg_exec(tx->pg, &reset, err, attempt->account,
		attempt->client_ip) == -1 ||
	    sark_pg_exec(
		tx->pg, &know, err, attempt->account, attempt->client_ip) == -1)
		return -1;
	return 1;
}

int
sark_attempts_unlock(
    struct sark_tx *tx, const char *account, struct sark_err *err)
{
	return sark_pg_exec(tx->pg, &unlock, err, account) == -1 ? -1 : 0;
}

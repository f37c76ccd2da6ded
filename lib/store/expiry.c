#include "store/expiry.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/pg.h"

/* So many days ago.  Every statement has $1, whether it matters or not. */
#define LONG_AGO " < now() - $1::integer * interval '1 day'"

/*
 * Both statements of a kind: name, table, its key, which rows, by which order.
 * The condition stands twice, so that a row that was renewed meanwhile stays.
 */
#define KIND(what, name, table, key, old, order)                             \
	{                                                                    \
		what,                                                        \
		    { name "_count", 1,                                      \
			    "SELECT count(*) FROM " table                    \
			    " WHERE $1::integer > 0"                         \
			    " AND " old },                                   \
		{                                                            \
			name "_remove", 2,                                   \
			    "DELETE FROM " table " WHERE (" key              \
			    ") IN (SELECT " key " FROM " table               \
			    " WHERE $1::integer > 0 AND " old                \
			    " ORDER BY " order " LIMIT $2::bigint) AND " old \
		}                                                            \
	}

static const struct kind {
	const char *what;
	struct sark_stmt count;	 /* $1 days */
	struct sark_stmt remove; /* $1 days, $2 limit */
} kinds[] = {
	KIND("kept answers", "expiry_answers", "sark.idempotency_key",
	    "caller_id, route, key_digest",
	    "created_at <= now() - interval '24 hours'", "created_at"),
	KIND("sessions", "expiry_sessions", "sark.session", "session_id",
	    "least(expires_at, coalesce(revoked_at, expires_at))" LONG_AGO,
	    "expires_at"),
	KIND("role bindings", "expiry_bindings", "sark.role_binding",
	    "binding_id", "expires_at" LONG_AGO, "expires_at"),
	KIND("API keys", "expiry_api_keys", "sark.api_key", "key_id",
	    "coalesce(revoked_at, expires_at)" LONG_AGO,
	    "coalesce(revoked_at, expires_at)"),
	KIND("rotated secrets of API keys", "expiry_api_key_secrets",
	    "sark.api_key_secret", "prefix", "expires_at" LONG_AGO,
	    "expires_at"),
	KIND("notes of logins", "expiry_attempts", "sark.login_attempt",
	    "account, network", "touched_at" LONG_AGO, "touched_at"),
	KIND("second factors never confirmed", "expiry_totp", "sark.totp",
	    "user_id",
	    "confirmed_at IS NULL"
	    " AND created_at < now() - interval '24 hours'",
	    "created_at"),
};

const char *
sark_expiry_what(size_t kind)
{
	return kind < SARK_COUNT(kinds) ? kinds[kind].what : NULL;
}

int64_t
sark_expiry_remove(struct sark_pg *pg, size_t kind, int64_t keep_days,
    int64_t limit, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	int64_t removed;

	removed = sark_pg_exec(pg, &kinds[kind].remove, err,
	    sark_format(mem, "%lld", (long long)keep_days),
	    sark_format(mem, "%lld", (long long)limit));
	talloc_free(mem);
	return removed;
}

int64_t
sark_expiry_count(
    struct sark_pg *pg, size_t kind, int64_t keep_days, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	struct sark_rows *rows;
	int64_t count = -1;

	if (sark_pg_query(pg, &kinds[kind].count, mem, &rows, err,
		sark_format(mem, "%lld", (long long)keep_days)) == 0)
		count = sark_rows_int(rows, 0, 0);
	talloc_free(mem);
	return count;
}

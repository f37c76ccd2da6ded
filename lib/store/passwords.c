#include "store/passwords.h"

#include "base/mem.h"
#include "store/pg.h"

static const struct sark_stmt last = { "passwords_last", 2,
	"SELECT p.password_hash FROM ("
	"SELECT u.password_hash, 'infinity'::timestamptz AS set_at"
	" FROM sark.users u"
	" WHERE u.user_id = $1::uuid AND u.password_hash IS NOT NULL"
	" UNION ALL SELECT h.password_hash, h.set_at"
	" FROM sark.password_history h WHERE h.user_id = $1::uuid) AS p"
	" ORDER BY p.set_at DESC LIMIT $2::bigint" };
static const struct sark_stmt remember = { "passwords_remember", 1,
	"INSERT INTO sark.password_history (user_id, password_hash)"
	" SELECT user_id, password_hash FROM sark.users"
	" WHERE user_id = $1::uuid AND password_hash IS NOT NULL" };
static const struct sark_stmt forget = { "passwords_forget", 2,
	"DELETE FROM sark.password_history WHERE user_id = $1::uuid"
	" AND set_at NOT IN (SELECT set_at FROM sark.password_history"
	"  WHERE user_id = $1::uuid ORDER BY set_at DESC LIMIT $2::bigint)" };
static const struct sark_stmt set = { "passwords_set", 3,
	"UPDATE sark.users SET password_hash = $2, password_changed_at = now(),"
	" password_change_required = $3::boolean, updated_at = now()"
	" WHERE user_id = $1::uuid" };

int
sark_passwords_last(struct sark_pg *pg, void *ctx, const char *user_id,
    int64_t n, const char *const **hashes_r, struct sark_err *err)
{
	struct sark_rows *rows;
	const char **hashes;
	size_t i, count;

	if (sark_pg_query(pg, &last, ctx, &rows, err, user_id,
		sark_format(ctx, "%lld", (long long)n)) == -1)
		return -1;
	count = sark_rows_count(rows);
	hashes = sark_new_array(ctx, const char *, count + 1);
	for (i = 0; i < count; i++)
		hashes[i] = sark_rows_text(rows, i, 0);
	*hashes_r = hashes;
	return 0;
}

int
sark_passwords_set(struct sark_tx *tx,
    const struct sark_password_change *change, struct sark_err *err)
{
	long long before = (long long)change->remembered - 1;
	char *kept = sark_format(tx->pg, "%lld", before < 0 ? 0 : before);
	int64_t count = -1;

	if (sark_pg_exec(tx->pg, &remember, err, change->user_id) != -1 &&
	    sark_pg_exec(tx->pg, &forget, err, change->user_id, kept) != -1)
		count = sark_pg_exec(tx->pg, &set, err, change->user_id,
		    change->hash, change->change_required ? "t" : "f");
	talloc_free(kept);
	if (count == 0)
		return sark_err_set(err, SARK_NOT_FOUND, "no such user");
	return count == -1 ? -1 : 0;
}

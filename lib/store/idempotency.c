#include "store/idempotency.h"

#include "base/mem.h"
#include "store/pg.h"

#define WHERE_KEY " WHERE caller_id = $1 AND route = $2 AND key_digest = $3"
#define OLD	  "created_at <= now() - interval '24 hours'"

/* Waits for whoever holds the key; takes over one that has had its time. */
static const struct sark_stmt claim = { "idempotency_claim", 4,
	"INSERT INTO sark.idempotency_key AS k"
	" (caller_id, route, key_digest, request_digest)"
	" VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (caller_id, route, key_digest) DO UPDATE"
	" SET request_digest = excluded.request_digest, status = 0,"
	" answer = '', created_at = excluded.created_at"
	" WHERE k." OLD };

static const struct sark_stmt keep = { "idempotency_keep", 5,
	"UPDATE sark.idempotency_key SET status = $4::integer,"
	" answer = $5" WHERE_KEY };

static const struct sark_stmt find = { "idempotency_find", 3,
	"SELECT request_digest, status, answer FROM "
	"sark.idempotency_key" WHERE_KEY " AND NOT " OLD };

int
sark_idempotency_claim(struct sark_tx *tx, const struct sark_idempotency *key,
    struct sark_err *err)
{
	return (int)sark_pg_exec(tx->pg, &claim, err, key->caller_id,
	    key->route, key->key_digest, key->request_digest);
}

int
sark_idempotency_keep(struct sark_tx *tx, const struct sark_idempotency *key,
    int status, const char *answer, struct sark_err *err)
{
	char *number = sark_format(NULL, "%d", status);
	int64_t touched = sark_pg_exec(tx->pg, &keep, err, key->caller_id,
	    key->route, key->key_digest, number, answer);

	talloc_free(number);
	if (touched == 0)
		return sark_err_set(
		    err, SARK_INTERNAL, "an answer for a key not claimed");
	return touched == 1 ? 0 : -1;
}

int
sark_idempotency_find(struct sark_pg *pg, void *ctx,
    const struct sark_idempotency *key, struct sark_kept_answer *kept_r,
    struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(pg, &find, ctx, &rows, err, key->caller_id,
		key->route, key->key_digest) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	kept_r->request_digest = sark_rows_text(rows, 0, 0);
	kept_r->status = (int)sark_rows_int(rows, 0, 1);
	kept_r->answer = sark_rows_text(rows, 0, 2);
	return 1;
}

#include "store/effective.h"

#include "store/pg.h"

static const struct sark_stmt now = { "effective_now", 2,
	"SELECT" SARK_EFFECTIVE_COLUMNS
	" FROM sark.roles_at($1::uuid, $2::uuid, now()) AS e" };

void
sark_effective_fill(struct sark_effective *effective_r, void *ctx,
    const struct sark_rows *rows, size_t row, int column)
{
	effective_r->roles = sark_rows_list(rows, ctx, row, column);
	effective_r->permissions = sark_rows_list(rows, ctx, row, column + 1);
	effective_r->scoped = sark_rows_list(rows, ctx, row, column + 2);
	effective_r->until_ms = sark_rows_int(rows, row, column + 3);
}

int
sark_effective_now(struct sark_pg *pg, void *ctx, const char *user_id,
    const char *key_id, struct sark_effective *effective_r,
    struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(pg, &now, ctx, &rows, err, user_id, key_id) == -1)
		return -1;
	sark_effective_fill(effective_r, ctx, rows, 0, 0);
	return 0;
}

#include "store/ledger.h"

#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/pg.h"

#define NS_PER_S INT64_C(1000000000)

/* clang-format off */
static const struct sark_stmt exists = { "ledger_exists", 0,
	"SELECT to_regclass('sark.migration') IS NOT NULL" };
static const struct sark_stmt entries = { "ledger_entries", 0,
	"SELECT version, name, checksum,"
	" floor(extract(epoch FROM applied_at) * 1000), applied_by,"
	" coalesce((to_jsonb(m)->>'oldest_program')::integer, version)"
	" FROM sark.migration m ORDER BY version" };
static const struct sark_stmt try_lock = { "ledger_try_lock", 0,
	"SELECT pg_try_advisory_lock(hashtextextended('sark.migration', 0))" };
/* clang-format on */

int
sark_ledger_read(struct sark_pg *pg, void *ctx, struct sark_ledger *ledger_r,
    struct sark_err *err)
{
	struct sark_ledger_entry *entry;
	struct sark_rows *rows;

	*ledger_r = (struct sark_ledger){ 0 };
	if (sark_pg_query(pg, &exists, ctx, &rows, err) == -1)
		return -1;
	if (!sark_rows_bool(rows, 0, 0))
		return 0;
	if (sark_pg_query(pg, &entries, ctx, &rows, err) == -1)
		return -1;
	ledger_r->count = sark_rows_count(rows);
	ledger_r->entries =
	    sark_new_array(ctx, struct sark_ledger_entry, ledger_r->count);
	for (size_t i = 0; i < ledger_r->count; i++) {
		entry = &ledger_r->entries[i];
		entry->version = sark_rows_int(rows, i, 0);
		entry->name = sark_rows_text(rows, i, 1);
		entry->checksum = sark_rows_text(rows, i, 2);
		entry->applied_ms = sark_rows_int(rows, i, 3);
		entry->applied_by = sark_rows_text(rows, i, 4);
		entry->oldest_program = sark_rows_int(rows, i, 5);
	}
	return 0;
}

int
sark_ledger_lock(struct sark_pg *pg, int64_t wait_s, struct sark_err *err)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	int64_t end_ns = sark_clock_mono_ns() + wait_s * NS_PER_S;
	void *mem = sark_mem_check(talloc_new(NULL));
	struct sark_rows *rows;
	int ret = -1;

	while (sark_pg_query(pg, &try_lock, mem, &rows, err) == 0) {
		if (sark_rows_bool(rows, 0, 0)) {
			ret = 0;
			break;
		}
		if (sark_clock_mono_ns() >= end_ns) {
			(void)sark_err_set(err, SARK_LOCKED,
			    "another sark-migrate is at work on this database");
			break;
		}
		(void)nanosleep(&pause, NULL);
	}
	talloc_free(mem);
	return ret;
}

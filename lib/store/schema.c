#include "store/schema.h"

#include "base/mem.h"
#include "store/pg.h"

/*
 * The newest version, and the oldest program that suits all migrations after
 * ours.  Not the column itself: a schema before 0008 does not have it.
 */
static const struct sark_stmt schema_version = { "schema_version", 1,
	"SELECT coalesce(max(version), 0), coalesce(max(coalesce("
	"(to_jsonb(m)->>'oldest_program')::integer, version))"
	" FILTER (WHERE version > $1::integer), 0) FROM sark.migration m" };

int
sark_schema_check(struct sark_pg *pg, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	struct sark_rows *rows;
	long long version, oldest;
	int ret = -1;

	if (sark_pg_query(pg, &schema_version, mem, &rows, err,
		sark_format(mem, "%d", SARK_SCHEMA_VERSION)) == -1) {
		/* a database without our schema, said in words that help */
		if (err->code == SARK_CONFIG) {
			sark_err_init(err);
			(void)sark_err_set(err, SARK_CONFIG,
			    "the database has no schema of SARK that this "
			    "program may read: run sark-migrate");
		}
		goto out;
	}
	version = (long long)sark_rows_int(rows, 0, 0);
	oldest = (long long)sark_rows_int(rows, 0, 1);
	if (version < SARK_SCHEMA_VERSION || oldest > SARK_SCHEMA_VERSION) {
		(void)sark_err_set(err, SARK_CONFIG,
		    "the schema is at %lld, this program needs %d: %s", version,
		    SARK_SCHEMA_VERSION,
		    version < SARK_SCHEMA_VERSION
			? "run sark-migrate"
			: "install the programs that go with it");
		goto out;
	}
	ret = 0;
out:
	talloc_free(mem);
	return ret;
}

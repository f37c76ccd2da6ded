#include "store/schema.h"

#include "base/mem.h"
#include "store/pg.h"

static const struct sark_stmt schema_version = { "schema_version", 0,
	"SELECT coalesce(max(version), 0) FROM sark.migration" };

int
sark_schema_check(struct sark_pg *pg, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	struct sark_rows *rows;
	long long version;
	int ret = -1;

	if (sark_pg_query(pg, &schema_version, mem, &rows, err) == -1) {
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
	if (version != SARK_SCHEMA_VERSION) {
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

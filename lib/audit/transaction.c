#include "audit/event.h"
#include "audit/event_row.h"
#include "base/failpoint.h"
#include "base/mem.h"

int
sark_audit_in(
    struct sark_tx *tx, const struct sark_event *event, struct sark_err *err)
{
	struct sark_audit_row row;
	void *ctx;
	int ret;

	if (SARK_FAILPOINT_FAILS(audit_lose))
		return 0;
	ctx = talloc_new(NULL);
	sark_event_row(ctx, event, NULL, &row);
	ret = sark_audit_log_insert(tx, &row, err);
	talloc_free(ctx);
	return ret;
}

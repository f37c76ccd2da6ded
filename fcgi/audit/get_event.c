#include "audit/row.h"
#include "audit/search.h"
#include "json/writer.h"
#include "routes.h"

int
get_event(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_audit_row row;
	struct sark_jw jw;

	if (sark_audit_find(app, req->caller, req->params[0], &row, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_audit_row_to_json(&jw, NULL, &row);
	return 0;
}

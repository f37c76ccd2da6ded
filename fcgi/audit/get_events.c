#include "audit/row.h"
#include "audit/search.h"
#include "json/writer.h"
#include "routes.h"

int
get_events(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_audit_page page;
	struct sark_jw jw;
	size_t i;

	if (sark_audit_search(app, req->caller, req->input, &page, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "items", '[');
	for (i = 0; i < page.count; i++)
		sark_audit_row_to_json(&jw, NULL, &page.rows[i]);
	sark_jw_close(&jw);
	sark_jw_str(&jw, "next_cursor", page.next_cursor);
	sark_jw_bool(&jw, "has_more", page.next_cursor != NULL);
	sark_jw_close(&jw);
	return 0;
}

#include "auth/role.h"
#include "routes.h"

int
get_roles(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct roles_query *query = req->input;
	struct sark_role_page page;
	struct sark_jw jw;
	size_t i;

	if (sark_role_list(app, query->limit, query->cursor, &page, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "items", '[');
	for (i = 0; i < page.roles.count; i++)
		sark_role_to_json(&jw, &page.roles.items[i]);
	sark_jw_close(&jw);
	sark_jw_str(&jw, "next_cursor", page.next_cursor);
	sark_jw_bool(&jw, "has_more", page.next_cursor != NULL);
	sark_jw_close(&jw);
	return 0;
}

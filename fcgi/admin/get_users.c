#include "auth/user_list.h"
#include "routes.h"

int
get_users(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct users_query *query = req->input;
	struct sark_user_filter filter = { .search = query->search,
		.role = query->role,
		.team = query->team,
		.limit = query->limit };
	struct sark_user_page page;
	struct sark_jw jw;
	size_t i;

	if (query->disabled != 0)
		filter.disabled = admin_yes_no[query->disabled - 1];
	if (sark_user_list(app, &filter, query->cursor, &page, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "items", '[');
	for (i = 0; i < page.users.count; i++)
		sark_user_to_json(&jw, &page.users.items[i]);
	sark_jw_close(&jw);
	sark_jw_str(&jw, "next_cursor", page.next_cursor);
	sark_jw_bool(&jw, "has_more", page.next_cursor != NULL);
	sark_jw_close(&jw);
	return 0;
}

#include "auth/binding.h"
#include "routes.h"

int
get_role_bindings(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct bindings_query *query = req->input;
	struct sark_binding_filter filter = { .role = query->role,
		.user_id = query->user_id,
		.group = query->group,
		.key_id = query->key_id,
		.limit = query->limit };
	struct sark_binding_page page;
	struct sark_jw jw;
	size_t i;

	if (sark_binding_list(app, &filter, query->cursor, &page, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "items", '[');
	for (i = 0; i < page.bindings.count; i++)
		sark_binding_to_json(&jw, &page.bindings.items[i]);
	sark_jw_close(&jw);
	sark_jw_str(&jw, "next_cursor", page.next_cursor);
	sark_jw_bool(&jw, "has_more", page.next_cursor != NULL);
	sark_jw_close(&jw);
	return 0;
}

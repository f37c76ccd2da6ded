#include "api_key_input.h"
#include "auth/apikey.h"
#include "json/writer.h"
#include "routes.h"

int
get_api_keys(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct api_keys_query *in = req->input;
	const struct sark_apikey_query query = { .user_id = in->user_id,
		.everybody = in->all,
		.limit = in->limit,
		.cursor = in->cursor };
	struct sark_apikey_page page;
	struct sark_jw jw;
	size_t i;

	if (sark_apikey_list(app, req->caller, &query, &page, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "items", '[');
	for (i = 0; i < page.keys.count; i++)
		sark_apikey_to_json(&jw, NULL, &page.keys.items[i]);
	sark_jw_close(&jw);
	sark_jw_str(&jw, "next_cursor", page.next_cursor);
	sark_jw_bool(&jw, "has_more", page.next_cursor != NULL);
	sark_jw_close(&jw);
	return 0;
}

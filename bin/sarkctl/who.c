#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "client.h"

int
client_user(struct client *client, const char *user, const char **id_r,
    struct sark_err *err)
{
	struct call call = { .method = "GET" };
	const struct sark_json *page, *items, *item;
	struct sark_http_answer answer;
	struct sark_buf target;
	size_t i;

	*id_r = user;
	if (sark_uuid_valid(user))
		return 0;
	sark_buf_init(&target, client->ctx);
	sark_buf_str(&target, "/api/v1/users?limit=200");
	client_query(&target, "search", user);
	call.path = target.data;
	if (client_call(client, &call, &answer, &page, err) == -1)
		return -1;
	items = sark_json_get(page, "items");
	for (i = 0; i < sark_json_count(items); i++) {
		item = sark_json_element(items, i);
		if (sark_str_eq_nocase(
			client_text(client->ctx, item, "/username"), user)) {
			*id_r = client_text(client->ctx, item, "/user_id");
			return 0;
		}
	}
	return sark_err_set(err, SARK_NOT_FOUND, "no user %.200s", user);
}
